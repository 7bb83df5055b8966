import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CallSummary } from '../../../shared/model/call.ts'
import { defaultRatePolicy } from '../../../shared/model/defaults.ts'
import type { WhatIfPolicy } from '../../../shared/model/what-if.ts'
import { type ReplayCare, type ReplayInput, replayStretch } from './what-if.ts'
import { type Arrival, listArrivals, readRecorded } from './what-if-arrivals.ts'

const environmentId = 'env'

function arriveAt(...times: readonly number[]): Arrival[] {
  return times.map((atMs) => ({
    atMs,
    environmentId,
    method: 'GET',
    priority: 'person',
    servedMs: 10,
    refusedMs: 2,
  }))
}

function inputOf(arrivals: readonly Arrival[], changes: Partial<ReplayInput> = {}): ReplayInput {
  return {
    arrivals,
    limits: new Map([[environmentId, { group: environmentId, perWindow: 2 }]]),
    windowMs: 1000,
    policies: ['none'],
    policy: { ...defaultRatePolicy, refusedBaseMs: 100, capMs: 5000 },
    seeds: 5,
    ...changes,
  }
}

const care: ReplayCare = {
  breathe: () => new Promise((done) => setImmediate(done)),
  createLimiter() {
    throw new Error('Only pacing asks for a limiter')
  },
}

async function replayOne(policy: WhatIfPolicy, input: ReplayInput) {
  const rows = await replayStretch({ ...input, policies: [policy] }, care)
  const row = rows?.[0]
  if (row === undefined) throw new Error('No row')
  return row
}

