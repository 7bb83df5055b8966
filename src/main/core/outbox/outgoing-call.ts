import type { AppError } from '../../../shared/error.ts'
import { bareOf } from '../../../shared/mail/addresses.ts'
import { planSend } from '../../../shared/mail/send-plan.ts'
import type { OutgoingMail } from '../../../shared/model/outgoing.ts'
import { assertNever } from '../../../shared/result.ts'
import { fillPath, type Operation, operations } from '../jasni/operations.ts'
import type { CallInput } from '../pipeline/pipeline.ts'

/** A file as the API takes it: Base64. API reference, section 6.3. */
export interface SentFile {
  readonly filename: string
  readonly content: string
  readonly contentType: string
}

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const piece = 0x6000

/** Base64 of bytes, a piece of whole triples at a time: this layer has no Buffer. */
export function encodeBase64(bytes: Uint8Array): string {
  const pieces: string[] = []
  for (let from = 0; from < bytes.length; from += piece) {
    let text = ''
    const part = bytes.subarray(from, from + piece)
    for (let at = 0; at < part.length; at += 3) {
      const [one = 0, two, three] = [part[at], part[at + 1], part[at + 2]]
      const bits = (one << 16) | ((two ?? 0) << 8) | (three ?? 0)
      const digit = (shift: number) => base64Digits.charAt((bits >> shift) & 63)
      text += `${digit(18)}${digit(12)}${two === undefined ? '=' : digit(6)}${three === undefined ? '=' : digit(0)}`
    }
    pieces.push(text)
  }
  return pieces.join('')
}

/** A call of an operation as the pipeline takes it. */
export function buildCall(
  environmentId: string,
  operation: Operation,
  parts: {
    readonly path?: Readonly<Record<string, string | number>>
    readonly query?: CallInput['query']
    readonly body?: unknown
  },
): CallInput {
  const { id, effect, method } = operation
  const { path = {}, query = [], body = null } = parts
  return { environmentId, operation: id, effect, method, path: fillPath(operation, path), query, body, source: 'Inbox' }
}

/** The call that sends a message: exactly what is on screen, by the operation that does just that. */
export function buildSend(mail: OutgoingMail, files: readonly SentFile[]): CallInput {
  const { content, origin, environmentId } = mail
  const { account, to, cc, bcc, subject, text } = content
  const plan = planSend(mail)
  const query: CallInput['query'] = [
    ['account', account],
    ['folder', origin?.folder ?? 'INBOX'],
  ]
  const path = { id: origin?.uid ?? 0 }
  const copies = { ...(cc.length === 0 ? {} : { cc }), ...(bcc.length === 0 ? {} : { bcc }) }
  switch (plan.operation) {
    case 'replyToEmail':
      // The quote is part of the text already.
      return buildCall(environmentId, operations.replyToEmail, {
        path,
        query,
        body: { text, replyAll: plan.replyAll, includeOriginal: false },
      })
    case 'forwardEmail':
      return buildCall(environmentId, operations.forwardEmail, {
        path,
        query,
        body: { to, ...copies, ...(plan.text === '' ? {} : { text: plan.text }), includeOriginal: true },
      })
    case 'sendEmail':
      return buildCall(environmentId, operations.sendEmail, {
        body: {
          from: bareOf(account),
          to,
          ...copies,
          subject,
          text,
          ...(files.length === 0 ? {} : { attachments: files }),
        },
      })
    default:
      return assertNever(plan)
  }
}

/**
 * Whether a send that failed after it went out was certainly not carried out. All else may have been: nothing may
 * repeat it without asking. Rates and probes, rule 6.
 */
export function isSurelyUnsent(error: AppError): boolean {
  switch (error.kind) {
    case 'UNAUTHORIZED':
    case 'FORBIDDEN':
    case 'API_NOT_FOUND':
    case 'RATE_LIMITED':
    case 'GUARDED':
    case 'NO_KEY':
    case 'KEY_MISSING':
    case 'KEY_CHANGED':
    case 'KEYCHAIN':
    case 'SANDBOX_DOWN':
    case 'REDIRECTED':
      return true
    case 'API_REFUSED':
      return error.status !== 408
    case 'SERVER_ERROR':
      return error.status === 501 || error.status === 505
    case 'NETWORK':
      return error.reason === 'dns' || error.reason === 'refused' || error.reason === 'tls'
    // API reference, section 1: `success: false` is a failure whatever the status.
    case 'BAD_ANSWER':
      return error.reason === 'success-false'
    default:
      return false
  }
}
