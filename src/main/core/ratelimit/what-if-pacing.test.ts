import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultRatePolicy } from '../../../shared/model/defaults.ts'
import type { CallPriority } from '../../../shared/model/rate.ts'
import { createLimiter } from './limiter.ts'
import { type ReplayCare, type ReplayInput, replayStretch } from './what-if.ts'
import type { Arrival } from './what-if-arrivals.ts'

const environmentId = 'env'
const windowMs = 1000

const care: ReplayCare = { breathe: () => new Promise((done) => setImmediate(done)), createLimiter }

function arriveAt(times: readonly number[], priority: CallPriority = 'person'): Arrival[] {
  return [...times]
    .sort((one, other) => one - other)
    .map((atMs) => ({ atMs, environmentId, method: 'GET', priority, servedMs: 10, refusedMs: 2 }))
}

function inputOf(arrivals: readonly Arrival[], perWindow: number, changes: Partial<ReplayInput> = {}): ReplayInput {
  return {
    arrivals,
    limits: new Map([[environmentId, { group: environmentId, perWindow }]]),
    windowMs,
    policies: ['pacing'],
    policy: defaultRatePolicy,
    seeds: 3,
    ...changes,
  }
}

async function replayPacing(input: ReplayInput) {
  const rows = await replayStretch(input, care)
  const row = rows?.[0]
  if (row === undefined) throw new Error('No row')
  return row
}

describe('pacing, by the limiter of the product in simulated time', () => {
  test('property: no refusal, one request a call, every call ends, and nobody waits longer than the queue is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom<CallPriority>('person', 'poll', 'replay'),
        async (times, perWindow, priority) => {
          const { median } = await replayPacing(inputOf(arriveAt(times, priority), perWindow))
          expect(median).toMatchObject({ attempts: times.length, refusals: 0, failed: 0 })
          // Each window lets at least one of its slots through, even where the rest is kept for a person.
          expect(median.finishedAfterMs).toBeLessThanOrEqual(3000 + (times.length + 2) * windowMs * 1.2)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('a burst goes out window by window', async () => {
    const { median, seeds } = await replayPacing(inputOf(arriveAt(Array.from({ length: 30 }, () => 0)), 10))
    expect(median.finishedAfterMs).toBeGreaterThanOrEqual(2 * windowMs)
    expect(median.finishedAfterMs).toBeLessThan(2.5 * windowMs)
    expect(median.waitP50Ms).toBeGreaterThan(windowMs * 0.9)
    // Nothing was refused, so nothing was drawn.
    expect(seeds).toBe(1)
  })

  test('against a server that already counts others, it backs off, keeps the budget and ends', async () => {
    const others = arriveAt(Array.from({ length: 40 }, (_, index) => index * 20)).map((call) => ({
      ...call,
      environmentId: 'other',
    }))
    const arrivals = [...arriveAt(Array.from({ length: 20 }, (_, index) => index * 40)), ...others].sort(
      (one, other) => one.atMs - other.atMs,
    )
    // One window at the server, which the limiter does not know of: two groups here.
    const limits = new Map([
      [environmentId, { group: 'shared', perWindow: 10 }],
      ['other', { group: 'shared', perWindow: 10 }],
    ])
    const apart = (deps: Parameters<typeof createLimiter>[0]) =>
      createLimiter({ ...deps, members: () => deps.members().map((member) => ({ ...member, rateGroup: null })) })
    const rows = await replayStretch(inputOf(arrivals, 10, { limits, policies: ['pacing'] }), {
      ...care,
      createLimiter: apart,
    })
    const median = rows?.[0]?.median
    expect(median?.refusals).toBeGreaterThan(0)
    expect((median?.attempts ?? 0) - (median?.refusals ?? 0)).toBe(arrivals.length - (median?.failed ?? 0))
    expect((median?.attempts ?? 0) - arrivals.length).toBeLessThanOrEqual(defaultRatePolicy.budgetFloor * 2 + 6)
  })

  test('a stop lets go of the calls that wait', async () => {
    const stop = new AbortController()
    const input = inputOf(arriveAt(Array.from({ length: 3000 }, () => 0)), 1)
    const stopped = replayStretch(input, { ...care, signal: stop.signal, onProgress: () => stop.abort() })
    expect(await stopped).toBeNull()
  })

  test('thousands of arrivals that all wait give way all the while', async () => {
    const arrivals = arriveAt(Array.from({ length: 5000 }, (_, index) => Math.floor(index / 20)))
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 10)
    const { median } = await replayPacing(inputOf(arrivals, 100))
    clearInterval(timer)
    expect(median).toMatchObject({ attempts: 5000, refusals: 0, failed: 0 })
    expect(turns).toBeGreaterThan(5)
  })
})
