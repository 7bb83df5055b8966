import { expect, test } from 'vitest'
import type { CallDetail } from '../../shared/model/call.ts'
import { defaultSettings } from '../../shared/model/defaults.ts'
import { succeed } from '../../shared/result.ts'
import { createRequestHandlers, formatCallPart } from './requests.ts'

const call: CallDetail = {
  summary: {
    id: 7,
    startedAtMs: 0,
    environmentId: 'dev',
    keyId: 'k1',
    operation: 'listEmails',
    method: 'GET',
    path: '/emails?folder=INBOX',
    status: 200,
    outcome: 'ok',
    attempts: 1,
    waitedMs: 0,
    tookMs: 1,
    source: 'Inbox',
  },
  origin: 'https://api.jasni.ai',
  keyMask: 'jsk_live_…x7Qp',
  attempts: [
    {
      startedAtMs: 0,
      tookMs: 1,
      status: 200,
      outcome: 'ok',
      timings: { dnsMs: null, tlsMs: null, connectMs: null, firstByteMs: 1, bodyMs: 1 },
      requestHeaders: [
        ['authorization', '[redacted]'],
        ['accept', 'application/json'],
      ],
      responseHeaders: [['content-type', 'application/json']],
      responseBytes: 2,
    },
  ],
  waits: [],
  stop: null,
  requestBody: { text: '{"a":1}', bytes: 7, truncated: false },
  responseBody: { text: 'Bearer abcdef123456', bytes: 2, truncated: false },
}

const otherCalls = {
  count: () => ({ count: 0, next: null }),
  storage: () => ({ calls: 0, bytes: 0, oldestAtMs: null, newestId: 0, writable: true }),
  setPolicy: () => undefined,
  clear: async () => succeed(0),
}

test('each part of a call has its text', () => {
  expect(formatCallPart(call, 'request')).toBe(
    'GET https://api.jasni.ai/emails?folder=INBOX\nauthorization: [redacted]\naccept: application/json\n\n{"a":1}',
  )
  expect(formatCallPart(call, 'request', 'https://api.jasni.ai/api/v1')).toMatch(
    /^GET https:\/\/api\.jasni\.ai\/api\/v1\/emails/,
  )
  expect(formatCallPart(call, 'request', 'https://elsewhere.example/api/v1')).toMatch(
    /^GET https:\/\/api\.jasni\.ai\/emails/,
  )
  expect(formatCallPart({ ...call, requestBody: null }, 'request')).toMatch(/application\/json$/)
  expect(formatCallPart(call, 'headers')).toBe('content-type: application/json')
  expect(formatCallPart({ ...call, responseBody: null, attempts: [] }, 'response')).toBe('')
  expect(formatCallPart({ ...call, attempts: [] }, 'headers')).toBe('')
})

test('a copy is redacted once more, and an unknown call copies nothing', async () => {
  const copied: string[] = []
  const handlers = createRequestHandlers({
    vault: { environment: () => null, environments: () => [], keys: () => [] },
    clock: { nowMs: () => 0 },
    settings: () => defaultSettings,
    save: () => succeed(null),
    calls: {
      list: () => ({ calls: [], next: null, total: 0, scanned: 0 }),
      ...otherCalls,
      get: (id) => (id === 7 ? call : null),
    },
    clipboard: { readText: async () => '', writeText: async (text) => void copied.push(text), clear: () => undefined },
  })
  expect(await handlers['requests.copyText']({ id: 7, part: 'response' })).toEqual({ ok: true, value: null })
  expect(copied).toEqual(['Bearer [redacted]'])
  expect(await handlers['requests.copyText']({ id: 8, part: 'response' })).toEqual({
    ok: false,
    error: { kind: 'NOT_FOUND', what: 'call' },
  })
  expect(handlers['requests.get']({ id: 8 })).toMatchObject({ ok: false })
  expect(copied).toHaveLength(1)
})
