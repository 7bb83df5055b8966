import * as z from 'zod/mini'
import { callOutcomes, callSources, waitCauses } from './call-names.ts'
import { RecordId } from './environment.ts'

/** Which part of the product made a call. */
export const CallSource = z.enum(callSources)
export type CallSource = z.infer<typeof CallSource>

/** How a call ended: `ok`, or the kind of its error. */
export const CallOutcome = z.enum(callOutcomes)
export type CallOutcome = z.infer<typeof CallOutcome>

/** Duration of each phase of one attempt in ms; null where the phase did not happen. */
export const AttemptTimings = z.object({
  dnsMs: z._default(z.nullable(z.number()), null),
  /** TCP only; rows of earlier versions hold DNS and TLS in it. */
  connectMs: z.nullable(z.number()),
  tlsMs: z._default(z.nullable(z.number()), null),
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

/**
 * Why a call waited. `pacing`: for a slot of the window. `concurrency`: for one of the places on the
 * wire. `retry-after`, `reset`: told by the server. `full-jitter`: computed backoff. `pause`: another
 * call of the rate group met a 429. `parked`: told to wait longer than a person sits in front of it.
 * `hold`: all traffic was paused by the person.
 */
export const WaitCause = z.enum(waitCauses)
export type WaitCause = z.infer<typeof WaitCause>

/** One wait of a call and the numbers behind it, as far as its cause has them. Durations in ms. */
export const Wait = z.object({
  cause: WaitCause,
  /** Index of the attempt that the wait came before; the number of attempts when none followed. */
  beforeAttempt: z.int(),
  startedAtMs: z.number(),
  tookMs: z.number(),
  /** What was decided at its start; null where the end was not known then. */
  plannedMs: z.nullable(z.number()),
  /** What the server asked for; a wait is never shorter. Rates and probes, rule 1. */
  toldMs: z.optional(z.number()),
  /** The header that decided, redacted, as it came. */
  header: z.optional(Header),
  /** Computed backoff: `draw` in [0, 1) of `min(capMs, baseMs * 2^exponent)`. */
  baseMs: z.optional(z.number()),
  capMs: z.optional(z.number()),
  exponent: z.optional(z.int()),
  draw: z.optional(z.number()),
  /** Jitter added to what the server asked for. */
  addedMs: z.optional(z.number()),
  /** Pacing: requests in the window and its limit when the wait began. */
  used: z.optional(z.int()),
  limit: z.optional(z.int()),
})
export type Wait = z.infer<typeof Wait>

/**
 * Why nothing followed the last attempt of a call that failed. `final`: its status is never
 * repeated. `unknown-outcome`: it may have been processed, and repeating it could do it twice.
 * `attempts-used`: as many as the policy allows. `budget`: the retry budget was empty.
 * `cancelled`: by the person. `gave-up`: parked, and the person did not wait.
 */
export const StopReason = z.enum(['final', 'unknown-outcome', 'attempts-used', 'budget', 'cancelled', 'gave-up'])
export type StopReason = z.infer<typeof StopReason>

/** A stretch of a call as its row draws it: a wait, or an attempt. `fromMs` is since the call began, in ms. */
export const CallPiece = z.object({
  /** Null for an attempt. */
  wait: z.nullable(WaitCause),
  /** Of an attempt; null without an answer. */
  status: z.nullable(z.int()),
  fromMs: z.number(),
  tookMs: z.number(),
})
export type CallPiece = z.infer<typeof CallPiece>

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
  /** As `listPieces` gives them; absent where one attempt is all there was. */
  pieces: z.optional(z.array(CallPiece)),
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
  /** All waits, in their order. */
  waits: z.array(Wait),
  /** Null for a call that succeeded, and in rows of earlier versions. */
  stop: z.nullable(StopReason),
  requestBody: z.nullable(LoggedBody),
  responseBody: z.nullable(LoggedBody),
})
export type CallDetail = z.infer<typeof CallDetail>

/** A page of the request log, newest first. */
export const CallPage = z.object({
  calls: z.array(CallSummary),
  /**
   * Cursor of the page after, or null at the end. A search that finds little ends early so that nobody waits for it:
   * with a cursor and fewer calls than asked for (also none), it goes on from the cursor.
   */
  next: z.nullable(z.int()),
  /** Calls that match in the whole log; null where only a search through all of it could tell. */
  total: z.nullable(z.int()),
  /** Calls that were looked at for this page. */
  scanned: z.int(),
})
export type CallPage = z.infer<typeof CallPage>
