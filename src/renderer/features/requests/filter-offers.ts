import type { FilterCompletion } from '../../../shared/filter/completion.ts'

/** One line below the field: a filter that was used, or a way to go on at the caret. */
export interface Offer {
  readonly kind: 'past' | 'field' | 'value' | 'word'
  /** As it is put into the field. */
  readonly text: string
  readonly hint: string
}

const pastMax = 4

/** What is offered: in an empty field the last filters first, then the ways to go on. */
export function listOffers(
  text: string,
  { suggestions }: FilterCompletion,
  history: readonly string[],
): readonly Offer[] {
  const past =
    text.trim() === ''
      ? history.slice(0, pastMax).map((each) => ({ kind: 'past' as const, text: each, hint: 'Used before' }))
      : []
  return [...past, ...suggestions.map(({ kind, insert, hint }) => ({ kind, text: insert, hint }))]
}

/** The text and the caret after an offer was taken. A whole value at the end is followed by a blank for the next term. */
export function acceptOffer(
  text: string,
  { from, to }: Pick<FilterCompletion, 'from' | 'to'>,
  offer: Offer,
): { readonly text: string; readonly caret: number } {
  if (offer.kind === 'past') return { text: offer.text, caret: offer.text.length }
  const rest = text.slice(to)
  const blank = offer.kind === 'value' && !offer.text.endsWith(':') && rest.trim() === '' && rest === '' ? ' ' : ''
  const before = text.slice(0, from) + offer.text + blank
  return { text: before + rest, caret: before.length }
}

/** True while the word before the caret may become the name of a term: to look for it as it stands would be rash. */
export function isUnfinished({ from, suggestions }: FilterCompletion, caret: number): boolean {
  return from < caret && suggestions.some(({ kind }) => kind === 'field')
}
