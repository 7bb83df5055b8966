import { limits } from '../../../shared/limits.ts'
import type { Header, Wait } from '../../../shared/model/call.ts'
import type { Plan } from '../../../shared/model/environment.ts'
import type { Headroom } from '../../../shared/model/headroom.ts'
import type { CallPriority, RatePolicy } from '../../../shared/model/rate.ts'
import { forecastFullInMs } from './forecast.ts'
import { findPace, type RateReading } from './rate-headers.ts'
import { createRetryBudget, type RetryBudget } from './retry-budget.ts'
import { createWindow, type Window } from './window.ts'

/** What the limiter must know of an environment. Those with one `rateGroup` count in one window. */
export interface RateMember {
  readonly id: string
  readonly plan: Plan
  readonly rateGroup: string | null
}

/** Why nothing may go out now. Times are monotonic ms. */
export interface Blockage {
  readonly cause: 'pause' | 'pacing' | 'concurrency'
  /** When to look again; null when only the end of an attempt can change it. */
  readonly untilMs: number | null
  readonly used?: number
  readonly limit?: number
  /** Of a pause that the server told: its end without the jitter, and the header. */
  readonly toldUntilMs?: number
  readonly header?: Header
}

/** An attempt on the wire. `order` counts the attempts of its group. */
export interface Grant {
  readonly order: number
}

/** What an attempt came to. */
export interface GrantEnd {
  readonly reached: boolean
  readonly status: number | null
  readonly reading: RateReading | null
  /** How long nothing may follow, after a 429. */
  readonly pause: (Pick<Wait, 'toldMs' | 'header'> & { readonly forMs: number }) | null
}

interface Pause {
  readonly untilMs: number
  readonly toldUntilMs: number | null
  readonly header: Header | null
}

/** What the server said to a group and what follows from it, which holds for whoever leaves it too. */
export interface Said {
  readonly pause: Pause
  readonly isOneAhead: boolean
  readonly told: Told | null
  readonly toldLimit: ToldLimit | null
  readonly alertUntilMs: number
  /** Length of the window, learned or not. */
  readonly windowMs: number
}

/** What the members of a group did and heard before they were its members. */
export interface Before {
  /** Times (monotonic ms) at which they sent, with counts, in order. */
  readonly history: readonly (readonly [number, number])[]
  /** What was said to the groups that they come from. */
  readonly said: readonly Said[]
}

/** The numbers of one rate group: its window, what the server said of it, its pause, its budget. */
export interface RateGroup {
  /** Takes its members, and what they bring along; null keeps what was counted. */
  reform(members: readonly RateMember[], before: Before | null): void
  /** What an environment takes along into another group. */
  said(): Said
  members(): readonly RateMember[]
  /** Why a call of this priority may not go out now, or null when it may. */
  findBlockage(nowMs: number, priority: CallPriority): Blockage | null
  grant(nowMs: number): Grant
  end(grant: Grant, end: GrantEnd, nowMs: number): void
  /** Counts a request that went out under another group's name, and takes over the pause that it met. */
  overhear(end: Pick<GrantEnd, 'reached' | 'pause'>, nowMs: number): void
  /** Ms until the call that is `place`th in the queue (1 is the first) gets its slot by our count. */
  expectSlotInMs(nowMs: number, place: number): number | null
  readonly budget: RetryBudget
  describe(nowMs: number): Omit<Headroom, 'environmentId' | 'waiting' | 'atMs' | 'pausedUntilMs'> & {
    readonly pausedForMs: number | null
  }
}

/** Clocks of two machines run apart by 500 ppm each at most: slots free that much later here. */
const driftShare = 0.001
/** Below this share of the limit the rest is kept for a person's calls; others are spread over it. */
const reserveShare = 0.2
/** A reset further away than this, and than the window that was told, is suspect: calls then ask one by one. */
const resetBelievedMs = 600_000
const forecastBins = 120
/** Slots looked ahead for the time at which a queued call is expected to go. */
const placesMax = 1000

