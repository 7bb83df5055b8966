import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { matchFilter, readyFilter } from './evaluation.ts'
import { emptyVocabulary } from './filter.ts'
import { parseFilter } from './parser.ts'
import { readMoment, resolveMoment } from './values.ts'

describe('on the day that the clock changes', () => {
  const zone = process.env.TZ
  beforeEach(() => {
    process.env.TZ = 'Europe/Berlin'
  })
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  })

  test.each(['14:30', '2026-03-29T14:30', '2026-03-29 14:30:00.000'])(
    '%s is what the clock on the wall says',
    (text) => {
      const moment = readMoment(text)
      if (typeof moment === 'string') throw new Error(moment)
      const date = new Date(resolveMoment(moment, new Date(2026, 2, 29, 20).getTime()))
      expect([date.getDate(), date.getHours(), date.getMinutes()]).toEqual([29, 14, 30])
    },
  )
})

test.each([
  ['path:agent+test@example.com', true],
  ['path:"agent+test@example.com"', true],
  ['path:agent%2Btest', true],
  ['path:agent*test@', true],
  ['path:agent-test@', false],
])('an address with a plus is found as it was typed: %s', (text, found) => {
  const parsed = parseFilter(text)
  if (!parsed.ok) throw new Error(text)
  const ready = readyFilter(parsed.value, { nowMs: 0, vocabulary: emptyVocabulary })
  const summary = { path: `/emails?account=${encodeURIComponent('agent+test@example.com')}` }
  expect(matchFilter(ready, { summary: summary as Parameters<typeof matchFilter>[1]['summary'], detail: null })).toBe(
    found,
  )
})
