import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Attempt, CallDetail, Wait } from '../../../shared/model/call.ts'
import { layWaterfall, listLane, placeLabel } from './waterfall.ts'
import { describeCall, describeStretch, formatPhase, writeWaterfall } from './waterfall-text.ts'

const noTimings = { dnsMs: null, tlsMs: null, connectMs: null, firstByteMs: null, bodyMs: null }

const attemptOf = (
  startedAtMs: number,
  tookMs: number,
  timings: Partial<Attempt['timings']> = {},
  status: number | null = 200,
): Attempt => ({
  startedAtMs,
  tookMs,
  status,
  outcome: status === null ? ('TIMEOUT' as const) : ('ok' as const),
  timings: { ...noTimings, ...timings },
  requestHeaders: [],
  responseHeaders: [],
  responseBytes: 0,
})

const waitOf = (beforeAttempt: number, startedAtMs: number, tookMs: number): Wait => ({
  cause: 'pacing',
  beforeAttempt,
  startedAtMs,
  tookMs,
  plannedMs: null,
})

const detailOf = (attempts: readonly Attempt[], tookMs: number, waits: readonly Wait[] = []): CallDetail => ({
  summary: {
    id: 1,
    startedAtMs: 1000,
    environmentId: 'dev',
    keyId: null,
    operation: 'readEmail',
    method: 'GET',
    path: '/emails/1',
    status: 200,
    outcome: 'ok',
    attempts: attempts.length,
    waitedMs: waits.reduce((sum, wait) => sum + wait.tookMs, 0),
    tookMs,
    source: 'Inbox',
  },
  origin: 'https://api.jasni.ai',
  keyMask: null,
  attempts: [...attempts],
  waits: [...waits],
  stop: null,
  requestBody: null,
  responseBody: null,
})

describe('waterfall', () => {
  test('phases follow each other from the start of their attempt', () => {
    const attempt = attemptOf(1010, 46, { dnsMs: 2, connectMs: 1, tlsMs: 3, firstByteMs: 38, bodyMs: 2 })
    const { lanes, axis } = layWaterfall(detailOf([attempt], 56))
    expect(axis.maxMs).toBe(60)
    expect(lanes[0]?.attempt?.phases).toEqual([
      { name: 'DNS', fromMs: 10, tookMs: 2 },
      { name: 'connect', fromMs: 12, tookMs: 1 },
      { name: 'TLS', fromMs: 13, tookMs: 3 },
      { name: 'first byte', fromMs: 16, tookMs: 38 },
      { name: 'body', fromMs: 54, tookMs: 2 },
    ])
  })

  test('a kept connection has no connect phase, a timeout has time of its own', () => {
    const kept = layWaterfall(detailOf([attemptOf(1000, 10, { firstByteMs: 8, bodyMs: 2 })], 10))
    expect(kept.lanes[0]?.attempt?.phases.map(({ name }) => name)).toEqual(['first byte', 'body'])
    const cut = layWaterfall(detailOf([attemptOf(1000, 30_000, { connectMs: 4 }, null)], 30_000))
    expect(cut.lanes[0]?.attempt?.phases.map(({ name }) => name)).toEqual(['connect', 'unanswered'])
  })

  test('time of an answered attempt outside its phases is told as rest', () => {
    const attempt = attemptOf(1000, 19, { firstByteMs: 14, bodyMs: 1 })
    expect(layWaterfall(detailOf([attempt], 20)).lanes[0]?.attempt?.phases.at(-1)).toEqual({
      name: 'rest',
      fromMs: 15,
      tookMs: 4,
    })
  })

  test('a wait stands in the lane of the attempt that it came before, one that none followed in a lane of its own', () => {
    const { lanes } = layWaterfall(detailOf([attemptOf(1400, 40)], 1440, [waitOf(0, 1000, 400), waitOf(1, 1440, 1000)]))
    expect(lanes.map(({ waits, attempt }) => [waits.length, attempt !== null])).toEqual([
      [1, true],
      [1, false],
    ])
  })

  test('where the clock was set during a call, stretches follow each other', () => {
    const day = 86_400_000
    const late = layWaterfall(detailOf([attemptOf(1000, 40), attemptOf(1740 + day, 40)], 780, [waitOf(1, 1040, 700)]))
    expect(late.stretches.map(({ fromMs }) => fromMs)).toEqual([0, 40, 740])
    const early = layWaterfall(detailOf([attemptOf(1000, 40), attemptOf(1740 - day, 40)], 780, [waitOf(1, 1040, 700)]))
    expect(early.stretches.map(({ fromMs }) => fromMs)).toEqual([0, 40, 740])
  })

  const ms = fc.integer({ min: 0, max: 60_000 })
  const timing = fc.option(ms)
  const cause = fc.constantFrom('pacing' as const, 'full-jitter' as const, 'retry-after' as const, 'pause' as const)
  const step = fc.record({
    waits: fc.array(fc.record({ cause, tookMs: ms }), { maxLength: 3 }),
    gap: fc.integer({ min: 0, max: 50 }),
    connectMs: timing,
    firstByteMs: timing,
    bodyMs: timing,
  })
  const plans = fc.record({
    steps: fc.array(step, { maxLength: 6 }),
    last: fc.array(fc.record({ cause, tookMs: ms }), { maxLength: 2 }),
    clock: fc.constantFrom(0, 0, 86_400_000, -86_400_000),
  })

  function record({ steps, last, clock }: typeof plans extends fc.Arbitrary<infer P> ? P : never): CallDetail {
    let at = 1000
    const attempts: Attempt[] = []
    const waits: Wait[] = []
    const hold = (list: (typeof last)[number][]) => {
      for (const each of list) {
        waits.push({ ...waitOf(attempts.length, at, each.tookMs), cause: each.cause })
        at += each.tookMs
      }
    }
    for (const { waits: before, gap, connectMs, firstByteMs, bodyMs } of steps) {
      hold(before)
      at += gap
      const took = (connectMs ?? 0) + (firstByteMs ?? 0) + (bodyMs ?? 0)
      attempts.push(attemptOf(at, took, { connectMs, firstByteMs, bodyMs }))
      at += took
    }
    hold(last)
    const half = Math.floor(attempts.length / 2)
    const moved = attempts.map((each, index) =>
      index >= half ? { ...each, startedAtMs: each.startedAtMs + clock } : each,
    )
    return detailOf(moved, at - 1000, waits)
  }

  test('what is drawn is what was recorded: lengths, sums and order; nothing overlaps', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const detail = record(plan)
        const { stretches, lanes, axis } = layWaterfall(detail)
        const waits = stretches.flatMap((each) => (each.kind === 'wait' ? [each] : []))
        const attempts = stretches.flatMap((each) => (each.kind === 'attempt' ? [each] : []))
        expect(waits.map(({ tookMs }) => tookMs)).toEqual(detail.waits.map(({ tookMs }) => tookMs))
        expect(waits.map(({ index }) => index)).toEqual(detail.waits.map((_wait, index) => index))
        expect(attempts.map(({ attempt }) => attempt)).toEqual(detail.attempts)
        expect(waits.reduce((sum, { tookMs }) => sum + tookMs, 0)).toBe(detail.summary.waitedMs)
        expect(lanes.flatMap(listLane)).toEqual(stretches)
        let end = 0
        for (const { fromMs, tookMs } of stretches) {
          expect(fromMs).toBeGreaterThanOrEqual(end)
          end = fromMs + tookMs
        }
        expect(end).toBeLessThanOrEqual(axis.maxMs * (1 + 1e-9))
        expect(end).toBeLessThanOrEqual(detail.summary.tookMs + 1000)
        for (const { phases, fromMs, tookMs } of attempts) {
          expect(phases[0]?.fromMs).toBe(fromMs)
          expect(phases.reduce((sum, phase) => sum + phase.tookMs, 0)).toBeCloseTo(tookMs, 6)
        }
      }),
    )
  })

  test('words stand where there is room', () => {
    expect(placeLabel(20, { from: 0, to: 0.2, widest: 0.1 })).toBe('right')
    expect(placeLabel(30, { from: 0, to: 0.9, widest: 0.8 })).toBe('inside')
    expect(placeLabel(20, { from: 0.8, to: 0.95, widest: 0.1 })).toBe('left')
    expect(placeLabel(60, { from: 0.4, to: 0.6, widest: 0.2 })).toBe('below')
  })
})

