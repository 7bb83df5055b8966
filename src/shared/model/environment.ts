import * as z from 'zod/mini'
import { limits } from '../limits.ts'

/** Identity of an environment, a key, or another record: generated, lower case, never shown. */
export const RecordId = z.string().check(z.minLength(1), z.maxLength(limits.idCharsMax), z.regex(/^[a-z0-9.-]+$/))

/** Shape and colour of an environment; they go together so that nobody depends on colour alone. */
export const Mark = z.enum(['neutral', 'blue', 'yellow', 'crimson'])
export type Mark = z.infer<typeof Mark>

/**
 * What the account may send. Free 100, Pro 1,000, Enterprise its own number of requests per minute.
 * `learn` takes the limit from the server's headers; `perMinute` holds until one came.
 */
export const Plan = z.object({
  kind: z.enum(['free', 'pro', 'enterprise', 'learn']),
  perMinute: z.int().check(z.minimum(1), z.maximum(limits.planPerMinuteMax)),
})
export type Plan = z.infer<typeof Plan>

/** Requests per minute of the two fixed plans. API reference, section 3. */
export const planPerMinute = { free: 100, pro: 1000 } as const

/**
 * Name of a rate group: environments with the same one count in one window, as keys of one account
 * may share a limit. Null: the environment counts by itself.
 */
export const RateGroup = z._default(
  z.nullable(z.string().check(z.trim(), z.minLength(1), z.maxLength(limits.environmentNameCharsMax))),
  null,
)

/** What a person may choose about an environment. */
export const EnvironmentInput = z.object({
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(limits.environmentNameCharsMax)),
  mark: Mark,
  baseUrl: z.string().check(z.maxLength(limits.urlCharsMax)),
  plan: Plan,
  rateGroup: RateGroup,
  protected: z.boolean(),
})
export type EnvironmentInput = z.infer<typeof EnvironmentInput>

/** A named place that calls go to: an origin, a plan, and the pointer to the key in use. */
export const Environment = z.object({
  id: RecordId,
  /** `sandbox` is the local server: its base URL follows the port of this run. */
  kind: z.enum(['sandbox', 'remote']),
  name: z.string(),
  mark: Mark,
  baseUrl: z.string(),
  plan: Plan,
  rateGroup: RateGroup,
  protected: z.boolean(),
  position: z.int(),
  activeKeyId: z.nullable(RecordId),
})
export type Environment = z.infer<typeof Environment>

/** Default base URL of a new environment. API reference, section 1. */
export const defaultBaseUrl = 'https://api.jasni.ai/api/v1'
