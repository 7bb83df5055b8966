import { limits } from '../../../shared/limits.ts'
import type { Account, Address, Attachment, Label, Message, MessagePreview } from '../../../shared/model/message.ts'

// The documentation and the SDKs disagree on shapes (API reference, section 13), so a reader takes
// what it finds and leaves the rest empty: one strange mail must not hide the others.

const textCharsMax = 2 * 1024 * 1024
const lineCharsMax = 1000
const snippetCharsMax = 200
const addressesMax = 200
const attachmentsMax = 200
const listMax = 1000
const threadIdsMax = 100
// The years 1970 to 9999: what lies beyond is no date of a mail, and breaks formatters.
const dateMsMax = 253_402_300_799_999
const dateStart = /^(?:\d{4}-\d{2}-\d{2}|[A-Z][a-z]{2}, \d|\d{1,2} [A-Z][a-z]{2} \d{4})/
const isoWithoutZone = /^\d{4}-\d{2}-\d{2}T[\d:.]+$/

type Members = Readonly<Record<string, unknown>>

/** A message without what only the window's side can add. */
export type MessageContent = Omit<Message, 'htmlUrl' | 'callId'> & { readonly html: string | null }

function isObject(value: unknown): value is Members {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function readItems(value: unknown, max: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, max) : []
}

function readText(value: unknown, charsMax: number): string | null {
  return typeof value === 'string' ? value.slice(0, charsMax) : null
}

/** One line: controls (and the marks that turn the reading direction) become blanks. */
function readLine(value: unknown, charsMax = lineCharsMax): string {
  const text = readText(value, charsMax * 4) ?? ''
  return text
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+/gu, ' ')
    .trim()
    .slice(0, charsMax)
}

function readCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

function readUid(value: unknown): number | null {
  const isDigits = typeof value === 'string' && /^\d{1,15}$/.test(value)
  return readCount(isDigits ? Number(value) : value)
}

/** Epoch ms of an ISO 8601 date (UTC unless it says otherwise) or an RFC 5322 date; null for what is none. */
export function readDate(value: unknown): number | null {
  if (typeof value !== 'string' || value.length > 100) return null
  const text = value.trim()
  if (!dateStart.test(text)) return null
  const atMs = Date.parse(isoWithoutZone.test(text) ? `${text}Z` : text)
  return Number.isNaN(atMs) || atMs < 0 || atMs > dateMsMax ? null : atMs
}

/** An address from `a@b`, `Name <a@b>`, `"Name" <a@b>` or an object; null when there is none. */
export function readAddress(value: unknown): Address | null {
  if (isObject(value)) {
    const address = readLine(value.address ?? value.email, limits.addressCharsMax)
    const name = readLine(value.name)
    return address === '' && name === '' ? null : { address, name: name === '' ? null : name }
  }
  const text = readLine(value)
  if (text === '') return null
  const open = text.lastIndexOf('<')
  if (open < 0 || !text.endsWith('>')) return { address: text.slice(0, limits.addressCharsMax), name: null }
  const quoted = text.slice(0, open).trim()
  const name = /^".*"$/.test(quoted) ? quoted.slice(1, -1).replace(/\\(.)/g, '$1').trim() : quoted
  return { address: text.slice(open + 1, -1).slice(0, limits.addressCharsMax), name: name === '' ? null : name }
}

/** Splits a header line of addresses at the commas that stand in no quotes and no brackets. */
function splitAddresses(text: string): string[] {
  const parts: string[] = []
  let part = ''
  let quoted = false
  let bracketed = false
  for (const character of text.slice(0, addressesMax * limits.addressCharsMax)) {
    if (character === '"') quoted = !quoted
    if (!quoted && (character === '<' || character === '>')) bracketed = character === '<'
    if (character === ',' && !quoted && !bracketed) {
      parts.push(part)
      part = ''
    } else {
      part += character
    }
  }
  return [...parts, part]
}

/** Addresses from a list, one address, or a line with commas. */
export function readAddresses(value: unknown): Address[] {
  const items = typeof value === 'string' ? splitAddresses(value) : isObject(value) ? [value] : value
  return readItems(items, addressesMax).flatMap((item) => readAddress(item) ?? [])
}

/** API reference, section 13: unread means `seen` is false, or `flags` without `\Seen`. */
function readUnread(members: Members): boolean {
  if (typeof members.seen === 'boolean') return !members.seen
  if (!Array.isArray(members.flags)) return false
  return !readItems(members.flags, 100).some((flag) => typeof flag === 'string' && /^\\?seen$/i.test(flag))
}

function readFrom(members: Members): Address {
  return readAddresses(members.from)[0] ?? { address: '', name: null }
}

function readSnippet(members: Members): string {
  const given = readLine(members.snippet, snippetCharsMax)
  return given === '' ? readLine(members.text, snippetCharsMax) : given
}

/** What ties a message to its conversation: its own Message-ID first, then those it answers. API reference, section 6.2. */
function readThread(members: Members): string[] {
  const { references } = members
  const listed = Array.isArray(references) ? references.slice(0, threadIdsMax).join(' ') : references
  const text = [members.messageId, members.inReplyTo, listed]
    .map((part) => readText(part, threadIdsMax * lineCharsMax) ?? '')
    .join(' ')
  return [...new Set(text.match(/<[^<>\s]{1,998}>/g))].slice(0, threadIdsMax)
}

