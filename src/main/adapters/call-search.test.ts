import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { matchFilter, readyFilter } from '../../shared/filter/evaluation.ts'
import type { FilterVocabulary } from '../../shared/filter/filter.ts'
import { parseFilter } from '../../shared/filter/parser.ts'
import type { CallDetail, CallOutcome } from '../../shared/model/call.ts'
import { WaitCause } from '../../shared/model/call.ts'
import type { CallRecord } from '../core/ports.ts'
import { callMigrations } from './call-schema.ts'
import { type CallTable, openCallTable } from './call-table.ts'
import { buildAttempt, buildCallRecord } from './fixtures/call-record.ts'
import { openCallStore } from './sqlite-call-store.ts'
import { openDatabase, type SqlDatabase } from './sqlite-database.ts'

const nowMs = new Date(2026, 10, 24, 12).getTime()
const vocabulary: FilterVocabulary = {
  environments: [
    { id: 'dev-1', name: 'Dev' },
    { id: 'prod-1', name: 'Prod EU' },
  ],
  keys: [{ id: 'k-1', label: 'agent', mask: 'jsk_live_…x7Qp' }],
  operations: [],
}
const parse = (text: string) => {
  const parsed = parseFilter(text)
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.error)}`)
  return readyFilter(parsed.value, { nowMs, vocabulary })
}
const untimed = () => false

let folder: string
let db: SqlDatabase
let table: CallTable
let calls: CallDetail[]

const pick = <T>(items: readonly T[], seed: number): T => items[seed % items.length] as T
/** A spread of calls in which every field has several values, in no step with each other. */
function makeRecord(index: number): CallRecord {
  const seed = (index * 2_654_435_761) % 4_294_967_296
  const at = (shift: number) => Math.floor(seed / 2 ** shift)
  const status = pick([200, 200, 200, 201, 401, 429, 500, null], at(3))
  const outcome: CallOutcome = pick(['ok', 'ok', 'RATE_LIMITED', 'TIMEOUT'] as const, at(3))
  const startedAtMs = nowMs - (600 - index) * 250_000
  const waitMs = pick([0, 0, 0, 250, 2500], at(7))
  const cause = pick(WaitCause.options, at(5))
  const word = pick(['refund', 'Refunds', 'über-fund', 'order_48213', '東京', 'İzmir'], at(6))
  return buildCallRecord({
    startedAtMs,
    environmentId: pick(['dev-1', 'prod-1', 'gone-1'], at(2)),
    keyId: pick(['k-1', 'k-2', null], at(4)),
    method: pick(['GET', 'POST', 'get'], at(8)),
    operation: pick(['listEmails', 'sendEmail'], at(9)),
    path: pick(['/emails?account=a%40b.example', '/emails/48213/reply', '/labels', '/A_%25/x', '/bad%zz'], at(10)),
    source: pick(['Inbox', 'Console', 'Probe'] as const, at(11)),
    status,
    outcome,
    waitedMs: waitMs,
    tookMs: waitMs + (at(1) % 3000),
    attempts: Array.from({ length: 1 + (at(12) % 3) }, () =>
      buildAttempt({
        startedAtMs,
        status,
        outcome,
        ...(outcome === 'TIMEOUT' ? { networkFault: 'dns' as const } : {}),
        responseHeaders: at(13) % 4 === 0 ? [['Retry-After', '2']] : [],
      }),
    ),
    waits: waitMs === 0 ? [] : [{ cause, beforeAttempt: 1, startedAtMs, tookMs: waitMs, plannedMs: waitMs }],
    requestBody: at(14) % 5 === 0 ? { text: `{"subject":"Re: ${word}"}`, bytes: 30, truncated: false } : null,
    responseBody:
      at(15) % 3 === 0
        ? { text: `${word} ${'filler '.repeat(at(16) % 40 === 0 ? 900 : at(1) % 9)}`, bytes: 9, truncated: false }
        : null,
  })
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-search-'))
  const own = await openCallStore({
    file: join(folder, 'made.db'),
    clock: clockOf(),
    policy: {},
    onNotice: () => undefined,
  })
  calls = Array.from({ length: 600 }, (_, index) => own.get(own.append(makeRecord(index)).id)).flatMap((c) => c ?? [])
  own.close()
  const opened = await openDatabase({
    file: join(folder, 'requests.db'),
    migrations: callMigrations,
    nowMs,
    durability: 'normal',
    check: 'cheap',
  })
  if (!opened.ok) throw new Error('not opened')
  db = opened.value.db
  table = openCallTable(db)
  expect(table.insert(calls)).toMatchObject({ ok: true })
})
afterAll(() => {
  db.close()
  rmSync(folder, { recursive: true, force: true })
})

function clockOf() {
  return { nowMs: () => nowMs, monotonicMs: () => 0, sleep: async () => undefined }
}

/** Ids by the evaluator, newest first. */
function evaluate(text: string): number[] {
  const filter = parse(text)
  return calls
    .filter((call) => matchFilter(filter, { summary: call.summary, detail: call }) === true)
    .map(({ summary }) => summary.id)
    .reverse()
}

/** Ids by SQLite, page by page. */
function search(text: string, limit: number): number[] {
  const ids: number[] = []
  for (let before: number | null = null; ; ) {
    const page = table.list({ before, after: null, limit, filter: parse(text) }, untimed)
    if (!page.ok) throw new Error(JSON.stringify(page.error))
    ids.push(...page.value.calls.map(({ id }) => id))
    before = page.value.next
    if (before === null) return ids
  }
}

const terms = [
  'env:dev',
  'env:"Prod EU",gone-1',
  'env:p*',
  'env:nowhere',
  'key:agent',
  'key:x7Qp',
  'key:none,k-2',
  'status:429',
  'status:none',
  'status:4xx,none',
  'status:200..299',
  'status:>=401',
  'status:<300',
  'method:get',
  'method:P*',
  'path:/emails',
  'path:a@b',
  'path:/emails/*/reply',
  'path:"_%25"',
  'path:_',
  'path:%',
  'op:listemails',
  'op:*mail',
  'source:Inbox,Probe',
  'outcome:timeout',
  'cause:retry-after,hold',
  'attempts:>1',
  'attempts:2..3',
  'attempts:1',
  'waited:>1s',
  'waited:=0',
  'waited:<1s',
  'took:500ms..2s',
  'took:<200ms',
  'took:>5s',
  'after:-20h',
  'before:-20h',
  'after:-1h',
  'before:yesterday',
  'has:wait',
  'has:retry',
  'has:error',
  'has:body',
  'has:pause,parked',
  'has:header:retry-after',
  'has:header:x-none',
  'refund',
  'fund',
  'REFUNDS',
  '"Re: refund"',
  'order_48213',
  '48213',
  '東京',
  'izmir',
  'über',
  'dns',
  '"GET /labels"',
  '@b.ex',
  '%',
  'a_%/x',
  'fill',
  '429',
]

describe('SQLite and the evaluator give the same calls', () => {
  for (const state of ['without', 'with'] as const) {
    describe(`${state} zones and words`, () => {
      beforeAll(() => {
        if (state === 'with')
          while (true) {
            const more = table.indexNext()
            if (!more.ok) throw new Error('not indexed')
            if (!more.value) break
          }
      })

      test.each(terms)('for %s', (term) => {
        expect(search(term, 200)).toEqual(evaluate(term))
        expect(search(`-${term}`, 200)).toEqual(evaluate(`-${term}`))
      })

      test('for any mix of them, with pages of any length', () => {
        const leaf = fc.constantFrom(...terms)
        const { tree } = fc.letrec<{ tree: string }>((tie) => ({
          tree: fc.oneof(
            { maxDepth: 3, depthSize: 'small' },
            leaf,
            tie('tree').map((one) => `-(${one})`),
            fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => `(${one} or ${other})`),
            fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => `${one} ${other}`),
          ),
        }))
        fc.assert(
          fc.property(tree, fc.integer({ min: 40, max: 300 }), (text, limit) => {
            fc.pre(text.length <= 500)
            expect(search(text, limit)).toEqual(evaluate(text))
          }),
          { numRuns: 20 },
        )
      })
    })
  }

  test('each term finds something and leaves something out, or says why not', () => {
    // The Turkish capital folds to a letter with a dot of its own.
    const none = new Set(['env:nowhere', 'has:header:x-none', 'izmir'])
    for (const term of terms) {
      const found = evaluate(term).length
      if (none.has(term)) expect(found).toBe(0)
      else expect([term, found > 0 && found < calls.length]).toEqual([term, true])
    }
  })
})

describe('a search', () => {
  test('that has no time left gives what it has and where it goes on', () => {
    const seen: number[] = []
    let pages = 0
    for (let before: number | null = null; ; pages += 1) {
      const page = table.list({ before, after: null, limit: 100, filter: parse('%') }, () => true)
      if (!page.ok) throw new Error('not read')
      seen.push(...page.value.calls.map(({ id }) => id))
      before = page.value.next
      if (before === null) break
    }
    expect(seen).toEqual(evaluate('%'))
    expect(pages).toBeGreaterThan(2)
  })

  test('passes over blocks that hold nothing for it', () => {
    const page = table.list({ before: null, after: null, limit: 100, filter: parse('took:>1h') }, untimed)
    expect(page.ok && page.value.scanned).toBeLessThan(300)
  })

  test('of the row alone says where it does not know', () => {
    const [call] = calls
    if (call === undefined) throw new Error('no call')
    const subject = { summary: call.summary, detail: null }
    expect(matchFilter(parse('neverthere'), subject)).toBe(null)
    expect(matchFilter(parse('-neverthere'), subject)).toBe(null)
    expect(matchFilter(parse('neverthere env:nowhere'), subject)).toBe(false)
    expect(matchFilter(parse('neverthere or -env:nowhere'), subject)).toBe(true)
    expect(matchFilter(parse('has:body'), subject)).toBe(null)
  })
})
