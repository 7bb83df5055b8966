import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitView, isWhole, layTicks, moveView, shareOf, showMoment, spanMsMin, viewOf, zoomView } from './zoom.ts'

const maxMs = fc.integer({ min: 10, max: 1_000_000 })

describe('zoom', () => {
  test('any mix of steps stays on the axis and never narrower than allowed', () => {
    const step = fc.record({
      factor: fc.double({ min: 0.1, max: 10, noNaN: true }),
      anchor: fc.double({ min: 0, max: 1, noNaN: true }),
      move: fc.double({ min: -2, max: 2, noNaN: true }),
    })
    fc.assert(
      fc.property(maxMs, fc.array(step, { maxLength: 20 }), (max, steps) => {
        let view = { fromMs: 0, toMs: max }
        for (const { factor, anchor, move } of steps) {
          const at = view.fromMs + anchor * (view.toMs - view.fromMs)
          view = moveView(zoomView(view, factor, at, max), move, max)
          expect(view.fromMs).toBeGreaterThanOrEqual(0)
          expect(view.toMs).toBeLessThanOrEqual(max * (1 + 1e-9))
          expect(view.toMs - view.fromMs).toBeGreaterThanOrEqual(spanMsMin * (1 - 1e-6))
        }
      }),
    )
  })

  test('the moment under the pointer keeps its place', () => {
    const view = zoomView({ fromMs: 0, toMs: 16_000 }, 0.5, 12_000, 16_000)
    expect(shareOf(view, 12_000)).toBeCloseTo(0.75)
    expect(isWhole(view, 16_000)).toBe(false)
    expect(isWhole(zoomView(view, 4, 12_000, 16_000), 16_000)).toBe(true)
  })

  test('an attempt of 40 ms between waits of seconds fills most of a view on it', () => {
    const view = viewOf({ fromMs: 12_300, tookMs: 40 }, 16_000)
    expect(40 / (view.toMs - view.fromMs)).toBeGreaterThan(0.8)
    expect(showMoment(view, 0, 16_000).fromMs).toBe(0)
    expect(showMoment(view, 12_310, 16_000)).toBe(view)
    expect(fitView({ fromMs: -5, toMs: 5 }, 4)).toEqual({ fromMs: 0, toMs: 4 })
  })

  test('ticks are few, round and inside', () => {
    fc.assert(
      fc.property(
        maxMs,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (max, a, b) => {
          const view = fitView({ fromMs: a * max, toMs: a * max + b * max }, max)
          const ticks = layTicks(view)
          expect(ticks.length).toBeGreaterThan(0)
          expect(ticks.length).toBeLessThanOrEqual(10)
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(view.fromMs - 1e-3)
            expect(tick).toBeLessThanOrEqual(view.toMs + 1e-3)
          }
        },
      ),
    )
    expect(layTicks({ fromMs: 0, toMs: 16_000 })).toEqual([0, 2000, 4000, 6000, 8000, 10_000, 12_000, 14_000, 16_000])
  })
})
