import { generateMailbox } from './mail/generator.ts'

/** A mail address with the name it came with. */
export interface MailAddress {
  readonly address: string
  readonly name: string | null
}

/** An attachment without its content; `size` in bytes. */
export interface MailAttachment {
  readonly filename: string
  readonly contentType: string
  readonly size: number
}

/** An account of the mailbox. */
export interface MailAccount {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly createdAtMs: number
}

/** A label definition. API reference, section 8. */
export interface MailLabel {
  readonly id: string
  readonly name: string
  readonly color: string
  readonly description: string | null
  readonly createdAtMs: number
}

/** A label on a message. */
export interface AppliedLabel {
  readonly labelId: string
  readonly appliedBy: string
  readonly appliedAtMs: number
}

/** One stored message. `uid` is unique within one folder of one account. */
export interface MailMessage {
  readonly account: string
  readonly folder: string
  readonly uid: number
  readonly messageId: string
  readonly from: MailAddress
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  readonly replyTo: string | null
  readonly subject: string
  readonly dateMs: number
  readonly text: string
  readonly html: string | null
  readonly attachments: readonly MailAttachment[]
  readonly inReplyTo: string | null
  readonly references: readonly string[]
  readonly seen: boolean
  readonly answered: boolean
  readonly draft: boolean
  readonly labels: readonly AppliedLabel[]
}

/** Everything that a seed makes. */
export interface GeneratedMailbox {
  readonly accounts: readonly MailAccount[]
  readonly labels: readonly MailLabel[]
  readonly messages: readonly MailMessage[]
}

/** Which messages a list holds. Empty label lists ask for nothing. */
export interface MessageFilter {
  readonly account: string
  readonly folder: string
  readonly limit: number
  readonly labelIds: readonly string[]
  readonly labelNames: readonly string[]
}

/** What differs from the generated mailbox: message identity to seen. */
export type ReadMarks = Readonly<Record<string, boolean>>

/** Accounts, labels and messages, and what was done to them. */
export interface Mailbox {
  /** In the order they were created. */
  accounts(): readonly MailAccount[]
  /** By name, ascending. */
  labels(): readonly MailLabel[]
  /** How many messages carry a label. */
  countLabeled(labelId: string): number
  /** Newest first. */
  list(filter: MessageFilter): readonly MailMessage[]
  find(account: string, folder: string, uid: number): MailMessage | null
  findByMessageId(account: string, folder: string, messageId: string): MailMessage | null
  /** Sets or clears the Seen flag; false when there is no such message. */
  mark(account: string, folder: string, uid: number, seen: boolean): boolean
  readMarks(): ReadMarks
}

const folderNames: ReadonlyMap<string, string> = new Map([
  ['inbox', 'INBOX'],
  ['sent', 'Sent'],
  ['sent items', 'Sent'],
  ['sent mail', 'Sent'],
  ['drafts', 'Drafts'],
  ['draft', 'Drafts'],
  ['trash', 'Trash'],
  ['deleted', 'Trash'],
  ['deleted items', 'Trash'],
  ['spam', 'Spam'],
  ['junk', 'Spam'],
])

/** The stored name of a folder: common names are normalised, others stay. API reference, section 6. */
export function normalizeFolder(name: string): string {
  return folderNames.get(name.trim().toLowerCase()) ?? name
}

function placeOf(account: string, folder: string): string {
  return `${account.toLowerCase()}/${normalizeFolder(folder)}`
}

function identityOf({ account, folder, uid }: MailMessage): string {
  return `${placeOf(account, folder)}/${uid}`
}

/** Makes the mailbox of a seed as it stands at `nowMs`, with the marks of an earlier run. */
export function createMailbox(seed: string, nowMs: number, marks: ReadMarks = {}): Mailbox {
  const generated = generateMailbox(seed, nowMs)
  const labels = [...generated.labels].sort((a, b) => (a.name < b.name ? -1 : 1))
  const idByName = new Map(labels.map(({ id, name }) => [name.toLowerCase(), id]))
  const places = new Map<string, MailMessage[]>()
  const differing = new Map<string, boolean>()
  const seenAtFirst = new Map<string, boolean>()

  for (const message of [...generated.messages].sort((a, b) => b.dateMs - a.dateMs || b.uid - a.uid)) {
    const identity = identityOf(message)
    const mark = marks[identity]
    seenAtFirst.set(identity, message.seen)
    if (mark !== undefined && mark !== message.seen) differing.set(identity, mark)
    const place = placeOf(message.account, message.folder)
    const messages = places.get(place) ?? []
    messages.push({ ...message, seen: differing.get(identity) ?? message.seen })
    places.set(place, messages)
  }

  const messagesIn = (account: string, folder: string): MailMessage[] => places.get(placeOf(account, folder)) ?? []

  return {
    accounts: () => generated.accounts,
    labels: () => labels,
    countLabeled: (labelId) =>
      [...places.values()].flat().filter((message) => message.labels.some((label) => label.labelId === labelId)).length,
    list({ account, folder, limit, labelIds, labelNames }) {
      // A name that no label has can be on no message.
      const wanted = [...labelIds, ...labelNames.map((name) => idByName.get(name.toLowerCase()) ?? '')]
      return messagesIn(account, folder)
        .filter((message) => wanted.every((id) => message.labels.some(({ labelId }) => labelId === id)))
        .slice(0, limit)
    },
    find: (account, folder, uid) => messagesIn(account, folder).find((message) => message.uid === uid) ?? null,
    findByMessageId: (account, folder, messageId) =>
      messagesIn(account, folder).find((message) => message.messageId === messageId) ?? null,
    mark(account, folder, uid, seen) {
      const messages = messagesIn(account, folder)
      const index = messages.findIndex((message) => message.uid === uid)
      const message = messages[index]
      if (message === undefined) return false
      const identity = identityOf(message)
      messages[index] = { ...message, seen }
      if (seenAtFirst.get(identity) === seen) differing.delete(identity)
      else differing.set(identity, seen)
      return true
    },
    readMarks: () => Object.fromEntries(differing),
  }
}
