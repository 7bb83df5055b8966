import type { Rotation } from '../../../shared/model/rotation.ts'
import { formatClockSeconds, formatCount } from '../../ui/format.ts'
import { Bars } from '../../ui/sparkline.tsx'
import { useTraffic } from './traffic.ts'

const chart = { width: 364, left: 74, height: 34 } as const
const laneWidth = chart.width - chart.left

/** The last four of a key's mask, as `…x7Qp`. */
export function tailOf(mask: string): string {
  return `…${mask.slice(-4)}`
}

function Lane({ y, values, max, color }: { y: number; values: readonly number[]; max: number; color: string }) {
  return (
    <g transform={`translate(${chart.left} ${y})`}>
      <Bars values={values} width={laneWidth} height={chart.height} max={max} gap={2} color={color} />
      <path d={`M0 ${chart.height + 0.5}h${laneWidth}`} stroke="var(--line-strong)" />
    </g>
  )
}

/** Calls by the key that they carried, around the switch. */
export function TrafficLanes({ rotation }: { rotation: Rotation }) {
  const traffic = useTraffic(rotation)
  const max = Math.max(1, ...traffic.old, ...traffic.new)
  const spanMs = traffic.binMs * Math.max(1, traffic.old.length)
  const { switchedAtMs, oldKey, newKey } = rotation
  const switchX = switchedAtMs === null ? null : chart.left + ((switchedAtMs - traffic.fromMs) / spanMs) * laneWidth
  const labelLeft = switchX !== null && switchX > chart.width - 120
  return (
    <div className="evidence-part">
      <div className="chart-head">
        <h3 className="strong">Traffic by key</h3>
        <span className="small faint num">
          {formatCount(traffic.total)} calls, in bars of {traffic.binMs / 1000} s
        </span>
      </div>
      <svg
        className="chart lanes"
        viewBox={`0 0 ${chart.width} 112`}
        role="img"
        aria-label={`Calls by key: ${traffic.old.reduce((sum, each) => sum + each, 0)} on the old one, ${traffic.new.reduce((sum, each) => sum + each, 0)} on the new one`}
      >
        <text className="inked" x="0" y="17">
          old
        </text>
        <text className="mono faint" x="0" y="31">
          {tailOf(oldKey.mask)}
        </text>
        <text className="inked" x="0" y="61">
          new
        </text>
        <text className="mono faint" x="0" y="75">
          {newKey === null ? 'none yet' : tailOf(newKey.mask)}
        </text>
        <Lane y={2} values={traffic.old} max={max} color="var(--ink-faint)" />
        <Lane y={46} values={traffic.new} max={max} color="var(--env-mark)" />
        {switchX === null || switchedAtMs === null ? null : (
          <>
            <path d={`M${switchX} 2V86`} stroke="var(--ink-strong)" strokeDasharray="3 2" />
            <text
              className="strong"
              x={labelLeft ? switchX - 6 : switchX + 6}
              y="15"
              textAnchor={labelLeft ? 'end' : 'start'}
            >
              switched {formatClockSeconds(switchedAtMs)}
            </text>
          </>
        )}
        <text className="faint" x={chart.left} y="102">
          {formatClockSeconds(traffic.fromMs)}
        </text>
        <text className="faint" x={chart.width} y="102" textAnchor="end">
          {rotation.endedAtMs === null ? 'now' : formatClockSeconds(rotation.endedAtMs)}
        </text>
      </svg>
    </div>
  )
}