interface Told {
  readonly reading: RateReading
  readonly order: number
  readonly atMs: number
  /** Until then no more than what is left may be spent. */
  readonly untilMs: number
  /** Until then one call at a time asks for the numbers anew. */
  readonly askUntilMs: number
  /** Requests that the server counts and we do not: of another program or another machine. */
  readonly excess: number
  /** Requests granted since that the server had perhaps not counted yet. */
  spent: number
}

interface ToldLimit {
  readonly limit: number
  readonly atMs: number
}

const leftOf = ({ reading, spent }: Told): number => (reading.remaining ?? Number.POSITIVE_INFINITY) - spent

/** Whether one leaves less, or as little for longer. */
function isStricter(one: Told, other: Told): boolean {
  const [left, otherLeft] = [leftOf(one), leftOf(other)]
  return left === otherLeft ? one.untilMs > other.untilMs : left < otherLeft
}

/** Makes the numbers of a group of environments. `baseWindowMs` is the window of all fixed plans. */
export function createRateGroup(policy: () => RatePolicy, baseWindowMs: number = limits.windowMs): RateGroup {
  let members: readonly RateMember[] = []
  let windowMs = baseWindowMs
  let window: Window = createWindow(windowMs + Math.ceil(windowMs * driftShare))
  const budget = createRetryBudget()
  const inFlight = new Set<Grant>()
  let grants = 0
  let lastGrantMs = Number.NEGATIVE_INFINITY
  let told: Told | null = null
  let toldLimit: ToldLimit | null = null
  let pause: Pause = { untilMs: Number.NEGATIVE_INFINITY, toldUntilMs: null, header: null }
  /**
   * After a pause one call goes ahead: its answer opens the way for the others. The number of the
   * first grant whose answer can, since one from before the refusal says nothing. Rates and probes, rule 7.
   */
  let oneAheadFrom: number | null = null
  /** With pacing off: a refusal turns it on until nothing had to wait for a whole window. */
  let alertUntilMs = Number.NEGATIVE_INFINITY

  const learns = (): boolean => members.length > 0 && members.every(({ plan }) => plan.kind === 'learn')

  function limitAt(nowMs: number): number {
    let limit = Number.POSITIVE_INFINITY
    for (const { plan } of members) {
      const learnt = plan.kind === 'learn' ? toldLimit?.limit : undefined
      limit = Math.min(limit, learnt ?? plan.perMinute)
    }
    // The stricter of plan and header; a header that is not repeated has no say for long.
    const fresh = toldLimit !== null && nowMs - toldLimit.atMs < 2 * windowMs
    return fresh ? Math.min(limit, toldLimit?.limit ?? limit) : limit
  }

  const ownUsed = (nowMs: number): number => window.countAt(nowMs) + inFlight.size
  const isToldNow = (nowMs: number): boolean => told !== null && nowMs < told.untilMs

  /** Requests that may go out now: the stricter of our count and the server's. May be below 0. */
  function leftAt(nowMs: number): number {
    const own = limitAt(nowMs) - ownUsed(nowMs)
    if (told === null || !isToldNow(nowMs)) return own
    const byServer = told.reading.remaining === null ? Number.POSITIVE_INFINITY : told.reading.remaining - told.spent
    return Math.min(own - told.excess, byServer)
  }

  /** The server counted more than we did, and when it would have less was told: one call asks for the numbers anew. */
  const mustAskAnew = (nowMs: number): boolean =>
    told !== null &&
    nowMs >= told.untilMs &&
    (nowMs < told.askUntilMs || (told.excess > 0 && nowMs - told.atMs < windowMs))

  /** When something may be left again, by count and header; null when only an answer can tell. */
  function findFreeMs(nowMs: number): number | null {
    const short = 1 - (limitAt(nowMs) - ownUsed(nowMs))
    const freeInMs = short <= 0 ? 0 : window.freeInMs(nowMs, short)
    const toldMs = told !== null && isToldNow(nowMs) ? told.untilMs : nowMs
    return freeInMs === null ? null : Math.max(nowMs + freeInMs, toldMs)
  }

  /** When the next call but a person's may go: what is left is spread by min(r/t, q/w). */
  function findSpreadMs(nowMs: number, left: number): number {
    const limit = limitAt(nowMs)
    if (left > limit * reserveShare) return nowMs
    const resetInMs =
      told !== null && isToldNow(nowMs) ? told.untilMs - nowMs : (window.nextSlotInMs(nowMs) ?? windowMs)
    const pace = findPace({ limit, remaining: left, resetInMs, windowMs }) ?? 0
    return pace <= 0 ? nowMs : lastGrantMs + Math.min(windowMs, 1 / pace)
  }

  function findPacing(nowMs: number, priority: CallPriority): Blockage | null {
    const left = leftAt(nowMs)
    const hold = (untilMs: number | null): Blockage => {
      const limit = limitAt(nowMs)
      return { cause: 'pacing', untilMs, used: Math.max(0, limit - left), limit }
    }
    if (left <= 0) return hold(findFreeMs(nowMs))
    if (mustAskAnew(nowMs) && inFlight.size > 0) return hold(null)
    if (priority === 'proof' || priority === 'person') return null
    const spreadMs = findSpreadMs(nowMs, left)
    return spreadMs > nowMs ? hold(spreadMs) : null
  }

  function adopt(reading: RateReading, { order }: Grant, nowMs: number): void {
    if (told !== null && order < told.order) return
    const isSameWindow = reading.windowMs === null || Math.abs(reading.windowMs - windowMs) <= windowMs / 10
    if (learns() && reading.windowMs !== null && !isSameWindow) {
      const entries = window.entriesAt(nowMs)
      windowMs = reading.windowMs
      rebuild(entries)
    }
    const counts = isSameWindow || learns()
    // A longer window of the server cannot be counted here, but its limit holds in ours all the more.
    if (reading.limit !== null && (counts || (reading.windowMs ?? 0) > windowMs)) {
      toldLimit = { limit: reading.limit, atMs: nowMs }
    }
    let unsure = grants - 1 - order
    for (const other of inFlight) if (other.order < order) unsure += 1
    const limit = reading.limit ?? limitAt(nowMs)
    const excess =
      reading.remaining === null || !counts ? 0 : Math.max(0, limit - reading.remaining + unsure - ownUsed(nowMs))
    const believedMs = Math.max(resetBelievedMs, reading.windowMs ?? 0)
    const resetInMs = reading.resetInMs ?? window.nextSlotInMs(nowMs) ?? windowMs
    told = {
      reading,
      order,
      atMs: nowMs,
      untilMs: nowMs + Math.min(resetInMs, believedMs),
      askUntilMs: nowMs + resetInMs,
      excess,
      spent: unsure,
    }
  }

  function rebuild(history: readonly (readonly [number, number])[]): void {
    window = createWindow(windowMs + Math.ceil(windowMs * driftShare))
    for (const [atMs, count] of history) window.add(atMs, count)
  }

  /** A pause only ever gets longer. */
  function pauseFor({ forMs, toldMs, header }: NonNullable<GrantEnd['pause']>, nowMs: number): void {
    oneAheadFrom = grants
    const untilMs = nowMs + forMs
    if (untilMs <= pause.untilMs) return
    pause = { untilMs, toldUntilMs: toldMs === undefined ? null : nowMs + toldMs, header: header ?? null }
  }

  /** Of what several groups were told the strictest holds: they may have had one limit all along. */
  function adoptSaid(said: Said): void {
    if (said.pause.untilMs > pause.untilMs) pause = said.pause
    if (said.isOneAhead) oneAheadFrom = grants
    // The order is of the other group: any answer from now on is later.
    if (said.told !== null && (told === null || isStricter(said.told, told))) told = { ...said.told, order: -1 }
    if (said.toldLimit !== null && (toldLimit === null || said.toldLimit.limit < toldLimit.limit)) {
      toldLimit = said.toldLimit
    }
    alertUntilMs = Math.max(alertUntilMs, said.alertUntilMs)
    if (learns()) windowMs = Math.max(windowMs, said.windowMs)
  }

  const isPaced = (nowMs: number): boolean => policy().pacing || nowMs < alertUntilMs

  return {
    budget,
    reform(next, before) {
      members = next
      const lengthMs = windowMs
      if (!learns()) windowMs = baseWindowMs
      for (const said of before?.said ?? []) adoptSaid(said)
      if (before !== null) rebuild(before.history)
      else if (windowMs !== lengthMs) rebuild(window.entriesAt(Number.NEGATIVE_INFINITY))
    },
    said: () => ({ pause, isOneAhead: oneAheadFrom !== null, told, toldLimit, alertUntilMs, windowMs }),
    members: () => members,
    findBlockage(nowMs, priority) {
      if (nowMs < pause.untilMs) {
        return {
          cause: 'pause',
          untilMs: pause.untilMs,
          ...(pause.toldUntilMs === null ? {} : { toldUntilMs: pause.toldUntilMs }),
          ...(pause.header === null ? {} : { header: pause.header }),
        }
      }
      if (oneAheadFrom !== null && inFlight.size > 0) return { cause: 'pause', untilMs: null }
      const { concurrencyMax } = policy()
      if (isPaced(nowMs)) {
        const pacing = findPacing(nowMs, priority)
        if (pacing !== null) {
          if (nowMs < alertUntilMs) alertUntilMs = nowMs + windowMs
          return pacing
        }
      }
      return inFlight.size >= concurrencyMax ? { cause: 'concurrency', untilMs: null } : null
    },
    grant(nowMs) {
      const grant: Grant = { order: grants }
      grants += 1
      inFlight.add(grant)
      lastGrantMs = nowMs
      if (told !== null) told.spent += 1
      return grant
    },
    end(grant, { reached, status, reading, pause: rest }, nowMs) {
      if (!inFlight.delete(grant)) return
      // Counted at its end: the server counted it before, so that our slot frees after the server's.
      if (reached) window.add(nowMs)
      if (reading !== null) adopt(reading, grant, nowMs)
      const isAnswered = reached && status !== null && status !== 429
      if (oneAheadFrom !== null && isAnswered && grant.order >= oneAheadFrom) oneAheadFrom = null
      if (status === 429) alertUntilMs = nowMs + windowMs
      if (rest !== null) pauseFor(rest, nowMs)
    },
    overhear({ reached, pause: rest }, nowMs) {
      if (reached) window.add(nowMs)
      if (rest !== null) pauseFor(rest, nowMs)
    },
    expectSlotInMs(nowMs, place) {
      if (place > placesMax) return null
      const short = place - (limitAt(nowMs) - ownUsed(nowMs))
      const freeInMs = short <= 0 ? 0 : window.freeInMs(nowMs, short)
      return freeInMs === null ? null : Math.max(freeInMs, isToldNow(nowMs) && told !== null ? told.untilMs - nowMs : 0)
    },
    describe(nowMs) {
      const isKnown = members.length > 0
      const limit = isKnown ? limitAt(nowMs) : 0
      const left = leftAt(nowMs)
      const used = isKnown ? Math.max(0, limit - left) : ownUsed(nowMs)
      const isFact =
        told !== null &&
        nowMs - told.atMs < windowMs &&
        (told.reading.windowMs === null || Math.abs(told.reading.windowMs - windowMs) <= windowMs / 10)
      const bins = window.sliceAt(nowMs, limits.headroomBins)
      const newest = bins.length - 1
      bins[newest] = (bins[newest] ?? 0) + inFlight.size
      const oldestInMs = window.nextSlotInMs(nowMs)
      const toldInMs = told !== null && left <= 0 && isToldNow(nowMs) ? told.untilMs - nowMs : null
      return {
        used,
        limit,
        basis: isFact ? 'headers' : 'count',
        bins,
        windowMs,
        nextSlotInMs: oldestInMs === null && toldInMs === null ? null : Math.max(oldestInMs ?? 0, toldInMs ?? 0),
        fullInMs: forecastFullInMs({ bins: window.sliceAt(nowMs, forecastBins), windowMs, used, limit }),
        pausedForMs: nowMs < pause.untilMs ? pause.untilMs - nowMs : null,
        told: isFact && told !== null ? [...told.reading.told] : [],
      }
    },
  }
}
