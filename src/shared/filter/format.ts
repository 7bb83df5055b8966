import type { FilterField, FilterNode, ValuePart } from './filter.ts'
import { lexFilter } from './lexer.ts'

const quote = (text: string) => `"${text.replace(/["\\]/g, (sign) => `\\${sign}`)}"`

/** A value as it must be written in a term. Quoted ones take `*` as it is. */
function formatValue({ text, quoted }: Pick<ValuePart, 'text' | 'quoted'>): string {
  return quoted || text === '' || /[\s(),"]/.test(text) ? quote(text) : text
}

/** A term as text. Values with spaces, commas, quotes or parentheses are quoted. */
export function formatTerm(field: FilterField, ...values: readonly string[]): string {
  return `${field}:${values.map((text) => formatValue({ text, quoted: false })).join(',')}`
}

/** Free text as it must be written, so that it is not taken for a term or a word of the language. */
export function formatText(text: string): string {
  const [only, second] = lexFilter(text)
  const isPlain = only?.kind === 'text' && second === undefined && !only.part.quoted && only.part.text === text
  return isPlain ? text : quote(text)
}

function formatPart(node: FilterNode, inside: 'and' | 'or' | 'not' | null): string {
  switch (node.kind) {
    case 'text':
      return formatText(node.text)
    case 'term':
      return `${node.test.field}:${node.values.map(formatValue).join(',')}`
    case 'not':
      return `-${formatPart(node.part, 'not')}`
    case 'and':
    case 'or': {
      const text = node.parts.map((part) => formatPart(part, node.kind)).join(node.kind === 'or' ? ' or ' : ' ')
      const binds = inside === null || (inside === 'or' && node.kind === 'and')
      return binds ? text : `(${text})`
    }
  }
}

/** A filter as text, which reads as the same filter again. */
export function formatFilter(filter: FilterNode): string {
  return formatPart(filter, null)
}
