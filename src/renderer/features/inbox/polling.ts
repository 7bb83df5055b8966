import type { AppError } from '../../../shared/error.ts'
import type { Headroom } from '../../../shared/model/headroom.ts'
import type { Result } from '../../../shared/result.ts'

/** Intervals on offer, in ms. */
export const pollIntervalsMs = [15_000, 30_000, 60_000, 300_000] as const

/** The share of a plan that looking for mail never touches. */
const keptShare = 0.2

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

/** Where looking for mail stands: it goes on, rests for want of room, met a failure and goes on, or ended on one. */
export type PollState =
  | { readonly name: 'on' }
  | { readonly name: 'resting' }
  | { readonly name: 'failed' | 'ended'; readonly error: AppError }

/** What looking for mail needs from outside. */
export interface PollPorts {
  /** Resolves after `ms`, or at once when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** True while one more request would eat into what is kept. */
  readonly isTooLow: () => boolean
  readonly look: () => Promise<Result<unknown>>
}

// What may be over by the next time; anything else would fail each time in the same way.
const passing: ReadonlySet<AppError['kind']> = new Set<AppError['kind']>([
  'NETWORK',
  'TIMEOUT',
  'SERVER_ERROR',
  'RATE_LIMITED',
  'BAD_ANSWER',
  'OVERLOADED',
  'CANCELLED',
])

/** Looks for mail each `intervalMs` until the signal is aborted: one look at a time, none while there is too little room. */
export async function keepLooking(
  intervalMs: number,
  ports: PollPorts,
  signal: AbortSignal,
  tell: (state: PollState) => void,
): Promise<void> {
  for (;;) {
    await ports.sleep(intervalMs, signal)
    if (signal.aborted) return
    if (ports.isTooLow()) {
      tell({ name: 'resting' })
      continue
    }
    const result = await ports.look()
    if (signal.aborted) return
    if (result.ok) tell({ name: 'on' })
    else if (passing.has(result.error.kind)) tell({ name: 'failed', error: result.error })
    else return tell({ name: 'ended', error: result.error })
  }
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
