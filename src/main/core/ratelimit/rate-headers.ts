import type { Header } from '../../../shared/model/call.ts'

/**
 * What an answer's headers say of the limit. A member is null where nothing believable was said.
 * Rates and probes, rule 3.
 */
export interface RateReading {
  /** Requests per window. */
  readonly limit: number | null
  /** Requests left; a hint, not a promise. */
  readonly remaining: number | null
  /** Ms until more is left, counted from the answer. */
  readonly resetInMs: number | null
  readonly windowMs: number | null
  /** The headers that were believed, as they came, each cut at a sane length. */
  readonly told: readonly Header[]
}

/** A wait that the server asks for, counted from the answer, and the header that said so. */
export interface ToldWait {
  readonly ms: number
  /** `retry-after`: the header of that name. `reset`: `RateLimit`'s `t` or a legacy reset. */
  readonly cause: 'retry-after' | 'reset'
  readonly header: Header
}
