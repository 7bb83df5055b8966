import { describe, expect, test } from 'vitest'
import type { CallDetail } from './call.ts'
import { callPiecesMax, listPieces } from './call-pieces.ts'

const timings = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null }
const attemptAt = (startedAtMs: number, status: number) => ({
  startedAtMs,
  tookMs: 40,
  status,
  outcome: status === 200 ? ('ok' as const) : ('RATE_LIMITED' as const),
  timings,
  requestHeaders: [],
  responseHeaders: [],
  responseBytes: 0,
})
const summary: CallDetail['summary'] = {
  id: 1,
  startedAtMs: 1000,
  environmentId: 'dev',
  keyId: null,
  operation: 'listEmails',
  method: 'GET',
  path: '/emails',
  status: 200,
  outcome: 'ok',
  attempts: 2,
  waitedMs: 700,
  tookMs: 780,
  source: 'Inbox',
}

describe('pieces of a row', () => {
  test('a call of one attempt without a wait has none', () => {
    expect(listPieces({ summary, attempts: [attemptAt(1000, 200)], waits: [] })).toBeUndefined()
  })

  test('waits and attempts come in the order of time', () => {
    const pieces = listPieces({
      summary,
      attempts: [attemptAt(1000, 429), attemptAt(1740, 200)],
      waits: [{ cause: 'full-jitter', beforeAttempt: 1, startedAtMs: 1040, tookMs: 700, plannedMs: 700 }],
    })
    expect(pieces).toEqual([
      { wait: null, status: 429, fromMs: 0, tookMs: 40 },
      { wait: 'full-jitter', status: null, fromMs: 40, tookMs: 700 },
      { wait: null, status: 200, fromMs: 740, tookMs: 40 },
    ])
  })

  test('there are never more than a row draws', () => {
    const attempts = Array.from({ length: 100 }, (_, index) => attemptAt(1000 + index * 50, 429))
    expect(listPieces({ summary, attempts, waits: [] })).toHaveLength(callPiecesMax)
  })
})
