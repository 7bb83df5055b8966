import * as z from 'zod/mini'
import { listCauses } from '../../shared/filter/evaluation.ts'
import { listDetailTexts, listRowTexts, listWords } from '../../shared/filter/text-search.ts'
import { type CallDetail, CallOutcome, CallSource, WaitCause } from '../../shared/model/call.ts'
import { bitOfStatus, classOfStatus, hashFolded, hashName, wordOfHeader } from './call-condition.ts'
import { listDetailColumns, makeMask, readDetails, readRows, summaryColumns } from './call-rows.ts'
import { blockCalls, createWordTable, nameWordTable, segmentBlocks } from './call-schema.ts'
import type { SqlStatement, SqlValue } from './sqlite-database.ts'

const CountRow = z.object({ count: z.number(), first: z.nullable(z.number()), last: z.nullable(z.number()) })
const NameRow = z.object({ name: z.string() })
const BlockRow = z.object({ block: z.number() })

/** Zones and words of the calls in the file. What is not indexed yet is searched row by row. */
export interface CallIndex {
  /** True when the segment has a table of words. */
  hasWords(segment: number): boolean
  /** Indexes the next whole block; false when there is none. Call it in a transaction. */
  indexNext(first: number, last: number): boolean
  /** Forgets what is known of these segments, so that they are indexed again. Call it in a transaction. */
  dropSegments(segments: readonly number[]): void
  /** Drops what lies wholly before a call. Call it in a transaction. */
  dropBefore(first: number): void
  /** Looks at the file again, after a change that was rolled back. */
  reload(): void
}

/** All different words of a call. */
function collectWords(call: CallDetail): string {
  const words = new Set<string>()
  for (const text of [...listRowTexts(call.summary), ...listDetailTexts(call)]) {
    for (const word of listWords(text)) words.add(word)
  }
  for (const { requestHeaders, responseHeaders } of call.attempts) {
    for (const [name] of requestHeaders) words.add(wordOfHeader(name))
    for (const [name] of responseHeaders) words.add(wordOfHeader(name))
  }
  return [...words].join(' ')
}

function sumZone(block: number, calls: readonly CallDetail[]): readonly SqlValue[] {
  let [startedMin, tookMin] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  let [startedMax, tookMax, waitedMax, attemptsMax] = [Number.NEGATIVE_INFINITY, 0, 0, 0]
  let [classes, statuses, outcomes, sources, causes, methods, operations, environments, keys] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0,
  ]
  for (const { summary } of calls) {
    startedMin = Math.min(startedMin, summary.startedAtMs)
    startedMax = Math.max(startedMax, summary.startedAtMs)
    tookMin = Math.min(tookMin, summary.tookMs)
    tookMax = Math.max(tookMax, summary.tookMs)
    waitedMax = Math.max(waitedMax, summary.waitedMs)
    attemptsMax = Math.max(attemptsMax, summary.attempts)
    classes |= classOfStatus(summary.status)
    statuses |= bitOfStatus(summary.status)
    outcomes |= makeMask(CallOutcome.options, [summary.outcome])
    sources |= makeMask(CallSource.options, [summary.source])
    causes |= makeMask(WaitCause.options, listCauses(summary))
    methods |= hashFolded(summary.method)
    operations |= hashFolded(summary.operation)
    environments |= hashName(summary.environmentId)
    keys |= hashName(summary.keyId)
  }
  const times = [startedMin, startedMax, tookMin, tookMax, waitedMax, attemptsMax]
  // A block without a call holds nothing for anyone.
  const safe = calls.length === 0 ? [0, -1, 0, 0, 0, 0] : times
  return [block, ...safe, classes, statuses, outcomes, sources, causes, methods, operations, environments, keys]
}

/** Opens the index of a file. */
export function openCallIndex(prepare: (sql: string) => SqlStatement, exec: (sql: string) => void): CallIndex {
  let segments = new Set<number>()
  /** The block that is looked at next; null until the file was looked at. */
  let next: number | null = null

  function reload(): void {
    const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'words_[0-9]*'"
    const names = readRows(NameRow, prepare(sql).all()).map(({ name }) => /^words_(\d+)$/.exec(name)?.[1])
    segments = new Set(names.flatMap((digits) => (digits === undefined ? [] : [Number(digits)])))
    next = null
  }
  reload()

  function findNext(firstBlock: number): number {
    const sql = 'SELECT count(*) AS count, min(block) AS first, max(block) AS last FROM zone WHERE block >= ?'
    const [row] = readRows(CountRow, prepare(sql).all(firstBlock))
    const isWhole = row !== undefined && row.last !== null && row.count === row.last - firstBlock + 1
    return isWhole ? (row.last ?? 0) + 1 : firstBlock
  }

  const hasZone = (block: number) =>
    readRows(BlockRow, prepare('SELECT block FROM zone WHERE block = ?').all(block)).length > 0

  return {
    hasWords: (segment) => segments.has(segment),

    indexNext(first, last) {
      if (last === 0) return false
      const firstBlock = Math.floor(first / blockCalls)
      let block = Math.max(next ?? findNext(firstBlock), firstBlock)
      // The last block may still grow.
      const lastWhole = Math.floor((last + 1) / blockCalls) - 1
      while (block <= lastWhole && hasZone(block)) block += 1
      next = block
      if (block > lastWhole) return false
      const from = block * blockCalls
      const sql = `SELECT ${summaryColumns}, ${listDetailColumns(true)}
        FROM call JOIN call_detail ON call_detail.id = call.id WHERE call.id >= ? AND call.id < ?`
      const calls = readDetails(prepare(sql).all(from, from + blockCalls))
      const segment = Math.floor(block / segmentBlocks)
      if (!segments.has(segment)) {
        exec(createWordTable(segment))
        segments.add(segment)
      }
      const insert = prepare(`INSERT INTO ${nameWordTable(segment)} (rowid, words) VALUES (?, ?)`)
      for (const call of calls) insert.run(call.summary.id, collectWords(call))
      const values = sumZone(block, calls)
      prepare(`INSERT OR REPLACE INTO zone VALUES (${values.map(() => '?').join(', ')})`).run(...values)
      next = block + 1
      return true
    },

    dropSegments(dropped) {
      for (const segment of dropped) {
        exec(`DROP TABLE IF EXISTS ${nameWordTable(segment)}`)
        segments.delete(segment)
        const from = segment * segmentBlocks
        prepare('DELETE FROM zone WHERE block >= ? AND block < ?').run(from, from + segmentBlocks)
      }
      next = null
    },

    dropBefore(first) {
      const firstBlock = Math.floor(first / blockCalls)
      prepare('DELETE FROM zone WHERE block < ?').run(firstBlock)
      for (const segment of [...segments]) {
        if ((segment + 1) * segmentBlocks > firstBlock) continue
        exec(`DROP TABLE IF EXISTS ${nameWordTable(segment)}`)
        segments.delete(segment)
      }
    },

    reload,
  }
}
