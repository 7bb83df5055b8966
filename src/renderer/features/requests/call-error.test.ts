import { describe, expect, test } from 'vitest'
import { type CallDetail, CallOutcome, type Header, type NetworkFault } from '../../../shared/model/call.ts'
import { rebuildCallError } from './call-error.ts'

function detailOf(
  outcome: CallOutcome,
  parts: {
    status?: number
    body?: string
    truncated?: boolean
    headers?: Header[]
    networkFault?: NetworkFault
  } = {},
): CallDetail {
  const { status = null, body, truncated = false, headers = [], networkFault } = parts
  return {
    summary: {
      id: 3,
      startedAtMs: 0,
      environmentId: 'dev',
      keyId: null,
      operation: 'listEmails',
      method: 'GET',
      path: '/emails',
      status,
      outcome,
      attempts: 1,
      waitedMs: 0,
      tookMs: 31_000,
      source: 'Inbox',
    },
    origin: 'https://api.jasni.ai',
    keyMask: null,
    attempts: [
      {
        startedAtMs: 0,
        tookMs: 30_000,
        status,
        outcome,
        timings: { dnsMs: null, tlsMs: null, connectMs: null, firstByteMs: null, bodyMs: null },
        requestHeaders: [],
        responseHeaders: headers,
        responseBytes: 0,
        ...(networkFault === undefined ? {} : { networkFault }),
      },
    ],
    waits: [],
    stop: null,
    requestBody: null,
    responseBody: body === undefined ? null : { text: body, bytes: body.length, truncated },
  }
}

describe('errors of logged calls', () => {
  test('each outcome but success has its error, of the same kind', () => {
    for (const outcome of CallOutcome.options) {
      expect(rebuildCallError(detailOf(outcome))?.kind ?? 'ok').toBe(outcome)
    }
  })

  test('the text of the server is kept', () => {
    const body = '{"success": false, "error": "Rate limit exceeded. Please try again later."}'
    const error = rebuildCallError(detailOf('RATE_LIMITED', { status: 429, body, headers: [['Retry-After', '12']] }))
    expect(error).toMatchObject({ apiMessage: 'Rate limit exceeded. Please try again later.', retryAfterMs: 12_000 })
    const dated = detailOf('RATE_LIMITED', { headers: [['retry-after', 'Wed, 21 Oct 2026 07:28:00 GMT']] })
    expect(rebuildCallError(dated)).toMatchObject({ retryAfterMs: null })
  })

  test.each([
    ['', false, 'empty'],
    ['<html>', false, 'not-json'],
    ['{"success": false, "error": "no"}', false, 'success-false'],
    ['{"success": true}', false, 'unexpected'],
    ['{"success": tr', true, 'unexpected'],
    ['null', false, 'unexpected'],
  ])('a bad answer %j is explained as %s', (body, truncated, reason) => {
    expect(rebuildCallError(detailOf('BAD_ANSWER', { status: 200, body, truncated }))).toMatchObject({ reason })
  })

  test.each([
    [[], 'cut-off'],
    [[['Content-Length', '4096']], 'cut-off'],
    [[['content-length', '73']], 'unexpected'],
  ] satisfies [Header[], string][])('an answer whose body is missing is never called empty: %j', (headers, reason) => {
    const detail = detailOf('BAD_ANSWER', { status: 200, headers })
    const responseBody = { text: '', bytes: 73, truncated: true }
    expect(rebuildCallError({ ...detail, responseBody })).toMatchObject({ reason })
  })

  test('a redirect names where it went, a timeout how long it took', () => {
    const away = detailOf('REDIRECTED', { status: 302, headers: [['location', 'https://evil.example/x']] })
    expect(rebuildCallError(away)).toMatchObject({ toOrigin: 'https://evil.example' })
    const nowhere = detailOf('REDIRECTED', { status: 302, headers: [['location', '/relative']] })
    expect(rebuildCallError(nowhere)).toMatchObject({ toOrigin: 'another address' })
    expect(rebuildCallError(detailOf('TIMEOUT'))).toMatchObject({ afterMs: 30_000 })
  })

  test('a network failure says why', () => {
    expect(rebuildCallError(detailOf('NETWORK', { networkFault: 'tls' }))).toMatchObject({ reason: 'tls' })
    expect(rebuildCallError(detailOf('NETWORK'))).toMatchObject({ reason: 'other' })
  })
})
