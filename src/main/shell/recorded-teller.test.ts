import { expect, test } from 'vitest'
import { events } from '../../shared/contract.ts'
import { limits } from '../../shared/limits.ts'
import type { CallSummary } from '../../shared/model/call.ts'
import { createRecordedTeller } from './recorded-teller.ts'

const call = (id: number): CallSummary => ({
  id,
  startedAtMs: 1_700_000_000_000,
  environmentId: 'dev',
  keyId: null,
  operation: 'listLabels',
  method: 'GET',
  path: '/labels',
  status: 200,
  outcome: 'ok',
  attempts: 1,
  waitedMs: 0,
  tookMs: 5,
  source: 'Console',
})

function createParts() {
  const told: number[][] = []
  const sleepers: (() => void)[] = []
  const teller = createRecordedTeller({
    clock: {
      nowMs: () => 0,
      monotonicMs: () => 0,
      sleep: (_ms, signal) =>
        new Promise((wake) => {
          sleepers.push(wake)
          signal?.addEventListener('abort', () => wake())
        }),
    },
    emit: (name, payload) => {
      expect(name).toBe('calls.recorded')
      const calls = events['calls.recorded'].parse(payload)
      told.push(calls.map(({ id }) => id))
    },
  })
  return {
    teller,
    told,
    sleepers,
    async pass() {
      for (const wake of sleepers.splice(0)) wake()
      await new Promise(setImmediate)
    },
  }
}

test('calls of a burst are told together, in order, each once; the next burst by itself', async () => {
  const { teller, told, sleepers, pass } = createParts()
  for (let id = 1; id <= 30; id += 1) teller.note(call(id))
  expect(told).toEqual([])
  expect(sleepers).toHaveLength(1)
  await pass()
  teller.note(call(31))
  await pass()
  await pass()
  expect(told).toEqual([Array.from({ length: 30 }, (_, index) => index + 1), [31]])
})

test('thousands of calls are told in full lists, and none is left out', async () => {
  const { teller, told, pass } = createParts()
  const count = 10 * limits.recordedCallsMax + 7
  for (let id = 1; id <= count; id += 1) teller.note(call(id))
  await pass()
  expect(told).toHaveLength(11)
  expect(told.flat()).toEqual(Array.from({ length: count }, (_, index) => index + 1))
})

test('after the stop nothing is told', async () => {
  const { teller, told, pass } = createParts()
  teller.note(call(1))
  teller.stop()
  teller.note(call(2))
  await pass()
  expect(told).toEqual([])
})
