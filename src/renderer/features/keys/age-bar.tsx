import type { KeySummary } from '../../../shared/model/key.ts'
import { usePolicy } from '../../store/rotations.ts'
import { useNow } from '../../ui/now.ts'
import { toneOfAge } from '../rotation/age-text.ts'
import { ageInDays } from './key-text.ts'

const words = { fresh: '', aging: 'due soon', overdue: 'overdue' } as const
const barTones = { fresh: '', aging: 'w', overdue: 'b' } as const
const textTones = { fresh: 'soft', aging: 'warn', overdue: 'bad' } as const

/** Age of a key against its environment's policy; the tick is where the warning begins. */
export function AgeBar({ row }: { row: KeySummary }) {
  const { age } = usePolicy(row.environmentId)
  const days = ageInDays(row, useNow(60_000))
  const tone = toneOfAge(days, age)
  const share = Math.min(1, days / age.overdueDays)
  return (
    <span className="age">
      <span className="track">
        <i className={barTones[tone]} style={{ width: `${(share * 100).toFixed(0)}%` }} />
        <b style={{ left: `${((age.warnDays / age.overdueDays) * 100).toFixed(1)}%` }} />
      </span>
      <span className={`num ${textTones[tone]}`}>
        {days} d{words[tone] === '' ? null : <span className="unseen">, {words[tone]}</span>}
      </span>
    </span>
  )
}
