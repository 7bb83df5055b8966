import type { Header, Wait } from '../../../shared/model/call.ts'
import type { CallPriority } from '../../../shared/model/rate.ts'

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
  /**
   * The shared pause after a 429: nothing of the rate group goes out for `forMs` from now on, and
   * one call alone after it. A pause only ever gets longer. Rates and probes, rule 7.
   */
  readonly pause?: Rest | null
}

/** Leave to send one attempt, now. It is counted from the start on, and once more at its end. */
export interface Slot {
  /** Ends the attempt, at once when its answer is there. Calling it again changes nothing. */
  end(outcome: SlotEnd): void
}

/** One call on its way through the limit, over all its attempts. */
export interface Ticket {
  readonly id: string
  /** Aborts when the call is cancelled, by its caller or by the limiter. */
  readonly signal: AbortSignal
  /**
   * Waits until attempt number `attempt` (0 is the first) may go out: through the rest, a hold, a
   * pause of the group, pacing, and for a place on the wire, in fair order. Null as soon as the call
   * was cancelled.
   */
  admit(attempt: number, rest?: Rest | null): Promise<Slot | null>
  /** Takes one repeat from the group's retry budget; false when it is empty. Rates and probes, rule 5. */
  takeRetry(): boolean
  /** All waits so far, in their order. */
  waits(): readonly Wait[]
  /** Why it was cancelled: `gave-up` when it was parked then. Null while it was not. */
  cancelled(): 'cancelled' | 'gave-up' | null
  /** Ends the call. Calling it again is fine. */
  close(): void
}
