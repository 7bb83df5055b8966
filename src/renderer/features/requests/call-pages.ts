import type { CallPage, CallSummary } from '../../../shared/model/call.ts'

/** Calls asked for at once. A page that grew at the top stays below twice this. */
export const pageSize = 100

/** Pages whose rows stay in memory around what is on screen. */
export const pagesKept = 6

/** A run of neighbouring calls, newest first. `rows` is null while the page is not in memory. */
export interface LogPage {
  /** Cursor that fetches this page again: one above its newest id. */
  readonly before: number
  readonly count: number
  readonly rows: readonly CallSummary[] | null
}

/** The part of the log that was walked so far, newest first. */
export interface CallPages {
  readonly pages: readonly LogPage[]
  /** Cursor of the first call not walked yet; null when everything was. */
  readonly next: number | null
  /** Calls that match in the whole log; null while main has not counted them. */
  readonly total: number | null
}

/** Nothing walked yet. */
export const noPages: CallPages = { pages: [], next: null, total: 0 }

function makePage(rows: readonly CallSummary[]): LogPage | null {
  const newest = rows[0]
  return newest === undefined ? null : { before: newest.id + 1, count: rows.length, rows }
}

/** The first page of a walk. */
export function startPages({ calls, next, total }: CallPage): CallPages {
  const page = makePage(calls)
  return { pages: page === null ? [] : [page], next, total }
}

/** Adds the page after the last one. A page that does not follow (the walk was restarted) changes nothing. */
export function appendPage(log: CallPages, cursor: number, { calls, next }: CallPage): CallPages {
  if (log.next !== cursor) return log
  const page = makePage(calls)
  return { ...log, pages: page === null ? log.pages : [...log.pages, page], next }
}

/** Rows in the walked part. */
export function countRows(log: CallPages): number {
  return log.pages.reduce((sum, page) => sum + page.count, 0)
}

/** Page and offset of a row; null beyond the walked part. */
export function locateRow(log: CallPages, row: number): { page: number; offset: number } | null {
  let offset = row
  for (const [page, { count }] of log.pages.entries()) {
    if (offset < 0) return null
    if (offset < count) return { page, offset }
    offset -= count
  }
  return null
}

/** The call in a row; null while its page is not in memory. */
export function findRow(log: CallPages, row: number): CallSummary | null {
  const place = locateRow(log, row)
  return place === null ? null : (log.pages[place.page]?.rows?.[place.offset] ?? null)
}

/** Row of a call, or null when it is not in memory. */
export function findRowOf(log: CallPages, id: number): number | null {
  let first = 0
  for (const { rows, count } of log.pages) {
    const offset = rows?.findIndex((call) => call.id === id) ?? -1
    if (offset >= 0) return first + offset
    first += count
  }
  return null
}

/** The newest id of the walk, or null when it is empty. */
export function newestId(log: CallPages): number | null {
  const first = log.pages[0]
  return first === undefined ? null : first.before - 1
}

/** Puts newer calls on top. `newer` is newest first and above everything in the walk. */
export function prependCalls(log: CallPages, newer: readonly CallSummary[], total: number | null): CallPages {
  const page = makePage(newer)
  if (page === null) return { ...log, total }
  const [first, ...rest] = log.pages
  if (first?.rows !== undefined && first.rows !== null && first.count + newer.length < 2 * pageSize) {
    const rows = [...newer, ...first.rows]
    return { ...log, total, pages: [{ before: page.before, count: rows.length, rows }, ...rest] }
  }
  return { ...log, total, pages: [page, ...log.pages] }
}

/** Puts the rows of a page back that was fetched again. */
export function refillPage(log: CallPages, before: number, calls: readonly CallSummary[]): CallPages {
  return {
    ...log,
    pages: log.pages.map((page) =>
      page.before === before
        ? { ...page, rows: calls.slice(0, page.count), count: Math.min(page.count, calls.length) }
        : page,
    ),
  }
}

/** Lets go of the rows far from those on screen; the first page stays. */
export function releasePages(log: CallPages, firstRow: number, lastRow: number): CallPages {
  const from = locateRow(log, firstRow)?.page ?? 0
  const to = locateRow(log, lastRow)?.page ?? log.pages.length - 1
  const margin = Math.max(0, Math.floor((pagesKept - (to - from + 1)) / 2))
  let changed = false
  const pages = log.pages.map((page, index) => {
    const near = index === 0 || (index >= from - margin && index <= to + margin)
    if (near || page.rows === null) return page
    changed = true
    return { ...page, rows: null }
  })
  return changed ? { ...log, pages } : log
}

/** Pages among these rows that must be fetched again. */
export function listMissing(log: CallPages, firstRow: number, lastRow: number): readonly LogPage[] {
  const from = locateRow(log, firstRow)?.page ?? 0
  const to = locateRow(log, lastRow)?.page ?? log.pages.length - 1
  return log.pages.slice(from, to + 1).filter(({ rows }) => rows === null)
}
