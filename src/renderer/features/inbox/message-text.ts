import { knownFolders } from '../../../shared/model/defaults.ts'
import type { Address, Message, MessagePreview } from '../../../shared/model/message.ts'

/** Characters of a text body that are drawn at once; more would stall the window. */
export const shownTextCharsMax = 200_000

/** Name to show for an address: the name, else the part before `@`, else the whole. */
export function nameAddress(address: Address): string {
  const name = address.name?.trim() ?? ''
  if (name !== '') return name
  return address.address === '' ? 'Unknown sender' : address.address
}

/** Whom a row names: the sender, or the first recipients in folders of own mail. */
export function nameParty({ from, to }: Pick<MessagePreview, 'from' | 'to'>, folder: string): string {
  const own = folder === 'Sent' || folder === 'Drafts'
  if (!own) return nameAddress(from)
  if (to.length === 0) return 'No recipient'
  const more = to.length > 2 ? ` and ${to.length - 2} more` : ''
  return `To ${to.slice(0, 2).map(nameAddress).join(', ')}${more}`
}

/** Subject to show: one line, or a word for none. */
export function formatSubject(subject: string): string {
  const line = subject.replace(/\s+/gu, ' ').trim()
  return line === '' ? 'No subject' : line
}

/** Name of a folder for people; the server's spelling for folders it does not name itself. */
export function nameFolder(folder: string): string {
  return folder.toUpperCase() === 'INBOX' ? 'Inbox' : folder
}

/** True for a folder that every account has. API reference, section 6. */
export function isKnownFolder(folder: string): boolean {
  return knownFolders.some((known) => known.toLowerCase() === folder.toLowerCase())
}

/** The part of an account that tells it from others of its domain. */
export function nameAccount(email: string): string {
  const at = email.lastIndexOf('@')
  return at > 0 ? email.slice(0, at) : email
}

/** The reply address when it is another one than the sender's, else null. */
export function findOtherReplyTo(message: Pick<Message, 'from' | 'replyTo'>): string | null {
  const replyTo = message.replyTo?.trim() ?? ''
  if (replyTo === '') return null
  const bare = /<([^<>]*)>\s*$/.exec(replyTo)?.[1] ?? replyTo
  return bare.trim().toLowerCase() === message.from.address.trim().toLowerCase() ? null : replyTo
}

/** Messages whose sender, recipients, subject, snippet or labels hold every word of `filter`, in the given order. */
export function filterMessages(
  messages: readonly MessagePreview[],
  filter: string,
  labelsOf: (message: MessagePreview) => readonly string[] = () => [],
): readonly MessagePreview[] {
  const words = filter.toLowerCase().split(/\s+/u).filter(Boolean)
  if (words.length === 0) return messages
  return messages.filter((message) => {
    const people = [message.from, ...message.to].map(({ address, name }) => `${name ?? ''} ${address}`)
    const text = [...people, message.subject, message.snippet, ...labelsOf(message)].join('\n').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** Numbers items from 1, for lists in which the same item may stand twice. */
export function numberItems<T>(items: readonly T[]): readonly { readonly number: number; readonly item: T }[] {
  return items.map((item, index) => ({ number: index + 1, item }))
}
