import * as z from 'zod/mini'
import { isEverything, matchFilter, type ReadyFilter } from '../../shared/filter/evaluation.ts'
import type { CallDetail, CallPage, CallSummary } from '../../shared/model/call.ts'
import type { CallQuery, CallScan, CallWalk } from '../core/ports.ts'
import { compileRows, compileWords, compileZones, type RowCondition, type SqlCondition } from './call-condition.ts'
import type { CallIndex } from './call-index.ts'
import { listDetailColumns, readDetails, readRows, readSummaries, summaryColumns } from './call-rows.ts'
import { blockCalls, nameWordTable, segmentCalls } from './call-schema.ts'
import type { SqlStatement } from './sqlite-database.ts'

/** Calls that one statement may look at without a look at the clock. */
const stretchCalls = 4096
/** The same where each must be read whole. */
const wholeCalls = 64
const wordHitsAtOnce = wholeCalls

const ZoneRow = z.object({ block: z.number(), may: z.number() })
const IdRow = z.object({ id: z.number() })

/** A stretch of ids, `from` inclusive to `to` exclusive. With `words` its calls are found by the index of words. */
interface Stretch {
  readonly from: number
  readonly to: number
  readonly words: boolean
}

/** Looks for calls by filter, in the order asked for, as long as it has time. */
export interface CallSearch {
  /** Newest first, in the range `[floor, ceiling)`. */
  list(query: CallQuery, range: { floor: number; ceiling: number }, isLate: () => boolean): Omit<CallPage, 'total'>
  /** Whole and oldest first, up to `last`. */
  scan(scan: CallScan, last: number, isLate: () => boolean): CallWalk
}

interface Plan {
  readonly filter: ReadyFilter
  readonly rows: RowCondition
  readonly zones: SqlCondition
  readonly words: string | null
}

