import { limits } from '../limits.ts'
import type { Address, Message } from '../model/message.ts'
import type { MailContent, MailOrigin } from '../model/outgoing.ts'
import { bareOf, formatAddress, isAddress, isSameAddress, uniteAddresses } from './addresses.ts'

/** What an answer is made from. */
export type Original = Pick<
  Message,
  'uid' | 'from' | 'to' | 'cc' | 'replyTo' | 'subject' | 'dateMs' | 'text' | 'attachments'
>

/** The beginning of a message: what stands in it, and what it is about. */
export interface Beginning {
  readonly content: MailContent
  readonly origin: MailOrigin | null
}

/** A message of nothing. */
export function beginMessage(account: string): Beginning {
  return { content: { account, to: [], cc: [], bcc: [], subject: '', text: '' }, origin: null }
}

// Prefixes of other languages' programs stand for the same and are not doubled either.
const prefixes = {
  Re: /^(?:(?:re|aw|sv|antw|odp)(?:\s?\[\d{1,3}\])?\s?:\s*)+/i,
  Fwd: /^(?:(?:fwd?|wg|tr|rv)\s?:\s*)+/i,
} as const

/** Subject of an answer: the prefix stands there once, whatever was there before. API reference, sections 6.4 and 6.5. */
export function prefixSubject(prefix: 'Re' | 'Fwd', subject: string): string {
  const rest = subject.trim().replace(prefixes[prefix], '')
  return `${prefix}: ${rest}`.trim().slice(0, limits.subjectCharsMax)
}

function textOf({ address, name }: Address): string[] {
  const text = formatAddress(address, name)
  return isAddress(text) ? [text] : []
}

/** As the server has it, and never empty: what is no address there is equal to nothing that may stand on screen. */
function rawOf({ address }: Address): string {
  return address.trim().slice(0, limits.addressCharsMax) || '?'
}

function nameWithAddress({ address, name }: Address): string {
  return name === null || name.trim() === '' ? address : `${name.trim()} <${address}>`
}

function dateText(dateMs: number | null): string {
  return dateMs === null ? 'an unknown date' : new Date(dateMs).toUTCString()
}

/** Text that is put below another one, cut where it is too long for an answer. */
function cutOriginal(text: string | null): string {
  const whole = (text ?? '').replace(/\r\n?/g, '\n').trimEnd()
  if (whole.length <= limits.quoteCharsMax) return whole
  return `${whole.slice(0, limits.quoteCharsMax)}\n[The original goes on; it was cut here.]`
}

/** The original with `>` before each line, below a line that says whose it is. Quotes of quotes stay what they are. */
export function quoteOriginal(original: Original): string {
  const lines = cutOriginal(original.text).split('\n')
  const quoted = lines.map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd())).join('\n')
  const text = `\n\nOn ${dateText(original.dateMs)}, ${nameWithAddress(original.from)} wrote:\n${quoted}`
  // A text of nothing but line ends grows with each mark.
  return text.slice(0, limits.mailTextCharsMax / 2)
}

/** The original below a head that says what it was. */
export function appendOriginal(original: Original): string {
  const { from, to, cc, subject, dateMs } = original
  const lines = [
    '---------- Forwarded message ----------',
    `From: ${nameWithAddress(from)}`,
    `Date: ${dateText(dateMs)}`,
    `Subject: ${subject}`,
    `To: ${to.slice(0, limits.recipientsMax).map(nameWithAddress).join(', ')}`,
    ...(cc.length === 0 ? [] : [`Cc: ${cc.slice(0, limits.recipientsMax).map(nameWithAddress).join(', ')}`]),
  ]
  return `\n\n${lines.join('\n')}\n\n${cutOriginal(original.text)}`.slice(0, limits.mailTextCharsMax / 2)
}

/** The reply address when it is another one than the sender's, else null. */
function findOtherReplyTo({ from, replyTo }: Original): string | null {
  const text = replyTo?.trim() ?? ''
  return text === '' || !isAddress(text) || isSameAddress(text, from.address) ? null : bareOf(text)
}

/**
 * Begins a reply, to the sender or to all. It goes where the sender asked answers to go to; own addresses are left
 * out, unless nobody else is there. To a message of one's own it goes to those whom that went to.
 */
export function beginReply(
  original: Original,
  place: { readonly account: string; readonly folder: string },
  kind: 'reply' | 'reply-all',
): Beginning {
  const { account, folder } = place
  const isOther = (text: string) => !isSameAddress(text, account)
  const otherReplyTo = findOtherReplyTo(original)
  const sender = otherReplyTo === null ? textOf(original.from) : [otherReplyTo]
  const originalTo = uniteAddresses(original.to.flatMap(textOf))
  const originalCc = uniteAddresses(original.cc.flatMap(textOf))
  const isOwn = isSameAddress(original.from.address, account)
  const others = originalTo.filter(isOther)
  const to = isOwn && others.length > 0 && otherReplyTo === null ? others : sender
  const isNew = (text: string) => isOther(text) && !to.some((each) => isSameAddress(each, text))
  const cc = kind === 'reply-all' ? uniteAddresses([...originalTo, ...originalCc]).filter(isNew) : []
  const quote = quoteOriginal(original)
  return {
    content: {
      account,
      to: to.slice(0, limits.recipientsMax),
      cc: cc.slice(0, limits.recipientsMax),
      bcc: [],
      subject: prefixSubject('Re', original.subject),
      text: quote,
    },
    origin: {
      kind,
      folder,
      uid: original.uid,
      subject: original.subject.slice(0, limits.subjectCharsMax),
      serverTo: [rawOf(original.from)],
      serverCc: kind === 'reply-all' ? original.cc.map(rawOf).filter(isOther).slice(0, limits.recipientsMax) : [],
      quote,
      files: Math.min(original.attachments.length, limits.mailFilesMax * 10),
      otherReplyTo,
    },
  }
}

/** Begins a forward: nobody is a recipient yet, and the original stands below. */
export function beginForward(
  original: Original,
  place: { readonly account: string; readonly folder: string },
): Beginning {
  const quote = appendOriginal(original)
  return {
    content: {
      account: place.account,
      to: [],
      cc: [],
      bcc: [],
      subject: prefixSubject('Fwd', original.subject),
      text: quote,
    },
    origin: {
      kind: 'forward',
      folder: place.folder,
      uid: original.uid,
      subject: original.subject.slice(0, limits.subjectCharsMax),
      serverTo: [],
      serverCc: [],
      quote,
      files: Math.min(original.attachments.length, limits.mailFilesMax * 10),
      otherReplyTo: null,
    },
  }
}
