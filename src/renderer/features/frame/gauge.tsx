import type { Headroom } from '../../../shared/model/headroom.ts'
import { showScreen } from '../../store/actions.ts'
import { levelOf, slideHeadroom } from '../../store/headroom.ts'
import { useHeadroom } from '../../store/store.ts'
import { formatCount } from '../../ui/format.ts'
import { useNow } from '../../ui/now.ts'
import { Bars } from '../../ui/sparkline.tsx'
import { describeHeadroom } from './gauge-text.ts'

const trackWidth = 89
const tones = { plenty: 'var(--env-mark)', low: 'var(--warn)', full: 'var(--bad)' } as const

function Spark({ headroom }: { headroom: Headroom }) {
  const { bins, used, limit, basis } = headroom
  const share = Math.min(1, used / limit)
  return (
    <svg className="spark" viewBox="0 0 90 20" aria-hidden="true">
      {/* Full height is the pace that fills the window, or the busiest slice. */}
      <Bars
        values={bins}
        width={90}
        height={15}
        max={Math.max(limit / Math.max(1, bins.length), ...bins)}
        color="var(--env-mark)"
      />
      <path
        d={`M0 18.5h${trackWidth}`}
        stroke="var(--env-edge)"
        strokeWidth="2"
        strokeDasharray={basis === 'count' ? '3 2' : undefined}
      />
      <path d={`M0 18.5h${(trackWidth * share).toFixed(1)}`} stroke={tones[levelOf(headroom)]} strokeWidth="2" />
    </svg>
  )
}

/** Headroom of the current environment; opens its screen. */
export function Gauge({ environmentId }: { environmentId: string }) {
  const told = useHeadroom(environmentId)
  const now = useNow(500)
  if (told === null) return null
  const headroom = slideHeadroom(told, Math.max(now, told.atMs))
  const { basis, urgent, tone, waiting } = describeHeadroom(headroom)
  const figures = `${formatCount(headroom.used)} / ${formatCount(headroom.limit)}`
  return (
    <button type="button" className="gauge" title="Open headroom" onClick={() => showScreen('headroom')}>
      <span className="unseen">Headroom: </span>
      <Spark headroom={headroom} />
      <b className={headroom.basis === 'count' ? 'guess' : 'fact'}>{figures}</b>
      <span>
        {basis}
        {urgent === null ? null : (
          <>
            {' · '}
            <span className={tone === 'plain' ? 'guess' : tone}>{urgent}</span>
          </>
        )}
        {waiting === null ? null : ` · ${waiting}`}
      </span>
    </button>
  )
}
