import * as z from 'zod/mini'
import { WaitCause } from './call.ts'
import { RecordId } from './environment.ts'
import { CallPriority } from './rate.ts'

/** A call that waits to be sent. Times are epoch ms. */
export const WaitingCall = z.object({
  /** Names the call until it ends. */
  ticket: RecordId,
  environmentId: RecordId,
  operation: z.string(),
  method: z.string(),
  /** Path below the base URL, without the query. */
  path: z.string(),
  priority: CallPriority,
  cause: WaitCause,
  sinceMs: z.number(),
  /** When it is expected to go out, never earlier than the server said; null where nobody knows. */
  untilMs: z.nullable(z.number()),
})
export type WaitingCall = z.infer<typeof WaitingCall>

/** The calls that wait: the first ones, in the order in which they go out, and the count of all. */
export const WaitingCalls = z.object({
  calls: z.array(WaitingCall),
  total: z.int(),
  /** Environments whose traffic a person holds; `heldAll` when it is that of all. */
  held: z.array(RecordId),
  heldAll: z.boolean(),
})
export type WaitingCalls = z.infer<typeof WaitingCalls>
