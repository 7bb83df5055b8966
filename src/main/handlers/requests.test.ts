import { describe, expect, test } from 'vitest'
import { limits } from '../../shared/limits.ts'
import type { Settings } from '../../shared/model/app.ts'
import type { CallDetail } from '../../shared/model/call.ts'
import { defaultSettings } from '../../shared/model/defaults.ts'
import type { LogPolicy } from '../../shared/model/log.ts'
import { fail, type Result, succeed } from '../../shared/result.ts'
import type { ClearOrder } from '../core/ports.ts'
import { createRequestHandlers, formatCallPart } from './requests.ts'

const call: CallDetail = {
  summary: {
    id: 7,
    startedAtMs: 0,
    environmentId: 'dev',
    keyId: 'k1',
    operation: 'listEmails',
    method: 'GET',
    path: '/emails?folder=INBOX',
    status: 200,
    outcome: 'ok',
    attempts: 1,
    waitedMs: 0,
    tookMs: 1,
    source: 'Inbox',
  },
  origin: 'https://api.jasni.ai',
  keyMask: 'jsk_live_…x7Qp',
  attempts: [
    {
      startedAtMs: 0,
      tookMs: 1,
      status: 200,
      outcome: 'ok',
      timings: { dnsMs: null, tlsMs: null, connectMs: null, firstByteMs: 1, bodyMs: 1 },
      requestHeaders: [
        ['authorization', '[redacted]'],
        ['accept', 'application/json'],
      ],
      responseHeaders: [['content-type', 'application/json']],
      responseBytes: 2,
    },
  ],
  waits: [],
  stop: null,
  requestBody: { text: '{"a":1}', bytes: 7, truncated: false },
  responseBody: { text: 'Bearer abcdef123456', bytes: 2, truncated: false },
}

const otherCalls = {
  count: () => ({ count: 0, next: null }),
  storage: () => ({ calls: 0, bytes: 0, oldestAtMs: null, newestId: 0, writable: true }),
  setPolicy: () => undefined,
  clear: async () => succeed(0),
}

test('each part of a call has its text', () => {
  expect(formatCallPart(call, 'request')).toBe(
    'GET https://api.jasni.ai/emails?folder=INBOX\nauthorization: [redacted]\naccept: application/json\n\n{"a":1}',
  )
  expect(formatCallPart(call, 'request', 'https://api.jasni.ai/api/v1')).toMatch(
    /^GET https:\/\/api\.jasni\.ai\/api\/v1\/emails/,
  )
  expect(formatCallPart(call, 'request', 'https://elsewhere.example/api/v1')).toMatch(
    /^GET https:\/\/api\.jasni\.ai\/emails/,
  )
  expect(formatCallPart({ ...call, requestBody: null }, 'request')).toMatch(/application\/json$/)
  expect(formatCallPart(call, 'headers')).toBe('content-type: application/json')
  expect(formatCallPart({ ...call, responseBody: null, attempts: [] }, 'response')).toBe('')
  expect(formatCallPart({ ...call, attempts: [] }, 'headers')).toBe('')
})

test('a copy is redacted once more, and an unknown call copies nothing', async () => {
  const copied: string[] = []
  const handlers = createRequestHandlers({
    vault: { environment: () => null, environments: () => [], keys: () => [] },
    clock: { nowMs: () => 0 },
    settings: () => defaultSettings,
    save: () => succeed(null),
    calls: {
      list: () => ({ calls: [], next: null, total: 0, scanned: 0 }),
      ...otherCalls,
      get: (id) => (id === 7 ? call : null),
    },
    clipboard: { readText: async () => '', writeText: async (text) => void copied.push(text), clear: () => undefined },
  })
  expect(await handlers['requests.copyText']({ id: 7, part: 'response' })).toEqual({ ok: true, value: null })
  expect(copied).toEqual(['Bearer [redacted]'])
  expect(await handlers['requests.copyText']({ id: 8, part: 'response' })).toEqual({
    ok: false,
    error: { kind: 'NOT_FOUND', what: 'call' },
  })
  expect(handlers['requests.get']({ id: 8 })).toMatchObject({ ok: false })
  expect(copied).toHaveLength(1)
})

