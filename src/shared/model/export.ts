import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { RecordId } from './environment.ts'

/** Form of an exported file. */
export const ExportFormat = z.enum(['har', 'csv'])
export type ExportFormat = z.infer<typeof ExportFormat>

/** What was taken out of an exported file, or never in it. Counts. */
export const ExportManifest = z.object({
  calls: z.int(),
  attempts: z.int(),
  /** Calls that ended before anything was sent. A HAR has no entry of them: they are in its `_unsent`. */
  callsWithoutAttempt: z.int(),
  /** Headers left out: `Authorization`, `Cookie` and whatever else is secret by its name. */
  headersRemoved: z.int(),
  /** Places where `[redacted]` stands for a text of the shape of a key. */
  keysRemoved: z.int(),
  /** Bodies that the log holds and the file does not. */
  bodiesLeftOut: z.int(),
  /** Bodies in the file that the log had cut at its cap. */
  bodiesCut: z.int(),
  /** CSV only: fields that a spreadsheet would have run as a formula. */
  fieldsGuarded: z.int(),
})
export type ExportManifest = z.infer<typeof ExportManifest>

/** Why an export did not come to a file. `gone`: its folder is no longer there. `log`: the request log could not be read. */
export const ExportFault = z.enum(['full', 'denied', 'gone', 'log', 'failed'])
export type ExportFault = z.infer<typeof ExportFault>

/** An export under way or ended. */
export const ExportJob = z.object({
  jobId: RecordId,
  format: ExportFormat,
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  /** Calls written. */
  done: z.int(),
  /** Calls to write; null while nobody knows. */
  total: z.nullable(z.int()),
  /** Name of the file without its folder. */
  fileName: z.string(),
  /** With the state `failed` only. */
  fault: z.nullable(ExportFault),
  manifest: ExportManifest,
})
export type ExportJob = z.infer<typeof ExportJob>

const callId = z.int().check(z.minimum(1))

/** Calls chosen one by one. */
export const ChosenCalls = z.strictObject({
  ids: z.array(callId).check(z.minLength(1), z.maxLength(limits.exportIdsMax)),
})
