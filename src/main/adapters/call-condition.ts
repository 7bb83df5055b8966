import { type LikePattern, lowerAscii, type ReadyFilter, type ReadyTest } from '../../shared/filter/evaluation.ts'
import type { NumberRange } from '../../shared/filter/filter.ts'
import { listNeededWords } from '../../shared/filter/text-search.ts'
import { CallOutcome, CallSource, WaitCause } from '../../shared/model/call.ts'
import { assertNever } from '../../shared/result.ts'
import { makeMask } from './call-rows.ts'
import type { SqlValue } from './sqlite-database.ts'

/** A condition with its values. It never is NULL, so that it can be turned around. */
export interface SqlCondition {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/** A condition on rows. Where it is not `exact`, some rows that it lets through do not pass the filter. */
export interface RowCondition extends SqlCondition {
  readonly exact: boolean
}

const hashBits = 30
const statusBits = 29
const always: SqlCondition = { sql: '1', values: [] }

/** One bit of 30 for a name: different names may share one. */
export function hashName(name: string | null): number {
  let hash = name === null ? 7 : 5381
  for (let index = 0; index < (name?.length ?? 0); index += 1) hash = (hash * 33 + (name?.charCodeAt(index) ?? 0)) | 0
  return 1 << (Math.abs(hash) % hashBits)
}

/** Bit of a status among its hundreds; calls without an answer have one too. */
export function classOfStatus(status: number | null): number {
  return status === null ? 1 : 1 << Math.min(6, Math.max(1, Math.floor(status / 100)))
}

/** Bit of a status; different ones may share it. */
export function bitOfStatus(status: number | null): number {
  return status === null ? 1 << statusBits : 1 << (status % statusBits)
}

function join(conditions: readonly SqlCondition[], word: 'AND' | 'OR'): SqlCondition {
  if (conditions.length === 0) return { sql: word === 'AND' ? '1' : '0', values: [] }
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(` ${word} `)})`,
    values: conditions.flatMap(({ values }) => values),
  }
}

function compareRange(column: string, { min, minOpen, max, maxOpen }: NumberRange): SqlCondition {
  const bounds: SqlCondition[] = []
  if (min !== Number.NEGATIVE_INFINITY) bounds.push({ sql: `${column} ${minOpen ? '>' : '>='} ?`, values: [min] })
  if (max !== Number.POSITIVE_INFINITY) bounds.push({ sql: `${column} ${maxOpen ? '<' : '<='} ?`, values: [max] })
  return join(bounds, 'AND')
}

function compareStart(fromMs: number | null, toMs: number | null, from: string, to: string): SqlCondition {
  const bounds: SqlCondition[] = []
  if (fromMs !== null) bounds.push({ sql: `${to} >= ?`, values: [fromMs] })
  if (toMs !== null) bounds.push({ sql: `${from} < ?`, values: [toMs] })
  return join(bounds, 'AND')
}

const places = (count: number) => Array.from({ length: count }, () => '?').join(', ')
const oneOf = (column: string, words: readonly string[]): SqlCondition => ({
  sql: `${column} IN (${places(words.length)})`,
  values: words,
})

const escapeLike = (piece: string) => piece.replace(/[\\%_]/g, '\\$&')

function likePattern(column: string, { pieces, whole }: LikePattern): SqlCondition {
  const middle = pieces.map(escapeLike).join('%')
  return { sql: `${column} LIKE ? ESCAPE '\\'`, values: [whole ? middle : `%${middle}%`] }
}

const numberColumns = { status: 'status', attempts: 'call.attempts', waitedMs: 'waited_ms', tookMs: 'took_ms' } as const

/** What a test asks of a row; null where a row alone does not say, or SQL compares in another way. */
function testRow(test: ReadyTest): SqlCondition | null {
  switch (test.kind) {
    case 'number': {
      const column = numberColumns[test.column]
      const inside = join(
        test.ranges.map((range) => compareRange(column, range)),
        'OR',
      )
      if (test.column !== 'status') return inside
      const known: SqlCondition = { sql: `(status IS NOT NULL AND ${inside.sql})`, values: inside.values }
      return test.none ? join([known, { sql: 'status IS NULL', values: [] }], 'OR') : known
    }
    case 'started':
      return compareStart(test.fromMs, test.toMs, 'started_at_ms', 'started_at_ms')
    case 'id': {
      if (test.column === 'environmentId') return oneOf('environment_id', test.ids)
      const { sql, values } = oneOf('key_id', test.ids)
      const known: SqlCondition = { sql: `(key_id IS NOT NULL AND ${sql})`, values }
      return test.none ? join([known, { sql: 'key_id IS NULL', values: [] }], 'OR') : known
    }
    case 'like': {
      // SQLite ends a pattern at the first NUL.
      if (test.patterns.some(({ pieces }) => pieces.some((piece) => piece.includes('\0')))) return null
      return join(
        test.patterns.map((pattern) => likePattern(test.column, pattern)),
        'OR',
      )
    }
    case 'source':
    case 'outcome':
      return oneOf(test.kind, test.words)
    case 'cause':
      return { sql: '(causes & ?) <> 0', values: [makeMask(WaitCause.options, test.words)] }
    case 'wait':
      return { sql: 'waited_ms > 0', values: [] }
    case 'retry':
      return { sql: 'call.attempts > 1', values: [] }
    case 'error':
      return { sql: "outcome <> 'ok'", values: [] }
    case 'body':
    case 'header':
    case 'text':
      return null
    default:
      return assertNever(test)
  }
}

/** What a filter asks of rows, as far as SQL can say it. */
export function compileRows(filter: ReadyFilter): RowCondition {
  if (filter.kind !== 'test') {
    const parts = filter.parts.map(compileRows)
    return { ...join(parts, filter.kind === 'and' ? 'AND' : 'OR'), exact: parts.every(({ exact }) => exact) }
  }
  if (filter.test.kind === 'body') {
    // Rows of earlier versions do not say whether they have one.
    return { sql: filter.not ? 'coalesce(bodies, 0) = 0' : 'coalesce(bodies, 1) = 1', values: [], exact: false }
  }
  const condition = testRow(filter.test)
  if (condition === null) return { ...always, exact: false }
  return { sql: filter.not ? `NOT ${condition.sql}` : condition.sql, values: condition.values, exact: true }
}

const hasBit = (column: string, mask: number): SqlCondition => ({ sql: `(${column} & ?) <> 0`, values: [mask] })

function testStatusZone({ ranges, none }: Extract<ReadyTest, { kind: 'number' }>): SqlCondition {
  let classes = none ? classOfStatus(null) : 0
  let statuses = none ? bitOfStatus(null) : 0
  for (const { min, max } of ranges) {
    const [low, high] = [Math.max(0, Math.ceil(min)), Math.min(999, Math.floor(max))]
    for (let hundreds = Math.floor(low / 100); hundreds <= high / 100; hundreds += 1) {
      classes |= classOfStatus(hundreds * 100)
    }
    for (let status = low; status <= Math.min(high, low + statusBits); status += 1) statuses |= bitOfStatus(status)
    if (max > 999) classes |= classOfStatus(999)
    if (max > 999 || high - low > statusBits) statuses = -1
  }
  return join([hasBit('classes', classes), hasBit('statuses', statuses)], 'AND')
}

function testNumberZone(test: Extract<ReadyTest, { kind: 'number' }>): SqlCondition {
  if (test.column === 'status') return testStatusZone(test)
  const most = { attempts: 'attempts_max', waitedMs: 'waited_max', tookMs: 'took_max' }[test.column]
  return join(
    test.ranges.map((range) => {
      const high = compareRange(most, { ...range, max: Number.POSITIVE_INFINITY })
      if (test.column !== 'tookMs') return high
      return join([high, compareRange('took_min', { ...range, min: Number.NEGATIVE_INFINITY })], 'AND')
    }),
    'OR',
  )
}

/** What a zone must be like for one of its calls to pass a test. */
function testZone(test: ReadyTest): SqlCondition {
  switch (test.kind) {
    case 'number':
      return testNumberZone(test)
    case 'started':
      return compareStart(test.fromMs, test.toMs, 'started_min', 'started_max')
    case 'id': {
      const ids: readonly (string | null)[] = test.none ? [...test.ids, null] : test.ids
      const mask = ids.reduce<number>((sum, id) => sum | hashName(id), 0)
      return hasBit(test.column === 'keyId' ? 'keys' : 'environments', mask)
    }
    case 'like': {
      if (test.column === 'path' || test.patterns.some(({ pieces }) => pieces.length !== 1)) return always
      const mask = test.patterns.reduce((sum, { pieces }) => sum | hashName(pieces[0] ?? ''), 0)
      return hasBit(test.column === 'method' ? 'methods' : 'operations', mask)
    }
    case 'source':
      return hasBit('sources', makeMask(CallSource.options, test.words))
    case 'outcome':
      return hasBit('outcomes', makeMask(CallOutcome.options, test.words))
    case 'cause':
      return hasBit('causes', makeMask(WaitCause.options, test.words))
    case 'wait':
      return { sql: 'waited_max > 0', values: [] }
    case 'retry':
      return { sql: 'attempts_max > 1', values: [] }
    case 'error':
      return hasBit('outcomes', ~makeMask(CallOutcome.options, ['ok']))
    case 'body':
    case 'header':
    case 'text':
      return always
    default:
      return assertNever(test)
  }
}

/** The same for a test that is turned around. */
function testZoneNot(test: ReadyTest): SqlCondition {
  switch (test.kind) {
    case 'started': {
      const sides: SqlCondition[] = []
      if (test.fromMs !== null) sides.push({ sql: 'started_min < ?', values: [test.fromMs] })
      if (test.toMs !== null) sides.push({ sql: 'started_max >= ?', values: [test.toMs] })
      return join(sides, 'OR')
    }
    case 'source':
      return hasBit('sources', ~makeMask(CallSource.options, test.words))
    case 'outcome':
      return hasBit('outcomes', ~makeMask(CallOutcome.options, test.words))
    case 'error':
      return hasBit('outcomes', makeMask(CallOutcome.options, ['ok']))
    default:
      return always
  }
}

/** What a zone must be like for one of its calls to pass the filter; some that are may hold none all the same. */
export function compileZones(filter: ReadyFilter): SqlCondition {
  if (filter.kind === 'test') return filter.not ? testZoneNot(filter.test) : testZone(filter.test)
  return join(filter.parts.map(compileZones), filter.kind === 'and' ? 'AND' : 'OR')
}

/** The word that stands for a header's name among the words of a call. */
export function wordOfHeader(name: string): string {
  return `h:${name.toLowerCase().replace(/[^a-z0-9-]/g, '-')}`
}

const quoteWord = (word: string) => `"${word.replaceAll('"', '')}"`

/** A query for the words that every call which passes must hold; null when the filter asks for none. */
export function compileWords(filter: ReadyFilter): string | null {
  if (filter.kind === 'test') {
    if (filter.not) return null
    if (filter.test.kind === 'header') return quoteWord(wordOfHeader(filter.test.name))
    if (filter.test.kind !== 'text') return null
    const words = listNeededWords(filter.test.needle)
    if (words.length === 0) return null
    return `(${words.map(({ word, whole }) => quoteWord(word) + (whole ? '' : ' *')).join(' AND ')})`
  }
  const parts = filter.parts.map(compileWords)
  const asked = parts.flatMap((part) => part ?? [])
  if (asked.length === 0 || (filter.kind === 'or' && asked.length < parts.length)) return null
  return `(${asked.join(filter.kind === 'and' ? ' AND ' : ' OR ')})`
}

/** A name as zones keep it. */
export const hashFolded = (name: string) => hashName(lowerAscii(name))
