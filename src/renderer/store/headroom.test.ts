import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Headroom } from '../../shared/model/headroom.ts'
import { leftOf, levelOf, perMinuteOf, slideHeadroom } from './headroom.ts'

function headroom(part: Partial<Headroom> = {}): Headroom {
  return {
    environmentId: 'dev',
    used: 6,
    limit: 10,
    basis: 'count',
    bins: [1, 2, 0, 3],
    windowMs: 4000,
    nextSlotInMs: 400,
    fullInMs: null,
    pausedUntilMs: null,
    waiting: 0,
    told: [],
    atMs: 10_000,
    ...part,
  }
}

describe('sliding headroom', () => {
  test('nothing changes within a slice but the countdown', () => {
    expect(slideHeadroom(headroom(), 10_300)).toEqual(headroom({ nextSlotInMs: 100, atMs: 10_300 }))
  })

  test('slices leave oldest first', () => {
    expect(slideHeadroom(headroom(), 11_000)).toMatchObject({ used: 5, bins: [2, 0, 3, 0], nextSlotInMs: 1000 })
    expect(slideHeadroom(headroom(), 12_500)).toMatchObject({ used: 3, bins: [0, 3, 0, 0] })
  })

  test('after a whole window nothing is left, whatever was told', () => {
    expect(slideHeadroom(headroom({ used: 10 }), 14_000)).toMatchObject({
      used: 0,
      bins: [0, 0, 0, 0],
      nextSlotInMs: null,
    })
  })

  test('what the server told is a fact until a slice has left', () => {
    const told = headroom({ basis: 'headers' })
    expect(slideHeadroom(told, 10_900)).toMatchObject({ used: 6, basis: 'headers' })
    expect(slideHeadroom(told, 11_000)).toMatchObject({ used: 5, basis: 'count' })
    expect(slideHeadroom(told, 99_000)).toMatchObject({ used: 0, basis: 'count' })
  })

  test('a clock that went back changes nothing', () => {
    expect(slideHeadroom(headroom(), 9000)).toMatchObject({ used: 6, bins: [1, 2, 0, 3], nextSlotInMs: 400 })
  })

  test('no slices, no crash', () => {
    expect(slideHeadroom(headroom({ bins: [], used: 0, nextSlotInMs: null }), 99_000)).toMatchObject({
      used: 0,
      bins: [],
    })
  })

  test('property: use never grows, never falls below 0, and the slices keep their number', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { minLength: 1, maxLength: 30 }),
        fc.nat(120_000),
        fc.nat(120_000),
        (bins, first, more) => {
          const used = bins.reduce((sum, count) => sum + count, 0)
          const told = headroom({ bins, used, windowMs: 60_000, nextSlotInMs: used === 0 ? null : 1000, atMs: 0 })
          const early = slideHeadroom(told, first)
          const late = slideHeadroom(told, first + more)
          expect(late.used).toBeLessThanOrEqual(early.used)
          expect(late.used).toBeGreaterThanOrEqual(0)
          expect(late.bins).toHaveLength(bins.length)
          expect(late.bins.reduce((sum, count) => sum + count, 0)).toBe(late.used)
          expect(late.nextSlotInMs === null).toBe(late.used === 0)
        },
      ),
    )
  })
})

test('levels: below a fifth it is low, at the limit full', () => {
  expect([7, 8, 9, 10, 11].map((used) => levelOf(headroom({ used })))).toEqual(['plenty', 'low', 'low', 'full', 'full'])
  expect([7, 12].map((used) => leftOf(headroom({ used })))).toEqual([3, 0])
})

test('a limit is told by the minute, also where its window is shorter or longer', () => {
  expect(perMinuteOf({ limit: 100, windowMs: 60_000 })).toBe(100)
  expect(perMinuteOf({ limit: 20, windowMs: 10_000 })).toBe(120)
  expect(perMinuteOf({ limit: 3600, windowMs: 3_600_000 })).toBe(60)
})
