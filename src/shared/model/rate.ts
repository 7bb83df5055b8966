import * as z from 'zod/mini'

const ms = z.int().check(z.minimum(0), z.maximum(3_600_000))

/**
 * How calls are paced and repeated, for all environments. Defaults: rates and probes, rules 1, 2, 5
 * and 7. Durations in ms.
 */
export const RatePolicy = z.object({
  /** Calls wait for a slot of the window instead of meeting a 429. */
  pacing: z.boolean(),
  /** Attempts of one call, the first included. */
  attemptsMax: z.int().check(z.minimum(1), z.maximum(10)),
  /** Base of the computed backoff after a 429 without a hint. */
  refusedBaseMs: ms,
  /** Base after a 5xx or a lost connection. */
  failedBaseMs: ms,
  capMs: ms,
  /** Retries as a share of the calls of the last minute, in percent. */
  budgetPercent: z.int().check(z.minimum(0), z.maximum(100)),
  /** Retries a minute that are always allowed. */
  budgetFloor: z.int().check(z.minimum(0), z.maximum(1000)),
  /** Calls of one rate group on the wire at the same time. */
  concurrencyMax: z.int().check(z.minimum(1), z.maximum(100)),
  /** Longest wait told by the server that a call sits through; above it the call is parked. */
  interactiveCapMs: ms,
})
export type RatePolicy = z.infer<typeof RatePolicy>

/**
 * Who a call is made for. The question of a rotation, of which there are few and on which a key
 * depends, goes before a person's click, a click before a poll, a poll before a replay.
 */
export const CallPriority = z.enum(['proof', 'person', 'poll', 'replay'])
export type CallPriority = z.infer<typeof CallPriority>
