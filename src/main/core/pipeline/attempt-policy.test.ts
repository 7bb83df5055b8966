import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Header } from '../../../shared/model/call.ts'
import { defaultRatePolicy } from '../../../shared/model/defaults.ts'
import { decideNext, type FailedAttempt, restAsTold, restByJitter } from './attempt-policy.ts'

const nowMs = 1_700_000_000_000
const failed: FailedAttempt = {
  method: 'GET',
  status: 429,
  outcome: 'RATE_LIMITED',
  networkFault: undefined,
  cutOff: false,
  headers: [],
  attemptsMade: 1,
  endedAtMs: nowMs,
}
const decide = (changes: Partial<FailedAttempt>, draw = 0.5, budget = true) =>
  decideNext({ ...failed, ...changes }, { policy: defaultRatePolicy, draw: () => draw, takeRetry: () => budget })

describe('rule 1: never earlier than told', () => {
  const header = (seconds: number): Header => ['Retry-After', String(seconds)]

  test('rule 1: a Retry-After above 60 s is waited for in full, never replaced by a shorter backoff', () => {
    expect(decide({ headers: [header(3600)] }, 0)).toMatchObject({
      kind: 'again',
      rest: { cause: 'retry-after', forMs: 3_600_000, toldMs: 3_600_000 },
    })
  })

  test('rule 1: a Retry-After holds after a 503 too, and only a 429 pauses the group', () => {
    expect(decide({ status: 503, outcome: 'SERVER_ERROR', headers: [header(5)] })).toMatchObject({
      rest: { cause: 'retry-after', toldMs: 5000 },
      pause: null,
    })
    expect(decide({ headers: [header(5)] })).toMatchObject({ pause: { cause: 'retry-after', toldMs: 5000 } })
  })

  test('what a limit says of its window is no wait after a server error', () => {
    const step = decide({ status: 500, outcome: 'SERVER_ERROR', headers: [['RateLimit', '"a";r=50;t=60']] })
    expect(step).toMatchObject({ rest: { cause: 'full-jitter' } })
  })

  test('a 429 pauses the group even when its own call stops', () => {
    expect(decide({ attemptsMade: 3, headers: [header(9)] })).toMatchObject({
      kind: 'stop',
      stop: 'attempts-used',
      pause: { toldMs: 9000 },
    })
  })

  test('a date in the past is no wait: the backoff is computed', () => {
    expect(decide({ headers: [['Retry-After', 'Sun, 06 Nov 1994 08:49:37 GMT']] })).toMatchObject({
      rest: { cause: 'full-jitter', baseMs: 1000 },
    })
  })
})

describe('rule 2: jitter', () => {
  const draws = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

  test('rule 2: on a server-given wait it is only added, 0 to 10 % and at most 1 s', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), draws, (ms, draw) => {
        const { forMs, toldMs, addedMs } = restAsTold({ ms, cause: 'reset', header: ['x', 'y'] }, draw)
        expect(toldMs).toBe(ms)
        expect(forMs).toBeGreaterThanOrEqual(ms)
        // Not the difference: subtracting adds a rounding of its own.
        expect(forMs).toBeLessThanOrEqual(ms + Math.min(1000, ms / 10))
        expect(addedMs).toBeCloseTo(forMs - ms)
      }),
    )
  })

  test('rule 2: computed backoff is full jitter, U(0, min(cap, base * 2^n))', () => {
    fc.assert(
      fc.property(fc.constantFrom('refused', 'failed'), fc.nat({ max: 2000 }), draws, (kind, exponent, draw) => {
        const rest = restByJitter(kind, exponent, defaultRatePolicy, draw)
        const baseMs = kind === 'refused' ? 1000 : 500
        const ceilingMs = Math.min(20_000, baseMs * 2 ** Math.min(40, exponent))
        expect(rest).toMatchObject({ cause: 'full-jitter', baseMs, capMs: 20_000, exponent, draw })
        expect(rest.forMs).toBeCloseTo(draw * ceilingMs)
      }),
    )
  })

  test('rule 2: base 1,000 ms after 429, 500 ms after a 5xx or a lost connection, 3 attempts', () => {
    expect(decide({})).toMatchObject({ rest: { baseMs: 1000, exponent: 0, forMs: 500 } })
    expect(decide({ attemptsMade: 2 })).toMatchObject({ rest: { baseMs: 1000, exponent: 1, forMs: 1000 } })
    expect(decide({ status: 502, outcome: 'SERVER_ERROR' })).toMatchObject({ rest: { baseMs: 500, forMs: 250 } })
    expect(decide({ status: null, outcome: 'NETWORK', networkFault: 'reset' })).toMatchObject({ rest: { baseMs: 500 } })
    expect(decide({ attemptsMade: 3 })).toMatchObject({ kind: 'stop', stop: 'attempts-used' })
  })
})

describe('rule 6: what is repeated', () => {
  test('rule 5: nothing without budget', () => {
    expect(decide({}, 0.5, false)).toMatchObject({ kind: 'stop', stop: 'budget' })
  })

  test.each([
    ['GET', 'again'],
    ['PUT', 'again'],
    ['DELETE', 'again'],
    ['POST', 'stop'],
    ['PATCH', 'stop'],
  ])('rule 6: after an unknown outcome of a %s: %s', (method, kind) => {
    expect(decide({ method, status: 502, outcome: 'SERVER_ERROR' }).kind).toBe(kind)
    expect(decide({ method, status: null, outcome: 'NETWORK', networkFault: 'reset' }).kind).toBe(kind)
    expect(decide({ method, status: 200, outcome: 'BAD_ANSWER', cutOff: true }).kind).toBe(kind)
    expect(decide({ method }).kind).toBe('again')
  })

  test.each(['refused', 'dns'] as const)('rule 6: a POST that met %s was never sent', (networkFault) => {
    expect(decide({ method: 'POST', status: null, outcome: 'NETWORK', networkFault }).kind).toBe('again')
  })

  test('a handshake that failed, an answer that never came, and one that is wrong are final', () => {
    expect(decide({ status: null, outcome: 'NETWORK', networkFault: 'tls' })).toMatchObject({ stop: 'final' })
    expect(decide({ status: null, outcome: 'TIMEOUT' })).toMatchObject({ stop: 'final' })
    expect(decide({ status: 200, outcome: 'BAD_ANSWER' })).toMatchObject({ stop: 'final' })
    expect(decide({ status: 501, outcome: 'SERVER_ERROR', method: 'POST' })).toMatchObject({ stop: 'final' })
  })

  test('rule 6: an answer that never came to a POST leaves its outcome unknown', () => {
    expect(decide({ method: 'POST', status: null, outcome: 'TIMEOUT' })).toMatchObject({ stop: 'unknown-outcome' })
  })

  test.each([
    ['true', 418, 'GET', 'again'],
    ['true', 409, 'GET', 'stop'],
    ['true', 418, 'POST', 'stop'],
    ['true', 501, 'POST', 'stop'],
    ['true', 505, 'PATCH', 'stop'],
    ['true', 501, 'PUT', 'again'],
    ['true', 429, 'POST', 'again'],
    ['true', 503, 'POST', 'stop'],
    ['false', 429, 'GET', 'stop'],
    ['maybe', 429, 'GET', 'again'],
  ])('x-should-retry: %s after %i of a %s: %s', (verdict, status, method, kind) => {
    expect(decide({ status, method, outcome: 'API_REFUSED', headers: [['X-Should-Retry', verdict]] }).kind).toBe(kind)
  })
})
