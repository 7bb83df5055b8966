import type { WebhookSecretFault } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'

const prefix = 'whsec_'
const visibleAscii = /^[\x21-\x7e]+$/

/** True for a text that a keychain keeps byte for byte and that a signature can be made with. */
function isSecretText(text: string): boolean {
  return visibleAscii.test(text) && text.length <= limits.keyCharsMax
}

/** Reads a secret as a person copies it: blanks around it are dropped. API reference, section 9: prefix `whsec_`. */
export function parseWebhookSecret(text: string): Result<string, WebhookSecretFault> {
  const secret = text.trim()
  if (secret === '') return fail('empty')
  if (/\bjsk_/.test(secret)) return fail('key')
  if (!secret.startsWith(prefix)) return fail('prefix')
  return isSecretText(secret) && secret.length >= limits.keyCharsMin ? succeed(secret) : fail('shape')
}

/** What of a secret may be shown: its prefix and its last four characters. */
export function maskWebhookSecret(secret: string): string {
  const rest = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret
  return rest.length >= 12 ? `${prefix}…${rest.slice(-4)}` : `${prefix}…`
}

/** What the answer to the creation of a webhook tells once. API reference, section 9. */
export interface ToldWebhook {
  readonly webhookId: string
  readonly secret: string | null
}

function memberOf(value: unknown, name: string): unknown {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? Reflect.get(value, name) : undefined
}

/** Reads a body before anything else does; null when it tells of no webhook. */
export function readToldWebhook(body: Uint8Array): ToldWebhook | null {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return null
  }
  const data = memberOf(value, 'data')
  const webhook = memberOf(data, 'webhook') ?? data
  const id = memberOf(webhook, 'id')
  // Beside the webhook, as labels have their message in one source: section 13.
  const secret = [memberOf(webhook, 'secret'), memberOf(data, 'secret'), memberOf(value, 'secret')].find(
    (candidate): candidate is string => typeof candidate === 'string' && isSecretText(candidate),
  )
  const webhookId = typeof id === 'number' ? String(id) : id
  if (typeof webhookId !== 'string' || webhookId === '' || webhookId.length > limits.webhookIdCharsMax) return null
  return { webhookId, secret: secret ?? null }
}
