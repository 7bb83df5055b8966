import type { BaseUrlFault } from './error.ts'
import { limits } from './limits.ts'
import { fail, type Result, succeed } from './result.ts'

const loopbackHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Reads a base URL as a person types it and answers it without slashes at its end. Only https, or
 * http on a loopback address: a key in plain http can be read on the way.
 */
export function parseBaseUrl(text: string): Result<string, BaseUrlFault> {
  const trimmed = text.trim()
  if (trimmed.length > limits.urlCharsMax) return fail('too-long')
  let url: URL
  try {
    url = new URL(trimmed)
  } catch {
    return fail('not-a-url')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return fail('scheme')
  if (url.hostname === '') return fail('not-a-url')
  if (url.username !== '' || url.password !== '') return fail('credentials')
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(trimmed)) return fail('query')
  if (url.protocol === 'http:' && !loopbackHost.test(url.hostname)) return fail('plain-http')
  return succeed(url.href.replace(/\/+$/, ''))
}
