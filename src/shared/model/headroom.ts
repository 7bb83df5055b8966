import * as z from 'zod/mini'
import { Header } from './call.ts'
import { RecordId } from './environment.ts'

/** What is left of a plan's sliding window, for one environment. */
export const Headroom = z.object({
  environmentId: RecordId,
  /** Requests in the window, refused ones included. */
  used: z.int(),
  /** Requests per window that the plan allows. */
  limit: z.int(),
  /** `count`: our own count, a guess. `headers`: told by the server, a fact. */
  basis: z.enum(['count', 'headers']),
  /** Requests per slice of the window, oldest first. */
  bins: z.array(z.int()),
  windowMs: z.int(),
  /** Ms until the oldest request leaves the window; null when none is in it. */
  nextSlotInMs: z.nullable(z.number()),
  /**
   * Ms until the window is full at the present rate, by forecast; null unless that comes before the
   * window frees.
   */
  fullInMs: z._default(z.nullable(z.number()), null),
  /** Epoch ms until which the rate group sends nothing after a 429; null when it is not paused. */
  pausedUntilMs: z._default(z.nullable(z.number()), null),
  /** Calls that wait to be sent. */
  waiting: z._default(z.int(), 0),
  /** The rate-limit headers that the numbers come from, as they came; empty for `count`. */
  told: z._default(z.array(Header), []),
  /** Epoch ms that the numbers hold for. */
  atMs: z.number(),
})
export type Headroom = z.infer<typeof Headroom>
