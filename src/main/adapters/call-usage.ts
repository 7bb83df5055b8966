import type { CallSummary } from '../../shared/model/call.ts'
import type { KeyUsage } from '../../shared/model/key.ts'

const usageDays = 30
const quarterMs = 900_000

/** The first local day that `sumUsage` counts at a time (epoch ms). */
export const nameFirstUsageDay = (nowMs: number): string => nameDay(nowMs, usageDays - 1)

/** What is counted per key, local calendar day (`YYYY-MM-DD`) and source. It outlives the calls themselves. */
export interface KeyDay {
  readonly keyId: string
  readonly day: string
  readonly source: string
  readonly calls: number
  readonly unauthorized: number
  readonly forbidden: number
  readonly rateLimited: number
}

/** The local calendar day of a time (epoch ms), `daysBack` days earlier. */
export function nameDay(atMs: number, daysBack = 0): string {
  const date = new Date(atMs)
  const day = new Date(date.getFullYear(), date.getMonth(), date.getDate() - daysBack)
  const pad = (part: number, digits: number) => String(part).padStart(digits, '0')
  return `${pad(day.getFullYear(), 4)}-${pad(day.getMonth() + 1, 2)}-${pad(day.getDate(), 2)}`
}

/** What one call adds to the counts of its key; null without a key. */
export function countKeyDay(call: CallSummary, nameCallDay = nameDay): KeyDay | null {
  const { keyId, startedAtMs, source, status } = call
  if (keyId === null) return null
  return {
    keyId,
    day: nameCallDay(startedAtMs),
    source,
    calls: 1,
    unauthorized: status === 401 ? 1 : 0,
    forbidden: status === 403 ? 1 : 0,
    rateLimited: status === 429 ? 1 : 0,
  }
}

/** Adds up what a few calls add to the counts of their keys. */
export function countKeyDays(calls: readonly CallSummary[]): readonly KeyDay[] {
  const sums = new Map<string, KeyDay>()
  const days = new Map<number, string>()
  // Days begin at whole quarters of an hour in every zone, and many calls lie in the same one.
  const nameCallDay = (atMs: number) => {
    const quarter = Math.floor(atMs / quarterMs)
    const day = days.get(quarter) ?? nameDay(atMs)
    days.set(quarter, day)
    return day
  }
  for (const call of calls) {
    const day = countKeyDay(call, nameCallDay)
    if (day === null) continue
    const name = `${day.keyId} ${day.day} ${day.source}`
    const known = sums.get(name)
    sums.set(
      name,
      known === undefined
        ? day
        : {
            ...known,
            calls: known.calls + day.calls,
            unauthorized: known.unauthorized + day.unauthorized,
            forbidden: known.forbidden + day.forbidden,
            rateLimited: known.rateLimited + day.rateLimited,
          },
    )
  }
  return [...sums.values()]
}

/** Usage by key over the last 30 local days. */
export function sumUsage(days: readonly KeyDay[], nowMs: number): KeyUsage[] {
  const names = Array.from({ length: usageDays }, (_, index) => nameDay(nowMs, usageDays - 1 - index))
  const positions = new Map(names.map((name, index) => [name, index]))
  const usages = new Map<string, { usage: KeyUsage; sources: Map<string, number> }>()
  for (const { keyId, day, source, calls, unauthorized, forbidden, rateLimited } of days) {
    const position = positions.get(day)
    if (position === undefined) continue
    const fresh = {
      keyId,
      today: 0,
      days: names.map(() => 0),
      unauthorized: 0,
      forbidden: 0,
      rateLimited: 0,
      refusedToday: 0,
      todayBySource: [],
    }
    const entry = usages.get(keyId) ?? { usage: fresh, sources: new Map() }
    usages.set(keyId, entry)
    const { usage, sources } = entry
    usage.days[position] = (usage.days[position] ?? 0) + calls
    usage.unauthorized += unauthorized
    usage.forbidden += forbidden
    usage.rateLimited += rateLimited
    if (position !== usageDays - 1) continue
    usage.today += calls
    usage.refusedToday += unauthorized + forbidden
    sources.set(source, (sources.get(source) ?? 0) + calls)
  }
  return [...usages.values()].map(({ usage, sources }) => ({
    ...usage,
    todayBySource: [...sources].map(([source, count]) => ({ source, count })).sort((a, b) => b.count - a.count),
  }))
}
