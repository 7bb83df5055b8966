import * as z from 'zod/mini'
import { RecordId } from './environment.ts'

/** Which part of the product made a call. */
export const CallSource = z.enum(['Inbox', 'Console', 'Probe', 'Sandbox'])
export type CallSource = z.infer<typeof CallSource>

/** How a call ended: `ok`, or the kind of its error. */
export const CallOutcome = z.enum([
  'ok',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'API_NOT_FOUND',
  'RATE_LIMITED',
  'API_REFUSED',
  'SERVER_ERROR',
  'BAD_ANSWER',
  'ANSWER_TOO_LARGE',
  'REDIRECTED',
  'TIMEOUT',
  'NETWORK',
  'CANCELLED',
])
export type CallOutcome = z.infer<typeof CallOutcome>

/** Duration of each phase of one attempt in ms; null where the phase did not happen. */
export const AttemptTimings = z.object({
  connectMs: z.nullable(z.number()),
  firstByteMs: z.nullable(z.number()),
  bodyMs: z.nullable(z.number()),
})
export type AttemptTimings = z.infer<typeof AttemptTimings>

/** Header name and redacted value. */
export const Header = z.tuple([z.string(), z.string()])
export type Header = z.infer<typeof Header>

/** Why no answer came. */
export const NetworkFault = z.enum(['dns', 'refused', 'reset', 'tls', 'unreachable', 'other'])
export type NetworkFault = z.infer<typeof NetworkFault>

/** One exchange on the wire. Headers are redacted before they reach this shape. */
export const Attempt = z.object({
  startedAtMs: z.number(),
  tookMs: z.number(),
  status: z.nullable(z.int()),
  outcome: CallOutcome,
  /** With the outcome `NETWORK` only. */
  networkFault: z.optional(NetworkFault),
  timings: AttemptTimings,
  requestHeaders: z.array(Header),
  responseHeaders: z.array(Header),
  responseBytes: z.int(),
})
export type Attempt = z.infer<typeof Attempt>

/** A row of the request log: one call as the person meant it. Times are epoch ms. */
export const CallSummary = z.object({
  id: z.int(),
  startedAtMs: z.number(),
  environmentId: RecordId,
  keyId: z.nullable(RecordId),
  operation: z.string(),
  method: z.string(),
  /** Path and query below the base URL. Never holds a secret: keys travel in a header only. */
  path: z.string(),
  status: z.nullable(z.int()),
  outcome: CallOutcome,
  attempts: z.int(),
  waitedMs: z.number(),
  tookMs: z.number(),
  source: CallSource,
})
export type CallSummary = z.infer<typeof CallSummary>

/** A logged body, redacted; `text` stops at the log's cap and `bytes` is the full size. */
export const LoggedBody = z.object({ text: z.string(), bytes: z.int(), truncated: z.boolean() })
export type LoggedBody = z.infer<typeof LoggedBody>

/** A call with everything the log holds. */
export const CallDetail = z.object({
  summary: CallSummary,
  origin: z.string(),
  keyMask: z.nullable(z.string()),
  attempts: z.array(Attempt),
  requestBody: z.nullable(LoggedBody),
  responseBody: z.nullable(LoggedBody),
})
export type CallDetail = z.infer<typeof CallDetail>

/** A page of the request log, newest first. `next` is the cursor of the page after, or null. */
export const CallPage = z.object({ calls: z.array(CallSummary), next: z.nullable(z.int()), total: z.int() })
export type CallPage = z.infer<typeof CallPage>