/** Names of labels from a list of texts or of label definitions; null when there is no list. */
export function readLabelNames(value: unknown): string[] | null {
  if (!Array.isArray(value)) return null
  const names = readItems(value, listMax).map((item) =>
    readLine(isObject(item) ? item.name : item, limits.labelNameCharsMax),
  )
  return [...new Set(names)].filter((name) => name !== '')
}

function readPreview(value: unknown): MessagePreview | null {
  if (!isObject(value)) return null
  const uid = readUid(value.uid)
  if (uid === null) return null
  const thread = readThread(value)
  const labels = readLabelNames(value.labels)
  return {
    uid,
    ...(thread.length === 0 ? {} : { thread }),
    ...(labels === null ? {} : { labels }),
    from: readFrom(value),
    to: readAddresses(value.to),
    subject: readLine(value.subject),
    dateMs: readDate(value.date),
    snippet: readSnippet(value),
    unread: readUnread(value),
    hasAttachments: value.hasAttachments === true || readItems(value.attachments, 1).length > 0,
  }
}

function compareNewestFirst(a: MessagePreview, b: MessagePreview): number {
  return (b.dateMs ?? -1) - (a.dateMs ?? -1) || b.uid - a.uid
}

function keepFirstOf<T>(items: readonly T[], identify: (item: T) => string | number): T[] {
  const seen = new Set<string | number>()
  return items.filter((item) => {
    const identity = identify(item)
    if (seen.has(identity)) return false
    seen.add(identity)
    return true
  })
}

/** The `data` of an envelope; null when it is no object. API reference, section 1. */
export function readData(body: unknown): Members | null {
  return isObject(body) && isObject(body.data) ? body.data : null
}

/** The messages of a list, newest first, those without a date last; null when there is no list at all. */
export function readMessageList(data: Members): { messages: MessagePreview[]; total: number } | null {
  if (!Array.isArray(data.emails)) return null
  const previews = readItems(data.emails, listMax).flatMap((item) => readPreview(item) ?? [])
  const messages = keepFirstOf(previews, ({ uid }) => uid).sort(compareNewestFirst)
  return { messages, total: readCount(data.total) ?? messages.length }
}

function readAttachment(value: unknown): Attachment | null {
  if (!isObject(value)) return null
  const contentType = readLine(value.contentType)
  return {
    filename: readLine(value.filename),
    contentType: contentType === '' ? 'application/octet-stream' : contentType,
    bytes: readCount(value.size) ?? 0,
  }
}

function readReplyTo(value: unknown): string | null {
  const [first] = readAddresses(value)
  return first === undefined || first.address === '' ? null : first.address
}

/** One message; null when there is none in the answer. */
export function readMessage(data: Members): MessageContent | null {
  const email = data.email
  if (!isObject(email)) return null
  const uid = readUid(email.uid)
  if (uid === null) return null
  const html = typeof email.html === 'string' && email.html.trim() !== '' ? email.html : null
  return {
    uid,
    messageId: readLine(email.messageId),
    from: readFrom(email),
    to: readAddresses(email.to),
    cc: readAddresses(email.cc),
    replyTo: readReplyTo(email.replyTo),
    subject: readLine(email.subject),
    dateMs: readDate(email.date),
    text: readText(email.text, textCharsMax),
    html,
    htmlHasRemoteContent: html !== null && hasRemoteContent(html),
    attachments: readItems(email.attachments, attachmentsMax).flatMap((item) => readAttachment(item) ?? []),
    unread: readUnread(email),
  }
}

/** An account; null when it has no address. API reference, section 11. */
export function readAccount(value: unknown): Account | null {
  if (!isObject(value)) return null
  const email = readLine(value.email, limits.addressCharsMax)
  return email.length >= 3 ? { email, name: readLine(value.name) } : null
}

/** The accounts of an answer; null when there is no list. */
export function readAccounts(data: Members): Account[] | null {
  if (!Array.isArray(data.accounts)) return null
  const accounts = readItems(data.accounts, listMax).flatMap((item) => readAccount(item) ?? [])
  return keepFirstOf(accounts, ({ email }) => email)
}

/** A label definition; null when it has no name. API reference, section 8. */
export function readLabel(value: unknown): Label | null {
  if (!isObject(value)) return null
  const name = readLine(value.name, limits.labelNameCharsMax)
  const color = typeof value.color === 'string' && /^#[0-9a-f]{6}$/i.test(value.color) ? value.color : '#808080'
  const id = typeof value.id === 'number' ? String(value.id) : readLine(value.id)
  return name === '' ? null : { id: id === '' ? name : id, name, color, count: readCount(value.email_count) }
}

/** The labels of an answer; null when there is no list. */
export function readLabels(data: Members): Label[] | null {
  if (!Array.isArray(data.labels)) return null
  return keepFirstOf(
    readItems(data.labels, listMax).flatMap((item) => readLabel(item) ?? []),
    ({ id }) => id,
  )
}

const remoteMarks = [
  /\b(?:src|poster|background|data|xlink:href)\s{0,8}=\s{0,8}["']?\s{0,8}(?:https?:)?\/\//i,
  /url\(\s{0,8}["']?\s{0,8}(?:https?:)?\/\//i,
  /\bsrcset\s{0,8}=/i,
  /<link\b/i,
  /@import\b/i,
]

/**
 * True when the document seems to fetch something from the network: pictures, frames or styles by
 * `http`, `https` or `//`. A scan of the text, not a parser: it may take a comment for content, and
 * it misses what is hidden behind entities. What it misses stays blocked all the same.
 */
export function hasRemoteContent(html: string): boolean {
  return remoteMarks.some((mark) => mark.test(html))
}
