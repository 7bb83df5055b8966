import type { WaitingCall } from '../../../shared/model/waiting.ts'
import { cancelWaiting, holdTraffic } from '../../store/actions.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { EnvMark } from '../../ui/env-mark.tsx'
import { formatCountdown, formatPlural } from '../../ui/format.ts'
import { useNow } from '../../ui/now.ts'
import { causeNames, hatchOf } from './wait-text.ts'

const shownMax = 4

function WaitingRow({ call, nowMs }: { call: WaitingCall; nowMs: number }) {
  const environment = useStore((state) => findEnvironment(state, call.environmentId))
  const cause = causeNames[call.cause]
  return (
    <li className="waiting-row">
      <span title={environment?.name ?? ''}>{environment === null ? null : <EnvMark mark={environment.mark} />}</span>
      <span className="num faint">{formatCountdown(nowMs - call.sinceMs)}</span>
      <span className="method">{call.method}</span>
      <span className="mono cut">{call.path}</span>
      <span className="waiting-cause">
        <i className={`hatch-${hatchOf[call.cause]}`} aria-hidden="true" />
        {cause}
      </span>
      <span className="num guess-text">
        {call.untilMs === null ? 'until it may go' : `goes in ${formatCountdown(call.untilMs - nowMs)}`}
      </span>
      <Button
        small
        variant="quiet"
        aria-label={`Cancel ${call.method} ${call.path}`}
        onClick={() => void cancelWaiting(call.ticket)}
      >
        Cancel
      </Button>
    </li>
  )
}

/** Calls that wait now, above those that have ended: why, until when, and a way to cancel each. Nothing while none waits. */
export function WaitingCalls() {
  const { calls, total, heldAll } = useStore((state) => state.waiting)
  const nowMs = useNow(calls.length === 0 ? 60_000 : 200)
  if (total === 0 && !heldAll) return null
  const more = total - Math.min(calls.length, shownMax)
  return (
    <section className="waiting-calls" aria-label="Calls that wait now">
      {heldAll ? (
        <p className="waiting-row">
          <span />
          <span className="waiting-held">All traffic is paused.</span>
          <Button small onClick={() => void holdTraffic(false)}>
            Let it go on
          </Button>
        </p>
      ) : null}
      <ul>
        {calls.slice(0, shownMax).map((call) => (
          <WaitingRow key={call.ticket} call={call} nowMs={nowMs} />
        ))}
      </ul>
      {more > 0 ? <p className="waiting-more small faint">and {formatPlural(more, 'more call')} behind them</p> : null}
    </section>
  )
}
