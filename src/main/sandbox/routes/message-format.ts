import type { MailAddress, MailMessage } from '../mailbox.ts'
import { formatDate } from './route.ts'

const snippetChars = 140
const previewChars = 240

/** The union that the schema allows: text as the reference prints it, an object when a name is known. */
export function formatAddress({ address, name }: MailAddress) {
  return name === null ? address : { address, name }
}

function formatFlags({ seen, answered, draft }: MailMessage): string[] {
  return [...(seen ? ['\\Seen'] : []), ...(answered ? ['\\Answered'] : []), ...(draft ? ['\\Draft'] : [])]
}

// By code points, so that no emoji is cut in half.
function cutText(text: string, chars: number): string {
  const start = text
    .slice(0, chars * 4)
    .replace(/\s+/g, ' ')
    .trim()
  return start.length <= chars ? start : [...start].slice(0, chars).join('')
}

/** The start of a message in one line. */
export function formatSnippet({ text }: MailMessage): string {
  return cutText(text, snippetChars)
}

/** A message as a list shows it: the reference's members and the SDK's. API reference, section 6.1. */
export function formatPreview(message: MailMessage) {
  return {
    uid: message.uid,
    messageId: message.messageId,
    from: formatAddress(message.from),
    to: message.to.map(({ address }) => address),
    subject: message.subject,
    date: formatDate(message.dateMs),
    text: cutText(message.text, previewChars),
    flags: formatFlags(message),
    seen: message.seen,
    hasAttachments: message.attachments.length > 0,
    snippet: formatSnippet(message),
  }
}

/** A message in full, attachments without content. API reference, section 6.2. */
export function formatEmail(message: MailMessage) {
  return {
    ...formatPreview(message),
    to: message.to.map(formatAddress),
    cc: message.cc.map(formatAddress),
    ...(message.bcc === undefined || message.bcc.length === 0 ? {} : { bcc: message.bcc.map(formatAddress) }),
    text: message.text,
    html: message.html,
    attachments: message.attachments.map(({ filename, contentType, size }) => ({ filename, contentType, size })),
    replyTo: message.replyTo,
    inReplyTo: message.inReplyTo,
    references: message.references.length === 0 ? null : message.references.join(' '),
  }
}
