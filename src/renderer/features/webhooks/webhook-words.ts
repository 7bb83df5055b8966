import type {
  DeliveryAttempt,
  ReceivedDelivery,
  Verification,
  Webhook,
  WebhookSecretState,
} from '../../../shared/model/webhook.ts'
import { assertNever } from '../../../shared/result.ts'
import { describeVerdict } from '../../../shared/webhook-text.ts'

/** The events that are documented, with what they tell. API reference, section 10. */
export const documentedEvents: readonly { readonly name: string; readonly when: string }[] = [
  { name: 'email.received', when: 'mail arrives' },
  { name: 'email.sent', when: 'mail is sent through the API' },
  { name: 'email.bounced', when: 'a delivery fails' },
  { name: 'email.spam', when: 'mail is marked as spam' },
  { name: 'email.deleted', when: 'a message is deleted' },
]

const loopbackHost = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost)$/

/** What stands against an address: an error keeps the form from being sent, a warning does not. */
export function judgeUrl(
  text: string,
  isSandbox: boolean,
): { readonly error: string | null; readonly warning: string | null } {
  let url: URL
  try {
    url = new URL(text.trim())
  } catch {
    return { error: 'Write the address in full, as https://hooks.example.com/jasni.', warning: null }
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { error: 'Begin the address with https:// or http://.', warning: null }
  }
  const isLocal = loopbackHost.test(url.hostname)
  if (isSandbox && !isLocal) {
    return { error: null, warning: 'The Sandbox delivers to this machine only, so nothing will come there.' }
  }
  if (!isSandbox && isLocal) {
    return { error: null, warning: 'The server cannot reach this machine: nothing will come here without a tunnel.' }
  }
  if (!isSandbox && url.protocol === 'http:') {
    return { error: null, warning: 'Plain http shows the mail in each delivery to the network.' }
  }
  return { error: null, warning: null }
}

/** State of a webhook in one word. */
export function describeState({ active, listed }: Webhook): string {
  if (!listed) return 'not listed'
  return active ? 'active' : 'paused'
}

/** State of a secret in a word or two. */
export function describeSecretState(state: WebhookSecretState): string {
  switch (state) {
    case 'stored':
      return 'in the keychain'
    case 'none':
      return 'not kept here'
    case 'lost':
      return 'not kept'
    case 'missing':
      return 'missing'
    default:
      return assertNever(state)
  }
}

/** What became of an attempt, in a few words. */
export function describeOutcome({ status, fault }: Pick<DeliveryAttempt, 'status' | 'fault'>): string {
  if (status !== null) return String(status)
  switch (fault) {
    case 'not-loopback':
      return 'not sent: not this machine'
    case 'timeout':
      return 'no answer in 30 s'
    case 'network':
      return 'no connection'
    case 'cancelled':
      return 'cancelled'
    case 'dropped':
      return 'dropped: too many wait'
    case null:
      return 'unknown'
    default:
      return assertNever(fault)
  }
}

/** Whether a delivery is good, bad, or cannot be told. */
export function toneOfVerdict(verification: Verification | null): 'good' | 'bad' | 'unclear' {
  switch (verification?.verdict) {
    case 'verified':
    case 'altered':
      return 'good'
    case 'refused':
    case 'malformed':
      return 'bad'
    default:
      return 'unclear'
  }
}

/** The verdict on a received delivery, in two words. */
export function describeReceived({ verification, whole }: ReceivedDelivery): string {
  if (!whole) return 'too long to verify'
  if (verification === null) return 'verifying'
  switch (verification.verdict) {
    case 'verified':
    case 'altered':
      return verification.checks.some(({ scheme }) => scheme === 'sdk') ? 'verified, SDK' : 'verified'
    case 'refused':
      return 'does not fit'
    case 'malformed':
      return 'unreadable'
    case 'unsigned':
      return 'unsigned'
    case 'no-secret':
      return 'no secret'
    default:
      return describeVerdict(verification.verdict)
  }
}

/** Name of a signature scheme with the header that carries it. */
export const schemeNames = {
  documented: 'X-Webhook-Signature, over the body',
  sdk: 'X-Jasni-Signature, over time and body',
} as const
