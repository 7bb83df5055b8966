import type { AppError } from '../../../shared/error.ts'
import type { Account, Label, Message, MessageList, MessagePreview } from '../../../shared/model/message.ts'

/** Something asked of main: what is known, what went wrong last, and whether an answer is awaited. */
export interface Loaded<T> {
  readonly value: T | null
  readonly error: AppError | null
  readonly loading: boolean
  /** When `value` came, epoch ms. */
  readonly atMs: number | null
}

/** Nothing known and nothing asked. */
export const unasked: Loaded<never> = { value: null, error: null, loading: false, atMs: null }

/** Where a person is inside one account. `cursorUid` is the row of the keyboard, `openUid` the message on screen. */
export interface Place {
  readonly folder: string
  readonly label: string | null
  readonly filter: string
  readonly cursorUid: number | null
  readonly openUid: number | null
}

/** Where everybody begins. */
export const firstPlace: Place = { folder: 'INBOX', label: null, filter: '', cursorUid: null, openUid: null }

/** What the inbox knows about one environment. Dropped when its key or its origin changes. */
export interface Mailbox {
  readonly stamp: string
  readonly accounts: Loaded<readonly Account[]>
  readonly labels: Loaded<readonly Label[]>
  readonly places: Readonly<Record<string, Place>>
  /** Folders opened by name, by account; the API has no list of them. */
  readonly folders: Readonly<Record<string, readonly string[]>>
  readonly lists: Readonly<Record<string, Loaded<MessageList>>>
  readonly messages: ReadonlyMap<string, Loaded<Message>>
  /** A change of a message that was asked for and refused. */
  readonly markFailure: { readonly messageKey: string; readonly error: AppError } | null
}

/** Messages kept over all environments. Below the number of HTML documents that main keeps, so that none outlives its document. */
export const messagesKeptMax = 12

/** An environment of which nothing is known yet. */
export function createMailbox(stamp: string): Mailbox {
  return {
    stamp,
    accounts: unasked,
    labels: unasked,
    places: {},
    folders: {},
    lists: {},
    messages: new Map(),
    markFailure: null,
  }
}

/** Names a list of messages. */
export function keyOfList(account: string, folder: string, label: string | null): string {
  return JSON.stringify([account, folder, label])
}

/** Names a message: its uid holds within one folder of one account. API reference, section 6. */
export function keyOfMessage(account: string, folder: string, uid: number): string {
  return JSON.stringify([account, folder, uid])
}

/** Where a person is in an account. */
export function placeIn(mailbox: Mailbox | undefined, account: string | null): Place {
  return (account === null ? undefined : mailbox?.places[account]) ?? firstPlace
}

/** Begins a wait; what was known stays on screen. */
export function beginLoading<T>(slot: Loaded<T>): Loaded<T> {
  return { ...slot, loading: true }
}

/** Keeps what is known of a message. */
export function keepMessage(mailbox: Mailbox, key: string, message: Loaded<Message>): Mailbox {
  return { ...mailbox, messages: new Map(mailbox.messages).set(key, message) }
}

/** Lets the messages go that were read first, over all environments: main keeps its HTML documents in the same order. */
export function dropOldMessages(mailboxes: Readonly<Record<string, Mailbox>>): Readonly<Record<string, Mailbox>> {
  const read = Object.values(mailboxes).flatMap(({ messages }) =>
    [...messages.values()].filter(({ value }) => value !== null),
  )
  if (read.length <= messagesKeptMax) return mailboxes
  const kept = new Set([...read].sort((one, other) => (other.atMs ?? 0) - (one.atMs ?? 0)).slice(0, messagesKeptMax))
  return Object.fromEntries(
    Object.entries(mailboxes).map(([id, mailbox]) => {
      const messages = [...mailbox.messages].filter(([, slot]) => slot.value === null || kept.has(slot))
      return [id, messages.length === mailbox.messages.size ? mailbox : { ...mailbox, messages: new Map(messages) }]
    }),
  )
}

function mapValue<T>(slot: Loaded<T>, change: (value: T) => T): Loaded<T> {
  return slot.value === null ? slot : { ...slot, value: change(slot.value) }
}

/** Writes the read mark of a message into every list of its folder and into the message itself. */
export function applyMark(mailbox: Mailbox, account: string, folder: string, uid: number, unread: boolean): Mailbox {
  const inFolder = JSON.stringify([account, folder]).slice(0, -1)
  const markPreview = (preview: MessagePreview) => (preview.uid === uid ? { ...preview, unread } : preview)
  const lists = Object.fromEntries(
    Object.entries(mailbox.lists).map(([key, slot]) => [
      key,
      key.startsWith(`${inFolder},`)
        ? mapValue(slot, (list) => ({ ...list, messages: list.messages.map(markPreview) }))
        : slot,
    ]),
  )
  const key = keyOfMessage(account, folder, uid)
  const message = mailbox.messages.get(key)
  if (message === undefined) return { ...mailbox, lists }
  const messages = new Map(mailbox.messages).set(
    key,
    mapValue(message, (value) => ({ ...value, unread })),
  )
  return { ...mailbox, lists, messages }
}

/** Unread messages of a folder as far as its list is loaded; null when it is not. */
export function countUnread(mailbox: Mailbox | undefined, account: string, folder: string): number | null {
  const list = mailbox?.lists[keyOfList(account, folder, null)]?.value
  return list === undefined || list === null ? null : list.messages.filter(({ unread }) => unread).length
}
