import { describe, expect, test } from 'vitest'
import { completeFilter } from '../../../shared/filter/completion.ts'
import { emptyVocabulary } from '../../../shared/filter/filter.ts'
import { acceptOffer, isUnfinished, listOffers } from './filter-offers.ts'

const vocabulary = { ...emptyVocabulary, environments: [{ id: 'e1', name: 'Prod EU' }] }

function offer(text: string, wanted: string, caret = text.length) {
  const completion = completeFilter(text, caret, vocabulary)
  const found = listOffers(text, completion, ['has:error']).find((each) => each.text.includes(wanted))
  return found === undefined ? null : acceptOffer(text, completion, found)
}

describe('offers below the filter', () => {
  test('an empty field offers the last filters first', () => {
    const offers = listOffers('', completeFilter('', 0, vocabulary), ['has:error', 'status:429'])
    expect(offers.slice(0, 2).map(({ kind, text }) => [kind, text])).toEqual([
      ['past', 'has:error'],
      ['past', 'status:429'],
    ])
    expect(offers.some(({ kind }) => kind === 'field')).toBe(true)
  })

  test('a field is taken with its colon, a value with a blank for the next term', () => {
    expect(offer('sta', 'status:')).toEqual({ text: 'status:', caret: 7 })
    expect(offer('status:42', '429')).toEqual({ text: 'status:429 ', caret: 11 })
    expect(offer('env:pr', 'Prod EU')).toEqual({ text: 'env:"Prod EU" ', caret: 14 })
  })

  test('a word that may become the name of a term is unfinished, another is not', () => {
    const unfinished = (text: string) => isUnfinished(completeFilter(text, text.length, vocabulary), text.length)
    expect(['sta', 'path:/emails wai'].map(unfinished)).toEqual([true, true])
    expect(['invoice', 'status:4', 'path:/emails ', ''].map(unfinished)).toEqual([false, false, false, false])
  })

  test('in the middle nothing but the word at the caret changes', () => {
    expect(offer('sta path:/emails', 'status:', 3)).toEqual({ text: 'status: path:/emails', caret: 7 })
  })
})
