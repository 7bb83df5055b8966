import { useEffect, useRef, useState } from 'react'
import { describeFull, describeWarning } from '../../../shared/alarm-text.ts'
import type { HeadroomWarning } from '../../../shared/model/alarm.ts'
import { showScreen } from '../../store/actions.ts'
import { leftOf, slideHeadroom } from '../../store/headroom.ts'
import { findEnvironment, useHeadroom, useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { useNow } from '../../ui/now.ts'
import { showToast } from '../../ui/toast.tsx'
import { AlarmNotes } from './alarm-notes.tsx'

function nameOf(environmentId: string): string {
  return findEnvironment(useStore.getState(), environmentId)?.name ?? 'An environment'
}

/** Says a warning once, as a toast, when it comes. */
function useWarningToasts(): void {
  const warnings = useStore((state) => state.warnings)
  const told = useRef(warnings)
  useEffect(() => {
    for (const [id, warning] of Object.entries(warnings)) {
      if (told.current[id] === warning || warning.level !== 'low') continue
      const text = describeWarning(warning, nameOf(id))
      if (text !== null) showToast({ text: text.title, detail: text.detail })
    }
    told.current = warnings
  }, [warnings])
}

/** A window that was full, in words of what is left of it by now. */
function FullNote({ warning, onClose }: { warning: HeadroomWarning; onClose: () => void }) {
  const environment = useStore((state) => findEnvironment(state, state.currentEnvironmentId))
  const told = useHeadroom(environment?.id ?? '')
  const onScreen = useStore((state) => state.screen === 'headroom')
  const now = useNow(1000)
  const left = told === null ? 0 : leftOf(slideHeadroom(told, Math.max(now, told.atMs)))
  const text = describeFull(warning, left, environment?.name ?? '')
  return text === null ? null : (
    <Note
      inline
      tone="warned"
      icon="gauge"
      title={`${text.title}.`}
      detail={text.detail}
      actions={onScreen ? null : <Button onClick={() => showScreen('headroom')}>Show headroom</Button>}
      onClose={onClose}
    />
  )
}

/** Warnings of windows that run low, and alarms. At none left a note stays until there is room or it is closed. */
export function WarningNotes() {
  const warning = useStore((state) => {
    const group = findEnvironment(state, state.currentEnvironmentId)?.rateGroup ?? null
    const own = state.warnings[state.currentEnvironmentId]
    const shared = Object.values(state.warnings).find(
      ({ environmentId }) => group !== null && findEnvironment(state, environmentId)?.rateGroup === group,
    )
    return own ?? shared ?? null
  })
  const [closed, setClosed] = useState<HeadroomWarning | null>(null)
  useWarningToasts()
  return (
    <>
      <AlarmNotes />
      {warning === null || warning.level !== 'full' || warning === closed ? null : (
        <FullNote warning={warning} onClose={() => setClosed(warning)} />
      )}
    </>
  )
}
