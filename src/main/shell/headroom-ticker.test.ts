import { expect, test } from 'vitest'
import type { Headroom } from '../../shared/model/headroom.ts'
import type { Clock } from '../core/ports.ts'
import { createHeadroomTicker } from './headroom-ticker.ts'

function createParts() {
  const told: string[] = []
  const used = new Map([
    ['dev', 0],
    ['prod', 0],
  ])
  const sleepers: (() => void)[] = []
  const clock: Clock = {
    nowMs: () => 0,
    monotonicMs: () => 0,
    sleep: (_ms, signal) =>
      new Promise((wake) => {
        sleepers.push(wake)
        signal?.addEventListener('abort', () => wake())
      }),
  }
  const ticker = createHeadroomTicker({
    clock,
    readAll: () =>
      [...used].map(
        ([environmentId, count]): Headroom => ({
          environmentId,
          used: count,
          limit: 100,
          basis: 'count',
          fullInMs: null,
          pausedUntilMs: null,
          waiting: 0,
          told: [],
          bins: [],
          windowMs: 60_000,
          nextSlotInMs: count === 0 ? null : 1,
          atMs: 0,
        }),
      ),
    emit: (_name, payload) => {
      if ('environmentId' in payload && 'used' in payload) told.push(`${payload.environmentId} ${payload.used}`)
    },
  })
  const pass = async (): Promise<void> => {
    for (const wake of sleepers.splice(0)) wake()
    await new Promise(setImmediate)
  }
  return { ticker, told, used, pass, waiting: () => sleepers.length }
}

test('tells only what changed, follows until the window is empty, then rests', async () => {
  const { ticker, told, used, pass, waiting } = createParts()
  used.set('dev', 2)
  ticker.wake()
  await pass()
  expect(told.splice(0)).toEqual(['dev 2', 'prod 0'])
  await pass()
  await pass()
  expect(told).toEqual([])
  used.set('dev', 0)
  await pass()
  await pass()
  expect(told.splice(0)).toEqual(['dev 0'])
  expect(waiting()).toBe(0)
})

test('a burst of attempts is told once, soon', async () => {
  const { ticker, told, used, pass } = createParts()
  used.set('dev', 1)
  ticker.wake()
  await pass()
  told.splice(0)
  used.set('dev', 3)
  for (let index = 0; index < 20; index += 1) ticker.wake()
  await new Promise(setImmediate)
  await pass()
  expect(told).toEqual(['dev 3'])
})

test('stops for good', async () => {
  const { ticker, told, used, pass, waiting } = createParts()
  used.set('dev', 1)
  ticker.wake()
  ticker.stop()
  await pass()
  ticker.wake()
  await pass()
  expect(told).toEqual([])
  expect(waiting()).toBe(0)
})
