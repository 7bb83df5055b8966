import type { CallSummary } from '../../../shared/model/call.ts'
import { formatClock, formatClockMs, formatCount, formatDay } from '../../ui/format.ts'
import { toneOfStatus } from '../../ui/status-mark.tsx'
import { countSlices, describeSlice, type Slice } from './time-scale.ts'

const labelEvery = 20

/** Label of a moment, as fine as the slices need. */
function nameMoment(atMs: number, sizeMs: number): string {
  if (sizeMs < 1000) return formatClockMs(atMs)
  if (sizeMs < 10_000) return formatClockMs(atMs).slice(0, 8)
  return sizeMs < 3_600_000 ? formatClock(atMs) : `${formatDay(atMs, atMs)} ${formatClock(atMs)}`
}

function describeBar(slice: Slice, sizeMs: number): string {
  const size = describeSlice(sizeMs)
  const refused = slice.backedOff > 0 ? `, ${formatCount(slice.backedOff)} answered 429` : ''
  const failed = slice.failed > 0 ? `, ${formatCount(slice.failed)} failed` : ''
  return `${nameMoment(slice.fromMs, sizeMs)}, ${size}: ${formatCount(slice.count)} calls${refused}${failed}`
}

interface SliceStripProps {
  /** The newest calls that match, newest first, without a gap. */
  readonly calls: readonly CallSummary[]
  /** True when there are no older ones. */
  readonly complete: boolean
}

/** Calls per slice of time above the list, as far back as every call is loaded. */
export function SliceStrip({ calls, complete }: SliceStripProps) {
  const items = calls.map(({ startedAtMs, status, outcome }) => ({
    startedAtMs,
    tone: outcome === 'ok' ? ('ok' as const) : status !== null && status < 400 ? 'failed' : toneOfStatus(status),
  }))
  const counted = countSlices(items, complete)
  if (counted === null) return null
  const { slices, sizeMs } = counted
  const size = describeSlice(sizeMs)
  const most = slices.reduce((max, { count }) => Math.max(max, count), 1)
  const total = slices.reduce((sum, { count }) => sum + count, 0)
  const share = (count: number) => `${(count / most) * 100}%`
  return (
    <div
      className="slices"
      role="img"
      aria-label={`${formatCount(total)} calls in slices of ${size}, at most ${formatCount(most)} in one`}
    >
      <div className="slice-bars">
        {slices.map((slice) => (
          <span
            key={slice.fromMs}
            className="slice"
            {...(slice.count === 0 ? {} : { title: describeBar(slice, sizeMs) })}
          >
            <span className="slice-failed" style={{ height: share(slice.failed) }} />
            <span className="slice-backed-off" style={{ height: share(slice.backedOff) }} />
            <span className="slice-ok" style={{ height: share(slice.count - slice.failed - slice.backedOff) }} />
          </span>
        ))}
      </div>
      <div className="slice-labels micro num" aria-hidden="true">
        {slices.map((slice, index) =>
          index % labelEvery === 0 && index < slices.length - labelEvery / 2 ? (
            <span key={slice.fromMs} style={{ left: `${(index / slices.length) * 100}%` }}>
              {nameMoment(slice.fromMs, sizeMs)}
              {index === 0 ? `, calls in ${size}, at most ${formatCount(most)}` : ''}
            </span>
          ) : null,
        )}
        <span className="slice-last">{nameMoment((slices.at(-1)?.fromMs ?? 0) + sizeMs, sizeMs)}</span>
      </div>
    </div>
  )
}
