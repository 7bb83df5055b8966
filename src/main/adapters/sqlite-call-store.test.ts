import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import Database from 'libsql'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readyFilter } from '../../shared/filter/evaluation.ts'
import { emptyVocabulary } from '../../shared/filter/filter.ts'
import { parseFilter } from '../../shared/filter/parser.ts'
import type { Notice } from '../../shared/model/app.ts'
import type { CallPage } from '../../shared/model/call.ts'
import { CallDetail, CallPage as CallPageSchema } from '../../shared/model/call.ts'
import { defaultLogPolicy } from '../../shared/model/defaults.ts'
import type { CallQuery, CallRecord, CallStore, CallWalk, Clock } from '../core/ports.ts'
import { readToldWait } from '../core/ratelimit/rate-headers.ts'
import { callMigrations } from './call-schema.ts'
import { buildAttempt, buildCallRecord } from './fixtures/call-record.ts'
import { type CallStoreOptions, openCallStore } from './sqlite-call-store.ts'

const dayMs = 24 * 3600 * 1000
const noonMs = new Date(2024, 5, 15, 12).getTime()
let folder: string
let file: string
let notices: Notice[]
let monotonicMs: number
let undo: (() => void)[]
const clock: Clock = { nowMs: () => noonMs, monotonicMs: () => monotonicMs, sleep: async () => {} }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-calls-'))
  file = join(folder, 'requests.db')
  notices = []
  monotonicMs = 0
  undo = []
})
afterEach(() => {
  for (const step of undo.reverse()) step()
  rmSync(folder, { recursive: true, force: true })
})

async function open(options: Partial<CallStoreOptions> = {}): Promise<CallStore> {
  const onNotice = (notice: Notice) => void notices.push(notice)
  const policy = { daysMax: 3650, ...options.policy }
  const store = await openCallStore({ file, clock, onNotice, ...options, policy })
  undo.push(() => store.close())
  return store
}

const filterOf = (text: string) => {
  const parsed = parseFilter(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error))
  return readyFilter(parsed.value, { nowMs: noonMs, vocabulary: emptyVocabulary })
}
const everything: CallQuery = { before: null, after: null, limit: 200, filter: filterOf('') }
const idsOf = ({ calls }: CallPage) => calls.map(({ id }) => id)
const append = (store: CallStore, count: number, changes: Partial<CallRecord> = {}) =>
  Array.from({ length: count }, () => store.append(buildCallRecord(changes)).id)

/** All ids that a query gives, page by page. */
function listAll(store: CallStore, query: Partial<CallQuery> = {}): number[] {
  const ids: number[] = []
  let before: number | null = null
  for (let pages = 0; pages < 1000; pages += 1) {
    const page: CallPage = store.list({ ...everything, limit: 7, ...query, before })
    ids.push(...idsOf(page))
    if (page.next === null) return ids
    before = page.next
  }
  throw new Error('the pages never end')
}

