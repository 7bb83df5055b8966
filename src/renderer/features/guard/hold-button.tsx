import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useId, useRef, useState } from 'react'
import type { AppError } from '../../../shared/error.ts'
import { describeError } from '../../../shared/error-text.ts'
import { limits } from '../../../shared/limits.ts'
import { call } from '../../api/client.ts'
import { Icon } from '../../ui/icon.tsx'

// A timer of the browser may ring a little early by another clock than main's.
const slackMs = 20

interface HoldButtonProps {
  readonly environmentId: string
  readonly environmentName: string
  readonly ref?: RefObject<HTMLButtonElement | null>
  /** Told why main did not arm, and null when a hold begins. */
  readonly onProblem: (sentence: string | null) => void
}

/** Arms while it is held: by the pointer, or by Space. Main counts the second; the window draws it. */
export function HoldButton({ environmentId, environmentName, ref, onProblem }: HoldButtonProps) {
  const [running, setRunning] = useState(false)
  const hold = useRef<{ timer: ReturnType<typeof setTimeout> | null } | null>(null)
  const hintId = useId()

  function tell(error: AppError): void {
    const { title, detail } = describeError(error, { environmentName })
    onProblem(`${title}. ${detail}`)
  }

  async function begin(): Promise<void> {
    if (hold.current !== null) return
    const own: { timer: ReturnType<typeof setTimeout> | null } = { timer: null }
    hold.current = own
    onProblem(null)
    const pressed = await call('guard.press', { environmentId })
    if (hold.current !== own) return
    if (!pressed.ok) {
      hold.current = null
      return tell(pressed.error)
    }
    setRunning(true)
    own.timer = setTimeout(() => void finish(own), limits.armHoldMs + slackMs)
  }

  async function finish(own: { timer: ReturnType<typeof setTimeout> | null }): Promise<void> {
    if (hold.current !== own) return
    hold.current = null
    const released = await call('guard.release', { environmentId })
    setRunning(false)
    if (!released.ok) tell(released.error)
  }

  function stop(): void {
    const own = hold.current
    if (own === null) return
    hold.current = null
    if (own.timer !== null) clearTimeout(own.timer)
    setRunning(false)
    void call('guard.letGo', {})
    tell({ kind: 'HELD_TOO_SHORT' })
  }

  // Whoever takes the button away takes the hold away, without a word about it.
  useEffect(
    () => () => {
      if (hold.current?.timer !== null && hold.current?.timer !== undefined) clearTimeout(hold.current.timer)
      if (hold.current !== null) void call('guard.letGo', {})
      hold.current = null
    },
    [],
  )

  function hearKey(event: KeyboardEvent): void {
    if (event.key === 'Enter') event.preventDefault()
    if (event.key !== ' ') return
    event.preventDefault()
    if (event.type === 'keyup') stop()
    else if (!event.repeat) void begin()
  }

  function hearPointer(event: PointerEvent<HTMLButtonElement>): void {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    void begin()
  }

  return (
    <button
      type="button"
      ref={ref}
      className={`arm-btn ${running ? 'is-held' : ''}`}
      aria-describedby={hintId}
      onPointerDown={hearPointer}
      onPointerUp={stop}
      onPointerCancel={stop}
      onLostPointerCapture={stop}
      onKeyDown={hearKey}
      onKeyUp={hearKey}
      onBlur={stop}
      onContextMenu={(event) => event.preventDefault()}
    >
      <span className="run" aria-hidden="true" />
      <Icon name="unlock" size={14} />
      <span>Hold to arm</span>
      <span id={hintId} className="unseen">
        Hold the button or the Space bar for one second.
      </span>
    </button>
  )
}
