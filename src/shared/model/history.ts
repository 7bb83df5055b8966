import * as z from 'zod/mini'
import { RecordId } from './environment.ts'

/** How far back the use of a window is told. */
export const HistorySpan = z.enum(['minute', 'hour', 'days'])
export type HistorySpan = z.infer<typeof HistorySpan>

/**
 * Use of a window over a span, in slices. Those of a minute and of an hour count requests, retries
 * and refused ones included; those of days count calls by local calendar day, since these counts
 * outlive the log.
 */
export const HeadroomHistory = z.object({
  span: HistorySpan,
  unit: z.enum(['requests', 'calls']),
  /** Start of each slice, epoch ms, oldest first. */
  starts: z.array(z.number()),
  /** End of the last slice, epoch ms. */
  endMs: z.number(),
  /** Counts per slice for each source and key that has any. */
  series: z.array(z.object({ source: z.string(), keyId: z.nullable(RecordId), counts: z.array(z.int()) })),
  /** Answers 401, 403 and 429 per slice; they are in the counts too. */
  refused: z.array(z.int()),
})
export type HeadroomHistory = z.infer<typeof HeadroomHistory>
