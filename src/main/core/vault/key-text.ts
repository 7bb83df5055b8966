import type { KeyFault } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'

const visibleAscii = /^[\x21-\x7e]+$/

function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => /\p{Cc}/u.test(character) && !/\s/.test(character))
}

/**
 * Reads a key out of text as a person copies it: blanks around it are dropped, nothing else is
 * repaired. API reference, section 2: prefix `jsk_`, 12 to 512 visible ASCII characters.
 */
export function parseKey(text: string): Result<string, KeyFault> {
  const key = text.trim()
  if (key === '') return fail('empty')
  if (!key.startsWith('jsk_')) return fail(/\bjsk_/.test(key) ? 'surrounded' : 'prefix')
  if (hasControlCharacter(key)) return fail('control')
  if (/\s/.test(key)) return fail('whitespace')
  if (!visibleAscii.test(key)) return fail('alphabet')
  if (key.length < limits.keyCharsMin) return fail('too-short')
  if (key.length > limits.keyCharsMax) return fail('too-long')
  return succeed(key)
}

/** What of a key may be shown: its marker and its last four characters. */
export function maskKey(key: string): string {
  const marker = /^jsk_(?:[a-z]{1,8}_)?/.exec(key)?.[0] ?? 'jsk_'
  return key.length - marker.length >= 12 ? `${marker}…${key.slice(-4)}` : `${marker}…`
}

/** True for a key that says of itself that it is for tests. */
export function isTestKey(key: string): boolean {
  return key.startsWith('jsk_test_')
}
