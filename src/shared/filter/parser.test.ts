import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FilterNode } from './filter.ts'
import { formatFilter } from './fixtures/filter-text.ts'
import { formatTerm, formatText } from './format.ts'
import { highlightFilter } from './highlight.ts'
import { parseFilter } from './parser.ts'
import { describeFilterProblem } from './problem-text.ts'

/** The filter without the places that it was written at. */
function strip(node: FilterNode): unknown {
  switch (node.kind) {
    case 'and':
    case 'or':
      return { [node.kind]: node.parts.map(strip) }
    case 'not':
      return { not: strip(node.part) }
    case 'text':
      return node.text
    case 'term':
      return node.test
  }
}

function read(text: string): FilterNode {
  const parsed = parseFilter(text)
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.error)}`)
  return parsed.value
}

const any = { min: Number.NEGATIVE_INFINITY, minOpen: false, max: Number.POSITIVE_INFINITY, maxOpen: false }
const name = (text: string, quoted = false) => ({ text, quoted })

describe('a filter', () => {
  const status = (range: object) => ({ field: 'status', ranges: [{ ...any, ...range }], none: false })
  const readable: readonly [string, unknown][] = [
    ['', { and: [] }],
    ['  ', { and: [] }],
    ['refund', 'refund'],
    ['"two words"', 'two words'],
    ['"a \\"quote\\" and \\\\"', 'a "quote" and \\'],
    ['two words', { and: ['two', 'words'] }],
    ['one AND two', { and: ['one', 'two'] }],
    ['one or two three', { or: ['one', { and: ['two', 'three'] }] }],
    ['(one or two) three', { and: [{ or: ['one', 'two'] }, 'three'] }],
    ['-one', { not: 'one' }],
    ['not one', { not: 'one' }],
    ['not not -one', { not: { not: { not: 'one' } } }],
    ['-(one two)', { not: { and: ['one', 'two'] } }],
    ['a-b', 'a-b'],
    ['-', '-'],
    ['status:429', status({ min: 429, max: 429 })],
    ['STATUS:4xx', status({ min: 400, max: 499 })],
    ['status:400..404', status({ min: 400, max: 404 })],
    ['status:400..', status({ min: 400 })],
    ['status:..399', status({ max: 399 })],
    ['status:>=500', status({ min: 500 })],
    ['status:>500', status({ min: 500, minOpen: true })],
    ['status:<=500', status({ max: 500 })],
    ['status:<500', status({ max: 500, maxOpen: true })],
    ['status:=500', status({ min: 500, max: 500 })],
    ['status:none', { field: 'status', ranges: [], none: true }],
    ['status:none,200', { ...status({ min: 200, max: 200 }), none: true }],
    ['waited:2s', { field: 'waited', ranges: [{ ...any, min: 2000 }], none: false }],
    ['waited:=0', { field: 'waited', ranges: [{ ...any, min: 0, max: 0 }], none: false }],
    ['took:>1.5s', { field: 'took', ranges: [{ ...any, min: 1500, minOpen: true }], none: false }],
    ['took:250ms..1m', { field: 'took', ranges: [{ ...any, min: 250, max: 60_000 }], none: false }],
    ['attempts:>1', { field: 'attempts', ranges: [{ ...any, min: 1, minOpen: true }], none: false }],
    ['after:-1h', { field: 'after', moment: { kind: 'ago', ms: 3_600_000 } }],
    ['after:30m', { field: 'after', moment: { kind: 'ago', ms: 1_800_000 } }],
    ['before:today', { field: 'before', moment: { kind: 'day', daysBack: 0, timeMs: 0 } }],
    ['after:14:30', { field: 'after', moment: { kind: 'day', daysBack: 0, timeMs: 52_200_000 } }],
    ['after:2026-11-24', { field: 'after', moment: { kind: 'at', ms: new Date(2026, 10, 24).getTime() } }],
    ['after:2026-11-24T10:30:00Z', { field: 'after', moment: { kind: 'at', ms: Date.UTC(2026, 10, 24, 10, 30) } }],
    ['after:2026-11-24T10:30+02:00', { field: 'after', moment: { kind: 'at', ms: Date.UTC(2026, 10, 24, 8, 30) } }],
    ['env:prod,dev', { field: 'env', names: [name('prod'), name('dev')] }],
    ['key:"my key",x7Qp', { field: 'key', names: [name('my key', true), name('x7Qp')] }],
    ['path:/emails/*/reply', { field: 'path', names: [name('/emails/*/reply')] }],
    ['path:"a,b (c)"', { field: 'path', names: [name('a,b (c)', true)] }],
    ['source:inbox', { field: 'source', sources: ['Inbox'] }],
    ['outcome:rate-limited', { field: 'outcome', outcomes: ['RATE_LIMITED'] }],
    ['cause:Retry-After', { field: 'cause', causes: ['retry-after'] }],
    ['has:retry,header:X-Id', { field: 'has', features: [{ kind: 'retry' }, { kind: 'header', name: 'x-id' }] }],
  ]

  test.each(readable)('%s is read', (text, tree) => {
    expect(strip(read(text))).toEqual(tree)
  })

  test.each(readable)('%s is the same after it was written and read again', (text) => {
    const filter = read(text)
    expect(strip(read(formatFilter(filter)))).toEqual(strip(filter))
  })

  test('knows where each term was written', () => {
    const filter = read('a  (status:429)')
    expect(filter).toMatchObject({ parts: [{ span: { from: 0, to: 1 } }, { span: { from: 4, to: 14 } }] })
  })
})

describe('a fault', () => {
  const faulty: readonly [string, string, string][] = [
    ['stat:429', 'unknown-field', '[stat]:429'],
    ['a foo:b', 'unknown-field', 'a [foo]:b'],
    ['status:', 'no-value', 'status[:]'],
    ['env:prod,', 'no-value', 'env:prod[,]'],
    ['env:""', 'no-value', 'env:[""]'],
    ['status:abc', 'bad-value', 'status:[abc]'],
    ['status:200,abc', 'bad-value', 'status:200,[abc]'],
    ['status:6xx', 'bad-value', 'status:[6xx]'],
    ['status:..', 'bad-value', 'status:[..]'],
    ['waited:>2', 'no-unit', 'waited:[>2]'],
    ['waited:2y', 'no-unit', 'waited:[2y]'],
    ['waited:5s..1s', 'range-reversed', 'waited:[5s..1s]'],
    ['after:2026-02-30', 'bad-value', 'after:[2026-02-30]'],
    ['after:25:00', 'bad-value', 'after:[25:00]'],
    ['after:soon', 'bad-value', 'after:[soon]'],
    ['after:today,now', 'bad-value', 'after:today,[now]'],
    ['source:Inbx', 'bad-value', 'source:[Inbx]'],
    ['has:header:', 'bad-value', 'has:[header:]'],
    ['"open', 'unclosed-quote', '["]open'],
    ['path:"open', 'unclosed-quote', 'path:["]open'],
    ['(a', 'unclosed-group', '[(]a'],
    ['a) b', 'stray-close', 'a[)] b'],
    ['a ()', 'empty-group', 'a [()]'],
    ['or a', 'nothing-before-or', '[or] a'],
    ['a or', 'nothing-after-or', 'a [or]'],
    ['a or or b', 'nothing-after-or', 'a [or] or b'],
    ['a not', 'nothing-after-not', 'a [not]'],
    ['-(a', 'unclosed-group', '-[(]a'],
    [`${'('.repeat(30)}a${')'.repeat(30)}`, 'too-deep', `${'('.repeat(21)}[(]${'('.repeat(8)}a${')'.repeat(30)}`],
    ['x'.repeat(501), 'too-long', `${'x'.repeat(500)}[x]`],
  ]

  test.each(faulty)('in %s is named and placed', (text, fault, marked) => {
    const parsed = parseFilter(text)
    const [first] = parsed.ok ? [] : parsed.error
    expect(first?.fault).toBe(fault)
    const { from, to } = first ?? { from: 0, to: 0 }
    expect(`${text.slice(0, from)}[${text.slice(from, to)}]${text.slice(to)}`).toBe(marked)
  })

  test('has a sentence that ends, for every fault', () => {
    for (const [text] of faulty) {
      const parsed = parseFilter(text)
      for (const problem of parsed.ok ? [] : parsed.error) expect(describeFilterProblem(problem)).toMatch(/^\S.*[.?]$/)
    }
  })

  test('says what was probably meant', () => {
    const closestOf = (text: string) => {
      const parsed = parseFilter(text)
      return parsed.ok ? null : parsed.error[0]?.closest
    }
    expect(closestOf('statsu:429')).toBe('status')
    expect(closestOf('source:Inbx')).toBe('Inbox')
    expect(closestOf('cause:jitter')).toBe(null)
    expect(closestOf('environment:prod')).toBe(null)
    expect(closestOf('wait:2s')).toBe('waited')
  })

  test('is not the last one: all are told, in their order', () => {
    const parsed = parseFilter('status:x (foo:1 or')
    expect(parsed.ok ? [] : parsed.error.map(({ fault }) => fault)).toEqual([
      'bad-value',
      'unclosed-group',
      'unknown-field',
      'nothing-after-or',
    ])
  })
})

describe('any text', () => {
  const pieces = fc.constantFrom(
    'status:',
    '4xx',
    'env:',
    'a',
    '"',
    '(',
    ')',
    '-',
    'or',
    'not',
    ' ',
    ',',
    '\\',
    '>2s',
    'ß',
    '..',
  )
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
    fc.string({ maxLength: 60 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
  )

  test('is read or has faults inside it, and the same once written', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseFilter(text)
        if (parsed.ok) {
          expect(strip(read(formatFilter(parsed.value)))).toEqual(strip(parsed.value))
          return
        }
        expect(parsed.error.length).toBeGreaterThan(0)
        for (const { from, to } of parsed.error) {
          expect(from).toBeGreaterThanOrEqual(0)
          expect(to).toBeGreaterThan(from)
          expect(to).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('is free text or a value once it was written as one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), (text) => {
        expect(strip(read(formatText(text)))).toBe(text)
        const term = read(formatTerm('op', text))
        expect(term).toMatchObject({ values: [{ text }] })
      }),
    )
  })

  test('is coloured whole, without gap or overlap', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseFilter(text)
        const stretches = highlightFilter(text, parsed.ok ? [] : parsed.error)
        expect(stretches.map(({ from, to }) => text.slice(from, to)).join('')).toBe(text)
      }),
    )
  })
})
