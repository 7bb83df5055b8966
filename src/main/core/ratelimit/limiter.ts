import type { Header, Wait } from '../../../shared/model/call.ts'
import type { Plan } from '../../../shared/model/environment.ts'
import type { Headroom } from '../../../shared/model/headroom.ts'
import type { CallPriority, RatePolicy } from '../../../shared/model/rate.ts'
import type { WaitingCalls } from '../../../shared/model/waiting.ts'
import type { Clock, Random } from '../ports.ts'
import type { ToldWait } from './rate-headers.ts'

/** What the limiter must know of an environment. Those with one `rateGroup` count in one window. */
export interface RateMember {
  readonly id: string
  readonly plan: Plan
  readonly rateGroup: string | null
}

/** What a call is, for the people who see it wait. */
export interface Errand {
  readonly environmentId: string
  readonly operation: string
  readonly method: string
  /** Below the base URL, without the query. */
  readonly path: string
  readonly priority: CallPriority
}

/**
 * A rest before the next attempt, decided after the one before: told by the server or computed.
 * Durations in ms; the numbers behind it go into the recorded wait.
 */
export interface Rest {
  readonly cause: 'retry-after' | 'reset' | 'full-jitter'
  readonly forMs: number
  readonly toldMs?: number
  readonly header?: Header
  readonly addedMs?: number
  readonly baseMs?: number
  readonly capMs?: number
  readonly exponent?: number
  readonly draw?: number
}

/** What became of one attempt, as far as the limit is concerned. */
export interface SlotEnd {
  /** False when the request certainly never reached the server: it is not counted. */
  readonly reached: boolean
  readonly status: number | null
  readonly headers: readonly Header[]
}

/** Leave to send one attempt, now. It is counted from the start on, and once more at its end. */
export interface Slot {
  /** Ends the attempt: to be called exactly once, at once when its answer is there. */
  end(outcome: SlotEnd): void
}

/** One call on its way through the limit, over all its attempts. */
export interface Ticket {
  readonly id: string
  /** Aborts when the call is cancelled, by its caller or by `Limiter.cancel`. */
  readonly signal: AbortSignal
  /**
   * Waits until an attempt may go out: through the rest, a hold, a pause of the group, pacing, and
   * for a place on the wire, in fair order. Null as soon as the call was cancelled.
   */
  admit(attempt: number, rest?: Rest): Promise<Slot | null>
  /** Takes one repeat from the group's retry budget; false when it is empty. */
  takeRetry(): boolean
  /** All waits so far, in their order. */
  waits(): readonly Wait[]
  /** Why it was cancelled: `gave-up` when it was parked then. Null while it was not. */
  cancelled(): 'cancelled' | 'gave-up' | null
  /** Ends the call. Calling it again is fine. */
  close(): void
}

/** Limits of all rate groups: one for the product. Never throws. */
export interface Limiter {
  open(errand: Errand, signal?: AbortSignal): Ticket
  /**
   * The shared pause after a 429: nothing of the rate group goes out for `rest.forMs` from now on.
   * A pause only ever gets longer. Rates and probes, rule 7.
   */
  pause(environmentId: string, rest: Rest): void
  waiting(): WaitingCalls
  /** Cancels a call at any stage; false when there is none of this ticket. */
  cancel(ticket: string): boolean
  /** A person stops the traffic of one environment, or of all (null), or lets it go on. */
  hold(environmentId: string | null, on: boolean): void
  headroom(environmentId: string): Headroom
  /** Environments, plans, groups or the policy changed. */
  refresh(): void
}

/** What the limiter works with. */
export interface LimiterDeps {
  readonly clock: Clock
  readonly random: Pick<Random, 'id'>
  /** Read anew for each decision. */
  readonly policy: () => RatePolicy
  readonly members: () => readonly RateMember[]
  /** Length of every window; `limits.windowMs` by default. A bench scales it. */
  readonly windowMs?: number
  /** Attempts of the last window from before this start (epoch ms), as `CallStore.attemptsSince` answers them. */
  readonly earlier?: ReadonlyMap<string, readonly number[]>
  /** The headroom of an environment, or what waits, changed. May come often: coalesce. */
  readonly onChange?: () => void
}

/** How a told wait is turned into a rest: jitter is only added. Rates and probes, rule 2. */
export type AddJitter = (told: ToldWait, draw: number) => Rest