describe('a call', () => {
  test('has its id at once and is found before and after it is written, and after a restart', async () => {
    const record = buildCallRecord({
      requestBody: { text: '{"a":1}', bytes: 7, truncated: false },
      attempts: [buildAttempt({ status: 503, outcome: 'SERVER_ERROR' }), buildAttempt()],
      waitedMs: 12.5,
    })
    const store = await open()
    const summary = store.append(record)
    expect(summary).toMatchObject({ id: 1, attempts: 2, waitedMs: 12.5, path: record.path })
    const before = store.get(1)
    expect(CallDetail.safeParse(before).success).toBe(true)
    store.flush()
    expect(store.get(1)).toEqual(before)
    expect(store.list(everything)).toEqual({ calls: [summary], next: null, total: 1, scanned: 1 })
    store.close()
    const again = await open()
    expect(again.get(1)).toEqual(before)
    expect(again.append(record).id).toBe(2)
    expect(again.get(3)).toBeNull()
    expect(notices).toEqual([])
  })

  test('is written by itself, soon', async () => {
    const store = await open()
    append(store, 3)
    const reader = new Database(file)
    undo.push(() => reader.close())
    await vi.waitFor(() => expect(reader.prepare('SELECT count(*) AS n FROM call').all()).toEqual([{ n: 3 }]))
  })

  test('that holds a key in spite of everything loses it on its way to the file', async () => {
    const key = 'jsk_live_SyntheticKeyForTests0001'
    const store = await open()
    store.append(
      buildCallRecord({
        path: `/a?key=${key}`,
        origin: `https://${key}`,
        attempts: [buildAttempt({ requestHeaders: [['authorization', `Bearer ${key}`]] })],
        requestBody: { text: key, bytes: 9, truncated: false },
        responseBody: { text: `{"a":"${key}"}`, bytes: 9, truncated: false },
      }),
    )
    store.close()
    for (const name of readdirSync(folder))
      expect(readFileSync(join(folder, name), 'latin1')).not.toContain('Synthetic')
    const again = await open()
    expect(again.get(1)?.responseBody?.text).toBe('{"a":"jsk_[redacted]"}')
  })

  test('the file is its owner’s alone', async () => {
    const store = await open()
    append(store, 1)
    store.flush()
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
  })
})

describe('a list', () => {
  const records: Partial<CallRecord>[] = [
    { environmentId: 'dev', path: '/emails?account=a%40b', status: 200 },
    { environmentId: 'prod', path: '/Labels', operation: 'listLabels', status: 401, outcome: 'UNAUTHORIZED' },
    { environmentId: 'dev', path: '/emails/7', method: 'PATCH', status: 429, outcome: 'RATE_LIMITED', waitedMs: 5 },
    { environmentId: 'prod', status: null, outcome: 'NETWORK', path: '/100%_x' },
    { environmentId: 'dev', status: 200, attempts: [buildAttempt(), buildAttempt()] },
  ]
  const queries: [string, number[]][] = [
    ['', [5, 4, 3, 2, 1]],
    ['env:prod', [4, 2]],
    ['env:gone', []],
    ['has:wait or has:retry', [5, 3]],
    ['status:401,403,429', [3, 2]],
    ['has:error', [4, 3, 2]],
    ['has:error env:prod', [4, 2]],
    ['labels', [2]],
    ['LABELS', [2]],
    ['429', [3]],
    ['"patch /emails"', [3]],
    ['listLabels', [2]],
    ['NETWORK', [4]],
    ['100%_', [4]],
    ['%', [5, 4, 1]],
    ['a@b', [1]],
    ["'; DROP TABLE call; --", []],
    ['/emails status:429 env:dev', [3]],
  ]

  test.each(queries)('%s is the same in memory, on disk, and half and half', async (text, ids) => {
    const store = await open()
    const filter = filterOf(text)
    for (const [index, record] of records.entries()) {
      store.append(buildCallRecord(record))
      if (index === 2) {
        expect(idsOf(store.list({ ...everything, filter }))).toEqual(ids.filter((id) => id <= 3))
        store.flush()
      }
    }
    expect(idsOf(store.list({ ...everything, filter }))).toEqual(ids)
    expect(listAll(store, { filter })).toEqual(ids)
    store.flush()
    const page = store.list({ ...everything, filter })
    expect(CallPageSchema.safeParse(page).success).toBe(true)
    expect(idsOf(page)).toEqual(ids)
    expect(page.total).toBe(ids.length)
  })

  test('between two ids gives what lies there, in memory and on disk', async () => {
    const store = await open()
    append(store, 6)
    store.flush()
    append(store, 4)
    expect(idsOf(store.list({ ...everything, after: 4, before: 9 }))).toEqual([8, 7, 6, 5])
    expect(idsOf(store.list({ ...everything, after: 10 }))).toEqual([])
    expect(store.list({ ...everything, after: 2, limit: 3 })).toMatchObject({ next: 8, total: 10 })
  })

  test('page by page gives every call once, wherever it lies', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...records), fc.boolean()), { maxLength: 40 }),
        fc.constantFrom('', '-has:error', 'status:4xx', 'env:dev emails', 'env:prod or attempts:>1'),
        fc.integer({ min: 1, max: 9 }),
        async (steps, text, limit) => {
          const filter = filterOf(text)
          const own = join(mkdtempSync(join(folder, 'run-')), 'requests.db')
          const store = await openCallStore({ file: own, clock, onNotice: () => {}, policy: { daysMax: 3650 } })
          for (const [record, flushes] of steps) {
            store.append(buildCallRecord(record))
            if (flushes) store.flush()
          }
          const whole = idsOf(store.list({ ...everything, filter }))
          expect(listAll(store, { filter, limit })).toEqual(whole)
          store.close()
        },
      ),
      { numRuns: 25 },
    )
  })

  test('counts what is added and what is deleted', async () => {
    const store = await open({ policy: { callsMax: 50 } })
    append(store, 10)
    expect(store.list(everything).total).toBe(10)
    store.flush()
    append(store, 2, { outcome: 'NETWORK', status: null })
    expect(store.list({ ...everything, filter: filterOf('has:error') }).total).toBe(2)
    store.flush()
    expect(store.list({ ...everything, filter: filterOf('has:error') }).total).toBe(2)
    expect(store.list(everything).total).toBe(12)
    append(store, 100)
    store.flush()
    await vi.waitFor(() => expect(store.list(everything).total).toBe(50))
    expect(listAll(store)).toHaveLength(50)
    expect(store.get(1)).toBeNull()
  })
})

