import type { Environment } from '../../../shared/model/environment.ts'
import { formatPlural } from '../../ui/format.ts'

/** The calls that wait for a slot of the window. */
export function WaitingPanel({ count }: { environment: Environment; count: number; now: number }) {
  return (
    <section className="use-part" aria-label="Waiting for a slot">
      <div className="panel-title panel-title-tight">
        <h2>Waiting for a slot</h2>
        <span className="faint small">your clicks go first</span>
      </div>
      <p className="faint use-empty">{count === 0 ? 'No call waits.' : `${formatPlural(count, 'call')} waiting.`}</p>
    </section>
  )
}
