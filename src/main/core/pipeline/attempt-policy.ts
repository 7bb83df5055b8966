import type { Attempt, Header, StopReason } from '../../../shared/model/call.ts'
import type { RatePolicy } from '../../../shared/model/rate.ts'
import { computeBackoff } from '../ratelimit/backoff.ts'
import type { Rest } from '../ratelimit/limiter.ts'
import { readToldWait, type ToldWait } from '../ratelimit/rate-headers.ts'
import { readRetryAfter } from '../ratelimit/retry-after.ts'

/** A failed attempt, as far as deciding about another one needs it. */
export interface FailedAttempt {
  readonly method: string
  readonly status: number | null
  readonly outcome: Attempt['outcome']
  readonly networkFault: Attempt['networkFault']
  /** The connection was lost in the middle of the answer. */
  readonly cutOff: boolean
  /** As they came: redaction may cut what has to be read. */
  readonly headers: readonly Header[]
  /** Attempts of the call so far, this one included. */
  readonly attemptsMade: number
  /** Epoch ms at which its answer was there. */
  readonly endedAtMs: number
}

/** What an attempt that failed asks for. `pause` holds the whole rate group, after a 429. */
export type NextStep =
  | { readonly kind: 'stop'; readonly stop: StopReason; readonly pause: Rest | null }
  | { readonly kind: 'again'; readonly rest: Rest; readonly pause: Rest | null }

/** What a decision works with. */
export interface AttemptPolicyDeps {
  readonly policy: RatePolicy
  /** Uniform in [0, 1). */
  readonly draw: () => number
  /** Takes one repeat from the retry budget; false when it is empty. */
  readonly takeRetry: () => boolean
}

const repeatedStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])
const neverRepeatedStatuses: ReadonlySet<number> = new Set([400, 401, 403, 404, 409, 422])
/** The server says that it does not do such things at all. */
const surelyUndoneStatuses: ReadonlySet<number> = new Set([501, 505])
const repeatableMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
const addedShare = 0.1
const addedMsMax = 1000

/** Whether it does no harm to do it twice. */
export function isRepeatable(method: string): boolean {
  return repeatableMethods.has(method)
}

/** Whether the request may have been carried out although it failed. Rates and probes, rule 6. */
function isOutcomeUnknown({ status, outcome, networkFault, cutOff }: FailedAttempt): boolean {
  if (outcome === 'NETWORK') return networkFault !== 'refused' && networkFault !== 'dns' && networkFault !== 'tls'
  if (outcome === 'TIMEOUT') return true
  if (status === null) return false
  if (status === 408 || cutOff) return true
  return status >= 500 && !surelyUndoneStatuses.has(status)
}

/** The server's own verdict about another attempt, where it gives one. */
function readVerdict(headers: readonly Header[]): boolean | null {
  const value = headers
    .find(([name]) => name.toLowerCase() === 'x-should-retry')?.[1]
    .trim()
    .toLowerCase()
  if (value === 'true') return true
  return value === 'false' ? false : null
}

/** Whether such a failure passes by itself. A call that was never answered had its whole time and is not begun anew. */
function isPassing(failed: FailedAttempt): boolean {
  const { status, outcome, networkFault, cutOff, headers } = failed
  if (outcome === 'NETWORK') return networkFault !== 'tls'
  if (status === null) return false
  const verdict = readVerdict(headers)
  if (verdict === false || neverRepeatedStatuses.has(status)) return false
  return (
    repeatedStatuses.has(status) ||
    (cutOff && status < 300) ||
    (verdict === true && status >= 400 && isRepeatable(failed.method))
  )
}

/** A rest for what the server asked, with jitter that is only added: up to 10 %, at most 1 s. Rates and probes, rule 2. */
export function restAsTold({ ms, cause, header }: ToldWait, draw: number): Rest {
  const addedMs = draw * Math.min(ms * addedShare, addedMsMax)
  return { cause, forMs: ms + addedMs, toldMs: ms, addedMs, header }
}

/** Full jitter: `U(0, min(cap, base * 2^n))`, with the base of its kind of failure. Rates and probes, rule 2. */
export function restByJitter(
  kind: 'refused' | 'failed',
  exponent: number,
  policy: Pick<RatePolicy, 'refusedBaseMs' | 'failedBaseMs' | 'capMs'>,
  draw: number,
): Rest {
  const baseMs = kind === 'refused' ? policy.refusedBaseMs : policy.failedBaseMs
  const { capMs } = policy
  const forMs = computeBackoff('full', { baseMs, capMs, exponent, draw })
  return { cause: 'full-jitter', forMs, baseMs, capMs, exponent, draw }
}

function findTold({ status, headers, endedAtMs }: FailedAttempt): ToldWait | null {
  if (status === null) return null
  if (status === 429) return readToldWait(headers, endedAtMs)
  // What a limit says of its window is no wait after another failure; Retry-After always is.
  return readRetryAfter(headers, endedAtMs) === null
    ? null
    : readToldWait(
        headers.filter(([name]) => /^(?:retry-after|date)$/i.test(name)),
        endedAtMs,
      )
}

/**
 * Decides what follows an attempt that failed. Repeated are 408, 429, 500, 502, 503, 504 and lost
 * connections; GET, PUT and DELETE whatever became of the first one, all others only when it was
 * certainly not carried out. An explicit `x-should-retry` is obeyed as far as that allows it. Rates
 * and probes, rules 1, 2, 5 and 6.
 */
export function decideNext(failed: FailedAttempt, { policy, draw, takeRetry }: AttemptPolicyDeps): NextStep {
  const told = findTold(failed)
  const kind = failed.status === 429 ? 'refused' : 'failed'
  // A wait of nothing, as after a date in the past, is no wait that was asked for.
  const rest =
    told !== null && told.ms > 0
      ? restAsTold(told, draw())
      : restByJitter(kind, failed.attemptsMade - 1, policy, draw())
  const pause = failed.status === 429 ? rest : null
  const stop = (reason: StopReason): NextStep => ({ kind: 'stop', stop: reason, pause })
  if (isOutcomeUnknown(failed) && !isRepeatable(failed.method)) return stop('unknown-outcome')
  if (!isPassing(failed)) return stop('final')
  if (failed.attemptsMade >= policy.attemptsMax) return stop('attempts-used')
  return takeRetry() ? { kind: 'again', rest, pause } : stop('budget')
}
