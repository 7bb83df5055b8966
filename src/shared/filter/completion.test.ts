import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { completeFilter } from './completion.ts'
import type { FilterVocabulary } from './filter.ts'
import { parseFilter } from './parser.ts'

const vocabulary: FilterVocabulary = {
  environments: [
    { id: 'e1', name: 'Production' },
    { id: 'e2', name: 'My sandbox' },
  ],
  keys: [{ id: 'k1', label: 'support', mask: 'jsk_live_…x7Qp' }],
  operations: ['listEmails', 'sendEmail', 'listLabels'],
}

/** `|` in the text is the caret. */
function complete(marked: string) {
  const caret = marked.indexOf('|')
  const text = marked.replace('|', '')
  const { from, to, suggestions } = completeFilter(text, caret, vocabulary)
  return { text, from, to, inserts: suggestions.map(({ insert }) => insert) }
}

/** The text once the first suggestion was taken. */
function take(marked: string): string {
  const { text, from, to, inserts } = complete(marked)
  return text.slice(0, from) + (inserts[0] ?? '') + text.slice(to)
}

describe('where nothing is written yet', () => {
  test('every field is offered with what it is for', () => {
    const { suggestions } = completeFilter('', 0, vocabulary)
    expect(suggestions.map(({ insert }) => insert)).toEqual(expect.arrayContaining(['status:', 'env:', 'has:']))
    for (const { hint, kind } of suggestions) {
      expect(kind).toBe('field')
      expect(hint).not.toBe('')
    }
  })

  test('`or` is offered behind a term only', () => {
    expect(complete('status:429 |').inserts).toContain('or ')
    expect(complete('(a or b) |').inserts).toContain('or ')
    expect(complete('|').inserts).not.toContain('or ')
    expect(complete('status:429 or |').inserts).not.toContain('or ')
  })
})

describe('a word that is begun', () => {
  test('goes on to the fields that begin so', () => {
    expect(complete('st|').inserts).toEqual(['status:'])
    expect(complete('ST|').inserts).toEqual(['status:'])
    expect(take('refund st|')).toBe('refund status:')
    expect(complete('no|').inserts).toEqual(['not '])
    expect(complete('refund|').inserts).toEqual([])
  })

  test('behind a minus goes on as well', () => {
    expect(take('-ha|')).toBe('-has:')
  })

  test('in quotes is free text, and nothing is offered', () => {
    expect(complete('"st|').inserts).toEqual([])
    expect(complete('"st|atus"').inserts).toEqual([])
  })
})

describe('the value of a term', () => {
  test('comes from what is known', () => {
    expect(complete('op:|').inserts).toEqual(['listEmails', 'sendEmail', 'listLabels'])
    expect(complete('key:|').inserts).toEqual(['support', 'none'])
    expect(complete('has:r|').inserts).toContain('retry')
    expect(complete('cause:pac|').inserts).toEqual(['pacing'])
    expect(complete('path:/e|').inserts).toEqual([])
    expect(complete('nothing:a|').inserts).toEqual([])
  })

  test('is quoted where it has to be', () => {
    expect(take('env:my|')).toBe('env:"My sandbox"')
    expect(take('env:"my|')).toBe('env:"My sandbox"')
  })

  test('that begins as written comes before one that only holds it', () => {
    expect(complete('op:l|').inserts).toEqual(['listEmails', 'listLabels', 'sendEmail'])
    expect(complete('op:EMAIL|').inserts).toEqual(['listEmails', 'sendEmail'])
  })

  test('is nothing where it is whole already', () => {
    expect(complete('cause:pacing|').inserts).toEqual([])
  })

  test('takes the place of its own part of a list alone', () => {
    expect(take('op:send|,listLabels status:200')).toBe('op:sendEmail,listLabels status:200')
    expect(take('op:sendEmail,listL|')).toBe('op:sendEmail,listLabels')
  })

  test('is left alone while the caret is in the name', () => {
    expect(take('sta|:429')).toBe('status:429')
  })
})

test('whatever is written, what is replaced lies around the caret and within the text', () => {
  const piece = fc.constantFrom('status:', '429', ',', ' ', 'or', '(', ')', '-', '"', 'env:', 'my', 'op:', 'x', 'not ')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.nat(60), (pieces, at) => {
      const text = pieces.join('')
      const caret = Math.min(at, text.length)
      const { from, to, suggestions } = completeFilter(text, caret, vocabulary)
      expect(from).toBeGreaterThanOrEqual(0)
      expect(from).toBeLessThanOrEqual(caret)
      expect(to).toBeGreaterThanOrEqual(caret)
      expect(to).toBeLessThanOrEqual(text.length)
      expect(suggestions.length).toBeLessThanOrEqual(20)
    }),
  )
})

test('every value that is offered for a field can be read', () => {
  for (const field of completeFilter('', 0, vocabulary).suggestions) {
    for (const { insert } of completeFilter(field.insert, field.insert.length, vocabulary).suggestions) {
      const text = `${field.insert}${insert}${insert.endsWith(':') ? 'retry-after' : ''}`
      expect(parseFilter(text), text).toMatchObject({ ok: true })
    }
  }
})
