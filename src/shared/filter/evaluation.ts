import type { CallOutcome, CallSource, CallSummary, WaitCause } from '../model/call.ts'
import { assertNever } from '../result.ts'
import type { CallFeature, Filter, FilterTest, FilterVocabulary, NamePattern, NumberRange } from './filter.ts'
import { type FilterSubject, foldText, holdsText, listDetailTexts, listRowTexts } from './text-search.ts'
import { resolveMoment } from './values.ts'

/** Pieces that stand in a text in this order, in ASCII lower case. `whole`: from its beginning to its end. */
export interface LikePattern {
  readonly pieces: readonly string[]
  readonly whole: boolean
}

/** A test with its names and moments looked up: all that is needed to run it. */
export type ReadyTest =
  | {
      readonly kind: 'number'
      readonly column: 'status' | 'attempts' | 'waitedMs' | 'tookMs'
      readonly ranges: readonly NumberRange[]
      readonly none: boolean
    }
  /** Began at `fromMs` or later and before `toMs`. */
  | { readonly kind: 'started'; readonly fromMs: number | null; readonly toMs: number | null }
  | {
      readonly kind: 'id'
      readonly column: 'environmentId' | 'keyId'
      readonly ids: readonly string[]
      readonly none: boolean
    }
  | {
      readonly kind: 'like'
      readonly column: 'method' | 'operation' | 'path'
      readonly patterns: readonly LikePattern[]
    }
  | { readonly kind: 'source'; readonly words: readonly CallSource[] }
  | { readonly kind: 'outcome'; readonly words: readonly CallOutcome[] }
  | { readonly kind: 'cause'; readonly words: readonly WaitCause[] }
  | { readonly kind: 'wait' | 'retry' | 'error' | 'body' }
  | { readonly kind: 'header'; readonly name: string }
  /** `needle` is folded. */
  | { readonly kind: 'text'; readonly needle: string }

/** A filter that is ready to run. Negations stand before tests only. */
export type ReadyFilter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly ReadyFilter[] }
  | { readonly kind: 'test'; readonly not: boolean; readonly test: ReadyTest }

/** The filter that every call passes. */
export const readyEverything: ReadyFilter = { kind: 'and', parts: [] }

/** True for a filter without a condition. */
export function isEverything(filter: ReadyFilter): boolean {
  return filter.kind === 'and' && filter.parts.length === 0
}

/** What names and moments are looked up in. */
export interface FilterContext {
  readonly nowMs: number
  readonly vocabulary: FilterVocabulary
}

