import type { WindowDecision } from './sliding-window.ts'

/** Name and value of a header. */
export type HeaderPair = readonly [string, string]

/** What there is to say about the limit in one answer. */
export interface RateMoment {
  readonly decision: WindowDecision
  readonly windowMs: number
  readonly nowMs: number
  /** Whose window it is: the id of a key, or `account`. */
  readonly partition: string
  /** Answers about this window before this one. */
  readonly earlier: number
}

/** One family of rate-limit headers. */
export interface Dialect {
  /** One line for the help of the command. */
  readonly about: string
  format(moment: RateMoment): readonly HeaderPair[]
}

/** Whole seconds, at least one and never less than the ms. */
export function countSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000))
}

/** Epoch seconds, never before the ms. */
export function epochSeconds(ms: number): number {
  return Math.ceil(ms / 1000)
}

/** An HTTP date (RFC 9110, section 5.6.7), which has whole seconds: never before the ms. */
export function formatHttpDate(ms: number): string {
  return new Date(Math.ceil(ms / 1000) * 1000).toUTCString()
}
