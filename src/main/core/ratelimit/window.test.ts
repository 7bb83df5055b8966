import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWindow } from './window.ts'

describe('a window', () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 700 }), fc.nat({ max: 5 })), { maxLength: 300 })

  test('counts what a list of all requests counts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 1, max: 40 }),
        steps,
        (windowMs, slices, moves) => {
          const window = createWindow(windowMs)
          const times: number[] = []
          let nowMs = 0
          for (const [pauseMs, count] of moves) {
            nowMs += pauseMs
            for (let index = 0; index < count; index += 1) times.push(nowMs)
            if (count > 0) window.add(nowMs, count)
            const inside = times.filter((atMs) => atMs > nowMs - windowMs)
            expect(window.countAt(nowMs)).toBe(inside.length)
            expect(window.nextSlotInMs(nowMs)).toBe(inside[0] === undefined ? null : inside[0] + windowMs - nowMs)
            const bins = window.sliceAt(nowMs, slices)
            expect(bins).toHaveLength(slices)
            expect(bins.reduce((sum, bin) => sum + bin, 0)).toBe(inside.length)
          }
        },
      ),
    )
  })

  test('a slot that was announced is free then, and not a ms before', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1, maxLength: 50 }), (pauses) => {
        const window = createWindow(1000)
        let nowMs = 0
        for (const pauseMs of pauses) {
          nowMs += pauseMs
          window.add(nowMs)
        }
        const used = window.countAt(nowMs)
        const inMs = window.nextSlotInMs(nowMs) ?? Number.NaN
        const copy = { before: window.countAt(nowMs + inMs - 1), after: window.countAt(nowMs + inMs) }
        expect(copy.before).toBe(used)
        expect(copy.after).toBeLessThan(used)
      }),
    )
  })

  test('never counts less than the server would: fractions of a ms leave late', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 100 }), (pauses) => {
        const window = createWindow(1000)
        const times: number[] = []
        let nowMs = 0
        for (const pauseMs of pauses) {
          nowMs += pauseMs
          times.push(nowMs)
          window.add(nowMs)
          const real = times.filter((atMs) => atMs > nowMs - 1000).length
          expect(window.countAt(nowMs)).toBeGreaterThanOrEqual(real)
        }
      }),
    )
  })

  test('a time that goes backwards counts as the newest', () => {
    const window = createWindow(1000)
    window.add(500)
    window.add(100)
    expect(window.countAt(1400)).toBe(2)
    expect(window.countAt(1500)).toBe(0)
  })

  test('of a million requests a minute stays small and quick', () => {
    const window = createWindow(60_000)
    for (let index = 0; index < 3_000_000; index += 1) window.add(index * 0.06)
    expect(window.countAt(3_000_000 * 0.06)).toBeGreaterThan(999_000)
    expect(window.sliceAt(3_000_000 * 0.06, 30)).toHaveLength(30)
  })
})
