import type { OutboxFault } from '../error.ts'
import type { MailContent, MailFile, MailOrigin } from '../model/outgoing.ts'
import { isAddress, isSameParty } from './addresses.ts'
import { prefixSubject } from './answer.ts'

/** What stands in the way of the API's own reply or forward, which take neither files nor another subject. */
export type DetachedBy = 'files' | 'recipients' | 'subject' | 'quote'

/** Which operation a message goes out by. API reference, sections 6.3 to 6.5. */
export type SendPlan =
  | { readonly operation: 'replyToEmail'; readonly replyAll: boolean }
  /** `text` is what stands above the original, which the server adds. */
  | { readonly operation: 'forwardEmail'; readonly text: string }
  /** `detachedBy`: why an answer goes out as a message of its own; null for one that is none. */
  | { readonly operation: 'sendEmail'; readonly detachedBy: DetachedBy | null }

/** What of a message decides how it goes out. */
export interface Plannable {
  readonly content: MailContent
  readonly origin: MailOrigin | null
  readonly files: readonly MailFile[]
}

function findDetached({ content, files }: Plannable, origin: MailOrigin): DetachedBy | null {
  if (files.length > 0) return 'files'
  if (origin.kind === 'forward') {
    if (content.subject !== prefixSubject('Fwd', origin.subject)) return 'subject'
    return content.text.endsWith(origin.quote) ? null : 'quote'
  }
  const { to, cc, bcc, subject } = content
  if (bcc.length > 0 || !isSameParty(to, origin.serverTo) || !isSameParty(cc, origin.serverCc)) return 'recipients'
  return subject === prefixSubject('Re', origin.subject) ? null : 'subject'
}

/**
 * Chooses the operation that sends exactly what is on screen: the API's reply or forward where it would do just that,
 * which keeps the thread, else a message of its own.
 */
export function planSend(mail: Plannable): SendPlan {
  const { content, origin } = mail
  if (origin === null) return { operation: 'sendEmail', detachedBy: null }
  const detachedBy = findDetached(mail, origin)
  if (detachedBy !== null) return { operation: 'sendEmail', detachedBy }
  return origin.kind === 'forward'
    ? { operation: 'forwardEmail', text: content.text.slice(0, content.text.length - origin.quote.length).trimEnd() }
    : { operation: 'replyToEmail', replyAll: origin.kind === 'reply-all' }
}

/** Why a message can not be sent as it is; null when it can. */
export function findSendFault({ content }: Pick<Plannable, 'content'>): OutboxFault | null {
  const { to, cc, bcc, subject, text } = content
  const all = [...to, ...cc, ...bcc]
  if (all.some((address) => !isAddress(address))) return 'bad-address'
  // The API wants at least one in `to`.
  if (to.length === 0) return 'no-recipient'
  if (subject.trim() === '') return 'no-subject'
  return text.trim() === '' ? 'no-text' : null
}
