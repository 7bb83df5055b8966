import type { CallOutcome, CallSource, WaitCause } from '../model/call.ts'

/** Characters of the filter text, `from` inclusive to `to` exclusive. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Numbers between two bounds; an open bound is not among them. Infinite bounds are always inside. */
export interface NumberRange {
  readonly min: number
  readonly minOpen: boolean
  readonly max: number
  readonly maxOpen: boolean
}

/** A moment as it was written: relative ones are reckoned from the time of each search. */
export type Moment =
  | { readonly kind: 'ago'; readonly ms: number }
  /** Local time of day in ms since midnight, `daysBack` days before today. */
  | { readonly kind: 'day'; readonly daysBack: number; readonly timeMs: number }
  | { readonly kind: 'at'; readonly ms: number }

/** A name to compare with, without regard to case. `*` stands for any characters unless it was quoted. */
export interface NamePattern {
  readonly text: string
  readonly quoted: boolean
}

/** Something that a call has. A header is meant by its lower-case name, of a request or an answer. */
export type CallFeature =
  | { readonly kind: 'wait' | 'retry' | 'pause' | 'parked' | 'error' | 'body' }
  | { readonly kind: 'header'; readonly name: string }

/** What one term asks of a call. Several values of a term mean any of them. */
export type FilterTest =
  /** In ms for `waited` and `took`. `none`: also calls without an answer. */
  | {
      readonly field: 'status' | 'attempts' | 'waited' | 'took'
      readonly ranges: readonly NumberRange[]
      readonly none: boolean
    }
  | { readonly field: 'after' | 'before'; readonly moment: Moment }
  | { readonly field: 'env' | 'key' | 'method' | 'op'; readonly names: readonly NamePattern[] }
  /** Anywhere in path and query, as they were sent or decoded. */
  | { readonly field: 'path'; readonly names: readonly NamePattern[] }
  | { readonly field: 'source'; readonly sources: readonly CallSource[] }
  | { readonly field: 'outcome'; readonly outcomes: readonly CallOutcome[] }
  | { readonly field: 'cause'; readonly causes: readonly WaitCause[] }
  | { readonly field: 'has'; readonly features: readonly CallFeature[] }

/** Name of a term before its colon. */
export type FilterField = FilterTest['field']

/** One part of a term's value, as it was written between commas. */
export interface ValuePart extends Span {
  readonly text: string
  readonly quoted: boolean
}

/** What a filter asks, as a tree. */
export type FilterNode =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly part: FilterNode }
  /** Free text: found where it begins a word, without regard to case, in what was asked and answered. */
  | { readonly kind: 'text'; readonly text: string; readonly span: Span }
  | { readonly kind: 'term'; readonly test: FilterTest; readonly values: readonly ValuePart[]; readonly span: Span }

/** A filter that can be run. An `and` without parts lets everything through. */
export type Filter = FilterNode

/** What is wrong with a filter text. */
export type FilterFault =
  | 'unknown-field'
  | 'no-value'
  | 'bad-value'
  | 'no-unit'
  | 'range-reversed'
  | 'unclosed-quote'
  | 'unclosed-group'
  | 'stray-close'
  | 'empty-group'
  | 'nothing-before-or'
  | 'nothing-after-or'
  | 'nothing-after-not'
  | 'too-deep'
  | 'too-long'

/** One fault and exactly where it is. `word` is what was written there. */
export interface FilterProblem extends Span {
  readonly fault: FilterFault
  readonly field: FilterField | null
  readonly word: string
  /** What was probably meant, to put in place of `word`. */
  readonly closest: string | null
}

/** Names that terms are compared with, and that completion offers. */
export interface FilterVocabulary {
  readonly environments: readonly { readonly id: string; readonly name: string }[]
  readonly keys: readonly { readonly id: string; readonly label: string; readonly mask: string }[]
  readonly operations: readonly string[]
}

/** A vocabulary without a name. */
export const emptyVocabulary: FilterVocabulary = { environments: [], keys: [], operations: [] }

/** The filter that lets everything through. */
export const everything: Filter = { kind: 'and', parts: [] }
