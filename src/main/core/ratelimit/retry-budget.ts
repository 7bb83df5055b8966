import type { RatePolicy } from '../../../shared/model/rate.ts'
import { createWindow } from './window.ts'

/** The time that calls and repeats are counted over. Rates and probes, rule 5. */
const budgetWindowMs = 60_000

/** One repeat that was allowed and has not gone out yet. */
export interface Repeat {
  /** It goes out now: it counts for a minute from here. */
  spend(nowMs: number): void
  /** It never will. */
  giveBack(): void
}

/**
 * Repeats of one rate group: at most a share of the calls of the last minute, with a floor. Times
 * are monotonic ms.
 */
export interface RetryBudget {
  /** Counts a call, at its first attempt. */
  noteCall(nowMs: number): void
  /** A repeat within the budget, or null when it is empty. It counts from now on. */
  take(nowMs: number, policy: Pick<RatePolicy, 'budgetPercent' | 'budgetFloor'>): Repeat | null
}

/** Makes a budget without any calls yet. */
export function createRetryBudget(): RetryBudget {
  const calls = createWindow(budgetWindowMs)
  const repeats = createWindow(budgetWindowMs)
  let reserved = 0
  return {
    noteCall: (nowMs) => calls.add(nowMs),
    take(nowMs, { budgetPercent, budgetFloor }) {
      const allowed = Math.max(budgetFloor, Math.floor((calls.countAt(nowMs) * budgetPercent) / 100))
      if (repeats.countAt(nowMs) + reserved >= allowed) return null
      reserved += 1
      let open = true
      const close = (): boolean => {
        const wasOpen = open
        if (open) reserved -= 1
        open = false
        return wasOpen
      }
      return {
        spend(atMs) {
          if (close()) repeats.add(atMs)
        },
        giveBack: () => void close(),
      }
    },
  }
}
