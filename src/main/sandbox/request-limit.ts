import { limits } from '../../shared/limits.ts'
import { formatRateHeaders, type HeaderDialect } from './header-dialect.ts'
import type { HeaderPair } from './rate-moment.ts'
import { createSlidingWindow, type SlidingWindow } from './sliding-window.ts'

/** Longest window that may be asked for. */
export const windowMsMax = 24 * 60 * 60 * 1000

/** What the limit is. Every part may change while the server runs. */
export interface LimitRules {
  /** Requests per window. */
  readonly plan: number
  readonly windowMs: number
  /** Which rate-limit headers answers carry. */
  readonly headers: HeaderDialect
  /** Refuses every request, whatever the window holds: a server that always answers 429. */
  readonly refuseAll: boolean
}

/** What the limit said about one request. */
export interface LimitDecision {
  readonly accepted: boolean
  /** What the answer carries. */
  readonly headers: readonly HeaderPair[]
}

/** The limit of all keys. */
export interface RequestLimit {
  /** Counts one request of a key, now. */
  spend(keyId: string, nowMs: number): LimitDecision
  rules(): LimitRules
  /** Takes effect with the next request. Another plan or window length starts all windows anew. */
  change(changes: Partial<LimitRules>): void
}

interface Spending {
  readonly window: SlidingWindow
  answers: number
}

// Keys come and go over a long run; their windows must not pile up.
const windowsMax = limits.keysMax * 2

/** Builds the limit: `key` gives each key its window, `account` one to all, as keys of one user may share. */
export function createRequestLimit(initial: LimitRules, limitBy: 'key' | 'account'): RequestLimit {
  const spendings = new Map<string, Spending>()
  let rules = initial

  function spendingOf(owner: string): Spending {
    const existing = spendings.get(owner)
    if (existing !== undefined) return existing
    const spending = { window: createSlidingWindow(rules.plan, rules.windowMs), answers: 0 }
    const oldest = spendings.size < windowsMax ? undefined : spendings.keys().next().value
    if (oldest !== undefined) spendings.delete(oldest)
    spendings.set(owner, spending)
    return spending
  }

  return {
    spend(keyId, nowMs) {
      const partition = limitBy === 'key' ? keyId : 'account'
      const spending = spendingOf(partition)
      const spent = spending.window.spend(nowMs)
      const decision = rules.refuseAll ? { ...spent, accepted: false, remaining: 0 } : spent
      const { windowMs, headers } = rules
      const moment = { decision, windowMs, nowMs, partition, earlier: spending.answers }
      spending.answers += 1
      return { accepted: decision.accepted, headers: formatRateHeaders(headers, moment) }
    },
    rules: () => rules,
    change(changes) {
      const before = rules
      rules = { ...rules, ...changes }
      if (rules.plan !== before.plan || rules.windowMs !== before.windowMs) spendings.clear()
    },
  }
}