describe('a replay', () => {
  test('below the limit no policy refuses, waits or repeats, and the last answer ends it', async () => {
    const input = inputOf(arriveAt(0, 600, 1200), {
      policies: ['none', 'exponential', 'equal', 'full', 'decorrelated'],
    })
    const rows = (await replayStretch(input, care)) ?? []
    expect(rows).toHaveLength(5)
    for (const { median, least, most, seeds } of rows) {
      expect(median).toEqual({
        attempts: 3,
        refusals: 0,
        failed: 0,
        waitP50Ms: 0,
        waitP95Ms: 0,
        waitMaxMs: 0,
        finishedAfterMs: 1210,
      })
      expect([least, most, seeds]).toEqual([median, median, 1])
    }
  })

  test('exponential by hand: three at once into a window of two', async () => {
    // The third reaches the server at 5, is refused at 6, waits 100, 200, 400, 800 ms after its refusals; each of
    // those is counted, so that it gets through once the window holds but one.
    const row = await replayOne(
      'exponential',
      inputOf(arriveAt(0, 0, 0), {
        policy: { ...defaultRatePolicy, refusedBaseMs: 100, capMs: 5000, attemptsMax: 10 },
      }),
    )
    // Reaches at 5, 111, 317, 723, 1529: at 1529 the window (529, 1529] holds the one of 723 only.
    expect(row.median).toMatchObject({ attempts: 7, refusals: 4, failed: 0, waitMaxMs: 1500, finishedAfterMs: 1534 })
    expect(row.seeds).toBe(1)
  })

  test('attempts are never more than allowed, and a call that used them has failed', async () => {
    const policy = { ...defaultRatePolicy, attemptsMax: 3 }
    const row = await replayOne('none', inputOf(arriveAt(0, 0, 0, 0), { policy }))
    expect(row.median).toMatchObject({ attempts: 8, refusals: 6, failed: 2, waitMaxMs: 0 })
  })

  test('environments of one rate group share a window, others do not', async () => {
    const calls = [...arriveAt(0), ...arriveAt(0).map((call) => ({ ...call, environmentId: 'other' }))]
    const policy = { ...defaultRatePolicy, attemptsMax: 1 }
    const refusals = async (group: string) => {
      const limits = new Map([
        [environmentId, { group: 'one', perWindow: 1 }],
        ['other', { group, perWindow: 1 }],
      ])
      return (await replayOne('none', inputOf(calls, { policy, limits }))).median.refusals
    }
    expect([await refusals('one'), await refusals('two')]).toEqual([1, 0])
  })

  test('policies that draw show their spread, the same for the same input', async () => {
    const storm = inputOf(arriveAt(...Array.from({ length: 40 }, (_, index) => index)), {
      policy: { ...defaultRatePolicy, attemptsMax: 10 },
    })
    const row = await replayOne('full', storm)
    expect(row.seeds).toBe(5)
    expect(row.least.attempts).toBeLessThan(row.most.attempts)
    expect(row.median.attempts).toBeGreaterThanOrEqual(row.least.attempts)
    expect(await replayOne('full', storm)).toEqual(row)
  })

  test('property: every call ends, attempts are answers and refusals, and the server keeps its limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 10 }),
        fc.constantFrom<WhatIfPolicy>('none', 'exponential', 'equal', 'full', 'decorrelated'),
        async (times, attemptsMax, policy) => {
          const arrivals = arriveAt(...times.sort((one, other) => one - other))
          const row = await replayOne(
            policy,
            inputOf(arrivals, { policy: { ...defaultRatePolicy, attemptsMax }, seeds: 1 }),
          )
          const { attempts, refusals, failed, finishedAfterMs } = row.median
          const served = arrivals.length - failed
          expect(attempts).toBe(served + refusals)
          expect(refusals).toBeGreaterThanOrEqual(failed * attemptsMax)
          expect(attempts).toBeLessThanOrEqual(arrivals.length * attemptsMax)
          expect(served).toBeLessThanOrEqual(2 * (Math.floor(finishedAfterMs / 1000) + 1))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('it stops when told to, tells how far it is, and gives way meanwhile', async () => {
    const many = inputOf(arriveAt(...Array.from({ length: 5000 }, (_, index) => index)), {
      policies: ['full', 'equal'],
    })
    const shares: number[] = []
    let breaths = 0
    const breathe = () => {
      breaths += 1
      return care.breathe()
    }
    expect(await replayStretch(many, { ...care, breathe, onProgress: (share) => shares.push(share) })).toHaveLength(2)
    expect(breaths).toBeGreaterThan(20)
    expect(shares.at(-1)).toBe(1)
    expect(shares).toEqual([...shares].sort((one, other) => one - other))

    const stop = new AbortController()
    const stopped = replayStretch(many, { ...care, signal: stop.signal, onProgress: () => stop.abort() })
    expect(await stopped).toBeNull()
  })

  test('nothing recorded: nothing happens', async () => {
    const row = await replayOne('full', inputOf([]))
    expect(row.median).toMatchObject({ attempts: 0, finishedAfterMs: 0, waitP95Ms: 0 })
  })
})

function summary(changes: Partial<CallSummary>): CallSummary {
  return {
    id: 1,
    startedAtMs: 1000,
    environmentId,
    keyId: null,
    operation: 'listLabels',
    method: 'GET',
    path: '/labels',
    status: 200,
    outcome: 'ok',
    attempts: 1,
    waitedMs: 0,
    tookMs: 30,
    source: 'Inbox',
    ...changes,
  }
}

describe('arrivals', () => {
  const backedOff = summary({
    id: 2,
    startedAtMs: 900,
    attempts: 2,
    waitedMs: 500,
    tookMs: 545,
    source: 'Replay',
    pieces: [
      { wait: null, status: 429, fromMs: 0, tookMs: 5 },
      { wait: 'full-jitter', status: null, fromMs: 5, tookMs: 500 },
      { wait: null, status: 200, fromMs: 505, tookMs: 40 },
    ],
  })
  const failed = summary({ id: 3, startedAtMs: 1100, status: 429, outcome: 'RATE_LIMITED', tookMs: 3 })

  test('come in the order of time, with the times of their own answers or the median of the stretch', () => {
    expect(listArrivals([summary({}), backedOff, failed])).toEqual([
      { atMs: 0, environmentId, method: 'GET', priority: 'replay', servedMs: 40, refusedMs: 5 },
      { atMs: 100, environmentId, method: 'GET', priority: 'person', servedMs: 30, refusedMs: 3 },
      { atMs: 200, environmentId, method: 'GET', priority: 'person', servedMs: 30, refusedMs: 3 },
    ])
    expect(listArrivals([])).toEqual([])
  })

  test('what really happened is counted beside them', () => {
    expect(readRecorded([summary({}), backedOff, failed])).toEqual({
      attempts: 4,
      refusals: 2,
      failed: 1,
      waitP50Ms: 0,
      waitP95Ms: 500,
      waitMaxMs: 500,
      finishedAfterMs: 545,
    })
    expect(readRecorded([])).toMatchObject({ attempts: 0, finishedAfterMs: 0 })
  })
})
