import type { AppError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import type { KeptContent, MailContent, OutgoingMail, OutgoingSummary } from '../../../shared/model/outgoing.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { holdsSecret } from '../log/redaction.ts'

const snippetCharsMax = 140

/** A message as lists and the outbox show it, without its text. */
export function summarizeMail(mail: OutgoingMail): OutgoingSummary {
  const { id, environmentId, content, origin, files, state, changedAtMs, keepOnServer, server, serverNote } = mail
  const own =
    origin !== null && content.text.endsWith(origin.quote)
      ? content.text.slice(0, content.text.length - origin.quote.length)
      : content.text
  return {
    id,
    environmentId,
    account: content.account,
    to: [...content.to],
    subject: content.subject,
    snippet: own
      .slice(0, snippetCharsMax * 4)
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, snippetCharsMax),
    kind: origin?.kind ?? 'new',
    files: [...files],
    state,
    changedAtMs,
    keepOnServer,
    serverUid: server?.uid ?? null,
    serverAtMs: server?.atMs ?? null,
    serverNote,
  }
}

/** The part of a message that the server keeps as a draft. */
export function keptPart({ to, cc, subject, text }: MailContent): KeptContent {
  return { to, cc, subject, text }
}

/** True for a message in which nothing was written yet: it is not worth a draft. */
export function isUntouched({ content, origin, files }: OutgoingMail): boolean {
  const { to, cc, bcc, subject, text } = content
  if (files.length > 0 || bcc.length > 0) return false
  if (origin !== null && text !== origin.quote) return false
  // An answer begins with its recipients and its subject.
  if (origin !== null && origin.kind !== 'forward') return true
  const parties = to.length + cc.length
  return parties === 0 && (origin !== null || (subject.trim() === '' && text.trim() === ''))
}

/** Refuses a message that holds a key anywhere: no key goes into a file, and none by mail. */
export function refuseKeys({ account, to, cc, bcc, subject, text }: MailContent): Result<null> {
  const fields = { account: [account], to, cc, bcc, subject: [subject], text: [text] }
  for (const [field, texts] of Object.entries(fields)) {
    if (texts.some(holdsSecret)) return fail<AppError>({ kind: 'KEY_IN_TEXT', field })
  }
  return succeed(null)
}

// Half a megabyte at a time, with an overlap that no key is longer than.
const scanBytes = 512 * 1024

/** True when a file holds something of the shape of a key, as a forgotten `.env` does. */
export function isKeyInFile(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder('latin1')
  for (let from = 0; from < bytes.length; from += scanBytes) {
    if (holdsSecret(decoder.decode(bytes.subarray(from, from + scanBytes + 2 * limits.keyCharsMax)))) return true
  }
  return false
}
