import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLinkDesk, linkLifeMs, parseExternalUrl, pendingLinksMax } from './external-links.ts'

const hostile: readonly string[] = [
  '',
  ' ',
  'https://',
  'https:///example.com',
  'https:example.com',
  'https:\\\\example.com',
  'https:/\\example.com',
  'https://example.com\\@evil.example',
  'http://example.com/',
  'HTTP://example.com/',
  'file:///etc/passwd',
  'file://server/share',
  '\\\\server\\share',
  '//server/share',
  'smb://server/share',
  'ftp://example.com/',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'blob:https://example.com/1',
  'vbscript:msgbox(1)',
  'about:blank',
  'app://bundle/index.html',
  'app://mail/1',
  'devtools://devtools/bundled/inspector.html',
  'chrome://settings',
  'view-source:https://example.com',
  'ms-msdt:/id',
  'ms-officecmd:{}',
  'search-ms:query=x',
  'x-apple.systempreferences:',
  'steam://run/1',
  'tel:+123456',
  'ssh://host',
  'https://user@example.com/',
  'https://user:secret@example.com/',
  'https://@example.com/',
  'https://:@example.com/',
  'https://example.com%40evil.example@evil.example/',
  'https://example.com/a b',
  ' https://example.com/',
  'https://example.com/\n',
  'https://exa\tmple.com/',
  'https://example.com/\u0000',
  'https://example.com/\u202egpj.exe',
  'https://пример.example/',
  'https://ex\u00adample.com/',
  'https://[::1',
  'https://example.com:99999/',
  `https://example.com/${'a'.repeat(2048)}`,
  'mailto:',
  'mailto://someone@example.com',
  'mailto:nobody',
  'mailto:a@b@c',
  'mailto:a@example.com?subject=x%0d%0aBcc:evil@example.com',
  'mailto:a%0Ab@example.com',
]

describe('parseExternalUrl', () => {
  test('the table is long enough to mean something', () => {
    expect(new Set(hostile).size).toBeGreaterThanOrEqual(30)
  })

  test.each(hostile)('refuses %j', (url) => {
    expect(parseExternalUrl(url)).toBeNull()
  })

  test.each([
    ['https://example.com/a?b=c#d', 'example.com'],
    ['HTTPS://Example.COM/', 'example.com'],
    ['https://example.com:8443/', 'example.com:8443'],
    ['https://xn--e1afmkfd.example/', 'xn--e1afmkfd.example'],
    ['https://example.com/@someone', 'example.com'],
    ['https://example.com/?mail=a@b', 'example.com'],
    ['mailto:someone@example.com', 'someone@example.com'],
    ['mailto:someone@example.com?subject=Hello%20there', 'someone@example.com'],
  ])('opens %s and shows %s', (url, host) => {
    expect(parseExternalUrl(url)?.host).toBe(host)
  })

  test('whatever is let through is https or mailto, parsed again to the same', () => {
    const parts = fc.constantFrom(
      'https:',
      'http:',
      'mailto:',
      '//',
      '/',
      '\\',
      '@',
      ':',
      'a',
      'example.com',
      '%40',
      '?',
      '#',
      ' ',
      '\n',
      '[',
      ']',
    )
    fc.assert(
      fc.property(
        fc.array(parts, { maxLength: 12 }).map((pieces) => pieces.join('')),
        (text) => {
          const parsed = parseExternalUrl(text)
          if (parsed === null) return
          const url = new URL(parsed.url)
          expect(['https:', 'mailto:']).toContain(url.protocol)
          expect(url.username + url.password).toBe('')
          expect(parseExternalUrl(parsed.url)).toEqual(parsed)
        },
      ),
      { numRuns: 5000 },
    )
  })
})

function createDesk() {
  const opened: string[] = []
  const announced: { id: string; url: string; host: string }[] = []
  let nowMs = 0
  let refused = 0
  let count = 0
  const desk = createLinkDesk({
    newId: () => `link-${++count}`,
    monotonicMs: () => nowMs,
    openUrl: (url) => void opened.push(url),
    announce: (link) => void announced.push(link),
    refuse: () => void refused++,
  })
  return {
    desk,
    opened,
    announced,
    refusals: () => refused,
    advance: (ms: number) => {
      nowMs += ms
    },
  }
}

describe('link desk', () => {
  test('a clicked link opens once, and only after its id was answered', () => {
    const { desk, opened, announced } = createDesk()
    desk.request('https://example.com/a')
    expect(announced).toEqual([{ id: 'link-1', url: 'https://example.com/a', host: 'example.com' }])
    expect(opened).toEqual([])
    expect(desk.open('link-1')).toBe(true)
    expect(desk.open('link-1')).toBe(false)
    expect(opened).toEqual(['https://example.com/a'])
  })

  test('a discarded, unknown or old link never opens', () => {
    const { desk, opened, advance } = createDesk()
    desk.request('https://example.com/a')
    expect(desk.discard('link-1')).toBe(true)
    expect(desk.open('link-1')).toBe(false)
    expect(desk.open('link-9')).toBe(false)
    desk.request('https://example.com/b')
    advance(linkLifeMs + 1)
    expect(desk.open('link-2')).toBe(false)
    expect(opened).toEqual([])
  })

  test('a refused address announces nothing', () => {
    const { desk, announced, refusals } = createDesk()
    desk.request('file:///etc/passwd')
    expect(announced).toEqual([])
    expect(refusals()).toBe(1)
  })

  test('a flood of clicks keeps only the newest', () => {
    const { desk } = createDesk()
    for (let index = 0; index <= pendingLinksMax; index += 1) desk.request(`https://example.com/${index}`)
    expect(desk.open('link-1')).toBe(false)
    expect(desk.open('link-2')).toBe(true)
  })
})
