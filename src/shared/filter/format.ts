import type { FilterField } from './filter.ts'
import { lexFilter } from './lexer.ts'

const quote = (text: string) => `"${text.replace(/["\\]/g, (sign) => `\\${sign}`)}"`

/** A value as it must be written in a term. */
function formatValue(text: string): string {
  return text === '' || /[\s(),"]/.test(text) ? quote(text) : text
}

/** A term as text. Values with spaces, commas, quotes or parentheses are quoted. */
export function formatTerm(field: FilterField, ...values: readonly string[]): string {
  return `${field}:${values.map(formatValue).join(',')}`
}

/** Free text as it must be written, so that it is not taken for a term or a word of the language. */
export function formatText(text: string): string {
  const [only, second] = lexFilter(text)
  const isPlain = only?.kind === 'text' && second === undefined && !only.part.quoted && only.part.text === text
  return isPlain ? text : quote(text)
}
