import { useEffect, useLayoutEffect, useRef } from 'react'
import type { Environment } from '../../../shared/model/environment.ts'
import type { Rotation } from '../../../shared/model/rotation.ts'
import { attendRotation, leaveRotation } from '../../store/rotations.ts'
import { Button } from '../../ui/button.tsx'
import { markNames } from '../../ui/env-mark.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { Evidence } from './evidence.tsx'
import { describeOutcome } from './step-text.ts'
import { Stepper } from './stepper.tsx'
import './rotation.css'

/** Main forgets an open stepper after a minute, so that a lost window does not keep the clipboard watched. */
const attendEveryMs = 20_000

function useAttendance(rotation: Rotation): void {
  const { id } = rotation
  const running = rotation.end === null
  useEffect(() => {
    if (!running) return
    void attendRotation(id, true)
    const timer = setInterval(() => void attendRotation(id, true), attendEveryMs)
    return () => {
      clearInterval(timer)
      void attendRotation(id, false)
    }
  }, [id, running])
}

function useEscape(leave: () => void): void {
  // Before paint: a key pressed as soon as the stepper is seen must not be lost.
  useLayoutEffect(() => {
    function hear(event: KeyboardEvent): void {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      if (document.querySelector('.dialog[data-open], .palette[data-open], [role="menu"]') !== null) return
      event.preventDefault()
      leave()
    }
    window.addEventListener('keydown', hear)
    return () => window.removeEventListener('keydown', hear)
  }, [leave])
}

function Outcome({ rotation }: { rotation: Rotation }) {
  const outcome = describeOutcome(rotation)
  if (outcome === null) return null
  return (
    <Note
      tone={outcome.tone === 'bad' ? 'refused' : 'plain'}
      icon={outcome.tone === 'good' ? 'check' : outcome.tone === 'bad' ? 'alert' : 'undo'}
      title={outcome.title}
      detail={outcome.detail}
    />
  )
}

/** The stepper of one rotation beside its evidence. It can be left at any time; the rotation goes on. */
export function RotationScreen({ rotation, environment }: { rotation: Rotation; environment: Environment | null }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useAttendance(rotation)
  useEscape(leaveRotation)
  useEffect(() => heading.current?.focus(), [])
  const running = rotation.end === null
  const verb = rotation.kind === 'revoke' ? 'Revoke' : 'Rotate'
  return (
    <div className="screen s-rotate" data-env={environment === null ? undefined : markNames[environment.mark]}>
      <section className="pane" aria-label="Rotation">
        <div className="head">
          <button type="button" className="crumb" onClick={leaveRotation}>
            Keys
            <Icon name="next" size={14} />
          </button>
          <h1 className="title cut" ref={heading} tabIndex={-1}>
            {verb} {rotation.environmentName} {rotation.oldKey.label}
          </h1>
          <span className="grow" />
          {running ? <span className="faint small">survives quitting; continues on start</span> : null}
          <Button onClick={leaveRotation}>{running ? 'Leave, keep going' : 'Close'}</Button>
        </div>
        <Outcome rotation={rotation} />
        <div className="scroll">
          <Stepper rotation={rotation} />
        </div>
      </section>
      <Evidence rotation={rotation} />
    </div>
  )
}