describe('waterfall in words', () => {
  test('an attempt is told in a sentence', () => {
    const answered = attemptOf(1000, 41, { connectMs: 1, firstByteMs: 38, bodyMs: 2 })
    const silent = attemptOf(3500, 30_000, {}, null)
    const detail = detailOf([answered, silent], 32_500)
    const [first, second] = layWaterfall(detail).stretches.map((stretch) => describeStretch(stretch, detail))
    expect(first).toBe('Attempt 1, sent at once: answered 200 after 41 ms (connect 1 ms, first byte 38 ms, body 2 ms).')
    expect(second).toBe('Attempt 2, sent 2.50 s after the call began: no answer after 30.00 s (unanswered 30.00 s).')
  })

  test('a phase that happened takes some time', () => {
    expect([0, 0.2, 0.99, 1, 41.4].map(formatPhase)).toEqual(['0 ms', 'under 1 ms', 'under 1 ms', '1 ms', '41 ms'])
  })

  test('a call is summed up', () => {
    expect(describeCall(detailOf([attemptOf(1000, 41)], 41))).toBe('after 1 attempt, took 41 ms')
    expect(describeCall(detailOf([], 2941, [waitOf(0, 1000, 2710)]))).toBe(
      'after 0 attempts, took 2.94 s, of which waiting 2.71 s (92 %)',
    )
  })

  test('the whole is a numbered text with waits, numbers and the reason for the end', () => {
    const wait: Wait = {
      cause: 'full-jitter',
      beforeAttempt: 1,
      startedAtMs: 1040,
      tookMs: 840,
      plannedMs: 840,
      baseMs: 1000,
      capMs: 20_000,
      exponent: 1,
      draw: 0.42,
    }
    const attempts = [attemptOf(1000, 40, { firstByteMs: 40 }, 429), attemptOf(1880, 40, { firstByteMs: 40 }, 429)]
    const detail: CallDetail = { ...detailOf(attempts, 920, [wait]), stop: 'attempts-used' }
    expect(writeWaterfall(layWaterfall(detail), detail).split('\n')).toEqual([
      'GET /emails/1: 200 after 2 attempts, took 920 ms, of which waiting 840 ms (91 %)',
      '1. Attempt 1, sent at once: answered 429 after 40 ms (first byte 40 ms).',
      '2. Waited 840 ms, full jitter: U(0, min(20 s, 1 s · 2^1)) drew 0.42 → 840 ms; drawn from 0 to 2 s (1 s × 2¹, cap 20 s).',
      '3. Attempt 2, sent 880 ms after the call began: answered 429 after 40 ms (first byte 40 ms).',
      '4. The policy allows 2 attempts, and all were used.',
    ])
  })
})
