import { expect, test } from 'vitest'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { groupByDay } from './days.ts'
import { dayHeight, measureShift, messageHeight } from './list-shift.ts'
import { keepLooking, nameCost, nameInterval, type PollState } from './polling.ts'

const settle = () => new Promise((next) => setTimeout(next, 0))

function openLooking() {
  const waits: { readonly ms: number; readonly end: () => void }[] = []
  const told: PollState[] = []
  const looks: ((result: Result<unknown>) => void)[] = []
  const stop = new AbortController()
  const room = { low: false }
  const ports = {
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve())
        waits.push({ ms, end: resolve })
      }),
    isTooLow: () => room.low,
    look: () => new Promise<Result<unknown>>((resolve) => looks.push(resolve)),
  }
  const ended = keepLooking(30_000, ports, stop.signal, (state) => told.push(state))
  const wake = async () => {
    waits.at(-1)?.end()
    await settle()
  }
  const answer = async (result: Result<unknown>) => {
    looks.at(-1)?.(result)
    await settle()
  }
  return { waits, told, looks, stop, room, ended, wake, answer }
}

test('mail is looked for one look at a time, with the wait between two', async () => {
  const { waits, looks, told, stop, ended, wake, answer } = openLooking()
  expect(looks).toHaveLength(0)
  await wake()
  expect([looks.length, waits.length]).toEqual([1, 1])
  await answer(succeed(null))
  expect(waits.map(({ ms }) => ms)).toEqual([30_000, 30_000])
  expect(told).toEqual([{ name: 'on' }])
  stop.abort()
  await ended
  expect(looks).toHaveLength(1)
})

test('it rests while there is too little room, says so, and goes on by itself', async () => {
  const { looks, told, room, wake, answer } = openLooking()
  room.low = true
  await wake()
  expect(looks).toHaveLength(0)
  expect(told).toEqual([{ name: 'resting' }])
  room.low = false
  await wake()
  await answer(succeed(null))
  expect(told.at(-1)).toEqual({ name: 'on' })
})

test('a failure that may pass is told and tried again, one that would stay ends it', async () => {
  const { looks, told, ended, wake, answer } = openLooking()
  await wake()
  await answer(fail({ kind: 'TIMEOUT', afterMs: 1, callId: null }))
  expect(told.at(-1)?.name).toBe('failed')
  await wake()
  await answer(fail({ kind: 'UNAUTHORIZED', apiMessage: '', callId: null }))
  await ended
  expect(told.at(-1)?.name).toBe('ended')
  expect(looks).toHaveLength(2)
})

test('an answer that comes after the end is told to nobody', async () => {
  const { told, stop, ended, wake, answer } = openLooking()
  await wake()
  stop.abort()
  await answer(succeed(null))
  await ended
  expect(told).toEqual([])
})

test('the cost of an interval is named in requests a minute', () => {
  expect([nameInterval(15_000), nameCost(15_000)]).toEqual(['15 s', '4 requests a minute'])
  expect([nameInterval(60_000), nameCost(60_000)]).toEqual(['1 min', '1 request a minute'])
  expect([nameInterval(300_000), nameCost(300_000)]).toEqual(['5 min', '1 request in 5 minutes'])
})

test('what is read stays in its place when mail comes in above it, under a heading of its own', () => {
  const day = 86_400_000
  const now = 100 * day
  const rowsOf = (uids: readonly number[]) =>
    groupByDay(
      uids.map((uid) => ({ uid })),
      ({ uid }) => uid * day,
      now,
    )
  expect(measureShift(rowsOf([9, 8]), rowsOf([10, 9, 8]), 50)).toBe(dayHeight + messageHeight)
  expect(measureShift(rowsOf([9, 8]), rowsOf([8]), 500)).toBe(0)
  expect(measureShift(rowsOf([9, 8]), rowsOf([7]), 10)).toBe(0)
})
