import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CallPage, CallSummary } from '../../../shared/model/call.ts'
import {
  appendPage,
  type CallPages,
  countRows,
  findRow,
  findRowOf,
  listMissing,
  newestId,
  noPages,
  pageSize,
  pagesKept,
  prependCalls,
  refillPage,
  releasePages,
  startPages,
} from './call-pages.ts'

const callOf = (id: number): CallSummary => ({
  id,
  startedAtMs: id * 1000,
  environmentId: 'dev',
  keyId: null,
  operation: 'listEmails',
  method: 'GET',
  path: '/emails',
  status: 200,
  outcome: 'ok',
  attempts: 1,
  waitedMs: 0,
  tookMs: 10,
  source: 'Inbox',
})

/** A log of calls 1 to `newest`, answering as the bridge does. */
function ask(newest: number, before: number | null, limit: number): CallPage {
  const top = before === null ? newest : before - 1
  const count = Math.max(0, Math.min(limit, top))
  const last = top - count
  return {
    calls: Array.from({ length: count }, (_, index) => callOf(top - index)),
    next: last > 0 ? last + 1 : null,
    total: newest,
    scanned: count,
  }
}

const idsOf = (log: CallPages) => Array.from({ length: countRows(log) }, (_, row) => findRow(log, row)?.id ?? null)

describe('pages of the log', () => {
  test('an empty log has no rows', () => {
    const log = startPages(ask(0, null, pageSize))
    expect(log).toEqual(noPages)
    expect(findRow(log, 0)).toBeNull()
    expect(prependCalls(log, [callOf(1)], 1).pages).toHaveLength(1)
  })

  test('a page that does not follow changes nothing', () => {
    const log = startPages(ask(500, null, pageSize))
    expect(appendPage(log, 77, ask(500, 77, pageSize))).toBe(log)
  })

  test('far pages are let go and come back the same', () => {
    let log = startPages(ask(2000, null, pageSize))
    while (log.next !== null) log = appendPage(log, log.next, ask(2000, log.next, pageSize))
    const before = idsOf(log)
    const lean = releasePages(log, 1500, 1530)
    expect(lean.pages.filter(({ rows }) => rows !== null).length).toBeLessThanOrEqual(pagesKept + 1)
    expect(findRow(lean, 300)).toBeNull()
    expect(findRow(lean, 1510)?.id).toBe(before[1510])
    const missing = listMissing(lean, 300, 330)
    const full = missing.reduce(
      (state, page) => refillPage(state, page.before, ask(2000, page.before, page.count).calls),
      lean,
    )
    expect(findRow(full, 300)?.id).toBe(before[300])
    expect(findRowOf(full, before[310] ?? 0)).toBe(310)
    expect(releasePages(lean, 1500, 1530)).toBe(lean)
  })

  test('any mix of walking, arriving, releasing and refilling shows the log without gap or repeat', () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant('arrive' as const), count: fc.integer({ min: 1, max: 150 }) }),
      fc.record({ what: fc.constant('walk' as const) }),
      fc.record({ what: fc.constant('look' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600 }), fc.array(step, { maxLength: 30 }), (start, steps) => {
        let newest = start
        let log = startPages(ask(newest, null, pageSize))
        for (const action of steps) {
          if (action.what === 'arrive') {
            newest += action.count
            const after = newestId(log) ?? 0
            const answer = ask(newest, null, 200)
            const newer = answer.calls.filter(({ id }) => id > after)
            const reached = newer.length < answer.calls.length || answer.next === null
            log = reached ? prependCalls(log, newer, answer.total) : startPages(answer)
          } else if (action.what === 'walk' && log.next !== null) {
            log = appendPage(log, log.next, ask(newest, log.next, pageSize))
          } else if (action.what === 'look') {
            const first = Math.floor(action.at * Math.max(0, countRows(log) - 1))
            log = releasePages(log, first, first + 20)
            for (const page of listMissing(log, first, first + 20)) {
              log = refillPage(log, page.before, ask(newest, page.before, page.count).calls)
            }
            if (countRows(log) > 0) expect(findRow(log, first)).not.toBeNull()
          }
          const rows = idsOf(log)
          expect(log.total).toBe(newest)
          expect(rows.length).toBe(log.next === null ? newest : newest - log.next + 1)
          rows.forEach((id, row) => {
            if (id !== null) expect(id).toBe(newest - row)
          })
        }
      }),
    )
  })
})
