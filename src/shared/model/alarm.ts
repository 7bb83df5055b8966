import * as z from 'zod/mini'
import { RecordId } from './environment.ts'

/**
 * What is out of the ordinary with a key. `refused-key`: it worked and is refused again and again.
 * `forbidden-wave`: many answers 403 within a minute. `surge`: three times the calls of its usual hour.
 */
export const AlarmKind = z.enum(['refused-key', 'forbidden-wave', 'surge'])
export type AlarmKind = z.infer<typeof AlarmKind>

/** Something out of the ordinary, with the numbers that raised it. It stays until it is dismissed. */
export const Alarm = z.object({
  id: RecordId,
  what: AlarmKind,
  environmentId: RecordId,
  keyId: RecordId,
  /** Epoch ms. */
  raisedAtMs: z.number(),
  /** Refusals in a row, answers 403 of the last minute, or calls of the last hour. */
  count: z.int(),
  /** `forbidden-wave`: all answers of that minute. `surge`: calls of a usual hour. Else null. */
  against: z.nullable(z.number()),
  /** When its condition ended, epoch ms; null while it holds. */
  overAtMs: z.nullable(z.number()),
})
export type Alarm = z.infer<typeof Alarm>

/** What a person wants to hear of. */
export const AlarmChoices = z.object({
  refusedKey: z.boolean(),
  forbiddenWave: z.boolean(),
  surge: z.boolean(),
  headroomLow: z.boolean(),
  /** Says it on the desktop too while the window is not in front. */
  notifications: z.boolean(),
})
export type AlarmChoices = z.infer<typeof AlarmChoices>

/**
 * A window that ran low, told once per descent: `low` below a fifth, `full` at none left, `none` once
 * there is room again.
 */
export const HeadroomWarning = z.object({
  environmentId: RecordId,
  level: z.enum(['low', 'full', 'none']),
  left: z.int(),
  limit: z.int(),
})
export type HeadroomWarning = z.infer<typeof HeadroomWarning>
