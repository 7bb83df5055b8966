import type { WaitingCall } from '../../../shared/model/waiting.ts'
import { cancelWaiting, holdTraffic } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { EnvMark } from '../../ui/env-mark.tsx'
import { formatCountdown, formatPlural } from '../../ui/format.ts'
import { causeNames } from '../requests/wait-text.ts'

/** Calls listed; the others follow as these go out. */
const shownMax = 6

function WaitingRow({ call, now }: { call: WaitingCall; now: number }) {
  const environment = useStore((state) => state.environments.find(({ id }) => id === call.environmentId) ?? null)
  const what = `${call.method} ${call.path}`
  return (
    <tr>
      <td>{environment === null ? null : <EnvMark mark={environment.mark} />}</td>
      <td className="mono mono-small soft">{call.method}</td>
      <td className="mono mono-small cut">{call.path}</td>
      <td className="right small">
        <span className="faint">{causeNames[call.cause]}</span>
        {call.untilMs === null ? null : (
          <>
            {' '}
            <span className="guess num">{formatCountdown(call.untilMs - now)}</span>
          </>
        )}
      </td>
      <td className="wait-act">
        <IconButton icon="x" size={14} label={`Cancel ${what}`} onClick={() => void cancelWaiting(call.ticket)} />
      </td>
    </tr>
  )
}

/** The calls that wait, in the order in which they go out, each with its cause and a way to cancel it. */
export function WaitingPanel({ now }: { now: number }) {
  const { calls, total, heldAll } = useStore((state) => state.waiting)
  const more = total - Math.min(calls.length, shownMax)
  return (
    <section className="use-part" aria-label="Waiting for a slot">
      <div className="panel-title panel-title-tight">
        <h2>Waiting for a slot</h2>
        <span className="faint small">{total === 0 ? 'your clicks go first' : formatPlural(total, 'call')}</span>
      </div>
      {heldAll ? (
        <p className="use-empty soft">
          All traffic is paused.{' '}
          <Button small onClick={() => void holdTraffic(false)}>
            Let it go on
          </Button>
        </p>
      ) : null}
      {calls.length === 0 ? (
        heldAll ? null : (
          <p className="faint use-empty">No call waits.</p>
        )
      ) : (
        <table className="table" aria-label="Calls that wait">
          <colgroup>
            <col className="wait-mark" />
            <col className="wait-method" />
            <col />
            <col className="wait-end" />
            <col className="wait-act" />
          </colgroup>
          <thead className="unseen">
            <tr>
              <th scope="col">Environment</th>
              <th scope="col">Method</th>
              <th scope="col">Path</th>
              <th scope="col">Cause and time</th>
              <th scope="col">Cancel</th>
            </tr>
          </thead>
          <tbody>
            {calls.slice(0, shownMax).map((call) => (
              <WaitingRow key={call.ticket} call={call} now={now} />
            ))}
          </tbody>
        </table>
      )}
      {more > 0 ? <p className="faint small use-empty">and {formatPlural(more, 'more call')}</p> : null}
    </section>
  )
}
