import type { KeySummary, KeyUsage } from '../../../shared/model/key.ts'
import type { AgePolicy, KeyAge, KeyHint } from '../../../shared/model/rotation.ts'

const dayMs = 86_400_000
const unusedAfterDays = 30
const surgeFactor = 3
/** Calls a day below which three times as many mean nothing. */
const surgeCallsMin = 20
const usualDays = 14
const refusalsMin = 5

/** True for a key that a person may still do something about. */
function isAlive({ state }: KeySummary): boolean {
  return state === 'active' || state === 'candidate'
}

/** Age of a key against a policy. Whole days of 24 h since it was added; a clock set back gives 0. */
export function judgeAge(key: KeySummary, { warnDays, overdueDays }: AgePolicy, nowMs: number): KeyAge {
  const ageDays = Math.max(0, Math.floor((nowMs - key.addedAtMs) / dayMs))
  const state = ageDays >= overdueDays ? 'overdue' : ageDays >= warnDays ? 'aging' : 'fresh'
  return { keyId: key.id, ageDays, warnDays, overdueDays, state }
}

/** Ages of all keys that are alive. */
export function judgeAges(
  keys: readonly KeySummary[],
  policyOf: (environmentId: string) => AgePolicy,
  nowMs: number,
): KeyAge[] {
  return keys.filter(isAlive).map((key) => judgeAge(key, policyOf(key.environmentId), nowMs))
}

function findMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}

/**
 * What stands out in a key's use: 30 days without a call, three times the calls of its usual day
 * (the median of the last 14 days with calls), or a run of answers 401 and 403: a fifth of today's calls.
 */
export function findHints(key: KeySummary, usage: KeyUsage | null, nowMs: number): KeyHint[] {
  const hints: KeyHint[] = []
  const hint = (what: KeyHint['what'], count: number) => hints.push({ keyId: key.id, what, count })
  const sinceMs = Math.max(key.addedAtMs, key.lastUsedAtMs ?? 0)
  const unusedDays = Math.floor((nowMs - sinceMs) / dayMs)
  if (unusedDays >= unusedAfterDays) hint('unused', unusedDays)
  if (usage === null) return hints
  const earlier = usage.days.slice(0, -1).slice(-usualDays)
  const usual = findMedian(earlier.filter((calls) => calls > 0))
  if (usual > 0 && usage.today >= surgeCallsMin && usage.today >= usual * surgeFactor) {
    hint('surge', Math.round((usage.today / usual) * 10) / 10)
  }
  // Of today alone: refusals spread over a month are no run, and a run of today is none of the month.
  const { refusedToday, today } = usage
  if (refusedToday >= refusalsMin && refusedToday * 5 >= today) hint('refusals', refusedToday)
  return hints
}

/** Hints for all keys that are alive. */
export function findAllHints(keys: readonly KeySummary[], usages: readonly KeyUsage[], nowMs: number): KeyHint[] {
  return keys
    .filter(isAlive)
    .flatMap((key) => findHints(key, usages.find(({ keyId }) => keyId === key.id) ?? null, nowMs))
}

/** Local calendar days differ: a person is told of due keys at most once on each. */
export function isReminderDue(remindedAtMs: number | null, nowMs: number): boolean {
  if (remindedAtMs === null) return true
  const dayOf = (ms: number) => new Date(ms).toDateString()
  return nowMs > remindedAtMs && dayOf(nowMs) !== dayOf(remindedAtMs)
}

/** First moment of the next local calendar day, epoch ms. */
export function startOfTomorrow(nowMs: number): number {
  const day = new Date(nowMs)
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime()
}
