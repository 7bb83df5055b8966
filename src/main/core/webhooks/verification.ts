import type { Header } from '../../../shared/model/call.ts'
import type { BodyAlteration, SignatureCheck, Verification } from '../../../shared/model/webhook.ts'
import type { Mac } from '../ports.ts'
import type { Secret } from '../vault/secret.ts'
import { checkSignature, checkTime, readSignatures, type SignatureOfDelivery } from './signature.ts'

/** A delivery as it came or was pasted. */
export interface Delivery {
  readonly headers: readonly Header[]
  readonly body: Uint8Array
}

/** The secret of a webhook, to compare with. */
export interface KnownSecret {
  readonly webhookId: string
  readonly secret: Secret
}

/** How a delivery is judged. */
export interface VerifyOptions {
  /** Epoch ms. */
  readonly nowMs: number
  /** Also tries what a paste does to a body: for a text that went through a clipboard, never for bytes off the wire. */
  readonly undoPaste: boolean
}

function findJsonForms(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text)
    const compact = JSON.stringify(value)
    return [compact, JSON.stringify(value, null, 2)]
  } catch {
    return []
  }
}

/** The bodies that this one may have been before it was pasted. */
function undoPaste(body: Uint8Array): { readonly alteration: BodyAlteration; readonly body: Uint8Array }[] {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return []
  }
  const lf = text.replace(/\r\n?/g, '\n')
  const bare = text.replace(/\r?\n$/, '')
  const candidates: (readonly [BodyAlteration, string])[] = [
    ['line-end-added', bare],
    ['line-end-removed', `${text}\n`],
    ['line-end-removed', `${text}\r\n`],
    ['crlf-to-lf', lf.replace(/\n/g, '\r\n')],
    ['crlf-to-lf', bare.replace(/\r\n?/g, '\n').replace(/\n/g, '\r\n')],
    ['lf-to-crlf', lf],
    ['lf-to-crlf', lf.replace(/\n$/, '')],
    ['spaces-around', text.trim()],
    ...findJsonForms(text).map((form) => ['json-spaced', form] as const),
  ]
  return candidates
    .filter(([, form]) => form !== text)
    .map(([alteration, form]) => ({ alteration, body: new TextEncoder().encode(form) }))
}

/** Checks one signature, undoing what a paste does if asked to, until it fits. */
function check(mac: Mac, secret: string, delivery: Delivery, signature: SignatureOfDelivery, undo: boolean) {
  const plain = checkSignature(mac, secret, delivery.body, signature)
  if (plain.result !== 'mismatch' || !undo) return plain
  for (const { alteration, body } of undoPaste(delivery.body)) {
    if (checkSignature(mac, secret, body, signature).result === 'match')
      return { ...plain, result: 'match', alteration } as const
  }
  return plain
}

function judge(checks: readonly SignatureCheck[]): Verification['verdict'] {
  if (checks.length === 0) return 'unsigned'
  // One that does not fit outweighs one that does: whoever adds a header must not win by it.
  if (checks.some(({ result }) => result === 'mismatch')) return 'refused'
  if (checks.some(({ result }) => result === 'malformed')) return 'malformed'
  return checks.some(({ alteration }) => alteration !== null) ? 'altered' : 'verified'
}

const goodVerdicts: readonly Verification['verdict'][] = ['verified', 'altered']

/**
 * Judges a delivery by every signature that it carries, in either scheme, against each secret until
 * one fits. Without one that fits it answers what the first secret came to. Pure, and constant in
 * time where a guess could learn from it. API reference, sections 10 and 13.
 */
export function verifyDelivery(
  mac: Mac,
  secrets: readonly KnownSecret[],
  delivery: Delivery,
  { nowMs, undoPaste: undo }: VerifyOptions,
): Verification {
  const signatures = readSignatures(delivery.headers)
  const time = checkTime(delivery.headers, signatures, nowMs)
  const answers = secrets.map(({ webhookId, secret }): Verification => {
    const checks = signatures.map((signature) => check(mac, secret.reveal(), delivery, signature, undo))
    return { verdict: judge(checks), checks, time, webhookId }
  })
  const best = answers.find(({ verdict }) => goodVerdicts.includes(verdict)) ?? answers[0]
  if (best !== undefined) return best
  return { verdict: signatures.length === 0 ? 'unsigned' : 'no-secret', checks: [], time, webhookId: null }
}