describe('a walk', () => {
  const all = {
    after: 0,
    upTo: Number.MAX_SAFE_INTEGER,
    filter: filterOf(''),
    bodies: true,
  }

  test('gives calls whole and oldest first, page by page, from the file and from memory', async () => {
    const store = await open()
    append(store, 5)
    store.flush()
    append(store, 3)
    const ids: number[] = []
    for (let after: number | null = 0; after !== null; ) {
      const page: CallWalk | null = store.scan({ ...all, after, limit: 2 })
      ids.push(...(page?.calls ?? []).map(({ summary }) => summary.id))
      after = page?.next ?? null
    }
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(store.scan({ ...all, limit: 1 })).toEqual({ calls: [store.get(1)], next: 1 })
    expect(store.scan({ ...all, after: 2, upTo: 4, limit: 9 })?.calls.map(({ summary }) => summary.id)).toEqual([3, 4])
  })

  test('gives what the query of a list gives', async () => {
    const store = await open()
    append(store, 2)
    const [refused] = append(store, 1, { status: 429, outcome: 'RATE_LIMITED', path: '/drafts' })
    store.flush()
    const [late] = append(store, 1, { status: 429, outcome: 'RATE_LIMITED', path: '/drafts' })
    for (const text of ['status:429', 'drafts']) {
      const walk = store.scan({ ...all, filter: filterOf(text), limit: 9 })
      expect(walk?.calls.map(({ summary }) => summary.id)).toEqual([refused, late])
    }
  })

  test('without bodies knows their sizes and not their texts', async () => {
    const store = await open()
    append(store, 1)
    store.flush()
    append(store, 1)
    const calls = store.scan({ ...all, bodies: false, limit: 9 })?.calls ?? []
    expect(calls.map(({ requestBody }) => requestBody)).toEqual([null, null])
    expect(calls.map(({ responseBody }) => responseBody)).toEqual(
      [1, 2].map(() => ({ text: '', bytes: 16, truncated: false })),
    )
  })
})

