import type { BaseUrlFault } from './error.ts'
import { limits } from './limits.ts'
import { fail, type Result, succeed } from './result.ts'

const apiPath = '/api/v1'
const loopbackHost = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost)$/
// The URL parser would drop or turn these silently: what is shown must be what is used.
const repaired = /[\s\p{Cc}\\]/u

/**
 * Reads the address that an environment's calls go to and gives it in its one form: lower-case
 * host, no trailing slash. Only https, and http to this machine. A host alone means the API on it:
 * API reference, section 13, accepts both forms.
 */
export function parseBaseUrl(text: string): Result<string, BaseUrlFault> {
  const trimmed = text.trim()
  if (trimmed.length > limits.urlCharsMax) return fail('too-long')
  if (repaired.test(trimmed)) return fail('not-a-url')
  let url: URL
  try {
    url = new URL(trimmed)
  } catch {
    return fail('not-a-url')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return fail('scheme')
  if (!/^https?:\/\/[^/]/i.test(trimmed)) return fail('not-a-url')
  if (url.protocol === 'http:' && !loopbackHost.test(url.hostname)) return fail('plain-http')
  if (url.username !== '' || url.password !== '' || /^[^/]+\/\/[^/]*@/.test(trimmed)) return fail('credentials')
  if (/[?#]/.test(trimmed)) return fail('query')
  const path = url.pathname.replace(/\/+$/, '')
  const baseUrl = url.origin + (path === '' ? apiPath : path)
  return baseUrl.length > limits.urlCharsMax ? fail('too-long') : succeed(baseUrl)
}

/**
 * Reads the address of a page that the system's browser opens, such as the API Keys page: https, or
 * http to this machine, and nothing else. The form and the opener use this one rule, so that what
 * is accepted is also opened.
 */
export function parsePageUrl(text: string): Result<string, BaseUrlFault> {
  if (text.length > limits.urlCharsMax) return fail('too-long')
  if (!/^[\x21\x22\x24-\x7e]+$/.test(text)) return fail('not-a-url')
  const [place = ''] = text.split('?', 1)
  const parsed = parseBaseUrl(place)
  return parsed.ok ? succeed(new URL(text).href) : parsed
}

/** Origin of a base URL that was parsed before: what a key is bound to. */
export function originOf(baseUrl: string): string {
  return new URL(baseUrl).origin
}
