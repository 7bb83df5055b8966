import { generateMailbox } from './mail/generator.ts'

/** A mail address with the name it came with. */
export interface MailAddress {
  readonly address: string
  readonly name: string | null
}

/** An attachment; `size` in bytes. What the mailbox was seeded with has no content: it is made up when asked for. */
export interface MailAttachment {
  readonly filename: string
  readonly contentType: string
  readonly size: number
  /** Base64. */
  readonly content?: string
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
  readonly metadata?: Readonly<Record<string, unknown>>
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
  readonly bcc?: readonly MailAddress[]
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

/** Where one message lies. */
export interface MessagePlace {
  readonly account: string
  readonly folder: string
  readonly uid: number
}

/** What differs from the generated mailbox: message identity to seen. */
export type ReadMarks = Readonly<Record<string, boolean>>

/**
 * Accounts, labels and messages, and what was done to them. Read marks outlive the process; everything else begins
 * anew with each run. What was added is bounded: the oldest of it goes first.
 */
export interface Mailbox {
  /** In the order they were created. */
  accounts(): readonly MailAccount[]
  addAccount(account: MailAccount): void
  /** Null when there is no such account. */
  renameAccount(email: string, name: string): MailAccount | null
  /** Removes the account with all its mail; false when there is none. */
  removeAccount(email: string): boolean
  /** By name, ascending. */
  labels(): readonly MailLabel[]
  /** Names are unique, whatever their case. */
  findLabel(name: string): MailLabel | null
  addLabel(label: MailLabel): void
  /** Removes the label, from messages too; null when there is none. */
  removeLabel(id: string): MailLabel | null
  /** How many messages carry a label. */
  countLabeled(labelId: string): number
  /** Newest first. */
  list(filter: MessageFilter): readonly MailMessage[]
  find(account: string, folder: string, uid: number): MailMessage | null
  findByMessageId(account: string, folder: string, messageId: string): MailMessage | null
  /** Adds a message under the next uid of its folder. */
  add(message: Omit<MailMessage, 'uid'>): MailMessage
  /** Changes a message; null when there is none. */
  change(place: MessagePlace, change: Partial<Omit<MailMessage, 'account' | 'folder' | 'uid'>>): MailMessage | null
  remove(place: MessagePlace): MailMessage | null
  /** Sets or clears the Seen flag; false when there is no such message. */
  mark(account: string, folder: string, uid: number, seen: boolean): boolean
  readMarks(): ReadMarks
}

/** Most of what may be added to a seed's mailbox in one run. */
export const mailboxMax = { addedMessages: 2000, addedBytes: 64 * 1024 * 1024, accounts: 100, labels: 500 } as const

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

function identityOf({ account, folder, uid }: MessagePlace): string {
  return `${placeOf(account, folder)}/${uid}`
}

/** About what a message takes of memory. */
function sizeOf({ text, html, subject, attachments }: MailMessage): number {
  const content = attachments.reduce((sum, attachment) => sum + (attachment.content?.length ?? 0), 0)
  return 1000 + subject.length + text.length + (html?.length ?? 0) + content
}

function sortLabels(labels: readonly MailLabel[]): MailLabel[] {
  return [...labels].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Makes the mailbox of a seed as it stands at `nowMs`, with the marks of an earlier run. */
export function createMailbox(seed: string, nowMs: number, marks: ReadMarks = {}): Mailbox {
  const generated = generateMailbox(seed, nowMs)
  let accounts = [...generated.accounts]
  let labels = sortLabels(generated.labels)
  const places = new Map<string, MailMessage[]>()
  const lastUids = new Map<string, number>()
  const differing = new Map<string, boolean>()
  const seenAtFirst = new Map<string, boolean>()
  /** What was added, oldest first, with its size. */
  const added = new Map<string, { readonly place: MessagePlace; readonly bytes: number }>()
  let addedBytes = 0

  for (const message of [...generated.messages].sort((a, b) => b.dateMs - a.dateMs || b.uid - a.uid)) {
    const identity = identityOf(message)
    const mark = marks[identity]
    seenAtFirst.set(identity, message.seen)
    if (mark !== undefined && mark !== message.seen) differing.set(identity, mark)
    const place = placeOf(message.account, message.folder)
    const messages = places.get(place) ?? []
    messages.push({ ...message, seen: differing.get(identity) ?? message.seen })
    places.set(place, messages)
    lastUids.set(place, Math.max(lastUids.get(place) ?? 0, message.uid))
  }

  const messagesIn = (account: string, folder: string): MailMessage[] => places.get(placeOf(account, folder)) ?? []
  const findLabel = (name: string): MailLabel | null =>
    labels.find((label) => label.name.toLowerCase() === name.toLowerCase()) ?? null

  /** Counts what a message takes now; the oldest of what was added makes room. */
  function count(message: MailMessage): void {
    const identity = identityOf(message)
    const { account, folder, uid } = message
    addedBytes += sizeOf(message) - (added.get(identity)?.bytes ?? 0)
    added.set(identity, { place: { account, folder, uid }, bytes: sizeOf(message) })
    while (added.size > 1 && (added.size > mailboxMax.addedMessages || addedBytes > mailboxMax.addedBytes)) {
      const oldest = added.values().next().value
      if (oldest === undefined) return
      remove(oldest.place)
    }
  }

  function change(place: MessagePlace, changes: Partial<MailMessage>): MailMessage | null {
    const messages = messagesIn(place.account, place.folder)
    const index = messages.findIndex(({ uid }) => uid === place.uid)
    const before = messages[index]
    if (before === undefined) return null
    const after = { ...before, ...changes }
    messages[index] = after
    const identity = identityOf(after)
    if (sizeOf(after) !== sizeOf(before) || added.has(identity)) count(after)
    return after
  }

  function remove(place: MessagePlace): MailMessage | null {
    const messages = messagesIn(place.account, place.folder)
    const index = messages.findIndex(({ uid }) => uid === place.uid)
    const [removed = null] = index < 0 ? [] : messages.splice(index, 1)
    const identity = identityOf(place)
    addedBytes -= added.get(identity)?.bytes ?? 0
    added.delete(identity)
    return removed
  }

  return {
    accounts: () => accounts,
    addAccount(account) {
      accounts = [...accounts, account]
    },
    renameAccount(email, name) {
      const found = accounts.find((account) => account.email.toLowerCase() === email.toLowerCase())
      if (found === undefined) return null
      const renamed = { ...found, name }
      accounts = accounts.map((account) => (account === found ? renamed : account))
      return renamed
    },
    removeAccount(email) {
      const before = accounts.length
      accounts = accounts.filter((account) => account.email.toLowerCase() !== email.toLowerCase())
      if (accounts.length === before) return false
      for (const [place, messages] of places) {
        if (!place.startsWith(`${email.toLowerCase()}/`)) continue
        for (const message of [...messages]) remove(message)
        places.delete(place)
      }
      return true
    },
    labels: () => labels,
    findLabel,
    addLabel(label) {
      labels = sortLabels([...labels, label])
    },
    removeLabel(id) {
      const found = labels.find((label) => label.id === id) ?? null
      labels = labels.filter((label) => label !== found)
      for (const messages of places.values()) {
        messages.forEach((message, index) => {
          if (!message.labels.some(({ labelId }) => labelId === id)) return
          messages[index] = { ...message, labels: message.labels.filter(({ labelId }) => labelId !== id) }
        })
      }
      return found
    },
    countLabeled: (labelId) =>
      [...places.values()].flat().filter((message) => message.labels.some((label) => label.labelId === labelId)).length,
    list({ account, folder, limit, labelIds, labelNames }) {
      // A name that no label has can be on no message.
      const wanted = [...labelIds, ...labelNames.map((name) => findLabel(name)?.id ?? '')]
      return messagesIn(account, folder)
        .filter((message) => wanted.every((id) => message.labels.some(({ labelId }) => labelId === id)))
        .slice(0, limit)
    },
    find: (account, folder, uid) => messagesIn(account, folder).find((message) => message.uid === uid) ?? null,
    findByMessageId: (account, folder, messageId) =>
      messagesIn(account, folder).find((message) => message.messageId === messageId) ?? null,
    add(message) {
      const place = placeOf(message.account, message.folder)
      const uid = (lastUids.get(place) ?? 0) + 1
      lastUids.set(place, uid)
      const stored = { ...message, uid }
      // The newest stands first.
      places.set(place, [stored, ...messagesIn(message.account, message.folder)])
      count(stored)
      return stored
    },
    change,
    remove,
    mark(account, folder, uid, seen) {
      const message = change({ account, folder, uid }, { seen })
      if (message === null) return false
      const identity = identityOf(message)
      if (!seenAtFirst.has(identity) || seenAtFirst.get(identity) === seen) differing.delete(identity)
      else differing.set(identity, seen)
      return true
    },
    readMarks: () => Object.fromEntries(differing),
  }
}