describe('what the log keeps', () => {
  const full = fail({ kind: 'STORAGE', fault: 'full' } as const)

  /** Handlers over settings that can be kept, or not. */
  function open(settings: Settings = defaultSettings, refusal: Result<null> = succeed(null)) {
    const world = { settings, policies: [] as LogPolicy[], orders: [] as ClearOrder[] }
    const handlers = createRequestHandlers({
      vault: { environment: () => null, environments: () => [], keys: () => [] },
      clock: { nowMs: () => 0 },
      settings: () => world.settings,
      save: (next) => {
        if (refusal.ok) world.settings = next
        return refusal
      },
      calls: {
        ...otherCalls,
        list: () => ({ calls: [], next: null, total: 0, scanned: 0 }),
        get: () => null,
        setPolicy: (policy) => void world.policies.push(policy),
        clear: async (order) => {
          world.orders.push(order)
          return order.expected < 3 ? fail({ kind: 'MORE_CALLS', count: 3 }) : succeed(3)
        },
      },
      clipboard: { readText: async () => '', writeText: async () => undefined, clear: () => undefined },
    })
    return { handlers, world }
  }

  test('a filter is saved under its name, and again in its place', () => {
    const { handlers, world } = open()
    expect(handlers['requests.saveFilter']({ name: 'Refused', filter: 'status:429' })).toEqual(succeed(null))
    expect(handlers['requests.saveFilter']({ name: 'Slow', filter: 'took:>2s' })).toEqual(succeed(null))
    expect(handlers['requests.saveFilter']({ name: 'Refused', filter: 'status:429,503' })).toEqual(succeed(null))
    expect(world.settings).toEqual({
      ...defaultSettings,
      savedFilters: [
        { name: 'Refused', filter: 'status:429,503' },
        { name: 'Slow', filter: 'took:>2s' },
      ],
    })
    expect(handlers['requests.removeFilter']({ name: 'Refused' })).toEqual(succeed(null))
    expect(handlers['requests.removeFilter']({ name: 'Unknown' })).toEqual(succeed(null))
    expect(world.settings.savedFilters).toEqual([{ name: 'Slow', filter: 'took:>2s' }])
  })

  test('no filter is saved with a key in it, nor one that cannot be read', () => {
    const { handlers, world } = open()
    const key = 'jsk_live_abcdefgh12345678'
    const save = handlers['requests.saveFilter']
    expect(save({ name: key, filter: '' })).toEqual(fail({ kind: 'KEY_IN_TEXT', field: 'name' }))
    expect(save({ name: 'Mine', filter: key })).toEqual(fail({ kind: 'KEY_IN_TEXT', field: 'filter' }))
    expect(save({ name: 'Mine', filter: 'status:abc' })).toMatchObject({ ok: false, error: { kind: 'FILTER' } })
    expect(world.settings).toBe(defaultSettings)
  })

  test('of filters there is a most, and one that is known can still be changed', () => {
    const savedFilters = Array.from({ length: limits.savedFiltersMax }, (_, index) => ({
      name: `Filter ${index}`,
      filter: '',
    }))
    const { handlers, world } = open({ ...defaultSettings, savedFilters })
    expect(handlers['requests.saveFilter']({ name: 'One more', filter: '' })).toEqual(
      fail({ kind: 'TOO_MANY', what: 'filters', max: limits.savedFiltersMax }),
    )
    expect(handlers['requests.saveFilter']({ name: 'Filter 7', filter: 'refund' })).toEqual(succeed(null))
    expect(world.settings.savedFilters[7]).toEqual({ name: 'Filter 7', filter: 'refund' })
  })

  test('the retention is kept first and followed then', () => {
    const policy: LogPolicy = { ...defaultSettings.log, daysMax: 7 }
    const { handlers, world } = open()
    expect(handlers['requests.setRetention']({ policy })).toEqual(succeed(null))
    expect(world.policies).toEqual([policy])
    expect(handlers['requests.storage']({})).toMatchObject({ ok: true, value: { calls: 0, writable: true, policy } })
    const refused = open(defaultSettings, full)
    expect(refused.handlers['requests.setRetention']({ policy })).toEqual(full)
    expect(refused.world.policies).toEqual([])
  })

  test('calls are deleted in the number that was confirmed', async () => {
    const { handlers, world } = open()
    const clear = handlers['requests.clear']
    expect(await clear({ filter: '', upTo: 9, expected: 2 })).toEqual(fail({ kind: 'MORE_CALLS', count: 3 }))
    expect(await clear({ filter: '', upTo: 9, expected: 3 })).toEqual(succeed({ deleted: 3 }))
    expect(await clear({ filter: 'status:', upTo: 9, expected: 3 })).toMatchObject({ error: { kind: 'FILTER' } })
    expect(world.orders).toMatchObject([
      { upTo: 9, expected: 2 },
      { upTo: 9, expected: 3 },
    ])
  })
})
