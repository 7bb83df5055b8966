import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HeadroomHistory } from '../../../shared/model/history.ts'
import { joinBands, limitOfSlice, pileBands, scaleAxis, sumBands } from './history-view.ts'

const slices = 4
const history = fc
  .array(
    fc.record({
      source: fc.constantFrom('Inbox', 'Console', 'Probe', 'Replay'),
      keyId: fc.constantFrom('a', 'b', null),
      counts: fc.array(fc.nat(500), { minLength: slices, maxLength: slices }),
    }),
    { maxLength: 12 },
  )
  .map(
    (series): HeadroomHistory => ({
      span: 'hour',
      unit: 'requests',
      starts: [0, 1, 2, 3],
      endMs: 4,
      series,
      refused: [0, 0, 0, 0],
    }),
  )

test('by source and by key the totals are the same, and they are the height of what is drawn', () => {
  fc.assert(
    fc.property(history, (told) => {
      const bySource = joinBands(told, ({ source }) => source)
      const byKey = joinBands(told, ({ keyId }) => keyId ?? 'none')
      expect(sumBands(bySource)).toBe(sumBands(byKey))
      const piles = pileBands(bySource, slices)
      const drawn = piles[0] ?? Array.from({ length: slices }, () => 0)
      expect(drawn.reduce((sum, height) => sum + height, 0)).toBe(sumBands(bySource))
      for (const [index, pile] of piles.entries()) {
        for (const [slice, height] of pile.entries()) expect(piles[index + 1]?.[slice] ?? 0).toBeLessThanOrEqual(height)
      }
    }),
  )
})

test('the largest band comes first and lies lowest', () => {
  const told: HeadroomHistory = {
    span: 'hour',
    unit: 'requests',
    starts: [0, 1],
    endMs: 2,
    series: [
      { source: 'Probe', keyId: 'a', counts: [1, 0] },
      { source: 'Inbox', keyId: 'a', counts: [2, 3] },
      { source: 'Inbox', keyId: 'b', counts: [0, 1] },
    ],
    refused: [0, 0],
  }
  const bands = joinBands(told, ({ source }) => source)
  expect(bands.map(({ name, total }) => `${name} ${total}`)).toEqual(['Inbox 6', 'Probe 1'])
  expect(pileBands(bands, 2)).toEqual([
    [3, 4],
    [2, 4],
  ])
})

test('the limit is on the axis unless it would leave nothing to see, and days have none', () => {
  expect(scaleAxis(60, limitOfSlice('hour', 100, 60))).toMatchObject({ showsLimit: true })
  expect(scaleAxis(60, 100).top).toBeGreaterThan(100)
  expect(scaleAxis(5, 1000)).toMatchObject({ showsLimit: false })
  expect(scaleAxis(5, 1000).top).toBeGreaterThan(5)
  expect(limitOfSlice('days', 100, 30)).toBeNull()
  expect(limitOfSlice('minute', 90, 30)).toBe(3)
})
