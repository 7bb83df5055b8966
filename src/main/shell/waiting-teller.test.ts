import { expect, test } from 'vitest'
import type { WaitingCalls } from '../../shared/model/waiting.ts'
import { createWaitingTeller } from './waiting-teller.ts'

const quiet: WaitingCalls = { calls: [], total: 0, held: [], heldAll: false }

function createParts() {
  const told: WaitingCalls[] = []
  const sleepers: (() => void)[] = []
  let now = quiet
  const teller = createWaitingTeller({
    clock: {
      nowMs: () => 0,
      monotonicMs: () => 0,
      sleep: (_ms, signal) =>
        new Promise((wake) => {
          sleepers.push(wake)
          signal?.addEventListener('abort', () => wake())
        }),
    },
    read: () => now,
    emit: (_name, payload) => void told.push(payload as WaitingCalls),
  })
  return {
    teller,
    told,
    sleepers,
    become(next: WaitingCalls) {
      now = next
      for (let change = 0; change < 20; change += 1) teller.wake()
    },
    async pass() {
      for (const wake of sleepers.splice(0)) wake()
      await new Promise(setImmediate)
    },
  }
}

test('tells many changes once, and the end of all waits', async () => {
  const { told, become, pass } = createParts()
  become({ ...quiet, total: 3 })
  await pass()
  become({ ...quiet, total: 3 })
  await pass()
  become(quiet)
  await pass()
  expect(told.map(({ total }) => total)).toEqual([3, 0])
})

test('says nothing of a wait that is over before it could be read', async () => {
  const { told, become, pass } = createParts()
  become({ ...quiet, total: 1 })
  become(quiet)
  await pass()
  expect(told).toEqual([])
})

test('stops for good, without a timer left', async () => {
  const { teller, told, sleepers, become, pass } = createParts()
  become({ ...quiet, total: 1 })
  teller.stop()
  await pass()
  become({ ...quiet, total: 2 })
  expect(sleepers).toEqual([])
  expect(told).toEqual([])
})