describe('what is kept', () => {
  const responseBody = { text: `needle ${'ü filler '.repeat(2000)}`, bytes: 20_007, truncated: false }

  test('a long body is compressed, found by its words, and comes back as it was', async () => {
    const store = await open()
    const [id = 0] = append(store, 1, { responseBody })
    append(store, 600, { responseBody: null })
    store.flush()
    await vi.waitFor(() => expect(readZones()).toBe(2))
    expect(store.get(id)?.responseBody).toEqual(responseBody)
    expect(statSync(file).size).toBeLessThan(20_000 + 600 * 1000)
    expect(idsOf(store.list({ ...everything, filter: filterOf('needle filler') }))).toEqual([id])
  })

  function readZones(): unknown {
    const reader = new Database(file)
    const [row] = reader.prepare('SELECT count(*) AS n FROM zone').all() as { n: number }[]
    reader.close()
    return row?.n
  }

  test('a body stops at the cap of the policy', async () => {
    const store = await open({ policy: { bodyBytesMax: 10 } })
    const [id = 0] = append(store, 1, { responseBody })
    expect(store.get(id)?.responseBody).toEqual({ text: 'needle ü ', bytes: 20_007, truncated: true })
  })

  test('calls that are too old go, newer ones stay', async () => {
    const store = await open()
    append(store, 3, { startedAtMs: noonMs - 10 * dayMs })
    append(store, 2, { startedAtMs: noonMs - dayMs })
    store.flush()
    store.setPolicy({ ...defaultLogPolicy, daysMax: 7 })
    await vi.waitFor(() => expect(listAll(store)).toEqual([5, 4]))
    expect(store.storage()).toMatchObject({ calls: 2, oldestAtMs: noonMs - dayMs, newestId: 5, writable: true })
  })

  test('is counted by filter, and deleted by filter once the number was confirmed', async () => {
    const store = await open()
    append(store, 3, { path: '/secret-plans' })
    append(store, 300)
    const filter = filterOf('plans')
    expect(store.count({ filter, before: null, after: null })).toEqual({ count: 3, next: null })
    store.flush()
    await vi.waitFor(() => expect(readZones()).toBe(1))
    expect(store.count({ filter, before: null, after: null })).toEqual({ count: 3, next: null })
    const upTo = store.storage().newestId
    expect(await store.clear({ filter, upTo, expected: 2 })).toEqual({
      ok: false,
      error: { kind: 'MORE_CALLS', count: 3 },
    })
    expect(store.storage().calls).toBe(303)
    expect(await store.clear({ filter, upTo, expected: 3 })).toEqual({ ok: true, value: 3 })
    expect(store.storage().calls).toBe(300)
    expect(listAll(store, { filter })).toEqual([])
    expect(listAll(store, { limit: 200 })).toHaveLength(300)
    store.close()
    for (const name of readdirSync(folder))
      expect(readFileSync(join(folder, name), 'latin1')).not.toContain('secret-plans')
  })

  test('all of it can be deleted; what came meanwhile stays', async () => {
    const store = await open()
    append(store, 5)
    const upTo = store.storage().newestId
    append(store, 2)
    expect(await store.clear({ filter: filterOf(''), upTo, expected: 5 })).toEqual({ ok: true, value: 5 })
    expect(listAll(store)).toEqual([7, 6])
    append(store, 1)
    store.flush()
    expect(listAll(store)).toEqual([8, 7, 6])
  })

  test('is not said to be deleted while another program keeps it from the file', async () => {
    const release = async () => void (other.inTransaction && other.exec('ROLLBACK'))
    const store = await open({ clock: { ...clock, sleep: release } })
    append(store, 1)
    store.flush()
    const other = new Database(file)
    undo.push(() => other.close())
    other.exec('BEGIN IMMEDIATE')
    append(store, 2)
    expect(await store.clear({ filter: filterOf(''), upTo: 3, expected: 3 })).toEqual({
      ok: false,
      error: { kind: 'STORAGE', fault: 'failed' },
    })
    await release()
    expect(await store.clear({ filter: filterOf(''), upTo: 3, expected: 3 })).toEqual({ ok: true, value: 3 })
    store.flush()
    expect(listAll(store)).toEqual([])
  })

  test('of an older version is searched as before, and indexed in time', async () => {
    const old = new Database(file)
    old.exec(callMigrations[0])
    old.exec(callMigrations[1])
    const row = `INSERT INTO call VALUES (1, ${noonMs}, 'dev', NULL, 'listEmails', 'GET', '/old', 200, 'ok', 1, 0, 5, 'Inbox')`
    old.exec(row)
    old.exec(
      `INSERT INTO call_detail VALUES (1, 'https://a', NULL, '[]', NULL, '{"text":"body","bytes":4,"truncated":false}')`,
    )
    old.exec('PRAGMA user_version = 2')
    old.close()
    const store = await open()
    expect(notices).toEqual([])
    expect(store.storage().calls).toBe(1)
    for (const text of ['body', 'has:body', 'path:/old']) {
      expect(idsOf(store.list({ ...everything, filter: filterOf(text) }))).toEqual([1])
    }
    expect(store.get(1)).toMatchObject({ waits: [], stop: null, responseBody: { text: 'body' } })
  })
})

