import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CallSource } from '../../shared/model/call.ts'
import type { CallRecord, CallStore, Clock, RequestCount } from '../core/ports.ts'
import { buildAttempt, buildCallRecord } from './fixtures/call-record.ts'
import { openCallStore } from './sqlite-call-store.ts'

const hourMs = 3_600_000
const nowMs = new Date(2024, 5, 15, 12, 30).getTime()
const sinceMs = nowMs - hourMs
let folder: string
let stores: CallStore[]
const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => 0, sleep: async () => {} }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-history-'))
  stores = []
})
afterEach(() => {
  for (const store of stores) store.close()
  rmSync(folder, { recursive: true, force: true })
})

async function open(name = 'requests.db'): Promise<CallStore> {
  const store = await openCallStore({ file: join(folder, name), clock, policy: {}, onNotice: () => undefined })
  stores.push(store)
  return store
}

const query = (environmentIds: readonly string[]) => ({ environmentIds, sinceMs, sliceMs: 60_000, slices: 60 })
const sort = (counts: readonly RequestCount[]) =>
  [...counts].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))

test('a call counts where its attempt began, a repeated one attempt by attempt', async () => {
  const store = await open()
  const waited = buildCallRecord({ startedAtMs: sinceMs + 1000, waitedMs: 120_000 })
  const repeated = buildCallRecord({
    startedAtMs: sinceMs - 5000,
    source: 'Console',
    attempts: [
      buildAttempt({ startedAtMs: sinceMs - 5000, status: 429 }),
      buildAttempt({ startedAtMs: sinceMs + 500, status: 429 }),
      buildAttempt({ startedAtMs: sinceMs + 61_000 }),
    ],
  })
  const expected = sort([
    { slice: 2, source: 'Inbox', keyId: 'key-1', requests: 1, refused: 0 },
    { slice: 0, source: 'Console', keyId: 'key-1', requests: 1, refused: 1 },
    { slice: 1, source: 'Console', keyId: 'key-1', requests: 1, refused: 0 },
  ])
  store.append({
    ...waited,
    attempts: waited.attempts.map((attempt) => ({ ...attempt, startedAtMs: sinceMs + 121_000 })),
  })
  store.append(repeated)
  expect(sort(store.countRequests(query(['dev'])))).toEqual(expected)
  store.flush()
  expect(sort(store.countRequests(query(['dev'])))).toEqual(expected)
  expect(store.countRequests(query(['prod']))).toEqual([])
  expect(store.countRequests(query([]))).toEqual([])
})

/** A call that was parked for an hour before it was sent. */
const buildParked = () =>
  buildCallRecord({
    startedAtMs: sinceMs - hourMs,
    waitedMs: hourMs + 29_000,
    tookMs: hourMs + 29_038,
    attempts: [buildAttempt({ startedAtMs: sinceMs + 29_000 })],
  })

test('a call that was parked for an hour hides none that began and ended meanwhile', async () => {
  const store = await open()
  store.append(buildCallRecord({ startedAtMs: sinceMs + 10 }))
  for (let count = 0; count < 1000; count += 1) store.append(buildParked())
  store.flush()
  const counted = store.countRequests(query(['dev'])).reduce((sum, { requests }) => sum + requests, 0)
  expect(counted).toBe(1001)
  expect(store.attemptsSince(sinceMs).get('dev')).toHaveLength(1001)
})

test('what is still in memory and what is on disk add up to what was sent, in any mixture', async () => {
  const call = fc.record({
    agoMs: fc.nat(3 * hourMs),
    environmentId: fc.constantFrom('dev', 'prod'),
    keyId: fc.constantFrom('key-1', 'key-2', null),
    source: fc.constantFrom<CallSource>('Inbox', 'Console', 'Probe'),
    status: fc.constantFrom(200, 429, 403, null),
    flush: fc.boolean(),
  })
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 40 }), async (calls) => {
      run += 1
      const store = await open(`run-${run}.db`)
      for (const { agoMs, flush, status, ...rest } of [...calls].sort((one, other) => other.agoMs - one.agoMs)) {
        const record: CallRecord = buildCallRecord({ ...rest, status, startedAtMs: nowMs - 1 - agoMs })
        store.append(record)
        if (flush) store.flush()
      }
      const counts = store.countRequests(query(['dev', 'prod']))
      const inside = calls.filter(({ agoMs }) => agoMs < hourMs)
      expect(counts.reduce((sum, { requests }) => sum + requests, 0)).toBe(inside.length)
      expect(counts.reduce((sum, { refused }) => sum + refused, 0)).toBe(
        inside.filter(({ status }) => status === 429 || status === 403).length,
      )
      for (const { slice } of counts) expect(slice).toBeGreaterThanOrEqual(0)
      store.close()
    }),
    { numRuns: 25 },
  )
})

test('days are told by source and key and outlive the calls', async () => {
  const store = await open()
  store.append(buildCallRecord({ startedAtMs: nowMs, status: 429 }))
  store.append(buildCallRecord({ startedAtMs: nowMs - 3 * 24 * hourMs, source: 'Console' }))
  store.append(buildCallRecord({ startedAtMs: nowMs - 40 * 24 * hourMs }))
  store.flush()
  store.append(buildCallRecord({ startedAtMs: nowMs }))
  expect(sort(store.countDays(nowMs, 30))).toEqual(
    sort([
      { slice: 29, source: 'Inbox', keyId: 'key-1', requests: 2, refused: 1 },
      { slice: 26, source: 'Console', keyId: 'key-1', requests: 1, refused: 0 },
    ]),
  )
})

test('the hours of a key survive a restart; those of two weeks ago are dropped', async () => {
  const first = await open()
  for (const backHours of [0, 0, 5, 15 * 24]) first.append(buildCallRecord({ startedAtMs: nowMs - backHours * hourMs }))
  first.close()
  const hours = (await open()).keyHours(nowMs)
  const hour = Math.floor(nowMs / hourMs)
  expect([...hours].sort((one, other) => one.hour - other.hour)).toEqual([
    { keyId: 'key-1', hour: hour - 5, calls: 1 },
    { keyId: 'key-1', hour, calls: 2 },
  ])
})
