import * as z from 'zod/mini'
import { limits } from '../limits.ts'

/** A filter as a person writes it. */
export const FilterText = z.string().check(z.maxLength(limits.filterCharsMax))

/** Name of a saved filter. */
export const FilterName = z.string().check(z.trim(), z.minLength(1), z.maxLength(limits.labelCharsMax))

/** A filter kept under a name. Never holds a key. */
export const SavedFilter = z.object({ name: FilterName, filter: FilterText })
export type SavedFilter = z.infer<typeof SavedFilter>

/** What the request log keeps: whichever is reached first ends it, the oldest calls go. */
export const LogPolicy = z.object({
  callsMax: z.int().check(z.minimum(1000), z.maximum(limits.loggedCallsMax)),
  daysMax: z.int().check(z.minimum(1), z.maximum(3650)),
  /** Size of the file. */
  fileBytesMax: z.int().check(z.minimum(16 * 1024 ** 2), z.maximum(16 * 1024 ** 3)),
  /** Longest text kept of each body. */
  bodyBytesMax: z.int().check(z.minimum(0), z.maximum(limits.loggedBodyBytesMax)),
})
export type LogPolicy = z.infer<typeof LogPolicy>

/** What the request log holds. */
export const LogStorage = z.object({
  calls: z.int(),
  /** In use on disk. */
  bytes: z.number(),
  /** Epoch ms; null in an empty log. */
  oldestAtMs: z.nullable(z.number()),
  newestId: z.int(),
  /** False while the file cannot be written: the newest calls stay in memory then. */
  writable: z.boolean(),
  policy: LogPolicy,
})
export type LogStorage = z.infer<typeof LogStorage>