describe('pauses', () => {
  const refused = (seconds: number, offsetMs = 0) =>
    buildAttempt({
      startedAtMs: noonMs + offsetMs,
      status: 429,
      outcome: 'RATE_LIMITED',
      responseHeaders: [['Retry-After', String(seconds)]],
    })

  test('that a 429 asked for are known after a restart, the longest of an environment, whatever became of its call', async () => {
    const first = await open({ readToldWait })
    const startedAtMs = noonMs
    first.append(buildCallRecord({ startedAtMs, attempts: [refused(300), refused(30)] }))
    first.append(buildCallRecord({ startedAtMs, attempts: [refused(60)], status: 429, outcome: 'RATE_LIMITED' }))
    first.append(buildCallRecord({ startedAtMs, environmentId: 'prod', attempts: [refused(10, -60_000)] }))
    first.append(buildCallRecord({ startedAtMs, environmentId: 'other' }))
    first.close()
    const second = await open()
    expect(second.pausesAt(noonMs)).toEqual(new Map([['dev', noonMs + 38 + 300_000]]))
    expect(second.storage().calls).toBe(4)
    await second.clear({ filter: filterOf(''), upTo: 4, expected: 4 })
    expect(second.pausesAt(noonMs).size).toBe(1)
    expect(second.pausesAt(noonMs + 38 + 300_000)).toEqual(new Map())
  })
})

describe('attempts', () => {
  test('since a time are given by environment, in order, with those of calls that began earlier', async () => {
    const store = await open()
    const at = (offsetMs: number) => buildAttempt({ startedAtMs: noonMs + offsetMs })
    store.append(buildCallRecord({ startedAtMs: noonMs - 90_000, attempts: [at(-90_000), at(-30_000)] }))
    store.append(buildCallRecord({ startedAtMs: noonMs - 70_000 }))
    store.append(buildCallRecord({ startedAtMs: noonMs - 50_000 }))
    store.append(buildCallRecord({ startedAtMs: noonMs - 20_000, environmentId: 'prod' }))
    const expected = new Map([
      ['dev', [noonMs - 50_000, noonMs - 30_000]],
      ['prod', [noonMs - 20_000]],
    ])
    expect(store.attemptsSince(noonMs - 60_000)).toEqual(expected)
    store.flush()
    expect(store.attemptsSince(noonMs - 60_000)).toEqual(expected)
  })
})

