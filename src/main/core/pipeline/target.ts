import { parseBaseUrl } from '../../../shared/base-url.ts'
import type { AppError } from '../../../shared/error.ts'
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
const loneSurrogate = /\p{Surrogate}/gu

/** Percent-encodes text for one part of a path or a query. Half characters become U+FFFD. */
export function encodeUrlText(text: string): string {
  return encodeURIComponent(text.replace(loneSurrogate, '\ufffd'))
}

/** A path that is percent-encoded already with a query that is not. */
export function joinQuery(path: string, query: readonly (readonly [string, string])[]): string {
  const search = query.map(([name, value]) => `${encodeUrlText(name)}=${encodeUrlText(value)}`).join('&')
  return search === '' ? path : `${path}?${search}`
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
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
  // Checked when it was kept, and once more before a key is sent there.
  const checked = parseBaseUrl(environment.baseUrl)
  if (!checked.ok) {
    const isSandbox = environment.kind === 'sandbox'
    return fail<AppError>(isSandbox ? { kind: 'SANDBOX_DOWN' } : { kind: 'BASE_URL', fault: checked.error })
  }
  const base = new URL(checked.value)
  if (!pathText.test(path)) return fail({ kind: 'BAD_REQUEST', field: 'path' })

  const full = joinQuery(path, query)
  if (holdsSecret(full)) return fail({ kind: 'KEY_IN_TEXT', field: 'path' })

  const folder = base.pathname
  const url = parseUrl(base.origin + folder + full)
  // Dots in a path are resolved by the parser: what remains must still lie below the base URL.
  const isBelow = url !== null && url.origin === base.origin && url.pathname.startsWith(`${folder}/`)
  if (!isBelow || url.pathname !== folder + path) return fail({ kind: 'BAD_REQUEST', field: 'path' })
  return succeed({ origin: base.origin, url: url.href, path: full })
}
