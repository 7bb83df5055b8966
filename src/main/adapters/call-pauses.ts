import * as z from 'zod/mini'
import type { CallDetail, Header } from '../../shared/model/call.ts'
import { readRows } from './call-rows.ts'
import type { SqlStatement } from './sqlite-database.ts'

/** Reads the wait (ms) that the headers of a refusal ask for; null when they ask for none. `nowMs` is epoch ms. */
export type ReadToldWait = (headers: readonly Header[], nowMs: number) => { readonly ms: number } | null

const PauseRow = z.object({ environmentId: z.string(), untilMs: z.number() })
const namePrefix = 'pause '

/** Keeps until when a 429 told each environment to wait. It outlives the calls. Throws what SQLite throws. */
export function notePauses(
  prepare: (sql: string) => SqlStatement,
  calls: readonly CallDetail[],
  readToldWait: ReadToldWait,
): void {
  for (const { summary, attempts } of calls) {
    for (const { status, responseHeaders, startedAtMs, tookMs } of attempts) {
      if (status !== 429) continue
      const endedAtMs = startedAtMs + tookMs
      const told = readToldWait(responseHeaders, endedAtMs)
      if (told === null) continue
      prepare(
        `INSERT INTO log_state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`,
      ).run(`${namePrefix}${summary.environmentId}`, Math.ceil(endedAtMs + told.ms))
    }
  }
}

/** Until when (epoch ms) each environment was told to wait; what is over is left out. Throws what SQLite throws. */
export function readPauses(
  prepare: (sql: string) => SqlStatement,
  nowMs: number,
): readonly (readonly [string, number])[] {
  const sql = `SELECT substr(name, ?) AS environmentId, value AS untilMs FROM log_state
    WHERE substr(name, 1, ?) = ? AND value > ?`
  const rows = prepare(sql).all(namePrefix.length + 1, namePrefix.length, namePrefix, nowMs)
  return readRows(PauseRow, rows).map(({ environmentId, untilMs }) => [environmentId, untilMs] as const)
}
