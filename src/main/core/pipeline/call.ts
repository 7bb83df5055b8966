import type { AppError, CallError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import type { Attempt, CallSummary, Header } from '../../../shared/model/call.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { redactHeader, registerSecret } from '../log/redaction.ts'
import type { CallStore, Clock, Http, HttpAnswer, HttpRequest, Log } from '../ports.ts'
import type { Secret } from '../vault/secret.ts'
import type { ResolvedKey } from '../vault/vault.ts'
import { type AttemptPolicy, attemptOnce } from './attempt-policy.ts'
import { type CallFailure, classifyAnswer, nameOutcome, type Verdict } from './classification.ts'
import { logBody } from './logged-body.ts'
import type { CallAnswer, CallInput } from './pipeline.ts'
import { resolveTarget, type Target } from './target.ts'

/** What every call works with, whoever makes it. */
export interface CallDeps {
  readonly http: Http
  readonly calls: Pick<CallStore, 'append'>
  readonly clock: Clock
  readonly log: Log
  /** Value of the `User-Agent` header. */
  readonly userAgent: string
  /** Told of each attempt as it goes out, so that the window is counted. */
  readonly onAttempt: (environmentId: string) => void
  /** Told of each call that was recorded. */
  readonly onRecorded: (call: CallSummary) => void
  /** What follows a failed attempt; by default nothing does. */
  readonly decideNext?: AttemptPolicy
}

/** The key that one attempt goes out with. */
export interface CallKey extends Omit<ResolvedKey, 'keyId'> {
  readonly keyId: string | null
}

/** A call with everything decided but the wire: guard and key lie behind it. */
export interface CallPlan {
  readonly environment: Environment
  /** `keyId` is null for a key that was made up, as a probe needs one. */
  readonly key: CallKey
  /**
   * Asked once, when the service refused the key: the key that took its place meanwhile, or null.
   * A refused call was certainly not processed, so it may be repeated whatever it does.
   */
  readonly replaceKey?: () => Promise<CallKey | null>
  readonly input: Omit<CallInput, 'environmentId' | 'effect'>
}

interface Exchange {
  readonly attempt: Attempt
  readonly answer: HttpAnswer
  readonly verdict: Verdict
}

/**
 * Sends one request with the key. The only place of a call where the key is plain text, and only
 * for the origin that the environment names.
 */
function sendWithKey(
  http: Http,
  request: HttpRequest,
  target: Target,
  secret: Secret,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  if (new URL(request.url).origin !== target.origin) throw new Error('The request leaves the origin of its key')
  const key = secret.reveal()
  registerSecret(key)
  return http.send({ ...request, headers: [...request.headers, ['authorization', `Bearer ${key}`]] }, signal)
}

function roundMs(ms: number): number {
  return Math.round(ms * 100) / 100
}

function roundTiming(ms: number | null): number | null {
  return ms === null ? null : roundMs(ms)
}

function redactHeaders(headers: readonly Header[]): Header[] {
  return headers.map(([name, value]) => [name, redactHeader(name, value)])
}

function buildRequest(deps: CallDeps, plan: CallPlan, target: Target): HttpRequest {
  const { method, body } = plan.input
  const text = body === null || body === undefined ? null : JSON.stringify(body)
  return {
    method,
    url: target.url,
    headers: [
      ['accept', 'application/json'],
      ['user-agent', deps.userAgent],
      // API reference, section 1: JSON with POST, PUT and PATCH.
      ...(text === null ? [] : [['content-type', 'application/json'] satisfies Header]),
    ],
    body: text,
    timeoutMs: limits.callTimeoutMs,
    responseBytesMax: limits.responseBytesMax,
  }
}

async function exchange(
  deps: CallDeps,
  plan: CallPlan,
  key: CallKey,
  target: Target,
  request: HttpRequest,
  signal: AbortSignal | undefined,
): Promise<Exchange> {
  const { clock } = deps
  const startedAtMs = clock.nowMs()
  const startedMs = clock.monotonicMs()
  deps.onAttempt(plan.environment.id)
  const answer = await sendWithKey(deps.http, request, target, key.secret, signal)
  const tookMs = roundMs(clock.monotonicMs() - startedMs)
  // Keys may have been forgotten while the answer was on its way, and it may hold this one.
  registerSecret(plan.key.secret.reveal())
  const verdict = classifyAnswer(answer, request, clock.nowMs())
  const { dnsMs, connectMs, tlsMs, firstByteMs, bodyMs } = answer.timings
  const attempt: Attempt = {
    startedAtMs,
    tookMs,
    status: answer.status,
    outcome: nameOutcome(verdict),
    ...(answer.end.kind === 'network' ? { networkFault: answer.end.reason } : {}),
    timings: {
      dnsMs: roundTiming(dnsMs),
      connectMs: roundTiming(connectMs),
      tlsMs: roundTiming(tlsMs),
      firstByteMs: roundTiming(firstByteMs),
      bodyMs: roundTiming(bodyMs),
    },
    requestHeaders: redactHeaders([...request.headers, ['authorization', '']]),
    responseHeaders: redactHeaders(answer.headers),
    responseBytes: answer.bytes,
  }
  return { attempt, answer, verdict }
}

function logAnswerBody({ end, bytes, status }: HttpAnswer) {
  if (end.kind === 'answered') return logBody(end.body)
  return status === null ? null : { text: '', bytes, truncated: true }
}

function giveError(environment: Environment, failure: CallFailure, callId: number): AppError | CallError {
  const isSandboxDown = environment.kind === 'sandbox' && failure.kind === 'NETWORK' && failure.reason === 'refused'
  return isSandboxDown ? { kind: 'SANDBOX_DOWN' } : { ...failure, callId }
}

/** Waits as the policy says; false when the call was cancelled meanwhile. */
async function waitForNext(clock: Clock, afterMs: number, signal: AbortSignal | undefined): Promise<boolean> {
  await clock.sleep(afterMs, signal)
  return signal?.aborted !== true
}

/**
 * Makes one call with a given key, attempt by attempt, and records it. Fails without a record when
 * nothing may be sent. Throws only for bugs.
 */
export async function performCall(
  deps: CallDeps,
  plan: CallPlan,
  signal?: AbortSignal,
): Promise<Result<CallAnswer, AppError | CallError>> {
  const { clock } = deps
  const { environment, input } = plan
  let { key, replaceKey } = plan
  const targeted = resolveTarget(environment, input.path, input.query)
  if (!targeted.ok) return targeted
  const target = targeted.value
  const request = buildRequest(deps, plan, target)
  const decideNext = deps.decideNext ?? attemptOnce

  const startedAtMs = clock.nowMs()
  const startedMs = clock.monotonicMs()
  const attempts: Attempt[] = []
  let waitedMs = 0
  let last: Exchange
  for (;;) {
    last = await exchange(deps, plan, key, target, request, signal)
    attempts.push(last.attempt)
    if (last.verdict.kind === 'ok') break
    if (last.verdict.failure.kind === 'UNAUTHORIZED' && replaceKey !== undefined) {
      const other = await replaceKey()
      replaceKey = undefined
      if (other !== null && signal?.aborted !== true) {
        key = other
        continue
      }
    }
    const next = decideNext(attempts, last.verdict.failure)
    if (next.kind === 'stop') break
    const waitStartMs = clock.monotonicMs()
    const goesOn = await waitForNext(clock, next.afterMs, signal)
    waitedMs += clock.monotonicMs() - waitStartMs
    if (!goesOn) break
  }

  const { verdict, answer } = last
  const call = deps.calls.append({
    startedAtMs,
    environmentId: environment.id,
    keyId: key.keyId,
    keyMask: key.mask,
    origin: target.origin,
    operation: input.operation,
    method: input.method,
    path: target.path,
    status: answer.status,
    outcome: nameOutcome(verdict),
    waitedMs: roundMs(waitedMs),
    tookMs: roundMs(clock.monotonicMs() - startedMs),
    source: input.source,
    attempts,
    waits: [],
    stop: null,
    requestBody: request.body === null ? null : logBody(new TextEncoder().encode(request.body)),
    responseBody: logAnswerBody(answer),
  })
  deps.onRecorded(call)
  return verdict.kind === 'ok'
    ? succeed({ callId: call.id, status: verdict.status, body: verdict.body })
    : fail(giveError(environment, verdict.failure, call.id))
}
