import { expect, test } from 'vitest'
import { describeManifest, describeProgress, describeReplay, titleExport } from './export-text.ts'

const manifest = {
  calls: 1204,
  attempts: 1300,
  callsWithoutAttempt: 2,
  headersRemoved: 1,
  keysRemoved: 0,
  bodiesLeftOut: 0,
  bodiesCut: 2,
  fieldsGuarded: 0,
}

test('a manifest says what is in a file and what is not', () => {
  expect(describeManifest(manifest, 'har')).toEqual([
    '1,204 calls in 1,300 entries',
    '2 calls without an entry, since nothing was sent: see _unsent',
    '1 secret header removed',
    '0 texts of the shape of a key replaced by [redacted]',
    '2 bodies cut, as in the log',
  ])
  expect(describeManifest({ ...manifest, bodiesCut: 0, bodiesLeftOut: 1, fieldsGuarded: 3 }, 'csv')).toEqual([
    '1,204 calls',
    '0 texts of the shape of a key replaced by [redacted]',
    '1 body left out',
    '3 fields kept from being run as a formula',
  ])
})

test('a number that nobody knows is not told', () => {
  expect(titleExport(null)).toBe('Export calls')
  expect(titleExport(1)).toBe('Export 1 call')
  expect(describeProgress(200, null)).toBe('200 calls')
  expect(describeProgress(200, 1204)).toBe('200 of 1,204 calls')
})

test.each([
  [{ attempts: 1, outcome: 'ok', status: 200 }, 'Sent again', 'The answer was 200.'],
  [{ attempts: 2, outcome: 'RATE_LIMITED', status: 429 }, 'Sent again, and it failed', 'The answer was 429.'],
  [{ attempts: 0, outcome: 'CANCELLED', status: null }, 'Not sent again', 'before it went out'],
  [{ attempts: 1, outcome: 'TIMEOUT', status: null }, 'Sent again, without an answer', 'before the next try'],
] as const)('a replay says what became of it: %j', (summary, text, detail) => {
  const words = describeReplay(summary)
  expect(words.text).toBe(text)
  expect(words.detail).toContain(detail)
})
