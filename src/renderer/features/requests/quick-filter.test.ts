import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../../shared/filter/parser.ts'
import { type QuickFilter, readQuickFilter, writeQuickFilter } from './quick-filter.ts'

const quick = fc.constantFrom<QuickFilter>('all', 'backed-off', 'refused', 'failed')

describe('quick filters', () => {
  test('what is written is read again, and one takes the place of the other', () => {
    const rest = fc.constantFrom('', 'path:/emails', 'env:prod waited:>2s', 'invoice')
    fc.assert(
      fc.property(rest, fc.array(quick, { minLength: 1 }), (text, picks) => {
        const written = picks.reduce(writeQuickFilter, text)
        expect(readQuickFilter(written)).toBe(picks.at(-1))
        expect(writeQuickFilter(written, 'all')).toBe(text)
        expect(parseFilter(written).ok).toBe(true)
      }),
    )
  })

  test('a term that only looks alike is left alone', () => {
    expect(readQuickFilter('-has:error')).toBe('all')
    expect(writeQuickFilter('not-has:error', 'all')).toBe('not-has:error')
    expect(writeQuickFilter('status:401,403,4290', 'failed')).toBe('status:401,403,4290 has:error')
  })
})
