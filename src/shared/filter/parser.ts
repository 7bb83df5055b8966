import { limits } from '../limits.ts'
import { fail, type Result, succeed } from '../result.ts'
import { closedWords, featureHints, filterFields, findWord, isFilterField } from './fields.ts'
import {
  type CallFeature,
  everything,
  type Filter,
  type FilterField,
  type FilterNode,
  type FilterProblem,
  type FilterTest,
  type NumberRange,
  type Span,
} from './filter.ts'
import { type LexedPart, type Lexeme, lexFilter } from './lexer.ts'
import { readMoment, readRange } from './values.ts'

const depthMax = 20
const problemsMax = 10
const headerName = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/

function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= other.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}

/** The word that was probably meant: at most two letters off, or begun; null when none is near. */
function findClosest(words: readonly string[], written: string): string | null {
  const plain = written.toLowerCase()
  const begun = plain.length > 1 ? words.find((word) => word.toLowerCase().startsWith(plain)) : undefined
  if (begun !== undefined) return begun
  const near = words
    .map((word) => ({ word, off: distance(plain.slice(0, 40), word.toLowerCase()) }))
    .filter(({ word, off }) => off <= Math.min(2, word.length / 2))
    .sort((one, other) => one.off - other.off)[0]
  return near?.word ?? null
}

function readFeature(text: string): CallFeature | null {
  const word = text.toLowerCase()
  if (word.startsWith('header:')) {
    const name = word.slice('header:'.length)
    return headerName.test(name) ? { kind: 'header', name } : null
  }
  switch (word) {
    case 'wait':
    case 'retry':
    case 'pause':
    case 'parked':
    case 'error':
    case 'body':
      return { kind: word }
    default:
      return null
  }
}

/** Turns the values of one term into what it asks; tells each value that cannot be one. */
function readTest(
  field: FilterField,
  parts: readonly LexedPart[],
  tell: (part: Span, fault: FilterProblem['fault'], word: string, closest?: string | null) => void,
): FilterTest {
  function readEach<T>(read: (text: string) => T | null, words: readonly string[]): T[] {
    return parts.flatMap((part) => {
      const value = read(part.text)
      if (value !== null) return [value]
      tell(part, 'bad-value', part.text, findClosest(words, part.text))
      return []
    })
  }
  switch (field) {
    case 'status':
    case 'attempts':
    case 'waited':
    case 'took': {
      const isNone = (part: LexedPart) => field === 'status' && part.text.toLowerCase() === 'none'
      const ranges = parts.flatMap((part): NumberRange[] => {
        if (isNone(part)) return []
        const range = readRange(field, part.text)
        if (typeof range !== 'string') return [range]
        tell(part, range, part.text)
        return []
      })
      return { field, ranges, none: parts.some(isNone) }
    }
    case 'after':
    case 'before': {
      const [part, second] = parts
      if (second !== undefined) tell(second, 'bad-value', second.text)
      const moment = readMoment(part?.text ?? '')
      if (typeof moment !== 'string') return { field, moment }
      if (part !== undefined) tell(part, moment, part.text)
      return { field, moment: { kind: 'at', ms: 0 } }
    }
    case 'env':
    case 'key':
    case 'method':
    case 'op':
    case 'path':
      return { field, names: parts.map(({ text, quoted }) => ({ text, quoted })) }
    case 'source':
      return { field, sources: readEach((text) => findWord(closedWords.source, text), closedWords.source) }
    case 'outcome': {
      const words = closedWords.outcome.map((word) => word.toLowerCase())
      return { field, outcomes: readEach((text) => findWord(closedWords.outcome, text), words) }
    }
    case 'cause':
      return { field, causes: readEach((text) => findWord(closedWords.cause, text), closedWords.cause) }
    case 'has':
      return { field, features: readEach(readFeature, Object.keys(featureHints)) }
  }
}

/**
 * Reads a filter text. Terms beside each other must all hold; `or` joins what stands at its sides; `-` or `not` turns
 * the next term or group around. Answers every fault with its place, at most ten.
 */
