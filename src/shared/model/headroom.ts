import * as z from 'zod/mini'
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
  /** Epoch ms that the numbers hold for. */
  atMs: z.number(),
})
export type Headroom = z.infer<typeof Headroom>
