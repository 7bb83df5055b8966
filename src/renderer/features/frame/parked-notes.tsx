import { useState } from 'react'
import type { WaitingCall } from '../../../shared/model/waiting.ts'
import { cancelWaiting } from '../../store/actions.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { formatCountdown } from '../../ui/format.ts'
import { Note } from '../../ui/note.tsx'
import { useNow } from '../../ui/now.ts'

const shownMax = 2

function ParkedNote({ call, onWait }: { call: WaitingCall; onWait: () => void }) {
  const name = useStore((state) => findEnvironment(state, call.environmentId)?.name ?? 'the environment')
  const now = useNow(500)
  const left = call.untilMs === null ? 'later' : `in ${formatCountdown(call.untilMs - now)}`
  return (
    <Note
      inline
      tone="warned"
      icon="clock"
      title={`The server of ${name} asks to wait.`}
      detail={
        <>
          <span className="mono">
            {call.method} {call.path}
          </span>{' '}
          goes out <span className="num">{left}</span>, not earlier.
        </>
      }
      actions={
        <>
          <Button onClick={onWait}>Wait</Button>
          <Button variant="quiet" onClick={() => void cancelWaiting(call.ticket)}>
            Give up
          </Button>
        </>
      }
    />
  )
}

/** Calls that the server told to wait longer than anybody sits in front of them: each waits or is given up. */
export function ParkedNotes() {
  const calls = useStore((state) => state.waiting.calls)
  // Whoever said to wait is not asked again; the status line still counts it.
  const [waited, setWaited] = useState<readonly string[]>([])
  return calls
    .filter(({ cause, ticket }) => cause === 'parked' && !waited.includes(ticket))
    .slice(0, shownMax)
    .map((call) => (
      <ParkedNote key={call.ticket} call={call} onWait={() => setWaited([...waited.slice(-50), call.ticket])} />
    ))
}
