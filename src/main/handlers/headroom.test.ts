import { expect, test } from 'vitest'
import type { HistorySpan } from '../../shared/model/history.ts'
import type { RequestCount, RequestCountQuery } from '../core/ports.ts'
import { createHeadroomHandlers } from './headroom.ts'

const nowMs = new Date(2024, 2, 31, 14, 36, 20).getTime()
const environments = [
  { id: 'dev', rateGroup: 'account' },
  { id: 'staging', rateGroup: 'account' },
  { id: 'prod', rateGroup: null },
]
const keys = [
  { id: 'a', environmentId: 'dev' },
  { id: 'b', environmentId: 'prod' },
]

function ask(environmentId: string, span: HistorySpan, counts: readonly RequestCount[] = []) {
  const asked: RequestCountQuery[] = []
  const handlers = createHeadroomHandlers({
    calls: {
      countRequests(query) {
        asked.push(query)
        return counts
      },
      countDays: () => counts,
    },
    vault: {
      environments: () => environments,
      environment: (id: string) => environments.find((each) => each.id === id) ?? null,
      keys: () => keys,
    } as unknown as Parameters<typeof createHeadroomHandlers>[0]['vault'],
    clock: { nowMs: () => nowMs, monotonicMs: () => 0, sleep: async () => {} },
  })
  const result = handlers['headroom.history']({ environmentId, span })
  if (!('ok' in result) || !result.ok) throw new Error('refused')
  return { history: result.value, query: asked[0] }
}

const count = (slice: number, source: string, keyId: string | null, requests: number, refused = 0) => ({
  slice,
  source,
  keyId,
  requests,
  refused,
})

test('a minute ends now, an hour with the minute that is going on', () => {
  const minute = ask('prod', 'minute')
  expect(minute.history.endMs).toBe(nowMs)
  expect(minute.history.starts).toHaveLength(30)
  expect(minute.query).toEqual({ environmentIds: ['prod'], sinceMs: nowMs - 60_000, sliceMs: 2000, slices: 30 })
  const { history } = ask('prod', 'hour')
  expect(history.starts).toHaveLength(60)
  expect(history.starts.at(-1)).toBe(new Date(2024, 2, 31, 14, 36).getTime())
})

test('thirty days begin at local midnight each, also around a change of the clock', () => {
  const { history } = ask('dev', 'days')
  expect(history.starts).toHaveLength(30)
  for (const start of history.starts) expect(new Date(start).getHours()).toBe(0)
  expect(new Date(history.endMs).getDate()).toBe(1)
})

test('the whole rate group is counted, and the sums of the series are the sums of what was counted', () => {
  const { history, query } = ask('dev', 'hour', [
    count(0, 'Inbox', 'a', 3, 1),
    count(0, 'Console', 'a', 2),
    count(59, 'Inbox', 'a', 5),
    count(59, 'Probe', null, 1, 1),
  ])
  expect(query?.environmentIds).toEqual(['dev', 'staging'])
  expect(history.series.map(({ source, counts }) => [source, counts[0], counts[59]])).toEqual([
    ['Inbox', 3, 5],
    ['Console', 2, 0],
    ['Probe', 0, 1],
  ])
  expect(history.refused[0]).toBe(1)
  expect(history.refused[59]).toBe(1)
})

test('days count the calls of the environment’s own keys', () => {
  const { history } = ask('prod', 'days', [count(3, 'Inbox', 'a', 7), count(3, 'Inbox', 'b', 9)])
  expect(history.series).toEqual([expect.objectContaining({ keyId: 'b' })])
  expect(history.unit).toBe('calls')
})
