import type { AppError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import type { Attempt, CallSummary, Header, NetworkFault, StopReason, Wait } from '../../../shared/model/call.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { RatePolicy } from '../../../shared/model/rate.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { redactHeader, registerSecret } from '../log/redaction.ts'
import type { CallStore, Clock, Http, HttpAnswer, HttpRequest, Log, Random } from '../ports.ts'
import type { Limiter, Rest, Slot, SlotEnd } from '../ratelimit/limiter.ts'
import type { Secret } from '../vault/secret.ts'
import type { ResolvedKey } from '../vault/vault.ts'
import { decideNext, isRepeatable } from './attempt-policy.ts'
import { type CallFailure, classifyAnswer, nameOutcome, type Verdict } from './classification.ts'
import { logBody } from './logged-body.ts'
import type { CallAnswer, CallInput } from './pipeline.ts'
import { resolveTarget, type Target } from './target.ts'

/** What every call works with, whoever makes it. */
export interface CallDeps {
  readonly http: Http
  readonly calls: Pick<CallStore, 'append'>
  readonly clock: Clock
  readonly random: Pick<Random, 'next'>
  readonly log: Log
  /** Value of the `User-Agent` header. */
  readonly userAgent: string
  /** Lets each attempt out in its turn, and counts it. */
  readonly limiter: Limiter
  /** Read anew for each decision. */
  readonly ratePolicy: () => RatePolicy
  /** Told of each call that was recorded. */
  readonly onRecorded: (call: CallSummary) => void
}

/** The key that one attempt goes out with. `keyId` is null for a key that was made up, as a probe needs one. */
export interface CallKey extends Omit<ResolvedKey, 'keyId'> {
  readonly keyId: string | null
}

/** What one attempt goes out with. `end` says that it is no longer in flight on the key. */
export interface TakenKey {
  readonly environment: Environment
  readonly key: CallKey
  readonly end: () => void
}

/** A call with everything decided but the wire. */
export interface CallPlan {
  /** As it is when the call begins to wait. */
  readonly environment: Environment
  /**
   * Asked before each attempt, after its wait: a call that waits holds no key. Looks at the guard
   * once more, and names the environment of that moment.
   */
  readonly takeKey: () => Promise<Result<TakenKey>>
  /**
   * Whether another key took the place of the one that was refused. A refused call was certainly not
   * processed, so it may be repeated once, whatever it does.
   */
  readonly isReplaced?: (keyId: string | null) => boolean
  /** Sees the body of each answer as it came, before anything of it is redacted or kept. */
  readonly readAnswer?: (status: number, body: Uint8Array) => void
  /** Told when the call goes on with the key that replaced the refused one. */
  readonly onReplaced?: () => void
  /** Attempts, instead of as many as the policy allows. */
  readonly attemptsMax?: number
  readonly input: Omit<CallInput, 'environmentId' | 'effect'>
}

interface Exchange {
  readonly attempt: Attempt
  readonly answer: HttpAnswer
  readonly verdict: Verdict
}

/** The last exchange of a call that reached the wire, and the key that it had. */
interface Last extends Exchange {
  readonly key: CallKey
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
  signal: AbortSignal,
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
  key: CallKey,
  target: Target,
  request: HttpRequest,
  signal: AbortSignal,
  readAnswer: CallPlan['readAnswer'],
): Promise<Last> {
  const { clock } = deps
  const startedAtMs = clock.nowMs()
  const startedMs = clock.monotonicMs()
  const answer = await sendWithKey(deps.http, request, target, key.secret, signal)
  const tookMs = roundMs(clock.monotonicMs() - startedMs)
  // Keys may have been forgotten while the answer was on its way, and it may hold this one.
  registerSecret(key.secret.reveal())
  if (answer.end.kind === 'answered' && answer.status !== null) readAnswer?.(answer.status, answer.end.body)
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
  return { attempt, answer, verdict, key }
}

function logAnswerBody({ end, bytes, status }: HttpAnswer) {
  if (end.kind === 'answered') return logBody(end.body)
  return status === null ? null : { text: '', bytes, truncated: true }
}

function giveError(environment: Environment, failure: CallFailure, stop: StopReason | null, callId: number): AppError {
  if (stop === 'unknown-outcome') {
    return { kind: 'UNKNOWN_OUTCOME', status: 'status' in failure ? failure.status : null, callId }
  }
  const isSandboxDown = environment.kind === 'sandbox' && failure.kind === 'NETWORK' && failure.reason === 'refused'
  return isSandboxDown ? { kind: 'SANDBOX_DOWN' } : { ...failure, callId }
}

const neverSentFaults: ReadonlySet<NetworkFault> = new Set(['refused', 'dns'])

function isReached({ end }: HttpAnswer): boolean {
  return end.kind !== 'network' || !neverSentFaults.has(end.reason)
}

function redactWait(wait: Wait): Wait {
  const { header, tookMs, plannedMs } = wait
  return {
    ...wait,
    tookMs: roundMs(tookMs),
    plannedMs: roundTiming(plannedMs),
    ...(header === undefined ? {} : { header: [header[0], redactHeader(header[0], header[1])] satisfies Header }),
  }
}

/** The key, or null as soon as the call is cancelled: a key that comes later is given back. */
async function takeKeyUnlessCancelled(plan: CallPlan, signal: AbortSignal): Promise<Result<TakenKey> | null> {
  if (signal.aborted) return null
  const asked = plan.takeKey()
  let stop = (): void => undefined
  const cancelled = new Promise<null>((end) => {
    stop = () => end(null)
    signal.addEventListener('abort', stop, { once: true })
  })
  const first = await Promise.race([asked, cancelled])
  signal.removeEventListener('abort', stop)
  if (first === null) {
    const giveBack = (late: Result<TakenKey>): void => {
      if (late.ok) late.value.end()
    }
    // What fails now was asked for by nobody any more.
    void asked.then(giveBack, () => undefined)
  }
  return first
}

/**
 * Makes one call, attempt by attempt, each through the limiter, and records it. Fails without a
 * record when nothing may be sent. Throws only for bugs.
 */
export async function performCall(deps: CallDeps, plan: CallPlan, signal?: AbortSignal): Promise<Result<CallAnswer>> {
  const { clock, limiter } = deps
  const { input } = plan
  let { environment } = plan
  const targeted = resolveTarget(environment, input.path, input.query)
  if (!targeted.ok) return targeted
  let target = targeted.value
  let request = buildRequest(deps, plan, target)

  const startedAtMs = clock.nowMs()
  const startedMs = clock.monotonicMs()
  const attempts: Attempt[] = []
  let last: Last | null = null
  let stop: StopReason | null = null
  let rest: Rest | null = null
  let refusedKeyId: string | null | undefined
  let keyError: AppError | null = null

  const { operation, method, priority = input.source === 'Replay' ? 'replay' : 'person' } = input
  const errand = { environmentId: environment.id, operation, method, path: input.path, priority }
  const ticket = limiter.open(errand, signal)
  try {
    for (;;) {
      const slot: Slot | null = await ticket.admit(attempts.length, rest)
      if (slot === null) break
      let end: SlotEnd = { reached: false, status: null, headers: [] }
      let taken: TakenKey | null = null
      try {
        const asked = await takeKeyUnlessCancelled(plan, ticket.signal)
        if (asked === null) break
        if (!asked.ok) {
          keyError = asked.error
          break
        }
        taken = asked.value
        if (ticket.signal.aborted) break
        if (taken.environment.baseUrl !== environment.baseUrl) {
          // A call goes on to the address that it began with, and a key only to the one that it is for.
          if (last !== null) break
          const moved = resolveTarget(taken.environment, input.path, input.query)
          if (!moved.ok) return moved
          target = moved.value
          request = buildRequest(deps, plan, target)
        }
        environment = taken.environment
        const { key } = taken
        if (refusedKeyId !== undefined) {
          if (key.keyId === refusedKeyId) break
          plan.onReplaced?.()
        }
        const mayLeave = input.onWire?.() ?? succeed(null)
        if (!mayLeave.ok) {
          keyError = mayLeave.error
          break
        }
        end = { reached: true, status: null, headers: [] }
        const sent: Last = await exchange(deps, key, target, request, ticket.signal, plan.readAnswer)
        last = sent
        attempts.push(sent.attempt)
        const { status, headers } = sent.answer
        end = { reached: isReached(sent.answer), status, headers }
        stop = null
        if (sent.verdict.kind === 'ok' || ticket.signal.aborted) break
        if (status === 401 && refusedKeyId === undefined && plan.isReplaced?.(key.keyId) === true) {
          refusedKeyId = key.keyId
          rest = null
          continue
        }
        const policy = deps.ratePolicy()
        const next = decideNext(
          {
            method,
            status,
            outcome: sent.attempt.outcome,
            networkFault: sent.attempt.networkFault,
            cutOff: sent.answer.end.kind === 'cut-off',
            headers,
            attemptsMade: attempts.length,
            endedAtMs: clock.nowMs(),
          },
          {
            policy: plan.attemptsMax === undefined ? policy : { ...policy, attemptsMax: plan.attemptsMax },
            draw: () => deps.random.next(),
            takeRetry: () => ticket.takeRetry(),
          },
        )
        end = { ...end, pause: next.pause }
        if (next.kind === 'stop') {
          stop = next.stop
          break
        }
        rest = next.rest
      } finally {
        slot.end(end)
        taken?.end()
      }
    }
  } finally {
    ticket.close()
  }
  // Nothing went out and nobody cancelled: the guard or the vault said no.
  if (last === null && keyError !== null) return fail(keyError)

  const succeeded = last?.verdict.kind === 'ok'
  const cancelled = succeeded ? null : ticket.cancelled()
  // Cut off on the wire, it may have been carried out all the same. Rates and probes, rule 6.
  const isUnknown = last?.answer.end.kind === 'cancelled' && !isRepeatable(method)
  const failure: CallFailure | null =
    last === null || cancelled === 'cancelled'
      ? { kind: 'CANCELLED' }
      : last.verdict.kind === 'ok'
        ? null
        : last.verdict.failure
  const reason: StopReason | null = succeeded ? null : isUnknown ? 'unknown-outcome' : (cancelled ?? stop ?? 'final')
  const waits = ticket.waits().map(redactWait)
  const call = deps.calls.append({
    startedAtMs,
    environmentId: environment.id,
    keyId: last?.key.keyId ?? null,
    keyMask: last?.key.mask ?? null,
    origin: target.origin,
    operation,
    method,
    path: target.path,
    status: last?.answer.status ?? null,
    outcome: failure?.kind ?? 'ok',
    waitedMs: roundMs(waits.reduce((sum, { tookMs }) => sum + tookMs, 0)),
    tookMs: roundMs(clock.monotonicMs() - startedMs),
    source: input.source,
    attempts,
    waits,
    stop: reason,
    requestBody: request.body === null ? null : logBody(new TextEncoder().encode(request.body)),
    responseBody: last === null ? null : logAnswerBody(last.answer),
  })
  deps.onRecorded(call)
  if (last?.verdict.kind === 'ok') {
    return succeed({ callId: call.id, status: last.verdict.status, body: last.verdict.body })
  }
  if (keyError !== null) return fail(keyError)
  return fail(giveError(environment, failure ?? { kind: 'CANCELLED' }, reason, call.id))
}