describe('usage', () => {
  test('counts each key by local day, status and source, and outlives the calls', async () => {
    const store = await open({ policy: { callsMax: 2 } })
    const add = (daysBack: number, changes: Partial<CallRecord> = {}) =>
      store.append(buildCallRecord({ startedAtMs: noonMs - daysBack * dayMs, ...changes }))
    add(0)
    add(0, { source: 'Probe', status: 401, outcome: 'UNAUTHORIZED' })
    add(0, { source: 'Probe', status: 403, outcome: 'FORBIDDEN' })
    add(0, { source: 'Probe' })
    add(29, { status: 429, outcome: 'RATE_LIMITED' })
    add(30, { status: 429, outcome: 'RATE_LIMITED' })
    add(0, { keyId: 'key-2' })
    add(0, { keyId: null })
    const expected = [
      {
        keyId: 'key-1',
        today: 4,
        days: [1, ...Array.from({ length: 28 }, () => 0), 4],
        unauthorized: 1,
        forbidden: 1,
        rateLimited: 1,
        refusedToday: 2,
        todayBySource: [
          { source: 'Probe', count: 3 },
          { source: 'Inbox', count: 1 },
        ],
      },
      {
        keyId: 'key-2',
        today: 1,
        days: [...Array.from({ length: 29 }, () => 0), 1],
        unauthorized: 0,
        forbidden: 0,
        rateLimited: 0,
        refusedToday: 0,
        todayBySource: [{ source: 'Inbox', count: 1 }],
      },
    ]
    expect(store.usage(noonMs)).toEqual(expected)
    store.flush()
    expect(store.usage(noonMs)).toEqual(expected)
    await vi.waitFor(() => expect(store.list(everything).total).toBe(2))
    expect(store.usage(noonMs)).toEqual(expected)
    expect(store.usage(noonMs + dayMs)[0]).toMatchObject({ today: 0, rateLimited: 0 })
  })
})

/** The store must go on after whatever happened: calls are taken, shown and found. */
function expectAlive(store: CallStore): void {
  const { id } = store.append(buildCallRecord({ path: '/alive' }))
  store.flush()
  expect(store.get(id)?.summary.path).toBe('/alive')
  expect(store.list({ ...everything, filter: filterOf('/alive') }).calls[0]?.id).toBe(id)
  expect(store.list(everything).total).toBeGreaterThan(0)
  expect(store.usage(noonMs)).toBeInstanceOf(Array)
  expect(store.attemptsSince(0).size).toBeGreaterThan(0)
}

async function fill(count = 5): Promise<void> {
  const store = await openCallStore({ file, clock, onNotice: () => {}, policy: { daysMax: 3650 } })
  append(store, count)
  store.close()
}

describe('a damaged file', () => {
  test('is moved aside at the start, and a new one begun', async () => {
    writeFileSync(file, 'not a database. '.repeat(1000))
    const store = await open()
    expect(notices).toMatchObject([
      { what: 'requests-damaged', detail: expect.stringMatching(/^requests\.db\.damaged-/) },
    ])
    expectAlive(store)
    store.close()
    expect((await open()).list(everything).total).toBe(1)
  })

  test('that is found out in use is moved aside, and nothing of this run is lost', async () => {
    await fill(3000)
    const bytes = readFileSync(file)
    // The first page stays, so that the file opens; all trees below it are gone.
    writeFileSync(file, Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 0xff)]))
    const store = await open()
    const ids = append(store, 3)
    store.flush()
    await vi.waitFor(() => expect(readdirSync(folder).some((name) => name.includes('.damaged-'))).toBe(true))
    await vi.waitFor(() => {
      store.flush()
      const reader = new Database(file)
      const rows = reader.prepare('SELECT count(*) AS n FROM call').all()
      reader.close()
      expect(rows).toEqual([{ n: 3 }])
    })
    expect(notices).toMatchObject([{ what: 'requests-damaged' }])
    for (const id of ids) expect(store.get(id)).not.toBeNull()
    expectAlive(store)
  })
})

