import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSlidingWindow } from './sliding-window.ts'

/** Steps between requests, in ms, and what the window said about each. */
function spendAll(limit: number, windowMs: number, steps: readonly number[]) {
  const window = createSlidingWindow(limit, windowMs)
  let nowMs = 1_700_000_000_000
  return steps.map((step) => {
    nowMs += step
    return { atMs: nowMs, ...window.spend(nowMs) }
  })
}

const limitAndSteps = fc.tuple(
  fc.integer({ min: 1, max: 20 }),
  fc.integer({ min: 1, max: 1000 }),
  fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }),
)

describe('sliding window', () => {
  test('never accepts more than the limit in any window', () => {
    fc.assert(
      fc.property(limitAndSteps, ([limit, windowMs, steps]) => {
        const accepted = spendAll(limit, windowMs, steps).filter((request) => request.accepted)
        for (const { atMs } of accepted) {
          const within = accepted.filter((other) => other.atMs > atMs - windowMs && other.atMs <= atMs)
          expect(within.length).toBeLessThanOrEqual(limit)
        }
      }),
    )
  })

  test('accepts exactly when fewer than the limit came before, refused ones included', () => {
    fc.assert(
      fc.property(limitAndSteps, ([limit, windowMs, steps]) => {
        const requests = spendAll(limit, windowMs, steps)
        requests.forEach((request, at) => {
          const before = requests.slice(0, at).filter((other) => other.atMs > request.atMs - windowMs)
          expect(request.accepted).toBe(before.length < limit)
          expect(request.remaining).toBe(Math.max(0, limit - before.length - 1))
        })
      }),
    )
  })

  test('a request that waits for the next slot is accepted', () => {
    fc.assert(
      fc.property(limitAndSteps, ([limit, windowMs, steps]) => {
        const window = createSlidingWindow(limit, windowMs)
        let nowMs = 0
        for (const step of steps) {
          nowMs += step
          const { accepted, nextSlotInMs } = window.spend(nowMs)
          expect(nextSlotInMs).toBeGreaterThan(0)
          expect(nextSlotInMs).toBeLessThanOrEqual(windowMs)
          if (accepted) continue
          nowMs += nextSlotInMs
          expect(window.spend(nowMs).accepted).toBe(true)
        }
      }),
    )
  })

  test('a refused request keeps the window full', () => {
    const window = createSlidingWindow(2, 100)
    expect([0, 10, 50, 105, 149].map((at) => window.spend(at).accepted)).toEqual([true, true, false, false, false])
    expect(window.spend(206).accepted).toBe(true)
  })

  test('a clock that steps back neither frees slots nor blocks for longer than a window', () => {
    const window = createSlidingWindow(1, 100)
    expect(window.spend(1000).accepted).toBe(true)
    expect(window.spend(950).accepted).toBe(false)
    expect(window.spend(10).accepted).toBe(true)
  })
})