/** As SQLite compares: other letters than these have one case only. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function splitPattern({ text, quoted }: NamePattern): readonly string[] {
  return quoted ? [text] : text.split('*')
}

// What the pipeline leaves as it is in a path. A plus it never leaves: plus addresses stand there as %2B.
const encodePiece = (piece: string) => piece.replace(/[^A-Za-z0-9\-_.~/?&=%]+/g, (part) => encodeURIComponent(part))

function encodeSafely(piece: string): string {
  try {
    return encodePiece(piece)
  } catch {
    return piece
  }
}

function listPathPatterns(pattern: NamePattern): readonly LikePattern[] {
  const pieces = splitPattern(pattern)
  const encoded = pieces.map(encodeSafely)
  const same = encoded.every((piece, index) => piece === pieces[index])
  return (same ? [pieces] : [pieces, encoded]).map((list) => ({ pieces: list.map(lowerAscii), whole: false }))
}

/** True when the pieces stand in the text in their order. `text` is in ASCII lower case. */
function matchPieces(text: string, { pieces, whole }: LikePattern): boolean {
  const [first = '', ...rest] = pieces
  if (whole && rest.length === 0) return text === first
  if (whole && !text.startsWith(first)) return false
  let at = whole ? first.length : text.indexOf(first)
  if (at < 0) return false
  if (!whole) at += first.length
  const last = whole ? rest.pop() : undefined
  for (const piece of rest) {
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return last === undefined || (text.length - last.length >= at && text.endsWith(last))
}

const matchesName = (name: string, pattern: NamePattern) =>
  matchPieces(lowerAscii(name), { pieces: splitPattern(pattern).map(lowerAscii), whole: true })

function readyFeature(feature: CallFeature): ReadyTest {
  switch (feature.kind) {
    case 'header':
      return { kind: 'header', name: feature.name }
    case 'pause':
    case 'parked':
      return { kind: 'cause', words: [feature.kind] }
    case 'wait':
    case 'retry':
    case 'error':
    case 'body':
      return { kind: feature.kind }
    default:
      return assertNever(feature)
  }
}

function readyTests(test: FilterTest, { nowMs, vocabulary }: FilterContext): readonly ReadyTest[] {
  switch (test.field) {
    case 'status':
    case 'attempts':
      return [{ kind: 'number', column: test.field, ranges: test.ranges, none: test.none }]
    case 'waited':
    case 'took': {
      const column = test.field === 'took' ? 'tookMs' : 'waitedMs'
      return [{ kind: 'number', column, ranges: test.ranges, none: false }]
    }
    case 'after':
      return [{ kind: 'started', fromMs: resolveMoment(test.moment, nowMs), toMs: null }]
    case 'before':
      return [{ kind: 'started', fromMs: null, toMs: resolveMoment(test.moment, nowMs) }]
    case 'env': {
      const named = vocabulary.environments.filter(({ id, name }) =>
        test.names.some((pattern) => matchesName(name, pattern) || matchesName(id, pattern)),
      )
      // An environment that was removed is still found by its id.
      const ids = [...named.map(({ id }) => id), ...test.names.map(({ text }) => text)]
      return [{ kind: 'id', column: 'environmentId', ids: [...new Set(ids)], none: false }]
    }
    case 'key': {
      const named = vocabulary.keys.filter(({ id, label, mask }) =>
        test.names.some(
          (pattern) => matchesName(label, pattern) || matchesName(id, pattern) || endsMask(mask, pattern.text),
        ),
      )
      const ids = [...named.map(({ id }) => id), ...test.names.map(({ text }) => text)]
      const none = test.names.some(({ text, quoted }) => !quoted && text.toLowerCase() === 'none')
      return [{ kind: 'id', column: 'keyId', ids: [...new Set(ids)], none }]
    }
    case 'method':
    case 'op': {
      const patterns = test.names.map((pattern) => ({ pieces: splitPattern(pattern).map(lowerAscii), whole: true }))
      return [{ kind: 'like', column: test.field === 'op' ? 'operation' : 'method', patterns }]
    }
    case 'path':
      return [{ kind: 'like', column: 'path', patterns: test.names.flatMap(listPathPatterns) }]
    case 'source':
      return [{ kind: 'source', words: test.sources }]
    case 'outcome':
      return [{ kind: 'outcome', words: test.outcomes }]
    case 'cause':
      return [{ kind: 'cause', words: test.causes }]
    case 'has':
      return test.features.map(readyFeature)
    default:
      return assertNever(test)
  }
}

function endsMask(mask: string, text: string): boolean {
  return text === mask || (text.length >= 4 && mask.endsWith(text))
}

function readyNode(node: Filter, context: FilterContext, not: boolean): ReadyFilter {
  switch (node.kind) {
    case 'and':
    case 'or': {
      const kind = (node.kind === 'and') === not ? 'or' : 'and'
      return { kind, parts: node.parts.map((part) => readyNode(part, context, not)) }
    }
    case 'not':
      return readyNode(node.part, context, !not)
    case 'text':
      return { kind: 'test', not, test: { kind: 'text', needle: foldText(node.text) } }
    case 'term': {
      const tests = readyTests(node.test, context).map((test): ReadyFilter => ({ kind: 'test', not, test }))
      const [only] = tests
      return only !== undefined && tests.length === 1 ? only : { kind: not ? 'and' : 'or', parts: tests }
    }
  }
}

/** Looks up the names and moments of a filter. */
export function readyFilter(filter: Filter, context: FilterContext): ReadyFilter {
  return readyNode(filter, context, false)
}

function isInside(value: number, { min, minOpen, max, maxOpen }: NumberRange): boolean {
  return (minOpen ? value > min : value >= min) && (maxOpen ? value < max : value <= max)
}

/** Causes of a call's waits, as its row tells them. */
export function listCauses({ pieces }: CallSummary): readonly WaitCause[] {
  return [...new Set(pieces?.flatMap(({ wait }) => wait ?? []))]
}

/** True, false, or null where the row alone does not say. */
function matchTest(test: ReadyTest, { summary, detail }: FilterSubject): boolean | null {
  switch (test.kind) {
    case 'number': {
      const value = summary[test.column]
      if (value === null) return test.none
      return test.ranges.some((range) => isInside(value, range))
    }
    case 'started':
      return (
        (test.fromMs === null || summary.startedAtMs >= test.fromMs) &&
        (test.toMs === null || summary.startedAtMs < test.toMs)
      )
    case 'id': {
      const id = summary[test.column]
      return id === null ? test.none : test.ids.includes(id)
    }
    case 'like': {
      const text = lowerAscii(summary[test.column])
      return test.patterns.some((pattern) => matchPieces(text, pattern))
    }
    case 'source':
      return test.words.includes(summary.source)
    case 'outcome':
      return test.words.includes(summary.outcome)
    case 'cause':
      return listCauses(summary).some((cause) => test.words.includes(cause))
    case 'wait':
      return summary.waitedMs > 0
    case 'retry':
      return summary.attempts > 1
    case 'error':
      return summary.outcome !== 'ok'
    case 'body':
      return detail === null ? null : detail.requestBody !== null || detail.responseBody !== null
    case 'header':
      return detail === null
        ? null
        : detail.attempts.some(({ requestHeaders, responseHeaders }) =>
            [...requestHeaders, ...responseHeaders].some(([name]) => name.toLowerCase() === test.name),
          )
    case 'text': {
      if (listRowTexts(summary).some((text) => holdsText(text, test.needle))) return true
      return detail === null ? null : listDetailTexts(detail).some((text) => holdsText(text, test.needle))
    }
    default:
      return assertNever(test)
  }
}

/** True when a call passes, false when not, null when its row alone does not say: its bodies or headers decide. */
export function matchFilter(filter: ReadyFilter, subject: FilterSubject): boolean | null {
  if (filter.kind === 'test') {
    const answer = matchTest(filter.test, subject)
    return answer === null || !filter.not ? answer : !answer
  }
  // In an `and` one false decides, in an `or` one true; otherwise what is not known stays so.
  const decides = filter.kind === 'or'
  let answer: boolean | null = !decides
  for (const part of filter.parts) {
    const found = matchFilter(part, subject)
    if (found === decides) return decides
    if (found === null) answer = null
  }
  return answer
}
