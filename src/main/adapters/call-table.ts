import * as z from 'zod/mini'
import type { StorageError } from '../../shared/error.ts'
import { matchFilter } from '../../shared/filter/evaluation.ts'
import { Attempt, type CallDetail, type CallPage, CallSummary, LoggedBody } from '../../shared/model/call.ts'
import { listPieces } from '../../shared/model/call-pieces.ts'
import type { Result } from '../../shared/result.ts'
import { redactKeys, redactText } from '../core/log/redaction.ts'
import type { CallQuery, CallScan, CallWalk, KeyHour, RequestCountQuery } from '../core/ports.ts'
import {
  countRequests,
  insertKeyHours,
  keyHourMigration,
  type RequestCounter,
  readKeyHours,
  removeKeyHoursBefore,
} from './call-history.ts'
import type { SqlDatabase, SqlStatement } from './sqlite-database.ts'

/** Schema of `requests.db`, step by step. A step that was released is never changed. */
export const callMigrations = [
  // Rows of a list are narrow and apart from the bodies, so that a list reads few pages.
  `CREATE TABLE call (
     id INTEGER PRIMARY KEY,
     started_at_ms REAL NOT NULL,
     environment_id TEXT NOT NULL,
     key_id TEXT,
     operation TEXT NOT NULL,
     method TEXT NOT NULL,
     path TEXT NOT NULL,
     status INTEGER,
     outcome TEXT NOT NULL,
     attempts INTEGER NOT NULL,
     waited_ms REAL NOT NULL,
     took_ms REAL NOT NULL,
     source TEXT NOT NULL
   ) STRICT;
   CREATE INDEX call_by_environment ON call (environment_id);
   CREATE INDEX call_backed_off ON call (id) WHERE waited_ms > 0 OR attempts > 1;
   CREATE INDEX call_refused ON call (id) WHERE status IN (401, 403, 429);
   CREATE INDEX call_failed ON call (id) WHERE outcome <> 'ok';
   CREATE TABLE call_detail (
     id INTEGER PRIMARY KEY,
     origin TEXT NOT NULL,
     key_mask TEXT,
     attempts TEXT NOT NULL,
     request_body TEXT,
     response_body TEXT
   ) STRICT;
   CREATE TABLE key_day (
     key_id TEXT NOT NULL,
     day TEXT NOT NULL,
     source TEXT NOT NULL,
     calls INTEGER NOT NULL,
     unauthorized INTEGER NOT NULL,
     forbidden INTEGER NOT NULL,
     rate_limited INTEGER NOT NULL,
     PRIMARY KEY (key_id, day, source)
   ) STRICT, WITHOUT ROWID;`,
  keyHourMigration,
] as const

/** What is counted per key, local calendar day (`YYYY-MM-DD`) and source. It outlives the calls themselves. */
export interface KeyDay {
  readonly keyId: string
  readonly day: string
  readonly source: string
  readonly calls: number
  readonly unauthorized: number
  readonly forbidden: number
  readonly rateLimited: number
}

/** The local calendar day of a time (epoch ms), `daysBack` days earlier. */
export function nameDay(atMs: number, daysBack = 0): string {
  const date = new Date(atMs)
  const day = new Date(date.getFullYear(), date.getMonth(), date.getDate() - daysBack)
  const pad = (part: number, digits: number) => String(part).padStart(digits, '0')
  return `${pad(day.getFullYear(), 4)}-${pad(day.getMonth() + 1, 2)}-${pad(day.getDate(), 2)}`
}

/** What one call adds to the counts of its key; null without a key. */
export function countKeyDay({ keyId, startedAtMs, source, status }: CallSummary): KeyDay | null {
  if (keyId === null) return null
  return {
    keyId,
    day: nameDay(startedAtMs),
    source,
    calls: 1,
    unauthorized: status === 401 ? 1 : 0,
    forbidden: status === 403 ? 1 : 0,
    rateLimited: status === 429 ? 1 : 0,
  }
}

const summaryColumns = `id, started_at_ms AS startedAtMs, environment_id AS environmentId, key_id AS keyId,
  operation, method, path, status, outcome, attempts, waited_ms AS waitedMs, took_ms AS tookMs, source`

const detailColumns = (bodies: boolean) => {
  // Left out here, a long text is not even handed over.
  const body = (column: string) => (bodies ? column : `json_set(${column}, '$.text', '')`)
  return `origin, key_mask AS keyMask, call_detail.attempts AS attemptsJson,
    ${body('request_body')} AS requestBody, ${body('response_body')} AS responseBody`
}

