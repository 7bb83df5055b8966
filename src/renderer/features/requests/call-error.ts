import type { CallError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import type { CallDetail, Header } from '../../../shared/model/call.ts'
import { assertNever } from '../../../shared/result.ts'

function findHeader(headers: readonly Header[], name: string): string | null {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? null
}

function readBody(text: string): { readonly json: boolean; readonly success: unknown; readonly message: string } {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body !== 'object' || body === null) return { json: true, success: undefined, message: '' }
    const error = 'error' in body && typeof body.error === 'string' ? body.error : ''
    return { json: true, success: 'success' in body ? body.success : undefined, message: error }
  } catch {
    return { json: false, success: undefined, message: '' }
  }
}

/** True when no more came than was announced: a body that is missing all the same was not kept. */
function isWhole(headers: readonly Header[], bytes: number): boolean {
  const announced = findHeader(headers, 'content-length')
  return announced !== null && Number(announced) <= bytes
}

function explainBadAnswer(detail: CallDetail): Extract<CallError, { kind: 'BAD_ANSWER' }>['reason'] {
  const { text, bytes, truncated } = detail.responseBody ?? { text: '', bytes: 0, truncated: false }
  if (text.trim() === '') {
    if (!truncated) return 'empty'
    return isWhole(detail.attempts.at(-1)?.responseHeaders ?? [], bytes) ? 'unexpected' : 'cut-off'
  }
  const body = readBody(text)
  if (body.success === false) return 'success-false'
  return body.json || truncated ? 'unexpected' : 'not-json'
}

/** Seconds of a `Retry-After` header in ms; null for a date or nonsense. */
function readRetryAfter(value: string | null): number | null {
  return value !== null && /^\d{1,6}$/.test(value.trim()) ? Number(value) * 1000 : null
}

function readOrigin(location: string | null): string {
  try {
    return new URL(location ?? '').origin
  } catch {
    return 'another address'
  }
}

/**
 * The failure that a logged call came to, rebuilt from what the log holds; null for a success.
 */
export function rebuildCallError(detail: CallDetail): CallError | null {
  const { summary, attempts } = detail
  const last = attempts.at(-1)
  const status = summary.status ?? 0
  const callId = null
  const apiMessage = readBody(detail.responseBody?.text ?? '').message
  const headers = last?.responseHeaders ?? []
  switch (summary.outcome) {
    case 'ok':
      return null
    case 'UNAUTHORIZED':
    case 'FORBIDDEN':
    case 'API_NOT_FOUND':
      return { kind: summary.outcome, apiMessage, callId }
    case 'RATE_LIMITED':
      return {
        kind: 'RATE_LIMITED',
        apiMessage,
        retryAfterMs: readRetryAfter(findHeader(headers, 'retry-after')),
        callId,
      }
    case 'API_REFUSED':
    case 'SERVER_ERROR':
      return { kind: summary.outcome, status, apiMessage, callId }
    case 'BAD_ANSWER':
      return { kind: 'BAD_ANSWER', reason: explainBadAnswer(detail), status, apiMessage, callId }
    case 'ANSWER_TOO_LARGE':
      return { kind: 'ANSWER_TOO_LARGE', bytesMax: limits.responseBytesMax, callId }
    case 'REDIRECTED':
      return { kind: 'REDIRECTED', toOrigin: readOrigin(findHeader(headers, 'location')), callId }
    case 'TIMEOUT':
      return { kind: 'TIMEOUT', afterMs: last?.tookMs ?? summary.tookMs, callId }
    case 'NETWORK':
      return { kind: 'NETWORK', reason: last?.networkFault ?? 'other', callId }
    case 'CANCELLED':
      return { kind: 'CANCELLED', callId }
    default:
      return assertNever(summary.outcome)
  }
}
