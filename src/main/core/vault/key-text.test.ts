import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTestKey, maskKey, parseKey } from './key-text.ts'
import { Secret } from './secret.ts'

const body = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 8,
  maxLength: 508,
})

describe('key text', () => {
  test.each([
    ['', 'empty'],
    [' \n\t ', 'empty'],
    ['sk_live_0123456789', 'prefix'],
    ['JSK_live_0123456789', 'prefix'],
    ['Authorization: Bearer jsk_live_0123456789', 'surrounded'],
    ['key=jsk_live_0123456789', 'surrounded'],
    ['"jsk_live_0123456789"', 'surrounded'],
    ['jsk_live_01234 56789', 'whitespace'],
    ['jsk_live_01234\n56789', 'whitespace'],
    ['jsk_live_01234\u00a056789', 'whitespace'],
    ['jsk_live_01234\u000056789', 'control'],
    ['jsk_live_01234\u001b56789', 'control'],
    ['jsk_live_01234é56789', 'alphabet'],
    ['jsk_live_01234\u200b56789', 'alphabet'],
    ['jsk_live', 'too-short'],
    [`jsk_${'x'.repeat(509)}`, 'too-long'],
  ])('%j is refused: %s', (text, fault) => {
    expect(parseKey(text)).toEqual({ ok: false, error: fault })
  })

  test('blanks around a key are dropped, nothing else is changed', () => {
    fc.assert(
      fc.property(
        body,
        fc.constantFrom('', ' ', '\n', '\t\r\n '),
        fc.constantFrom('', ' ', '\n'),
        (rest, before, after) => {
          expect(parseKey(`${before}jsk_${rest}${after}`)).toEqual({ ok: true, value: `jsk_${rest}` })
        },
      ),
    )
  })

  test('any text is taken as a key of visible ASCII or refused, never thrown on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, prefixed) => {
        const result = parseKey(prefixed ? `jsk_${text}` : text)
        if (result.ok) expect(result.value).toMatch(/^jsk_[\x21-\x7e]{8,508}$/)
      }),
    )
  })

  test('a mask gives away four characters at most, and those only of a long key', () => {
    fc.assert(
      fc.property(body, (rest) => {
        const key = `jsk_live_${rest}`
        const [marker, tail] = maskKey(key).split('…')
        expect(key.startsWith(marker ?? '')).toBe(true)
        expect((tail ?? '').length).toBeLessThanOrEqual(4)
        expect(key.length - (marker ?? '').length - (tail ?? '').length).toBeGreaterThanOrEqual(8)
      }),
    )
    expect(maskKey('jsk_live_0123456789abx7Qp')).toBe('jsk_live_…x7Qp')
    expect(maskKey('jsk_01234567')).toBe('jsk_…')
  })

  test('a test key says so', () => {
    expect(isTestKey('jsk_test_0123456789')).toBe(true)
    expect(isTestKey('jsk_live_0123456789')).toBe(false)
  })

  test('a secret shows itself to reveal alone', () => {
    const secret = new Secret('jsk_live_0123456789')
    expect(secret.reveal()).toBe('jsk_live_0123456789')
    const shown = [String(secret), `${secret}`, JSON.stringify({ secret }), JSON.stringify(Object.entries(secret))]
    for (const text of shown) expect(text).not.toContain('jsk_')
  })
})
