import * as z from 'zod/mini'
import { Attempt, type CallDetail } from '../../shared/model/call.ts'
import type { KeyHour, RequestCount, RequestCountQuery } from '../core/ports.ts'
import { parseJson, readRows } from './call-rows.ts'
import type { SqlDatabase, SqlValue } from './sqlite-database.ts'

/** Calls per key and hour (epoch ms / 3,600,000), from which its usual hour is known. It outlives the calls. */
export const keyHourMigration = `CREATE TABLE key_hour (
  key_id TEXT NOT NULL,
  hour INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  PRIMARY KEY (hour, key_id)
) STRICT, WITHOUT ROWID;`

/** Hours kept: two weeks. */
export const keyHoursKept = 14 * 24

const hourMs = 3_600_000
/**
 * Ids are given in the order in which calls end: one that ended this much (ms) before a time, and all with lower ids, have
 * no attempt after it. A clock that is set back by less does no harm.
 */
export const endSlackMs = 10 * 60_000

const CountRow = z.object({
  slice: z.number(),
  source: z.string(),
  keyId: z.nullable(z.string()),
  requests: z.number(),
  refused: z.number(),
})
const RepeatedRow = z.object({ source: z.string(), keyId: z.nullable(z.string()), attemptsJson: z.string() })
const HourRow = z.object({ keyId: z.string(), hour: z.number(), calls: z.number() })
const RangeRow = z.object({ first: z.nullable(z.number()), last: z.nullable(z.number()) })
const EndRow = z.object({ endedAtMs: z.number() })
const Attempts = z.array(Attempt)

function isRefused(status: number | null): boolean {
  return status === 401 || status === 403 || status === 429
}

/** The hour that a time (epoch ms) lies in. */
export function nameHour(atMs: number): number {
  return Math.floor(atMs / hourMs)
}

/** Counts of slices by source and key; each pair of slice and series has one. */
export interface RequestCounter {
  add(count: RequestCount): void
  /** Counts the attempts of a call that lie in the asked slices. */
  addAttempts(call: Pick<CallDetail['summary'], 'source' | 'keyId'>, attempts: readonly Attempt[]): void
  all(): readonly RequestCount[]
}

/** Makes an empty counter for a query. */
export function createRequestCounter({ sinceMs, sliceMs, slices }: RequestCountQuery): RequestCounter {
  const counts = new Map<string, RequestCount>()

  function add(count: RequestCount): void {
    if (count.slice < 0 || count.slice >= slices) return
    const name = `${count.slice} ${count.keyId ?? ''} ${count.source}`
    const known = counts.get(name)
    counts.set(
      name,
      known === undefined
        ? count
        : { ...known, requests: known.requests + count.requests, refused: known.refused + count.refused },
    )
  }

  return {
    add,
    addAttempts({ source, keyId }, attempts) {
      for (const { startedAtMs, status } of attempts) {
        const slice = Math.floor((startedAtMs - sinceMs) / sliceMs)
        add({ slice, source, keyId, requests: 1, refused: isRefused(status) ? 1 : 0 })
      }
    },
    all: () => [...counts.values()],
  }
}

/** The first id whose attempts may lie at or after `sinceMs`. */
function findFirstId(db: SqlDatabase, sinceMs: number): number {
  const sql = 'SELECT (SELECT min(id) FROM call) AS first, (SELECT max(id) FROM call) AS last'
  const [range] = readRows(RangeRow, db.prepare(sql).all())
  let low = range?.first ?? 0
  let high = (range?.last ?? 0) + 1
  const end = db.prepare('SELECT started_at_ms + took_ms AS endedAtMs FROM call WHERE id >= ? ORDER BY id LIMIT 1')
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [row] = readRows(EndRow, end.all(middle))
    if (row !== undefined && row.endedAtMs < sinceMs - endSlackMs) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Adds what the log holds to a counter. A call with one attempt counts where its wait ended; the
 * others are counted attempt by attempt. Throws what SQLite throws.
 */
export function countRequests(db: SqlDatabase, query: RequestCountQuery, counter: RequestCounter): void {
  const { environmentIds, sinceMs, sliceMs, slices } = query
  if (environmentIds.length === 0) return
  const from = findFirstId(db, sinceMs)
  const places = environmentIds.map(() => '?').join(', ')
  const inSpan: SqlValue[] = [from, ...environmentIds]
  const single = `SELECT CAST((started_at_ms + waited_ms - ?) / ? AS INTEGER) AS slice, source, key_id AS keyId,
      count(*) AS requests, coalesce(sum(status IN (401, 403, 429)), 0) AS refused
    FROM call WHERE id >= ? AND environment_id IN (${places}) AND attempts = 1
      AND started_at_ms + waited_ms >= ? AND started_at_ms + waited_ms < ?
    GROUP BY 1, 2, 3`
  const untilMs = sinceMs + sliceMs * slices
  const rows = db.prepare(single).all(sinceMs, sliceMs, ...inSpan, sinceMs, untilMs)
  for (const count of readRows(CountRow, rows)) counter.add(count)
  const repeated = `SELECT c.source, c.key_id AS keyId, d.attempts AS attemptsJson
    FROM call c JOIN call_detail d ON d.id = c.id
    WHERE c.id >= ? AND c.environment_id IN (${places}) AND c.attempts > 1`
  for (const { source, keyId, attemptsJson } of readRows(RepeatedRow, db.prepare(repeated).all(...inSpan))) {
    const attempts = parseJson(Attempts, attemptsJson) ?? []
    counter.addAttempts({ source: source as CallDetail['summary']['source'], keyId }, attempts)
  }
}

/** Counts a batch of calls per key and hour. Throws what SQLite throws. */
export function insertKeyHours(prepare: SqlDatabase['prepare'], calls: readonly CallDetail[]): void {
  const insert = prepare(
    'INSERT INTO key_hour VALUES (?, ?, ?) ON CONFLICT (hour, key_id) DO UPDATE SET calls = calls + excluded.calls',
  )
  for (const { keyId, hour, calls: count } of countKeyHours(calls)) insert.run(keyId, hour, count)
}

/** Calls per key and hour of a few calls. */
export function countKeyHours(calls: readonly CallDetail[]): KeyHour[] {
  const counts = new Map<string, KeyHour>()
  for (const { summary } of calls) {
    if (summary.keyId === null) continue
    const hour = nameHour(summary.startedAtMs)
    const name = `${hour} ${summary.keyId}`
    counts.set(name, { keyId: summary.keyId, hour, calls: (counts.get(name)?.calls ?? 0) + 1 })
  }
  return [...counts.values()]
}

/** Reads the calls per key and hour since an hour. Throws what SQLite throws. */
export function readKeyHours(db: SqlDatabase, sinceHour: number): KeyHour[] {
  const sql = 'SELECT key_id AS keyId, hour, calls FROM key_hour WHERE hour >= ?'
  return readRows(HourRow, db.prepare(sql).all(sinceHour))
}

/** Deletes the counts of earlier hours. Throws what SQLite throws. */
export function removeKeyHoursBefore(db: SqlDatabase, hour: number): void {
  db.prepare('DELETE FROM key_hour WHERE hour < ?').run(hour)
}
