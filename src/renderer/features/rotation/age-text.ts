import type { AgePolicy, KeyAge, KeyHint } from '../../../shared/model/rotation.ts'
import { assertNever } from '../../../shared/result.ts'
import { formatCount, formatPlural } from '../../ui/format.ts'

/** How a key's age stands against the policy of its environment. */
export type AgeTone = 'fresh' | 'aging' | 'overdue'

/** Tone of an age in days. */
export function toneOfAge(ageDays: number, policy: AgePolicy): AgeTone {
  if (ageDays >= policy.overdueDays) return 'overdue'
  return ageDays >= policy.warnDays ? 'aging' : 'fresh'
}

/** The age limit when all environments share one: head of a column. Null when they differ. */
export function sharedLimit(policies: readonly AgePolicy[]): number | null {
  const first = policies[0]?.overdueDays ?? null
  return policies.every(({ overdueDays }) => overdueDays === first) ? first : null
}

function nameDay(atMs: number, leftDays: number): string {
  if (leftDays === 1) return 'tomorrow'
  const date = new Date(atMs)
  return leftDays < 7
    ? `on ${date.toLocaleDateString('en-GB', { weekday: 'long' })}`
    : `on ${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long' })}`
}

/** A key that is due, in words. `name` is that of its environment and its own. */
export function describeAge(name: string, age: KeyAge, nowMs: number): { title: string; detail: string } {
  const title = `${name} is ${formatPlural(age.ageDays, 'day')} old.`
  const left = age.overdueDays - age.ageDays
  return left <= 0
    ? { title, detail: `Your policy says ${age.overdueDays}; it is overdue. It stays in use until you rotate it.` }
    : {
        title,
        detail: `Your policy says ${age.overdueDays}; it turns overdue ${nameDay(nowMs + left * 86_400_000, left)}.`,
      }
}

/** What stands out in the use of a key, in words. */
export function describeHint({ what, count }: KeyHint): string {
  switch (what) {
    case 'unused':
      return `Unused for ${formatPlural(Math.round(count), 'day')}. Revoke it if nothing needs it.`
    case 'surge':
      return `Used ${count.toFixed(1).replace(/\.0$/, '')} times as much as on its usual day.`
    case 'refusals':
      return `${formatCount(count)} of its answers were 401 or 403: look at what calls with it.`
    default:
      return assertNever(what)
  }
}
