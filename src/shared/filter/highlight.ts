import { isFilterField } from './fields.ts'
import type { FilterProblem, Span } from './filter.ts'
import { lexFilter } from './lexer.ts'

/** A stretch of a filter text and what it is, to colour it. `wrong` ones are what a problem points at. */
export interface FilterStretch extends Span {
  readonly kind: 'space' | 'field' | 'value' | 'text' | 'word' | 'sign'
  readonly wrong: boolean
}

/** Cuts the whole text into stretches, without gap or overlap. */
export function highlightFilter(text: string, problems: readonly FilterProblem[]): readonly FilterStretch[] {
  const kinds = new Array<FilterStretch['kind']>(text.length).fill('space')
  for (const lexeme of lexFilter(text)) {
    switch (lexeme.kind) {
      case 'open':
      case 'close':
      case 'minus':
        kinds.fill('sign', lexeme.from, lexeme.to)
        break
      case 'or':
      case 'and':
      case 'not':
        kinds.fill('word', lexeme.from, lexeme.to)
        break
      case 'text':
        kinds.fill('text', lexeme.from, lexeme.to)
        break
      case 'term':
        kinds.fill('value', lexeme.from, lexeme.to)
        kinds.fill(isFilterField(lexeme.name.toLowerCase()) ? 'field' : 'text', lexeme.from, lexeme.nameTo + 1)
        break
    }
  }
  const isWrong = (at: number) => problems.some(({ from, to }) => from <= at && at < to)
  const stretches: FilterStretch[] = []
  for (const [at, kind] of kinds.entries()) {
    const wrong = isWrong(at)
    const last = stretches.at(-1)
    if (last?.kind === kind && last.wrong === wrong) stretches[stretches.length - 1] = { ...last, to: at + 1 }
    else stretches.push({ kind, wrong, from: at, to: at + 1 })
  }
  return stretches
}