describe('a deleted file', () => {
  test('is replaced, with the newest calls of the old one', async () => {
    await fill(1200)
    const store = await open()
    append(store, 2)
    store.flush()
    rmSync(file)
    append(store, 1)
    store.flush()
    await vi.waitFor(() => expect(existsSync(file)).toBe(true))
    await vi.waitFor(() => expect(listAll(store, { limit: 200 })).toHaveLength(1001))
    expect(notices).toEqual([{ what: 'requests-damaged', detail: '' }])
    expectAlive(store)
    store.close()
    expect(listAll(await open(), { limit: 200 })).toHaveLength(1002)
  })

  test('with its folder keeps the app alive', async () => {
    const inner = join(folder, 'inner')
    const store = await open({ file: join(inner, 'requests.db') })
    append(store, 2)
    store.flush()
    rmSync(inner, { recursive: true })
    expectAlive(store)
    await vi.waitFor(() => expect(existsSync(join(inner, 'requests.db'))).toBe(true))
    expectAlive(store)
  })

  test('that another file has replaced is left alone as it is', async () => {
    const store = await open()
    append(store, 2)
    store.flush()
    store.flush()
    const copy = join(folder, 'copy.db')
    writeFileSync(copy, 'stranger')
    rmSync(file)
    copyFileSync(copy, file)
    expectAlive(store)
    await vi.waitFor(() =>
      expect(
        readdirSync(folder).some(
          (name) => name.includes('.damaged-') && readFileSync(join(folder, name), 'utf8') === 'stranger',
        ),
      ).toBe(true),
    )
    expectAlive(store)
  })
})

describe('a newer file', () => {
  test('is read, not written, and this run stays in memory', async () => {
    await fill(5)
    const newer = new Database(file)
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    const bytes = readFileSync(file)
    const store = await open()
    expect(notices).toEqual([{ what: 'requests-newer', detail: '' }])
    expect(listAll(store)).toEqual([5, 4, 3, 2, 1])
    expectAlive(store)
    monotonicMs += 3_600_000
    expectAlive(store)
    expect(listAll(store)).toEqual([7, 6, 5, 4, 3, 2, 1])
    store.close()
    expect(readFileSync(file).equals(bytes)).toBe(true)
    expect(notices).toHaveLength(1)
  })

  test('of another schema is not even read', async () => {
    const newer = new Database(file)
    newer.exec('CREATE TABLE call (thing TEXT); PRAGMA user_version = 99')
    newer.close()
    const store = await open()
    expect(notices.map(({ what }) => what)).toContain('requests-newer')
    expectAlive(store)
  })
})

const isRoot = process.getuid?.() === 0

/** Makes a path unwritable for whoever runs this: file modes do not bind root, the immutable flag does. */
function protect(path: string): boolean {
  if (!isRoot) {
    chmodSync(path, 0o500)
    undo.push(() => chmodSync(path, 0o700))
    return true
  }
  try {
    execFileSync('chattr', ['+i', path], { stdio: 'ignore' })
  } catch {
    return false
  }
  undo.push(() => execFileSync('chattr', ['-i', path]))
  return true
}

