import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findJsonFault } from './json-fault.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test.each([
  ['{"a": nope}', 6],
  ['{"a": 1', 7],
  ['', 0],
  ['[1,]', 3],
  ['[1 2]', 3],
  ['{"a" 1}', 5],
  ['{a: 1}', 1],
  ['{"a": 1,}', 8],
  ['01', 1],
  ['"a\nb"', 2],
  ['"\\x"', 1],
  ['"open', 5],
  ['{} x', 3],
  ['1.', 1],
])('%j is wrong at %i', (text, offset) => {
  expect(findJsonFault(text)).toBe(offset)
})

test('it finds a fault exactly where JSON.parse does', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '1',
    '-',
    '.5',
    'e3',
    'true',
    'null',
    ' ',
    '\n',
    '\\u00e4',
    '\\',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const text = pieces.join('')
      expect(findJsonFault(text) === null).toBe(isJson(text))
    }),
    { numRuns: 3000 },
  )
})

test('any JSON has none, and its beginning ends where it breaks off', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (text, cut) => {
      expect(findJsonFault(text)).toBeNull()
      const start = text.slice(0, cut % text.length)
      if (!isJson(start)) expect(findJsonFault(start)).toBeLessThanOrEqual(start.length)
    }),
  )
})
