import { assertNever } from '../result.ts'
import {
  closedWords,
  featureHints,
  filterFields,
  isFilterField,
  methodNames,
  momentHints,
  statusHints,
} from './fields.ts'
import type { FilterField, FilterVocabulary, Span } from './filter.ts'
import { formatTerm } from './format.ts'
import { lexFilter } from './lexer.ts'

/** One way to go on. `insert` replaces the range of the completion. */
export interface FilterSuggestion {
  readonly insert: string
  /** What it means, for the line beside it; may be empty. */
  readonly hint: string
  readonly kind: 'field' | 'value' | 'word'
}

/** What may be written at the caret, best first, and the characters that it replaces. */
export interface FilterCompletion extends Span {
  readonly suggestions: readonly FilterSuggestion[]
}

const suggestionsMax = 20

const hinted = (hints: Readonly<Record<string, string>>): readonly FilterSuggestion[] =>
  Object.entries(hints).map(([insert, hint]) => ({ insert, hint, kind: 'value' as const }))

const plain = (words: readonly string[]): readonly FilterSuggestion[] =>
  words.map((insert) => ({ insert, hint: '', kind: 'value' as const }))

// The name of a term is left out of what `formatTerm` quotes.
const quoteValue = (text: string) => formatTerm('op', text).slice('op:'.length)

function listValues(field: FilterField, vocabulary: FilterVocabulary): readonly FilterSuggestion[] {
  switch (field) {
    case 'env':
      return vocabulary.environments.map(({ name }) => ({ insert: quoteValue(name), hint: '', kind: 'value' as const }))
    case 'key': {
      const named = vocabulary.keys.map(({ label, mask }) => ({
        insert: quoteValue(label),
        hint: mask,
        kind: 'value' as const,
      }))
      return [...named, { insert: 'none', hint: 'Calls without a key', kind: 'value' }]
    }
    case 'op':
      return plain(vocabulary.operations)
    case 'status':
      return hinted(statusHints)
    case 'method':
      return plain(methodNames)
    case 'waited':
      return plain(['>0ms', '>1s', '>10s', '>1m'])
    case 'took':
      return plain(['>100ms', '>1s', '>10s'])
    case 'attempts':
      return plain(['>1', '>2', '3'])
    case 'has':
      return hinted(featureHints)
    case 'source':
      return plain(closedWords.source)
    case 'outcome':
      return plain(closedWords.outcome.map((word) => word.toLowerCase()))
    case 'cause':
      return plain(closedWords.cause)
    case 'after':
    case 'before':
      return hinted(momentHints)
    case 'path':
      return []
    default:
      return assertNever(field)
  }
}

function pick(all: readonly FilterSuggestion[], written: string): readonly FilterSuggestion[] {
  const typed = written.replace(/^"/, '').toLowerCase()
  const bare = ({ insert }: FilterSuggestion) => insert.replace(/^"/, '').toLowerCase()
  const begins = all.filter((one) => bare(one).startsWith(typed))
  const holds = all.filter((one) => !bare(one).startsWith(typed) && bare(one).includes(typed))
  const found = [...begins, ...holds].slice(0, suggestionsMax)
  // What is written already is no way to go on.
  return found.length === 1 && found[0] !== undefined && bare(found[0]) === typed ? [] : found
}

/** What may be written at the caret. Inside a quoted free text and behind a whole word nothing is offered. */
export function completeFilter(text: string, caret: number, vocabulary: FilterVocabulary): FilterCompletion {
  const lexemes = lexFilter(text)
  const at = lexemes.find(({ kind, from, to }) => from < caret && caret <= to && kind !== 'open' && kind !== 'minus')
  const fields = filterFields.map(({ field, hint, example }) => ({
    insert: `${field}:`,
    hint: `${hint}, as ${example}`,
    kind: 'field' as const,
  }))
  const nothing = { from: caret, to: caret, suggestions: [] }
  if (at === undefined) {
    const before = lexemes.filter(({ to }) => to <= caret).at(-1)
    const follows = before !== undefined && ['text', 'term', 'close'].includes(before.kind)
    const or: readonly FilterSuggestion[] = follows ? [{ insert: 'or ', hint: 'Either side', kind: 'word' }] : []
    return { from: caret, to: caret, suggestions: [...fields, ...or] }
  }
  switch (at.kind) {
    case 'text': {
      if (at.part.quoted) return nothing
      const words = [...fields, { insert: 'not ', hint: 'Turns the next term around', kind: 'word' as const }]
      const written = text.slice(at.from, caret).toLowerCase()
      const suggestions = words.filter(({ insert }) => insert.startsWith(written))
      return { from: at.from, to: at.to, suggestions }
    }
    case 'term': {
      if (caret <= at.nameTo) {
        const written = text.slice(at.from, caret).toLowerCase()
        return { from: at.from, to: at.nameTo + 1, suggestions: fields.filter((one) => one.insert.startsWith(written)) }
      }
      const name = at.name.toLowerCase()
      const part = at.parts.find(({ from, to }) => from <= caret && caret <= to)
      if (!isFilterField(name) || part === undefined) return nothing
      const written = text.slice(part.from, caret)
      return { from: part.from, to: part.to, suggestions: pick(listValues(name, vocabulary), written) }
    }
    default:
      return nothing
  }
}
