import type { AppError, BaseUrlFault } from '../../../shared/error.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { holdsSecret } from '../log/redaction.ts'

/** Where one call goes. The environment's key may go to `origin` and nowhere else. */
export interface Target {
  readonly origin: string
  readonly url: string
  /** Path and query below the base URL, as it is recorded. */
  readonly path: string
}

const pathText = /^\/[\x21\x24-\x3b\x3d\x40-\x5b\x5d\x5f\x61-\x7a\x7e]*$/
const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
const loneSurrogate = /\p{Surrogate}/gu

/** Percent-encodes text for one part of a path or a query. Half characters become U+FFFD. */
export function encodeUrlText(text: string): string {
  return encodeURIComponent(text.replace(loneSurrogate, '\ufffd'))
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

function findFault(base: URL): BaseUrlFault | null {
  if (base.username !== '' || base.password !== '') return 'credentials'
  if (base.search !== '' || base.hash !== '') return 'query'
  if (base.protocol === 'https:') return null
  if (base.protocol !== 'http:') return 'scheme'
  return loopbackHost.test(base.hostname) ? null : 'plain-http'
}

/**
 * Joins an environment's base URL with a path that is percent-encoded already and a query that is
 * not. Refuses a base URL that no key may be sent to, a path that leaves the base URL, and any URL
 * with a key in it.
 */
export function resolveTarget(
  environment: Environment,
  path: string,
  query: readonly (readonly [string, string])[],
): Result<Target> {
  const base = parseUrl(environment.baseUrl)
  if (base === null) {
    const isSandbox = environment.kind === 'sandbox'
    const error: AppError = isSandbox ? { kind: 'SANDBOX_DOWN' } : { kind: 'BASE_URL', fault: 'not-a-url' }
    return fail(error)
  }
  const fault = findFault(base)
  if (fault !== null) return fail({ kind: 'BASE_URL', fault })
  if (!pathText.test(path)) return fail({ kind: 'BAD_REQUEST', field: 'path' })

  const search = query.map(([name, value]) => `${encodeUrlText(name)}=${encodeUrlText(value)}`).join('&')
  const full = search === '' ? path : `${path}?${search}`
  if (holdsSecret(full)) return fail({ kind: 'KEY_IN_TEXT', field: 'path' })

  const folder = base.pathname.replace(/\/+$/, '')
  const url = parseUrl(base.origin + folder + full)
  // Dots in a path are resolved by the parser: what remains must still lie below the base URL.
  const isBelow = url !== null && url.origin === base.origin && url.pathname.startsWith(`${folder}/`)
  if (!isBelow || url.pathname !== folder + path) return fail({ kind: 'BAD_REQUEST', field: 'path' })
  return succeed({ origin: base.origin, url: url.href, path: full })
}
