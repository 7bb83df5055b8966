import type { Headroom } from '../../../shared/model/headroom.ts'

/** Intervals on offer, in ms. */
export const pollIntervalsMs = [15_000, 30_000, 60_000, 300_000] as const

/** The share of a plan that looking for mail never touches. */
export const keptShare = 0.2

/** Requests of the window that looking for mail leaves alone. */
export function countKept(limit: number): number {
  return Math.ceil(limit * keptShare)
}

/** True when one more request would leave less than what is kept. Without numbers nothing is held back: main paces anyway. */
export function isTooLow(headroom: Pick<Headroom, 'used' | 'limit' | 'pausedUntilMs'> | null, nowMs: number): boolean {
  if (headroom === null) return false
  if (headroom.pausedUntilMs !== null && headroom.pausedUntilMs > nowMs) return true
  return headroom.limit - headroom.used - 1 < countKept(headroom.limit)
}

/** Name of an interval, as `30 s` or `5 min`. */
export function nameInterval(ms: number): string {
  return ms < 60_000 ? `${ms / 1000} s` : `${ms / 60_000} min`
}

/** What looking for mail costs, as `2 requests a minute`. */
export function nameCost(ms: number): string {
  const perMinute = 60_000 / ms
  if (perMinute >= 1) {
    const count = Math.round(perMinute * 10) / 10
    return `${count} ${count === 1 ? 'request' : 'requests'} a minute`
  }
  return `1 request in ${Math.round(ms / 60_000)} minutes`
}
