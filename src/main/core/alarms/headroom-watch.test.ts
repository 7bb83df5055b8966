import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HeadroomWarning } from '../../../shared/model/alarm.ts'
import type { Headroom } from '../../../shared/model/headroom.ts'
import { createHeadroomWatch } from './headroom-watch.ts'

function createRun(windowOf: (id: string) => string = (id) => id) {
  const warnings: HeadroomWarning[] = []
  const watch = createHeadroomWatch({ windowOf, onWarning: (warning) => void warnings.push(warning) })
  const read = (used: number, environmentId = 'dev', limit = 100): void => {
    const headroom: Headroom = {
      environmentId,
      used,
      limit,
      basis: 'count',
      bins: [],
      windowMs: 60_000,
      nextSlotInMs: null,
      fullInMs: null,
      pausedUntilMs: null,
      waiting: 0,
      told: [],
      atMs: 0,
    }
    watch.read(headroom)
  }
  const levels = () => warnings.splice(0).map(({ level, left }) => `${level} ${left}`)
  return { watch, read, levels }
}

test('it warns once below a fifth, once at none left, and begins anew when there is room', () => {
  const { read, levels } = createRun()
  for (const used of [10, 79, 80, 81, 90, 85, 79, 81, 100, 99, 100, 103, 82]) read(used)
  expect(levels()).toEqual(['low 19', 'full 0'])
  read(70)
  read(85)
  expect(levels()).toEqual(['none 30', 'low 15'])
})

test('a window that fills at once is told as full only', () => {
  const { read, levels } = createRun()
  read(100)
  read(95)
  expect(levels()).toEqual(['full 0'])
})

test('environments of one rate group are told of once', () => {
  const { read, levels } = createRun(() => 'account')
  read(85, 'dev')
  read(85, 'staging')
  expect(levels()).toEqual(['low 15'])
})

test('an environment without a limit, as one that is being removed, is passed over', () => {
  const { read, levels } = createRun()
  read(5, 'dev', 0)
  expect(levels()).toEqual([])
})

test('within one descent nothing is told twice, however the count moves', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(120), { maxLength: 100 }), (counts) => {
      const { read, levels } = createRun()
      for (const used of counts) read(used)
      const told = levels().map((text) => text.split(' ')[0])
      let depth = 0
      for (const level of told) {
        const next = level === 'none' ? 0 : level === 'low' ? 1 : 2
        if (next === 0) expect(depth).toBeGreaterThan(0)
        else expect(next).toBeGreaterThan(depth)
        depth = next
      }
    }),
  )
})
