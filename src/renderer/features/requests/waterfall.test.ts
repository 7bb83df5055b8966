import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Attempt, CallDetail } from '../../../shared/model/call.ts'
import { describeCall, describeLane, formatPhase, layWaterfall } from './waterfall.ts'

const attemptOf = (startedAtMs: number, tookMs: number, timings: Attempt['timings'], status: number | null = 200) => ({
  startedAtMs,
  tookMs,
  status,
  outcome: status === null ? ('TIMEOUT' as const) : ('ok' as const),
  timings,
  requestHeaders: [],
  responseHeaders: [],
  responseBytes: 0,
})

const detailOf = (attempts: readonly Attempt[], tookMs: number, waitedMs = 0): CallDetail => ({
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
    waitedMs,
    tookMs,
    source: 'Inbox',
  },
  origin: 'https://api.jasni.ai',
  keyMask: null,
  attempts: [...attempts],
  waits: [],
  stop: null,
  requestBody: null,
  responseBody: null,
})

const noTimings = { dnsMs: null, tlsMs: null, connectMs: null, firstByteMs: null, bodyMs: null }

describe('waterfall', () => {
  test('phases follow each other from the start of their attempt', () => {
    const attempt = attemptOf(1010, 41, { dnsMs: null, tlsMs: null, connectMs: 1, firstByteMs: 38, bodyMs: 2 })
    const { lanes, axis } = layWaterfall(detailOf([attempt], 51))
    expect(axis.maxMs).toBe(60)
    expect(lanes[0]?.phases).toEqual([
      { name: 'connect', fromMs: 10, tookMs: 1 },
      { name: 'first byte', fromMs: 11, tookMs: 38 },
      { name: 'body', fromMs: 49, tookMs: 2 },
    ])
  })

  test('a kept connection has no connect phase, a timeout has time of its own', () => {
    const kept = layWaterfall(
      detailOf([attemptOf(1000, 10, { dnsMs: null, tlsMs: null, connectMs: null, firstByteMs: 8, bodyMs: 2 })], 10),
    )
    expect(kept.lanes[0]?.phases.map(({ name }) => name)).toEqual(['first byte', 'body'])
    const cut = attemptOf(
      1000,
      30_000,
      { dnsMs: null, tlsMs: null, connectMs: 4, firstByteMs: null, bodyMs: null },
      null,
    )
    expect(layWaterfall(detailOf([cut], 30_000)).lanes[0]?.phases.map(({ name }) => name)).toEqual([
      'connect',
      'unanswered',
    ])
  })

  test('time of an answered attempt outside its phases is told as rest', () => {
    const attempt = attemptOf(1000, 19, { dnsMs: null, tlsMs: null, connectMs: null, firstByteMs: 14, bodyMs: 1 })
    expect(layWaterfall(detailOf([attempt], 20)).lanes[0]?.phases.at(-1)).toEqual({
      name: 'rest',
      fromMs: 15,
      tookMs: 4,
    })
  })

  test('a lane is told in a sentence', () => {
    const answered = attemptOf(1000, 41, { dnsMs: null, tlsMs: null, connectMs: 1, firstByteMs: 38, bodyMs: 2 })
    const silent = attemptOf(3500, 30_000, noTimings, null)
    const [first, second] = layWaterfall(detailOf([answered, silent], 32_500)).lanes.map(describeLane)
    expect(first).toBe('Attempt 1, sent at once: answered 200 after 41 ms (connect 1 ms, first byte 38 ms, body 2 ms).')
    expect(second).toBe('Attempt 2, sent 2.50 s after the call began: no answer after 30.00 s (unanswered 30.00 s).')
  })

  test('a phase that happened takes some time', () => {
    expect([0, 0.2, 0.99, 1, 41.4].map(formatPhase)).toEqual(['0 ms', 'under 1 ms', 'under 1 ms', '1 ms', '41 ms'])
  })

  test('a call is summed up', () => {
    expect(describeCall(detailOf([attemptOf(1000, 41, noTimings)], 41))).toBe('after 1 attempt, took 41 ms')
    expect(describeCall(detailOf([], 2941, 2710))).toBe('after 0 attempts, took 2.94 s, of which waiting 2.71 s')
  })

  test('everything lies on the axis', () => {
    const ms = fc.integer({ min: 0, max: 60_000 })
    const timing = fc.option(ms)
    const attempts = fc.array(fc.record({ gap: ms, connectMs: timing, firstByteMs: timing, bodyMs: timing }), {
      maxLength: 6,
    })
    fc.assert(
      fc.property(attempts, (plan) => {
        let at = 1000
        const list = plan.map(({ gap, ...phases }) => {
          const timings = { dnsMs: null, tlsMs: null, ...phases }
          at += gap
          const took = (timings.connectMs ?? 0) + (timings.firstByteMs ?? 0) + (timings.bodyMs ?? 0)
          const attempt = attemptOf(at, took, timings)
          at += took
          return attempt
        })
        const { axis, lanes } = layWaterfall(detailOf(list, at - 1000))
        for (const { phases } of lanes) {
          for (const { fromMs, tookMs } of phases) {
            expect(fromMs).toBeGreaterThanOrEqual(0)
            expect(fromMs + tookMs).toBeLessThanOrEqual(axis.maxMs * (1 + 1e-9))
          }
        }
      }),
    )
  })
})
