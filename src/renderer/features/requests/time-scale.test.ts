import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  countSlices,
  describeSlice,
  formatTick,
  makeTimeAxis,
  roundUpNicely,
  slicesMax,
  slicesMin,
} from './time-scale.ts'

describe('time scale', () => {
  test.each([
    [0, 1],
    [1, 1],
    [3, 5],
    [10, 10],
    [11, 20],
    [15_373, 20_000],
    [Number.NaN, 1],
  ])('%d rounds up to %d', (value, nice) => {
    expect(roundUpNicely(value)).toBe(nice)
  })

  test('an axis holds its span in eight steps at most and wastes less than one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (span) => {
        const { maxMs, ticksMs } = makeTimeAxis(span)
        expect(maxMs).toBeGreaterThanOrEqual(span * (1 - 1e-6))
        expect(ticksMs.length).toBeGreaterThanOrEqual(2)
        expect(ticksMs.length).toBeLessThanOrEqual(9)
        expect(ticksMs.at(-1)).toBe(maxMs)
        expect(maxMs - (ticksMs[1] ?? 0)).toBeLessThanOrEqual(Math.max(1, span))
      }),
    )
  })

  test('ticks keep the unit of their axis', () => {
    expect(makeTimeAxis(41).ticksMs.map((tick) => formatTick(tick, 50))).toEqual([
      '0 ms',
      '10 ms',
      '20 ms',
      '30 ms',
      '40 ms',
      '50 ms',
    ])
    expect(formatTick(500, 4000)).toBe('0.5 s')
  })

  test('slices count every call once, or leave out the one that may miss some', () => {
    const tones = fc.constantFrom('ok' as const, 'backed-off' as const, 'failed' as const, 'none' as const)
    const calls = fc.array(fc.record({ startedAtMs: fc.integer({ min: 0, max: 2e12 }), tone: tones }), { minLength: 1 })
    fc.assert(
      fc.property(calls, fc.boolean(), (items, complete) => {
        const result = countSlices(items, complete)
        if (result === null) {
          expect(complete).toBe(false)
          return
        }
        const { sizeMs, slices } = result
        expect(slices.length).toBeLessThanOrEqual(slicesMax)
        expect(slices.length).toBeGreaterThanOrEqual(slicesMin)
        const from = slices[0]?.fromMs ?? 0
        const inside = items.filter(({ startedAtMs }) => startedAtMs >= from)
        expect(slices.reduce((sum, { count }) => sum + count, 0)).toBe(inside.length)
        expect(slices.reduce((sum, { backedOff }) => sum + backedOff, 0)).toBe(
          inside.filter(({ tone }) => tone === 'backed-off').length,
        )
        const oldest = Math.min(...items.map(({ startedAtMs }) => startedAtMs))
        if (!complete) expect(from).toBeGreaterThan(oldest - (oldest % sizeMs))
      }),
    )
  })

  test('sizes are named', () => {
    expect([20, 1000, 30_000, 300_000, 21_600_000, 86_400_000, 604_800_000].map(describeSlice)).toEqual([
      '20 ms',
      '1 s',
      '30 s',
      '5 min',
      '6 h',
      '1 day',
      '7 days',
    ])
  })
})
