import * as z from 'zod/mini'
import type { StorageError } from '../../shared/error.ts'
import { Attempt, type CallDetail, type CallPage } from '../../shared/model/call.ts'
import type { Result } from '../../shared/result.ts'
import type { CallQuery, CallScan, CallWalk, KeyHour, RequestCountQuery } from '../core/ports.ts'
import {
  countRequests,
  endSlackMs,
  insertKeyHours,
  type RequestCounter,
  readKeyHours,
  removeKeyHoursBefore,
} from './call-history.ts'
import { openCallIndex } from './call-index.ts'
import { notePauses, type ReadToldWait, readPauses } from './call-pauses.ts'
import {
  insertDetails,
  insertSummaries,
  listDetailColumns,
  listDetailValues,
  listSummaryValues,
  parseJson,
  readDetails,
  readRows,
  summaryColumns,
} from './call-rows.ts'
import { segmentCalls } from './call-schema.ts'
import { openCallSearch } from './call-search.ts'
import { countKeyDays, type KeyDay } from './call-usage.ts'
import type { SqlDatabase } from './sqlite-database.ts'
import { keepPrepared } from './statement-cache.ts'

const StartRow = z.object({
  id: z.number(),
  environmentId: z.string(),
  startedAtMs: z.number(),
  tookMs: z.number(),
  attemptsJson: z.nullable(z.string()),
})
const Attempts = z.array(Attempt)
const RangeRow = z.object({ first: z.nullable(z.number()), last: z.nullable(z.number()) })
const CountRow = z.object({ count: z.number() })
const OldestRow = z.object({ startedAtMs: z.number() })
const SizeRow = z.object({ pages: z.number(), free: z.number(), pageBytes: z.number() })
const DayRow = z.object({
  keyId: z.string(),
  day: z.string(),
  source: z.string(),
  calls: z.number(),
  unauthorized: z.number(),
  forbidden: z.number(),
  rateLimited: z.number(),
})

/** Ids of the oldest and the newest call; both 0 when there is none. */
export interface IdRange {
  readonly first: number
  readonly last: number
}

/** Reads and writes calls in an open database. Each method answers what SQLite refused as a StorageError. */
export interface CallTable {
  insert(calls: readonly CallDetail[]): Result<null, StorageError>
  /** Newest first. Ends early once `isLate` says so; `next` goes on from there. */
  list(query: CallQuery, isLate: () => boolean): Result<Omit<CallPage, 'total'>, StorageError>
  count(): Result<number, StorageError>
  get(id: number): Result<CallDetail | null, StorageError>
  /** Calls whole, oldest first. */
  scan(scan: CallScan, isLate: () => boolean): Result<CallWalk, StorageError>
  newest(limit: number): Result<readonly CallDetail[], StorageError>
  attemptsSince(sinceMs: number): Result<readonly (readonly [string, number])[], StorageError>
  /** Until when (epoch ms) each environment was told to wait, where that is still to come. */
  pausesAt(nowMs: number): Result<readonly (readonly [string, number])[], StorageError>
  keyDaysSince(day: string): Result<readonly KeyDay[], StorageError>
  /** Adds what the log holds to the counter. */
  countRequests(query: RequestCountQuery, counter: RequestCounter): Result<null, StorageError>
  keyHoursSince(hour: number): Result<readonly KeyHour[], StorageError>
  range(): Result<IdRange, StorageError>
  /** Start of the oldest call; null in an empty log. */
  oldestAt(): Result<number | null, StorageError>
  /** The last of the calls up to an id that began before a time; 0 when there is none. */
  lastBefore(atMs: number, upTo: number): Result<number, StorageError>
  /** Bytes in use within the file. */
  measure(): Result<number, StorageError>
  /** Deletes all calls up to this id. */
  removeUpTo(id: number): Result<null, StorageError>
  /** Deletes these calls, so that nothing of them stays in the file. */
  remove(ids: readonly number[]): Result<null, StorageError>
  /** Makes the next block of calls searchable at once; false when all are. */
  indexNext(): Result<boolean, StorageError>
  removeKeyDaysBefore(day: string): Result<null, StorageError>
  removeKeyHoursBefore(hour: number): Result<null, StorageError>
}