const DetailRow = z.object({
  origin: z.string(),
  keyMask: z.nullable(z.string()),
  attemptsJson: z.string(),
  requestBody: z.nullable(z.string()),
  responseBody: z.nullable(z.string()),
})
const StartRow = z.object({
  id: z.number(),
  environmentId: z.string(),
  startedAtMs: z.number(),
  attemptsJson: z.nullable(z.string()),
})
const RangeRow = z.object({ first: z.nullable(z.number()), last: z.nullable(z.number()) })
const CountRow = z.object({ count: z.number() })
const DayRow = z.object({
  keyId: z.string(),
  day: z.string(),
  source: z.string(),
  calls: z.number(),
  unauthorized: z.number(),
  forbidden: z.number(),
  rateLimited: z.number(),
})

function readRows<T>(schema: z.ZodMiniType<T>, rows: readonly unknown[]): T[] {
  return rows.flatMap((row) => {
    const parsed = z.safeParse(schema, row)
    return parsed.success ? [parsed.data] : []
  })
}

function parseJson<T>(schema: z.ZodMiniType<T>, text: string | null): T | null {
  if (text === null) return null
  try {
    const parsed = z.safeParse(schema, JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

// Redacted before it came here; once more, because this is a file that people hand on.
const writeJson = (value: unknown, redact: (text: string) => string) =>
  value === null ? null : redact(JSON.stringify(value))

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
  keyDaysSince(day: string): Result<readonly KeyDay[], StorageError>
  /** Adds what the log holds to the counter. */
  countRequests(query: RequestCountQuery, counter: RequestCounter): Result<null, StorageError>
  keyHoursSince(hour: number): Result<readonly KeyHour[], StorageError>
  range(): Result<IdRange, StorageError>
  /** Deletes all calls up to this id. */
  removeUpTo(id: number): Result<null, StorageError>
  removeKeyDaysBefore(day: string): Result<null, StorageError>
  removeKeyHoursBefore(hour: number): Result<null, StorageError>
}

const chunkCalls = 200

/** Attempts of a call that started earlier than this before the asked time are not looked for. */
const longestCallMs = 10 * 60_000
const startsMax = 200_000
const startsAtOnce = 1000

/** Binds the queries to a database whose schema is `callMigrations`. */
export function openCallTable(db: SqlDatabase): CallTable {
  const statements = new Map<string, SqlStatement>()
  function prepare(sql: string): SqlStatement {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = db.prepare(sql)
    statements.set(sql, statement)
    return statement
  }

  function insertCall({ summary, origin, keyMask, attempts, requestBody, responseBody }: CallDetail): void {
    prepare('INSERT OR REPLACE INTO call VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
      summary.id,
      summary.startedAtMs,
      summary.environmentId,
      summary.keyId,
      summary.operation,
      summary.method,
      redactText(summary.path),
      summary.status,
      summary.outcome,
      summary.attempts,
      summary.waitedMs,
      summary.tookMs,
      summary.source,
    )
    prepare('INSERT OR REPLACE INTO call_detail VALUES (?, ?, ?, ?, ?, ?)').run(
      summary.id,
      redactText(origin),
      keyMask,
      writeJson(attempts, redactText),
      writeJson(requestBody, redactKeys),
      writeJson(responseBody, redactKeys),
    )
    const day = countKeyDay(summary)
    if (day === null) return
    prepare(
      `INSERT INTO key_day VALUES (?, ?, ?, 1, ?, ?, ?) ON CONFLICT (key_id, day, source) DO UPDATE SET
         calls = calls + 1, unauthorized = unauthorized + excluded.unauthorized,
         forbidden = forbidden + excluded.forbidden, rate_limited = rate_limited + excluded.rate_limited`,
    ).run(day.keyId, day.day, day.source, day.unauthorized, day.forbidden, day.rateLimited)
  }

  function readRange(): IdRange {
    // Asked for together, the two would be found by reading every row.
    const sql = 'SELECT (SELECT min(id) FROM call) AS first, (SELECT max(id) FROM call) AS last'
    const [row] = readRows(RangeRow, prepare(sql).all())
    return { first: row?.first ?? 0, last: row?.last ?? 0 }
  }

  function readDetail(summary: CallSummary): CallDetail | null {
    const sql = `SELECT ${detailColumns(true)} FROM call_detail WHERE id = ?`
    const [row] = readRows(DetailRow, prepare(sql).all(summary.id))
    return row === undefined ? null : buildDetail(summary, row)
  }

  function buildDetail(row: CallSummary, rest: z.infer<typeof DetailRow>): CallDetail {
    const attempts = parseJson(z.array(Attempt), rest.attemptsJson) ?? []
    const pieces = listPieces({ summary: row, attempts, waits: [] })
    return {
      summary: pieces === undefined ? row : { ...row, pieces },
      origin: rest.origin,
      keyMask: rest.keyMask,
      attempts,
      waits: [],
      stop: null,
      requestBody: parseJson(LoggedBody, rest.requestBody),
      responseBody: parseJson(LoggedBody, rest.responseBody),
    }
  }

  /** Calls whole with ids in `[from, before)`. */
  function selectDetails(from: number, before: number, order: 'ASC' | 'DESC', limit: number, bodies: boolean) {
    const sql = `SELECT ${summaryColumns.replaceAll(/\b(id|attempts)\b(?= AS|,)/g, 'call.$1')}, ${detailColumns(bodies)}
      FROM call JOIN call_detail ON call_detail.id = call.id
      WHERE call.id >= ? AND call.id < ? ORDER BY call.id ${order} LIMIT ?`
    return prepare(sql)
      .all(from, before, limit)
      .flatMap((row) => {
        const summary = z.safeParse(CallSummary, row)
        const detail = z.safeParse(DetailRow, row)
        return summary.success && detail.success ? [buildDetail(summary.data, detail.data)] : []
      })
  }

  return {
    insert: (calls) =>
      db.transaction(() => {
        for (const call of calls) insertCall(call)
        insertKeyHours(db, calls)
        return null
      }),

    list: ({ before, after, limit, filter }, isLate) =>
      db.attempt(() => {
        const { first, last } = readRange()
        const floor = Math.max(first, (after ?? 0) + 1)
        let from = Math.min(before ?? Number.MAX_SAFE_INTEGER, last + 1)
        const calls: CallSummary[] = []
        let scanned = 0
        while (from > floor && calls.length < limit && !(scanned > 0 && isLate())) {
          const low = Math.max(floor, from - chunkCalls)
          const rows = selectDetails(low, from, 'DESC', chunkCalls, true)
          let reached = low
          for (const call of rows) {
            if (calls.length >= limit) break
            scanned += 1
            reached = call.summary.id
            if (matchFilter(filter, { summary: call.summary, detail: call }) === true) calls.push(call.summary)
          }
          from = calls.length >= limit ? reached : low
        }
        return { calls, next: from > floor ? from : null, scanned }
      }),

    count: () =>
      db.attempt(() => readRows(CountRow, prepare('SELECT count(*) AS count FROM call').all())[0]?.count ?? 0),

    get: (id) =>
      db.attempt(() => {
        const rows = prepare(`SELECT ${summaryColumns} FROM call WHERE id = ?`).all(id)
        const [summary] = readRows(CallSummary, rows)
        return summary === undefined ? null : readDetail(summary)
      }),

    scan: ({ after, upTo, limit, bodies, filter }, isLate) =>
      db.attempt(() => {
        const last = Math.min(upTo, readRange().last)
        let reached = after
        const calls: CallDetail[] = []
        while (reached < last && calls.length < limit && !(reached > after && isLate())) {
          const rows = selectDetails(reached + 1, last + 1, 'ASC', chunkCalls, bodies)
          if (rows.length === 0) reached = last
          for (const call of rows) {
            if (calls.length >= limit) break
            reached = call.summary.id
            if (matchFilter(filter, { summary: call.summary, detail: call }) === true) calls.push(call)
          }
        }
        return { calls, next: reached < last ? reached : null }
      }),

    newest: (limit) =>
      db.attempt(() => {
        const rows = prepare(`SELECT ${summaryColumns} FROM call ORDER BY id DESC LIMIT ?`).all(limit)
        return readRows(CallSummary, rows)
          .flatMap((summary) => readDetail(summary) ?? [])
          .reverse()
      }),

    attemptsSince: (sinceMs) =>
      db.attempt(() => {
        // Most calls have one attempt that began with the call: only the others open their details.
        const sql = `SELECT id, environment_id AS environmentId, started_at_ms AS startedAtMs,
          CASE WHEN attempts > 1 OR waited_ms > 0 THEN
            (SELECT d.attempts FROM call_detail d WHERE d.id = call.id) END AS attemptsJson
          FROM call WHERE id < ? ORDER BY id DESC LIMIT ?`
        const starts: (readonly [string, number])[] = []
        let before = Number.MAX_SAFE_INTEGER
        for (;;) {
          const rows = readRows(StartRow, prepare(sql).all(before, startsAtOnce))
          for (const { environmentId, startedAtMs, attemptsJson } of rows) {
            const attempts = parseJson(z.array(Attempt), attemptsJson)
            const times = attempts === null ? [startedAtMs] : attempts.map((attempt) => attempt.startedAtMs)
            for (const atMs of times) if (atMs >= sinceMs) starts.push([environmentId, atMs])
          }
          const oldest = rows[rows.length - 1]
          const isLast = rows.length < startsAtOnce || rows.every((row) => row.startedAtMs < sinceMs - longestCallMs)
          if (oldest === undefined || isLast || starts.length > startsMax) return starts
          before = oldest.id
        }
      }),

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

    removeUpTo: (id) =>
      db.transaction(() => {
        prepare('DELETE FROM call WHERE id <= ?').run(id)
        prepare('DELETE FROM call_detail WHERE id <= ?').run(id)
        return null
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
