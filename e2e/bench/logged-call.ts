import type { CallRecord } from '../../src/main/core/ports.ts'
import type { CallOutcome, CallSource, Wait } from '../../src/shared/model/call.ts'

/** Who made the calls of a bench's log. */
export interface LoggedCaller {
  readonly environmentId: string
  readonly keyId: string
  readonly mask: string
}

const subjects = [
  'Refund for order',
  'Invoice',
  'Meeting moved',
  'Your ticket',
  'Password reset',
  'Weekly report',
  'Shipping',
]
const sources: readonly CallSource[] = ['Inbox', 'Inbox', 'Inbox', 'Inbox', 'Console', 'Probe', 'Sandbox', 'Replay']

/** A number in [0, 2^32) that looks drawn by chance, the same for the same index. */
function scatter(index: number, salt: number): number {
  let hash = (index * 374_761_393 + salt * 668_265_263) | 0
  hash = Math.imul(hash ^ (hash >>> 13), 1_274_126_177)
  return (hash ^ (hash >>> 16)) >>> 0
}

// As the pipeline keeps durations.
const roundMs = (ms: number) => Math.round(ms * 100) / 100

/**
 * A call as an agent's day has them: 2 % refused with 429 and a wait, some server errors, sends, long answers now and
 * then. The same index gives the same call.
 */
export function makeLoggedCall(index: number, beganAtMs: number, caller: LoggedCaller, origin: string): CallRecord {
  const startedAtMs = Math.round(beganAtMs)
  const chance = (salt: number) => scatter(index, salt) / 4_294_967_296
  const isSend = chance(1) < 0.1
  const isRefused = chance(2) < 0.02
  const isFailed = !isRefused && chance(3) < 0.002
  const isLost = !isRefused && !isFailed && chance(4) < 0.0005
  const order = 10_000 + (scatter(index, 5) % 90_000)
  const status = isLost ? null : isFailed ? 503 : 200
  const outcome: CallOutcome = isLost ? 'TIMEOUT' : isFailed ? 'SERVER_ERROR' : 'ok'
  const waitMs = roundMs(isRefused ? 500 + chance(6) * 14_000 : chance(7) < 0.03 ? chance(8) * 900 : 0)
  const tookMs = roundMs(waitMs + 15 + chance(9) ** 6 * 3000)
  const subject = `Re: ${subjects[scatter(index, 10) % subjects.length]} ${order}`
  const listed = (uid: number) => ({ uid, subject, from: `customer-${scatter(index + uid, 11) % 5000}@mail.example` })
  const answer = JSON.stringify({
    success: true,
    // Most looks into a folder find little that is new.
    data: { emails: Array.from({ length: chance(12) < 0.01 ? 60 : scatter(index, 14) % 4 }, (_, uid) => listed(uid)) },
  })
  const attemptOf = (atMs: number, ended: number | null, result: CallOutcome) => ({
    startedAtMs: atMs,
    tookMs: roundMs(tookMs - waitMs),
    status: ended,
    outcome: result,
    timings: { dnsMs: null, tlsMs: null, connectMs: null, firstByteMs: 12, bodyMs: 3 },
    requestHeaders: [
      ['accept', 'application/json'],
      ['user-agent', 'JasniVault/0.1.0'],
      ['authorization', '[redacted]'],
    ] as [string, string][],
    responseHeaders: [
      ['content-type', 'application/json'],
      ['date', 'Tue, 24 Nov 2026 12:00:00 GMT'],
      ...(ended === 429 ? [['retry-after', String(Math.ceil(waitMs / 1000))]] : []),
    ] as [string, string][],
    responseBytes: answer.length,
  })
  const cause = isRefused ? 'retry-after' : 'pacing'
  const wait: Wait = { cause, beforeAttempt: isRefused ? 1 : 0, startedAtMs, tookMs: waitMs, plannedMs: waitMs }
  const body = JSON.stringify({ to: `customer-${order}@mail.example`, subject, text: `We looked into order ${order}.` })
  return {
    startedAtMs,
    environmentId: caller.environmentId,
    keyId: caller.keyId,
    keyMask: caller.mask,
    origin,
    operation: isSend ? 'sendEmail' : 'listEmails',
    method: isSend ? 'POST' : 'GET',
    path: isSend
      ? '/emails/send'
      : `/emails?account=support-agent%40mail.example&folder=INBOX&limit=${(index % 50) + 1}`,
    status,
    outcome,
    waitedMs: waitMs,
    tookMs,
    source: sources[scatter(index, 13) % sources.length] ?? 'Inbox',
    attempts: isRefused
      ? [attemptOf(startedAtMs, 429, 'RATE_LIMITED'), attemptOf(startedAtMs + waitMs, status, outcome)]
      : [attemptOf(startedAtMs + waitMs, status, outcome)],
    waits: waitMs === 0 ? [] : [wait],
    stop: isFailed || isLost ? 'attempts-used' : null,
    requestBody: isSend ? { text: body, bytes: body.length, truncated: false } : null,
    responseBody: isLost ? null : { text: answer, bytes: answer.length, truncated: false },
  }
}