export function parseFilter(text: string): Result<Filter, readonly FilterProblem[]> {
  const problems: FilterProblem[] = []
  function tell({ from, to }: Span, fault: FilterProblem['fault'], word = '', rest: Partial<FilterProblem> = {}): void {
    if (problems.length < problemsMax) problems.push({ fault, from, to, word, field: null, closest: null, ...rest })
  }
  if (text.length > limits.filterCharsMax) {
    tell({ from: limits.filterCharsMax, to: text.length }, 'too-long')
    return fail(problems)
  }
  const lexemes = lexFilter(text)
  let position = 0
  const peek = (): Lexeme | undefined => lexemes[position]

  function readTerm(lexeme: Extract<Lexeme, { kind: 'term' }>): FilterNode {
    const name = lexeme.name.toLowerCase()
    const span = { from: lexeme.from, to: lexeme.to }
    if (!isFilterField(name)) {
      const closest = findClosest(
        filterFields.map(({ field }) => field),
        name,
      )
      tell({ from: lexeme.from, to: lexeme.nameTo }, 'unknown-field', lexeme.name, { closest })
      return everything
    }
    for (const part of lexeme.parts) {
      if (!part.closed) tell({ from: part.from, to: part.from + 1 }, 'unclosed-quote')
      else if (part.text === '') {
        // An empty place has no character of its own: the one before it stands for it.
        tell(part.quoted ? part : { from: part.from - 1, to: part.from }, 'no-value', '', { field: name })
      }
    }
    const full = lexeme.parts.filter((part) => part.text !== '' && part.closed)
    if (full.length === 0) return everything
    const test = readTest(name, full, (part, fault, word, closest = null) =>
      tell(part, fault, word, { field: name, closest }),
    )
    const values = full.map(({ text: value, quoted, from, to }) => ({ text: value, quoted, from, to }))
    return { kind: 'term', test, values, span }
  }

  /** One term or group with what turns it around; null when there is none here. */
  function readFactor(depth: number): FilterNode | null {
    const lexeme = peek()
    if (lexeme === undefined) return null
    switch (lexeme.kind) {
      case 'or':
      case 'close':
        return null
      case 'and':
        position += 1
        return readFactor(depth)
      case 'minus':
      case 'not': {
        position += 1
        const part = depth > depthMax ? null : readFactor(depth + 1)
        if (depth > depthMax) tell(lexeme, 'too-deep')
        else if (part === null) tell(lexeme, 'nothing-after-not', text.slice(lexeme.from, lexeme.to))
        return part === null ? everything : { kind: 'not', part }
      }
      case 'open': {
        position += 1
        if (depth > depthMax) {
          tell(lexeme, 'too-deep')
          return everything
        }
        const before = problems.length
        const inner = readOr(depth + 1)
        const end = peek()
        if (end?.kind === 'close') position += 1
        else tell(lexeme, 'unclosed-group')
        if (inner === null && problems.length === before)
          tell({ from: lexeme.from, to: end?.to ?? lexeme.to }, 'empty-group')
        return inner ?? everything
      }
      case 'text': {
        position += 1
        const { part } = lexeme
        if (!part.closed) tell({ from: part.from, to: part.from + 1 }, 'unclosed-quote')
        return { kind: 'text', text: part.text, span: { from: lexeme.from, to: lexeme.to } }
      }
      case 'term':
        position += 1
        return readTerm(lexeme)
    }
  }

  function readAnd(depth: number): FilterNode | null {
    const parts: FilterNode[] = []
    for (let part = readFactor(depth); part !== null; part = readFactor(depth)) parts.push(part)
    const [first] = parts
    if (first === undefined) return null
    return parts.length === 1 ? first : { kind: 'and', parts }
  }

  function readOr(depth: number): FilterNode | null {
    const first = readAnd(depth)
    const parts = first === null ? [] : [first]
    for (let lexeme = peek(); lexeme?.kind === 'or'; lexeme = peek()) {
      position += 1
      const word = text.slice(lexeme.from, lexeme.to)
      if (parts.length === 0) tell(lexeme, 'nothing-before-or', word)
      const next = readAnd(depth)
      if (next === null) tell(lexeme, 'nothing-after-or', word)
      else parts.push(next)
    }
    const [only] = parts
    if (only === undefined) return null
    return parts.length === 1 ? only : { kind: 'or', parts }
  }

  let whole = readOr(0)
  for (let lexeme = peek(); lexeme !== undefined; lexeme = peek()) {
    // Only a closing parenthesis without an opening one is left over.
    tell(lexeme, 'stray-close')
    position += 1
    const rest = readOr(0)
    whole = whole ?? rest
  }
  if (problems.length > 0) return fail(problems.sort((one, other) => one.from - other.from))
  return succeed(whole ?? everything)
}