describe('a file that cannot be written', () => {
  test('for lack of rights: it is read, and this run stays in memory', async (context) => {
    await fill(5)
    if (!protect(file) || !protect(folder)) context.skip('this system takes no write protection from root')
    const store = await open()
    expect(notices).toEqual([{ what: 'requests-read-only', detail: '' }])
    expect(listAll(store)).toEqual([5, 4, 3, 2, 1])
    expectAlive(store)
    expect(listAll(store)).toEqual([6, 5, 4, 3, 2, 1])
  })

  test('because its folder is a file: this run stays in memory', async () => {
    writeFileSync(join(folder, 'blocked'), '')
    const store = await open({ file: join(folder, 'blocked', 'requests.db') })
    expect(notices).toHaveLength(1)
    for (let index = 0; index < 1500; index += 1) store.append(buildCallRecord())
    expectAlive(store)
    expect(listAll(store, { limit: 200 })).toHaveLength(1000)
    expect(notices).toHaveLength(1)
  })

  test('in memory keeps the bodies of the newest calls only', async () => {
    writeFileSync(join(folder, 'blocked'), '')
    const store = await open({ file: join(folder, 'blocked', 'requests.db') })
    const responseBody = { text: 'x'.repeat(64 * 1024), bytes: 65_536, truncated: false }
    for (let index = 0; index < 1000; index += 1) store.append(buildCallRecord({ responseBody }))
    store.flush()
    expect(store.get(1000)?.responseBody).toEqual(responseBody)
    expect(store.get(1)?.responseBody).toEqual({ text: '', bytes: 65_536, truncated: true })
  })

  test('while another program holds it: calls wait in memory and are written later', async () => {
    const store = await open()
    append(store, 1)
    store.flush()
    const other = new Database(file)
    undo.push(() => other.close())
    other.exec('BEGIN IMMEDIATE')
    append(store, 2)
    for (let tries = 0; tries < 10; tries += 1) store.flush()
    expect(listAll(store)).toEqual([3, 2, 1])
    expect(notices).toEqual([{ what: 'requests-read-only', detail: '' }])
    other.exec('ROLLBACK')
    monotonicMs += 60_000
    expectAlive(store)
    expect(other.prepare('SELECT count(*) AS n FROM call').all()).toEqual([{ n: 4 }])
  })
})

describe('a full disk', () => {
  test('the file’s own maximum is kept by deleting the oldest calls', async () => {
    const store = await open({ policy: { fileBytesMax: 400 * 1024 } })
    const responseBody = { text: 'x'.repeat(4000), bytes: 4000, truncated: false }
    for (let index = 0; index < 1000; index += 1) {
      store.append(buildCallRecord({ responseBody }))
      if (index % 20 === 0) store.flush()
    }
    store.flush()
    const ids = listAll(store, { limit: 200 })
    expect(ids[0]).toBe(1000)
    expect(ids.length).toBeLessThan(200)
    expect(ids).toEqual(ids.map((_, index) => 1000 - index))
    expect(statSync(file).size).toBeLessThanOrEqual(400 * 1024)
    expect(notices).toEqual([])
  })

  test('calls wait in memory and are written once there is space', async (context) => {
    const place = join(folder, 'disk')
    mkdirSync(place)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place], { stdio: 'ignore' })
    } catch {
      context.skip('only root may mount a small disk, and not in every container')
    }
    undo.push(() => execFileSync('umount', ['-l', place]))
    const onDisk = join(place, 'requests.db')
    const store = await open({ file: onDisk })
    append(store, 1)
    store.flush()
    const ballast = join(place, 'ballast')
    try {
      writeFileSync(ballast, Buffer.alloc(2 * 1024 * 1024))
    } catch {
      // The disk is full now.
    }
    const responseBody = { text: 'x'.repeat(60_000), bytes: 60_000, truncated: false }
    append(store, 3, { responseBody })
    store.flush()
    expect(notices).toEqual([{ what: 'requests-full', detail: '' }])
    expect(listAll(store).slice(0, 3)).toEqual([4, 3, 2])
    rmSync(ballast)
    monotonicMs += 60_000
    expectAlive(store)
    const reader = new Database(onDisk)
    const rows = reader.prepare('SELECT id FROM call WHERE id > 1').all()
    reader.close()
    expect(rows).toHaveLength(4)
  })
})

describe('closing', () => {
  test('writes what is pending, and twice is once', async () => {
    const store = await open()
    append(store, 5)
    store.close()
    store.close()
    expect((await open()).list(everything).total).toBe(5)
  })

  test('a call after it is taken without a complaint', async () => {
    const store = await open()
    store.close()
    expect(store.append(buildCallRecord()).id).toBe(1)
    expect(store.list(everything).calls).toHaveLength(1)
  })
})
