import type { CallError } from '../../../shared/error.ts'
import type { CallOutcome, Header } from '../../../shared/model/call.ts'
import { redactJson, redactKeys } from '../log/redaction.ts'
import type { HttpAnswer } from '../ports.ts'
import { readRetryAfterMs } from '../ratelimit/retry-after.ts'

type WithoutCallId<T> = T extends unknown ? Omit<T, 'callId'> : never

/** A CallError before the call has its id. */
export type CallFailure = WithoutCallId<CallError>

/** What an exchange came to. */
export type Verdict =
  | { readonly kind: 'ok'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'failed'; readonly failure: CallFailure }

/** What was asked, as far as judging the answer needs it. */
export interface Question {
  readonly url: string
  readonly timeoutMs: number
  readonly responseBytesMax: number
}

const apiMessageCharsMax = 500
const mayHoldSecret = /(?:jsk|whsec)_|\\u00/i

/** How the verdict is recorded. */
export function nameOutcome(verdict: Verdict): CallOutcome {
  return verdict.kind === 'ok' ? 'ok' : verdict.failure.kind
}

function failed(failure: CallFailure): Verdict {
  return { kind: 'failed', failure }
}

function findHeader(headers: readonly Header[], name: string): string | null {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1] ?? null
}

/** Parses an answer's body; undefined for what is no JSON in UTF-8. */
function parseBody(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const value: unknown = JSON.parse(text)
    // Copying costs as much as parsing: most answers hold nothing to remove.
    return mayHoldSecret.test(text) ? redactJson(value) : value
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** The server's text for people: `error` of the envelope, one line, redacted. API reference, section 4. */
function readApiMessage(body: unknown): string {
  if (!isObject(body)) return ''
  const text = [body.error, body.message].find((candidate) => typeof candidate === 'string')
  if (typeof text !== 'string') return ''
  const line = text.slice(0, apiMessageCharsMax * 4).replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
  return redactKeys(line).trim().slice(0, apiMessageCharsMax)
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))
}

function classifyRedirect(status: number, headers: readonly Header[], question: Question): Verdict {
  const location = findHeader(headers, 'location')
  if (location === null) return failed({ kind: 'BAD_ANSWER', reason: 'unexpected', status, apiMessage: '' })
  try {
    const { origin, protocol, host } = new URL(location, question.url)
    const toOrigin = origin === 'null' ? `${protocol}//${host}` : origin
    return failed({ kind: 'REDIRECTED', toOrigin: redactKeys(toOrigin) })
  } catch {
    return failed({ kind: 'REDIRECTED', toOrigin: '' })
  }
}

function classifyRefusal(status: number, headers: readonly Header[], apiMessage: string, nowMs: number): Verdict {
  switch (status) {
    case 401:
      return failed({ kind: 'UNAUTHORIZED', apiMessage })
    case 403:
      return failed({ kind: 'FORBIDDEN', apiMessage })
    case 404:
      return failed({ kind: 'API_NOT_FOUND', apiMessage })
    case 429:
      return failed({ kind: 'RATE_LIMITED', apiMessage, retryAfterMs: readRetryAfterMs(headers, nowMs) })
    default:
      return failed({ kind: status < 500 ? 'API_REFUSED' : 'SERVER_ERROR', status, apiMessage })
  }
}

function classifySuccess(status: number, bytes: Uint8Array): Verdict {
  const bad = (reason: 'empty' | 'not-json' | 'unexpected' | 'success-false', apiMessage = '') =>
    failed({ kind: 'BAD_ANSWER', reason, status, apiMessage })
  if (isBlank(bytes)) return bad('empty')
  const body = parseBody(bytes)
  if (body === undefined) return bad('not-json')
  if (!isObject(body)) return bad('unexpected')
  // API reference, section 1: a call has failed when `success` is false, whatever the status.
  if (body.success === false) return bad('success-false', readApiMessage(body))
  return { kind: 'ok', status, body }
}

/**
 * Turns what came back into an answer or a typed failure. A refusal counts by its status even when
 * its body is broken; a success needs its whole body. `nowMs` is epoch ms.
 */
export function classifyAnswer(answer: HttpAnswer, question: Question, nowMs: number): Verdict {
  const { end, status, headers } = answer
  switch (end.kind) {
    case 'timeout':
      return failed({ kind: 'TIMEOUT', afterMs: question.timeoutMs })
    case 'cancelled':
      return failed({ kind: 'CANCELLED' })
    case 'network':
      return failed({ kind: 'NETWORK', reason: end.reason })
    case 'answered':
    case 'cut-off':
    case 'too-large':
      break
  }
  if (status !== null && status >= 300 && status < 400) return classifyRedirect(status, headers, question)
  if (status !== null && status >= 400 && status < 600) {
    const apiMessage = end.kind === 'answered' ? readApiMessage(parseBody(end.body)) : ''
    return classifyRefusal(status, headers, apiMessage, nowMs)
  }
  if (end.kind === 'too-large') return failed({ kind: 'ANSWER_TOO_LARGE', bytesMax: question.responseBytesMax })
  if (end.kind === 'cut-off')
    return failed({ kind: 'BAD_ANSWER', reason: 'cut-off', status: status ?? 0, apiMessage: '' })
  if (status === null || status < 200 || status > 299)
    return failed({ kind: 'BAD_ANSWER', reason: 'unexpected', status: status ?? 0, apiMessage: '' })
  return classifySuccess(status, end.body)
}
