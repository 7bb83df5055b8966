import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { ChosenCalls } from './export.ts'
import { FilterText } from './log.ts'

/**
 * What a stretch of calls is replayed against. `none` repeats at once; the next four compute their
 * waits; `pacing` is the product's own limiter. Rates and probes, rules 2, 5 and 7.
 */
export const WhatIfPolicy = z.enum(['none', 'exponential', 'equal', 'full', 'decorrelated', 'pacing'])
export type WhatIfPolicy = z.infer<typeof WhatIfPolicy>

/** Which recorded calls: those that a filter of the request log shows, or chosen ones. */
export const WhatIfStretch = z.union([z.strictObject({ filter: FilterText }), ChosenCalls])
export type WhatIfStretch = z.infer<typeof WhatIfStretch>

/** What to replay, and how. */
export const WhatIfInput = z.strictObject({
  stretch: WhatIfStretch,
  /** Requests per window; null takes each environment's own. */
  perWindow: z.nullable(z.int().check(z.minimum(1), z.maximum(limits.planPerMinuteMax))),
  policies: z.array(WhatIfPolicy).check(z.minLength(1), z.maxLength(6)),
  /** Attempts of one call, the first included. */
  attemptsMax: z.int().check(z.minimum(1), z.maximum(10)),
})
export type WhatIfInput = z.infer<typeof WhatIfInput>

/** What became of a stretch. Waits are those of whole calls, durations in ms. */
export const WhatIfFigures = z.object({
  attempts: z.number(),
  /** Attempts that met a 429. */
  refusals: z.number(),
  /** Calls that a 429 ended. */
  failed: z.number(),
  waitP50Ms: z.number(),
  waitP95Ms: z.number(),
  waitMaxMs: z.number(),
  /** From the first arrival to the end of the last call. */
  finishedAfterMs: z.number(),
})
export type WhatIfFigures = z.infer<typeof WhatIfFigures>

/** One policy over all seeds; each figure by itself. */
export const WhatIfRow = z.object({
  policy: WhatIfPolicy,
  median: WhatIfFigures,
  least: WhatIfFigures,
  most: WhatIfFigures,
  /** Runs with different draws; 1 for a policy that draws nothing. */
  seeds: z.int(),
})
export type WhatIfRow = z.infer<typeof WhatIfRow>

/** What really happened, and what would have. */
export const WhatIf = z.object({
  /** Calls of the stretch; 0 leaves `rows` empty. */
  calls: z.int(),
  /** Epoch ms of the first and the last arrival. */
  fromMs: z.number(),
  toMs: z.number(),
  /** The stretch is longer than what is replayed: these are its newest calls. */
  cut: z.boolean(),
  /** Requests per window of each rate group in it. */
  perWindow: z.array(z.int()),
  windowMs: z.int(),
  attemptsMax: z.int(),
  recorded: WhatIfFigures,
  rows: z.array(WhatIfRow),
})
export type WhatIf = z.infer<typeof WhatIf>

/** How far a replay is. */
export const WhatIfProgress = z.object({
  /** Share of the work, 0 to 1. */
  share: z.number(),
})
export type WhatIfProgress = z.infer<typeof WhatIfProgress>
