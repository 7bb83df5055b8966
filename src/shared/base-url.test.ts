import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { originOf, parseBaseUrl, parsePageUrl } from './base-url.ts'

const parsed = (text: string) => {
  const result = parseBaseUrl(text)
  return result.ok ? result.value : result.error
}

describe('base URL', () => {
  test.each([
    ['https://api.jasni.ai/api/v1', 'https://api.jasni.ai/api/v1'],
    ['  https://api.jasni.ai/api/v1/// ', 'https://api.jasni.ai/api/v1'],
    ['https://api.jasni.ai', 'https://api.jasni.ai/api/v1'],
    ['https://api.jasni.ai/', 'https://api.jasni.ai/api/v1'],
    ['HTTPS://API.Jasni.AI:443/api/v1', 'https://api.jasni.ai/api/v1'],
    ['https://proxy.example.com:8443/jasni/', 'https://proxy.example.com:8443/jasni'],
    ['https://bücher.example/api', 'https://xn--bcher-kva.example/api'],
    ['http://127.0.0.1:4810', 'http://127.0.0.1:4810/api/v1'],
    ['http://127.8.9.10/api/v1', 'http://127.8.9.10/api/v1'],
    ['http://[::1]:4810/api/v1', 'http://[::1]:4810/api/v1'],
    ['http://localhost:4810/api/v1', 'http://localhost:4810/api/v1'],
  ])('%j becomes %s', (text, baseUrl) => {
    expect(parsed(text)).toBe(baseUrl)
  })

  test.each([
    ['', 'not-a-url'],
    ['api.jasni.ai', 'not-a-url'],
    ['https://', 'not-a-url'],
    ['https:api.jasni.ai', 'not-a-url'],
    ['https:///api.jasni.ai', 'not-a-url'],
    ['https:\\\\api.jasni.ai', 'not-a-url'],
    ['https://api.jasni.ai/a b', 'not-a-url'],
    ['https://api.jas\nni.ai', 'not-a-url'],
    ['https://api.jasni.ai\0.evil.example', 'not-a-url'],
    ['localhost:4810', 'scheme'],
    ['ftp://api.jasni.ai', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['http://api.jasni.ai/api/v1', 'plain-http'],
    ['http://127.0.0.1.evil.example', 'plain-http'],
    ['http://localhost.evil.example', 'plain-http'],
    ['http://localhost./', 'plain-http'],
    ['http://128.0.0.1', 'plain-http'],
    ['http://[::ffff:127.0.0.1]', 'plain-http'],
    ['https://user:pass@api.jasni.ai', 'credentials'],
    ['https://user@api.jasni.ai', 'credentials'],
    ['https://@api.jasni.ai', 'credentials'],
    ['https://api.jasni.ai/api/v1?key=x', 'query'],
    ['https://api.jasni.ai/api/v1?', 'query'],
    ['https://api.jasni.ai/api/v1#top', 'query'],
    [`https://api.jasni.ai/${'x'.repeat(2048)}`, 'too-long'],
  ])('%j is refused: %s', (text, fault) => {
    expect(parsed(text)).toBe(fault)
  })

  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.webUrl({ withQueryParameters: true, withFragments: true, validSchemes: ['http', 'https', 'ftp'] }),
    fc
      .tuple(
        fc.constantFrom('https://', 'http://', 'HTTPS://', 'https:/', '//'),
        fc.constantFrom('', 'user@', 'user:pw@', '@'),
        fc.constantFrom('localhost', '127.0.0.1', '0x7f.1', '[::1]', 'api.jasni.ai', 'a', '::1', '127.1'),
        fc.constantFrom('', ':80', ':443', ':4810', ':99999'),
        fc.constantFrom('', '/', '//', '/api/v1', '/api/v1/', '/../x', '/%2e%2e/', '/%', '?', '#', '/a@b'),
      )
      .map((parts) => parts.join('')),
  )

  test('whatever is taken is safe to send a key to, and is in its one form', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const result = parseBaseUrl(text)
        if (!result.ok) return
        const url = new URL(result.value)
        expect(parseBaseUrl(result.value)).toEqual(result)
        expect(url.protocol === 'https:' || /^(127\.|\[::1\]$|localhost$)/.test(url.hostname)).toBe(true)
        expect([url.username, url.password, url.search, url.hash]).toEqual(['', '', '', ''])
        expect(result.value.endsWith('/')).toBe(false)
        expect(originOf(result.value)).toBe(url.origin)
        expect(new URL(`${result.value}/labels`).href).toBe(`${result.value}/labels`)
      }),
      { numRuns: 3000 },
    )
  })
})

describe('the address of a page', () => {
  test.each([
    'https://app.jasni.ai/settings/api-keys',
    'https://keys.example/page?team=1&tab=api%20keys',
    'http://127.0.0.1:4810/keys',
    'http://localhost:8080/keys?team=1',
    'http://[::1]:3000/',
  ])('%s is opened as it stands', (text) => {
    expect(parsePageUrl(text)).toEqual({ ok: true, value: text })
  })

  test.each([
    ['http://keys.example/', 'plain-http'],
    ['http://127.0.0.1.evil.example/', 'plain-http'],
    ['http://localhost@evil.example/', 'plain-http'],
    ['https://user@keys.example/', 'credentials'],
    ['file:///etc/passwd', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['mailto:someone@example.com', 'scheme'],
    ['ms-msdt:/id', 'scheme'],
    ['https:\\\\keys.example', 'not-a-url'],
    [' https://keys.example/', 'not-a-url'],
    ['https://keys.example/\u202e', 'not-a-url'],
    ['https://keys.example/#part', 'not-a-url'],
    [`https://keys.example/${'a'.repeat(2048)}`, 'too-long'],
  ])('%s is refused', (text, fault) => {
    expect(parsePageUrl(text)).toEqual({ ok: false, error: fault })
  })

  test('whatever is accepted is https, or http to this machine', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string()), (text) => {
        const parsed = parsePageUrl(text)
        if (!parsed.ok) return
        const { protocol, hostname, username } = new URL(parsed.value)
        expect(username).toBe('')
        expect(protocol === 'https:' || /^(?:127\.|\[::1\]|localhost$)/.test(hostname)).toBe(true)
      }),
    )
  })
})
