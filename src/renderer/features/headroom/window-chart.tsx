import type { Headroom } from '../../../shared/model/headroom.ts'
import { formatCount } from '../../ui/format.ts'
import { numberPlaces } from '../../ui/places.ts'

const chart = { width: 404, height: 176, left: 34, right: 388, top: 14, bottom: 148 } as const

/** Length of a slice in seconds. */
function sliceOf({ windowMs, bins }: Headroom): number {
  return windowMs / Math.max(1, bins.length) / 1000
}

/** Requests in a slice that, kept up, take the whole limit. */
function paceOf({ limit, bins }: Headroom): number {
  return limit / Math.max(1, bins.length)
}

function formatPace(pace: number): string {
  return pace >= 10 ? formatCount(Math.round(pace)) : pace.toFixed(1)
}

/** Requests in each slice of the window, and the pace that would fill it. */
export function WindowChart({ headroom }: { headroom: Headroom }) {
  const { bins, windowMs } = headroom
  const step = (chart.right - chart.left) / Math.max(1, bins.length)
  const pace = paceOf(headroom)
  const highest = Math.max(0, ...bins)
  // A pace far above all bars would leave nothing to see of them.
  const showsPace = pace <= Math.max(4, highest) * 8
  const top = Math.max(4, highest, showsPace ? Math.ceil(pace * 1.25) : 0)
  const yOf = (value: number) => chart.bottom - (value / top) * (chart.bottom - chart.top)
  return (
    <>
      <svg
        className="chart window-chart"
        viewBox={`0 0 ${chart.width} ${chart.height}`}
        role="img"
        aria-label={`Requests in each ${sliceOf(headroom)} seconds of the last ${windowMs / 1000} seconds: ${bins.join(', ')}`}
      >
        {[0, top].map((value) => (
          <g key={value}>
            <path d={`M${chart.left} ${yOf(value)}H${chart.right}`} stroke="var(--line)" />
            <text className="faint" x={chart.left - 6} y={yOf(value) + 4} textAnchor="end">
              {formatCount(value)}
            </text>
          </g>
        ))}
        {numberPlaces(bins).map(({ place, item }) =>
          item === 0 ? null : (
            <rect
              key={place}
              x={chart.left + (Number(place) + 0.18) * step}
              y={yOf(item)}
              width={step * 0.64}
              height={chart.bottom - yOf(item)}
              fill="var(--env-mark)"
            />
          ),
        )}
        {showsPace ? (
          <path d={`M${chart.left} ${yOf(pace)}H${chart.right}`} stroke="var(--warn)" strokeDasharray="1 3" />
        ) : null}
        <path d={`M${chart.left} ${chart.bottom + 0.5}H${chart.right}`} stroke="var(--line-strong)" />
        <text className="faint" x={chart.left} y={chart.bottom + 18}>
          {windowMs / 1000} s ago, frees first
        </text>
        <text className="faint" x={chart.right} y={chart.bottom + 18} textAnchor="end">
          now
        </text>
      </svg>
      <p className="faint small pace">
        <i className="pace-line" />
        {formatPace(pace)} in {sliceOf(headroom)} s, kept up for{' '}
        {windowMs === 60_000 ? 'a minute' : `${windowMs / 1000} s`}, fill the window
      </p>
    </>
  )
}
