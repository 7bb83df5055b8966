import type { MailAddress, MailAttachment, Mailbox, MailMessage } from './mailbox.ts'

/** A message as its sender means it. */
export interface OutgoingMail {
  readonly account: string
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  readonly bcc: readonly MailAddress[]
  readonly replyTo: string | null
  readonly subject: string
  readonly text: string
  readonly html: string | null
  readonly attachments: readonly MailAttachment[]
  readonly inReplyTo: string | null
  readonly references: readonly string[]
}

/** Makes what is new in a message. */
export interface Stamp {
  readonly nowMs: number
  readonly messageId: string
}

/** Subject of an answer: the prefix stands there once. API reference, sections 6.4 and 6.5. */
export function prefixSubject(prefix: 'Re' | 'Fwd', subject: string): string {
  return new RegExp(`^${prefix}:`, 'i').test(subject) ? subject : `${prefix}: ${subject}`
}

/**
 * Sends within this server: a copy lies in Sent, and recipients that are accounts here get theirs. Mail to anyone else
 * goes nowhere, since no mail may leave this machine.
 */
export function sendMail(mailbox: Mailbox, mail: OutgoingMail, stamp: Stamp): MailMessage {
  const sender = mailbox.accounts().find(({ email }) => email.toLowerCase() === mail.account.toLowerCase())
  const message = {
    ...mail,
    from: { address: mail.account, name: sender?.name ?? null },
    messageId: stamp.messageId,
    dateMs: stamp.nowMs,
    answered: false,
    draft: false,
    labels: [],
  }
  const recipients = new Set([...mail.to, ...mail.cc, ...mail.bcc].map(({ address }) => address.toLowerCase()))
  for (const { email } of mailbox.accounts()) {
    if (!recipients.has(email.toLowerCase())) continue
    mailbox.add({ ...message, account: email, folder: 'INBOX', seen: false, bcc: [] })
  }
  return mailbox.add({ ...message, folder: 'Sent', seen: true })
}

const quoted = (text: string): string =>
  text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')

/** The text of an answer with the original below it. */
export function quoteOriginal(text: string, original: MailMessage): string {
  const from = original.from.name ?? original.from.address
  return `${text}\n\nOn ${new Date(original.dateMs).toUTCString()}, ${from} wrote:\n${quoted(original.text)}`
}

/** The text of a forward: the own text stands above the original. */
export function appendOriginal(text: string, original: MailMessage): string {
  const lines = [
    '---------- Forwarded message ----------',
    `From: ${formatMailbox(original.from)}`,
    `Date: ${new Date(original.dateMs).toUTCString()}`,
    `Subject: ${original.subject}`,
    `To: ${original.to.map(formatMailbox).join(', ')}`,
  ]
  return `${text}\n\n${lines.join('\n')}\n\n${original.text}`
}

function formatMailbox({ name, address }: MailAddress): string {
  return name === null ? address : `"${name.replace(/["\\]/g, '\\$&')}" <${address}>`
}

/** Content of an attachment in Base64. A seeded one gets text of its size. */
export function readContent({ filename, size, content }: MailAttachment): string {
  if (content !== undefined) return content
  const line = Buffer.from(`This is ${filename} of the local server. `)
  return Buffer.alloc(size, line).toString('base64')
}

// A header is one line whatever a name holds: no name may add a header.
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ')

/** The message as RFC 822 has it, CRLF line ends, attachments in Base64. */
export function formatSource(message: MailMessage): string {
  const boundary = `part-${message.messageId.replace(/[^0-9a-z]/gi, '').slice(0, 40)}`
  const crlf = (text: string): string => text.replace(/\r?\n/g, '\r\n')
  const headers: [string, string][] = [
    ['From', formatMailbox(message.from)],
    ['To', message.to.map(formatMailbox).join(', ')],
    ...(message.cc.length === 0 ? [] : [['Cc', message.cc.map(formatMailbox).join(', ')] satisfies [string, string]]),
    ...(message.replyTo === null ? [] : [['Reply-To', message.replyTo] satisfies [string, string]]),
    ['Subject', message.subject],
    ['Date', new Date(message.dateMs).toUTCString()],
    ['Message-ID', message.messageId],
    ...(message.inReplyTo === null ? [] : [['In-Reply-To', message.inReplyTo] satisfies [string, string]]),
    ...(message.references.length === 0
      ? []
      : [['References', message.references.join(' ')] satisfies [string, string]]),
    ['MIME-Version', '1.0'],
  ]
  const parts = [
    { type: 'text/plain; charset=utf-8', extra: '', body: crlf(message.text) },
    ...(message.html === null ? [] : [{ type: 'text/html; charset=utf-8', extra: '', body: crlf(message.html) }]),
    ...message.attachments.map((attachment) => ({
      type: oneLine(attachment.contentType),
      extra: `Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="${oneLine(
        attachment.filename,
      ).replace(/["\\]/g, '\\$&')}"\r\n`,
      body: readContent(attachment).replace(/.{76}/g, '$&\r\n'),
    })),
  ]
  const head = headers.map(([name, value]) => `${name}: ${oneLine(value)}\r\n`).join('')
  const [first] = parts
  if (parts.length === 1 && first !== undefined) {
    return `${head}Content-Type: ${first.type}\r\n\r\n${first.body}\r\n`
  }
  const kind = message.attachments.length > 0 ? 'mixed' : 'alternative'
  const body = parts.map(
    ({ type, extra, body: text }) => `--${boundary}\r\nContent-Type: ${type}\r\n${extra}\r\n${text}\r\n`,
  )
  return `${head}Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${body.join('')}--${boundary}--\r\n`
}
