import type { KeyEvent, KeySource, KeyState, KeySummary } from '../../../shared/model/key.ts'
import { assertNever } from '../../../shared/result.ts'
import { countDaysBetween } from '../../ui/format.ts'

/** A fingerprint in groups of four: `7f3a 90c2 e41b`. */
export function formatFingerprint(fingerprint: string): string {
  return fingerprint.match(/.{1,4}/g)?.join(' ') ?? ''
}

/** Age of a key in whole local days. */
export function ageInDays(key: KeySummary, nowMs: number): number {
  return Math.max(0, countDaysBetween(key.addedAtMs, nowMs))
}

/** How a key came here, after its date. */
export function describeSource(source: KeySource): string {
  switch (source) {
    case 'clipboard':
      return 'from the clipboard'
    case 'sandbox':
      return 'by the Sandbox'
    case 'issuer':
      return 'by the issuer'
    default:
      return assertNever(source)
  }
}

/** What a state means, for hover. */
export function describeState(state: KeyState): string {
  switch (state) {
    case 'candidate':
      return 'Stored, not proven yet'
    case 'active':
      return 'Proven: the server accepted it'
    case 'retiring':
      return 'Still valid, no longer used'
    case 'revoking':
      return 'Being revoked, not yet proven dead'
    case 'dead':
      return 'Proven dead; the secret is gone'
    case 'rejected':
      return 'The server refused it'
    case 'missing':
      return 'The keychain has no secret for it'
    default:
      return assertNever(state)
  }
}

/** Why a probe said nothing of a key: `reason` is the kind of the failed call, or `origin`. */
function describeReason(reason: string): string {
  switch (reason) {
    case 'origin':
      return 'the base URL leads elsewhere now'
    case 'RATE_LIMITED':
      return 'the rate limit was reached'
    case 'SERVER_ERROR':
      return 'the server failed'
    case 'TIMEOUT':
      return 'no answer in time'
    case 'NETWORK':
      return 'the server was not reached'
    default:
      return 'no clear answer'
  }
}

/** A line of a key's history in words. */
export function describeKeyEvent({ what, detail }: KeyEvent): string {
  const more = detail === '' ? '' : `, ${detail}`
  switch (what) {
    case 'added':
      return detail === 'clipboard' || detail === 'sandbox' ? `added ${describeSource(detail)}` : `added${more}`
    case 'stored':
      return `stored and read back${more}`
    case 'proven':
      return detail === 'narrow' ? 'proven alive, though it may not list labels' : `proven alive${more}`
    case 'refused':
      return `refused by the server${more}`
    case 'unproven':
      return detail === '' ? 'not proven' : `not proven: ${describeReason(detail)}`
    case 'switched':
      return `calls use it from here on${more}`
    case 'renamed':
      return detail === '' ? 'renamed' : `label changed from ${detail}`
    case 'copied':
      return `copied to the clipboard${more}`
    case 'missing':
      return `gone from the keychain${more}`
    case 'found':
      return `found in the keychain again${more}`
    case 'changed':
      return `changed outside Jasni Vault${more}`
    case 'retiring':
      return `no longer used${more}`
    case 'revoking':
      return `being revoked${more}`
    case 'dead':
      return `proven dead, its secret deleted${more}`
    case 'back':
      return `in use again${more}`
    default:
      return assertNever(what)
  }
}
