import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitAtLinks } from './link-text.ts'

const linksOf = (text: string) => splitAtLinks(text).flatMap((piece) => (piece.href === null ? [] : [piece.text]))

describe('links in text', () => {
  test.each([
    ['See https://example.com/a.', ['https://example.com/a']],
    ['(https://example.com/a_(b))', ['https://example.com/a_(b)']],
    ['<https://example.com/?q=1&r=2>', ['https://example.com/?q=1&r=2']],
    ['HTTPS://EXAMPLE.COM/X, and more', ['HTTPS://EXAMPLE.COM/X']],
    ['write to mailto:ann@example.com!', ['mailto:ann@example.com']],
    ['two https://a.example https://b.example', ['https://a.example', 'https://b.example']],
    ['https://example.com/путь', ['https://example.com/путь']],
    ['http://example.com stays text', []],
    ['javascript:alert(1) file:///etc/passwd data:text/html,x', []],
    ['mailto:nobody', []],
    ['https:// alone', []],
    ['https://', []],
  ])('%s', (text, links) => {
    expect(linksOf(text)).toEqual(links)
  })

  test('an invisible character ends a link', () => {
    expect(linksOf('https://good.example/\u202Efdp.exe')).toEqual(['https://good.example/'])
    expect(linksOf('https://good.example\u200B.evil.example')).toEqual(['https://good.example'])
  })

  test('a link longer than the longest URL stays text', () => {
    expect(linksOf(`https://example.com/${'a'.repeat(3000)}`)).toEqual([])
  })

  test('half a megabyte of near-links is split without hanging', () => {
    expect(linksOf('https://x.y)'.repeat(40_000)).length).toBeLessThanOrEqual(40_000)
    expect(linksOf(`https://x.example/${'))))'.repeat(100_000)}`)).toEqual([])
  })

  test('pieces joined are the text, and links are https or mailto only', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('https://', 'mailto:', 'javascript:', 'a.example', '@', '(', ')', ' ', '\n', '.', '\u202E'),
    )
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const text = parts.join('')
        const pieces = splitAtLinks(text)
        expect(pieces.map((piece) => piece.text).join('')).toBe(text)
        for (const { href } of pieces) if (href !== null) expect(href).toMatch(/^(https:\/\/|mailto:)/)
      }),
    )
  })
})