/** Opens the search of a file. All its functions throw what SQLite throws. */
export function openCallSearch(prepare: (sql: string) => SqlStatement, index: CallIndex): CallSearch {
  const makePlan = (filter: ReadyFilter): Plan => ({
    filter,
    rows: compileRows(filter),
    zones: compileZones(filter),
    words: compileWords(filter),
  })

  /** Splits the part of one segment that is asked for into stretches that may hold something, newest first. */
  function splitSegment(plan: Plan, floor: number, ceiling: number): readonly Stretch[] {
    const segment = Math.floor((ceiling - 1) / segmentCalls)
    const from = Math.max(floor, segment * segmentCalls)
    if (isEverything(plan.filter)) return [{ from, to: ceiling, words: false }]
    const firstBlock = Math.floor(from / blockCalls)
    const lastBlock = Math.floor((ceiling - 1) / blockCalls)
    const sql = `SELECT block, ${plan.zones.sql} AS may FROM zone WHERE block >= ? AND block <= ? ORDER BY block DESC`
    const zones = readRows(ZoneRow, prepare(sql).all(...plan.zones.values, firstBlock, lastBlock))
    const newest = zones[0]
    const isIndexed = newest !== undefined && zones.length === newest.block - firstBlock + 1
    if (!isIndexed) return [{ from, to: ceiling, words: false }]
    const stretches: Stretch[] = []
    let to = ceiling
    const indexedTo = (newest.block + 1) * blockCalls
    if (indexedTo < to) {
      stretches.push({ from: Math.max(from, indexedTo), to, words: false })
      to = indexedTo
    }
    if (plan.words !== null && index.hasWords(segment)) {
      if (zones.some(({ may }) => may !== 0)) stretches.push({ from, to, words: true })
      return stretches
    }
    for (const { block, may } of zones) {
      if (may === 0) continue
      const low = Math.max(from, block * blockCalls)
      const high = Math.min(to, (block + 1) * blockCalls)
      const last = stretches.at(-1)
      const joins = last !== undefined && last.from === high && last.to - low <= stretchCalls && high <= indexedTo
      if (joins) stretches[stretches.length - 1] = { ...last, from: low }
      else stretches.push({ from: low, to: high, words: false })
    }
    return stretches
  }

  function readCalls(plan: Plan, where: SqlCondition, whole: boolean, bodies: boolean, tail: string, limit: number) {
    const verify = !plan.rows.exact
    const columns = whole || verify ? `${summaryColumns}, ${listDetailColumns(bodies || verify)}` : summaryColumns
    const join = whole || verify ? 'JOIN call_detail ON call_detail.id = call.id' : ''
    const sql = `SELECT ${columns} FROM call ${join} WHERE ${where.sql} AND ${plan.rows.sql} ORDER BY call.id ${tail} LIMIT ?`
    return prepare(sql).all(...where.values, ...plan.rows.values, limit)
  }

  const passes = (plan: Plan, call: CallDetail) =>
    plan.rows.exact || matchFilter(plan.filter, { summary: call.summary, detail: call }) === true

  function readPassing(plan: Plan, where: SqlCondition, limit: number): readonly CallSummary[] {
    const rows = readCalls(plan, where, false, true, 'DESC', limit)
    if (plan.rows.exact) return readSummaries(rows)
    return readDetails(rows)
      .filter((call) => passes(plan, call))
      .map(({ summary }) => summary)
  }

  const between = (from: number, to: number): SqlCondition => ({
    sql: 'call.id >= ? AND call.id < ?',
    values: [from, to],
  })

  /** The newest calls of the words' index in a stretch, and the id down to which they are all. */
  function findByWords(plan: Plan, { from, to }: Stretch): { readonly ids: readonly number[]; readonly low: number } {
    const table = nameWordTable(Math.floor(from / segmentCalls))
    const sql = `SELECT rowid AS id FROM ${table} WHERE ${table} MATCH ? AND rowid >= ? AND rowid < ?
      ORDER BY rowid DESC LIMIT ${wordHitsAtOnce}`
    const ids = readRows(IdRow, prepare(sql).all(plan.words, from, to)).map(({ id }) => id)
    return { ids, low: ids.length < wordHitsAtOnce ? from : (ids.at(-1) ?? from) }
  }

  const listed = (ids: readonly number[]): SqlCondition => ({
    sql: 'call.id IN (SELECT value FROM json_each(?))',
    values: [JSON.stringify(ids)],
  })

  return {
    list({ limit, filter }, { floor, ceiling }, isLate) {
      const plan = makePlan(filter)
      const calls: CallSummary[] = []
      let scanned = 0
      let reached = ceiling

      /** Looks through a stretch, newest first; false when the page is full or the time is over. */
      function look(stretch: Stretch): boolean {
        let to = stretch.to
        while (to > stretch.from) {
          if (scanned > 0 && isLate()) return false
          const step = plan.rows.exact ? stretchCalls : wholeCalls
          const words = stretch.words ? findByWords(plan, { ...stretch, to }) : null
          const low = words?.low ?? Math.max(stretch.from, to - step)
          const wanted = limit - calls.length
          const where = words === null ? between(low, to) : listed(words.ids)
          // Of rows that must be read whole all are read, since only then it is known how many pass.
          const most = plan.rows.exact ? wanted : wholeCalls
          const found = readPassing(plan, where, most)
          calls.push(...found.slice(0, wanted))
          const isFull = calls.length >= limit
          scanned += words === null ? to - low : words.ids.length
          to = isFull ? (calls.at(-1)?.id ?? low) : low
          reached = to
          if (isFull) return false
        }
        return true
      }

      while (reached > floor && calls.length < limit) {
        const segmentFrom = Math.max(floor, Math.floor((reached - 1) / segmentCalls) * segmentCalls)
        if (!splitSegment(plan, floor, reached).every(look)) break
        reached = segmentFrom
        if (scanned > 0 && isLate()) break
        // Zones alone were looked at: that counts as well, or an empty log of any length would hold everybody up.
        scanned = Math.max(scanned, 1)
      }
      return { calls, next: reached > floor ? reached : null, scanned }
    },

    scan({ after, limit, bodies, filter }, last, isLate) {
      const plan = makePlan(filter)
      const calls: CallDetail[] = []
      let reached = after
      let isFirst = true
      while (reached < last && calls.length < limit && (isFirst || !isLate())) {
        isFirst = false
        const to = Math.min(last, reached + (plan.rows.exact ? stretchCalls : wholeCalls))
        const most = plan.rows.exact ? limit - calls.length : wholeCalls
        const where: SqlCondition = { sql: 'call.id > ? AND call.id <= ?', values: [reached, to] }
        const found = readDetails(readCalls(plan, where, true, bodies, 'ASC', most))
        const passing = found.filter((call) => passes(plan, call))
        const taken = passing.slice(0, limit - calls.length)
        calls.push(...taken)
        reached = calls.length >= limit ? (taken.at(-1)?.summary.id ?? to) : to
      }
      return {
        calls: plan.rows.exact || bodies ? calls : calls.map(emptyBodies),
        next: reached < last ? reached : null,
      }
    },
  }
}

function emptyBodies(call: CallDetail): CallDetail {
  const empty = (body: CallDetail['requestBody']) => (body === null ? null : { ...body, text: '' })
  return { ...call, requestBody: empty(call.requestBody), responseBody: empty(call.responseBody) }
}