const startsMax = 200_000
const startsAtOnce = 1000
const rowsAtOnce = 25
const insertManySummaries = insertSummaries(rowsAtOnce)
const insertManyDetails = insertDetails(rowsAtOnce)
const insertOneSummary = insertSummaries(1)
const insertOneDetail = insertDetails(1)

const whole = `SELECT ${summaryColumns}, ${listDetailColumns(true)}
  FROM call JOIN call_detail ON call_detail.id = call.id`

/** Binds the queries to a database whose schema is `callMigrations`. */
export function openCallTable(db: SqlDatabase, readToldWait: ReadToldWait = () => null): CallTable {
  const prepare = keepPrepared(db.prepare)
  const index = openCallIndex(prepare, db.exec)
  const search = openCallSearch(prepare, index)

  function changeCount(by: number): void {
    prepare("UPDATE log_state SET value = value + ? WHERE name = 'calls'").run(by)
  }

  /** A change of the tables and of what is known of them, which a rollback would part. */
  function change<T>(work: () => T): Result<T, StorageError> {
    const done = db.transaction(work)
    if (!done.ok) db.attempt(index.reload)
    return done
  }

  function readRange(): IdRange {
    // Asked for together, the two would be found by reading every row.
    const sql = 'SELECT (SELECT min(id) FROM call) AS first, (SELECT max(id) FROM call) AS last'
    const [row] = readRows(RangeRow, prepare(sql).all())
    return { first: row?.first ?? 0, last: row?.last ?? 0 }
  }

  return {
    insert: (calls) =>
      db.transaction(() => {
        // One call of the library writes several rows: the way into it costs more than a row.
        for (let from = 0; from < calls.length; ) {
          const isMany = from + rowsAtOnce <= calls.length
          const some = calls.slice(from, from + (isMany ? rowsAtOnce : 1))
          prepare(isMany ? insertManySummaries : insertOneSummary).run(...some.flatMap(listSummaryValues))
          prepare(isMany ? insertManyDetails : insertOneDetail).run(...some.flatMap(listDetailValues))
          from += some.length
        }
        notePauses(prepare, calls, readToldWait)
        for (const day of countKeyDays(calls.map(({ summary }) => summary))) {
          prepare(
            `INSERT INTO key_day VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key_id, day, source) DO UPDATE SET
               calls = calls + excluded.calls, unauthorized = unauthorized + excluded.unauthorized,
               forbidden = forbidden + excluded.forbidden, rate_limited = rate_limited + excluded.rate_limited`,
          ).run(day.keyId, day.day, day.source, day.calls, day.unauthorized, day.forbidden, day.rateLimited)
        }
        insertKeyHours(prepare, calls)
        changeCount(calls.length)
        return null
      }),

    list: (query, isLate) =>
      db.attempt(() => {
        const { first, last } = readRange()
        const floor = Math.max(first, (query.after ?? 0) + 1)
        const ceiling = Math.min(query.before ?? Number.MAX_SAFE_INTEGER, last + 1)
        return search.list(query, { floor, ceiling }, isLate)
      }),

    count: () =>
      db.attempt(() => {
        const rows = prepare("SELECT value AS count FROM log_state WHERE name = 'calls'").all()
        return readRows(CountRow, rows)[0]?.count ?? 0
      }),

    get: (id) => db.attempt(() => readDetails(prepare(`${whole} WHERE call.id = ?`).all(id))[0] ?? null),

    scan: (scan, isLate) => db.attempt(() => search.scan(scan, Math.min(scan.upTo, readRange().last), isLate)),

    newest: (limit) =>
      db.attempt(() => readDetails(prepare(`${whole} ORDER BY call.id DESC LIMIT ?`).all(limit)).reverse()),

    attemptsSince: (sinceMs) =>
      db.attempt(() => {
        // Most calls have one attempt that began with the call: only the others open their details.
        const sql = `SELECT id, environment_id AS environmentId, started_at_ms AS startedAtMs, took_ms AS tookMs,
          CASE WHEN attempts > 1 OR waited_ms > 0 THEN
            (SELECT d.attempts FROM call_detail d WHERE d.id = call.id) END AS attemptsJson
          FROM call WHERE id < ? ORDER BY id DESC LIMIT ?`
        const starts: (readonly [string, number])[] = []
        let before = Number.MAX_SAFE_INTEGER
        for (;;) {
          const rows = readRows(StartRow, prepare(sql).all(before, startsAtOnce))
          for (const { environmentId, startedAtMs, attemptsJson } of rows) {
            const attempts = parseJson(Attempts, attemptsJson)
            const times = attempts === null ? [startedAtMs] : attempts.map((attempt) => attempt.startedAtMs)
            for (const atMs of times) if (atMs >= sinceMs) starts.push([environmentId, atMs])
          }
          const oldest = rows[rows.length - 1]
          const isEarlier = rows.every((row) => row.startedAtMs + row.tookMs < sinceMs - endSlackMs)
          const isLast = rows.length < startsAtOnce || isEarlier
          if (oldest === undefined || isLast || starts.length > startsMax) return starts
          before = oldest.id
        }
      }),

    pausesAt: (nowMs) => db.attempt(() => readPauses(prepare, nowMs)),

    keyDaysSince: (day) =>
      db.attempt(() => {
        const sql = `SELECT key_id AS keyId, day, source, calls, unauthorized, forbidden, rate_limited AS rateLimited
          FROM key_day WHERE day >= ?`
        return readRows(DayRow, prepare(sql).all(day))
      }),

    countRequests: (query, counter) =>
      db.attempt(() => {
        countRequests(db, query, counter)
        return null
      }),

    keyHoursSince: (hour) => db.attempt(() => readKeyHours(db, hour)),

    range: () => db.attempt(readRange),

    oldestAt: () =>
      db.attempt(() => {
        const rows = prepare('SELECT started_at_ms AS startedAtMs FROM call ORDER BY id LIMIT 1').all()
        return readRows(OldestRow, rows)[0]?.startedAtMs ?? null
      }),

    lastBefore: (atMs, upTo) =>
      db.attempt(() => {
        const sql = 'SELECT id AS count FROM call WHERE id <= ? AND started_at_ms < ? ORDER BY id DESC LIMIT 1'
        return readRows(CountRow, prepare(sql).all(upTo, atMs))[0]?.count ?? 0
      }),

    measure: () =>
      db.attempt(() => {
        const sql = `SELECT page_count AS pages, freelist_count AS free, page_size AS pageBytes
          FROM pragma_page_count, pragma_freelist_count, pragma_page_size`
        const [row] = readRows(SizeRow, prepare(sql).all())
        return row === undefined ? 0 : (row.pages - row.free) * row.pageBytes
      }),

    removeUpTo: (id) =>
      change(() => {
        const { changes } = prepare('DELETE FROM call WHERE id <= ?').run(id)
        prepare('DELETE FROM call_detail WHERE id <= ?').run(id)
        index.dropBefore(id + 1)
        changeCount(-changes)
        return null
      }),

    remove: (ids) =>
      change(() => {
        const listed = JSON.stringify(ids)
        const { changes } = prepare('DELETE FROM call WHERE id IN (SELECT value FROM json_each(?))').run(listed)
        prepare('DELETE FROM call_detail WHERE id IN (SELECT value FROM json_each(?))').run(listed)
        index.dropSegments([...new Set(ids.map((id) => Math.floor(id / segmentCalls)))])
        changeCount(-changes)
        return null
      }),

    indexNext: () =>
      change(() => {
        const { first, last } = readRange()
        return index.indexNext(first, last)
      }),

    removeKeyDaysBefore: (day) =>
      db.transaction(() => {
        prepare('DELETE FROM key_day WHERE day < ?').run(day)
        return null
      }),

    removeKeyHoursBefore: (hour) =>
      db.transaction(() => {
        removeKeyHoursBefore(db, hour)
        return null
      }),
  }
}
