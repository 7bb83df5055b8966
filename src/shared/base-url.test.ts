import { describe, expect, test } from 'vitest'
import { parseBaseUrl } from './base-url.ts'

describe('base URLs', () => {
  test.each([
    ['https://api.jasni.ai/api/v1', 'https://api.jasni.ai/api/v1'],
    ['  https://api.jasni.ai/api/v1/  ', 'https://api.jasni.ai/api/v1'],
    ['HTTPS://API.Jasni.ai', 'https://api.jasni.ai/api/v1'],
    ['https://host.example:8443/x//', 'https://host.example:8443/x'],
    ['http://127.0.0.1:4810/api/v1', 'http://127.0.0.1:4810/api/v1'],
    ['http://localhost:4810', 'http://localhost:4810/api/v1'],
    ['http://[::1]:4810/api', 'http://[::1]:4810/api'],
  ])('%s is read as %s', (text, value) => {
    expect(parseBaseUrl(text)).toEqual({ ok: true, value })
  })

  test.each([
    ['', 'not-a-url'],
    ['api.jasni.ai', 'not-a-url'],
    ['https://', 'not-a-url'],
    ['https:host.example', 'not-a-url'],
    ['https://host.example/a b', 'not-a-url'],
    ['https://host.example\\api', 'not-a-url'],
    ['ftp://host.example', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['localhost:4810', 'scheme'],
    ['http://api.jasni.ai/api/v1', 'plain-http'],
    ['http://127.0.0.1.example', 'plain-http'],
    ['http://localhost.example', 'plain-http'],
    ['https://user@host.example', 'credentials'],
    ['https://@host.example', 'credentials'],
    ['https://user:word@host.example', 'credentials'],
    ['https://host.example/api?', 'query'],
    ['https://host.example/api?a=1', 'query'],
    ['https://host.example/api#x', 'query'],
    [`https://host.example/${'a'.repeat(2048)}`, 'too-long'],
  ])('%s is refused: %s', (text, error) => {
    expect(parseBaseUrl(text)).toEqual({ ok: false, error })
  })
})
