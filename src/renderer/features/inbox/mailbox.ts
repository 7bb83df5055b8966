import type { AppError } from '../../../shared/error.ts'
import type { Account, Label, Message, MessageList, MessagePreview } from '../../../shared/model/message.ts'
import { noSelection, type Selection } from './selection.ts'

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
  /** Messages chosen for an act on several. */
  readonly selection: Selection
}

/** Where everybody begins. */
export const firstPlace: Place = {
  folder: 'INBOX',
  label: null,
  filter: '',
  cursorUid: null,
  openUid: null,
  selection: noSelection,
}

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
  /** Names of labels by message, as far as they are known. */
  readonly tags: Readonly<Record<string, readonly string[]>>
  /** Messages that were deleted or are about to be. */
  readonly hidden: ReadonlySet<string>
  /** An account that was chosen and is not there any more. */
  readonly lostAccount: string | null
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
    tags: {},
    hidden: new Set(),
    lostAccount: null,
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
  if (mailbox === undefined || list === undefined || list === null) return null
  return list.messages.filter(({ uid, unread }) => unread && !mailbox.hidden.has(keyOfMessage(account, folder, uid)))
    .length
}

const startOf = (account: string) => JSON.stringify([account]).slice(0, -1)

/** How many different messages of an account are in loaded lists. */
export function countLoaded(mailbox: Mailbox | undefined, account: string): number {
  const keys = Object.entries(mailbox?.lists ?? {}).flatMap(([key, { value }]) => {
    if (!key.startsWith(`${startOf(account)},`)) return []
    const inFolder = key.slice(0, key.lastIndexOf(','))
    return (value?.messages ?? []).map(({ uid }) => `${inFolder},${uid}`)
  })
  return new Set(keys).size
}

/** Forgets an account and its mail: another one of the same address begins empty. */
export function dropAccount(mailbox: Mailbox, account: string): Mailbox {
  const stays = ([key]: readonly [string, unknown]) => !key.startsWith(`${startOf(account)},`)
  const isOther = ([key]: readonly [string, unknown]) => key !== account
  const keep = <T>(record: Readonly<Record<string, T>>, test: (entry: readonly [string, T]) => boolean) =>
    Object.fromEntries(Object.entries(record).filter(test))
  const { accounts } = mailbox
  return {
    ...mailbox,
    accounts: { ...accounts, value: accounts.value?.filter(({ email }) => email !== account) ?? null },
    places: keep(mailbox.places, isOther),
    folders: keep(mailbox.folders, isOther),
    lists: keep(mailbox.lists, stays),
    tags: keep(mailbox.tags, stays),
    messages: new Map([...mailbox.messages].filter(stays)),
    hidden: new Set([...mailbox.hidden].filter((key) => stays([key, null]))),
  }
}

/** The labels of a message, in the order of their definitions; null while they are not known. */
export function labelsOf(
  mailbox: Mailbox | undefined,
  account: string,
  folder: string,
  { uid, labels }: Pick<MessagePreview, 'uid' | 'labels'>,
): readonly Label[] | null {
  const names = mailbox?.tags[keyOfMessage(account, folder, uid)] ?? labels
  const definitions = mailbox?.labels.value
  if (names === undefined || definitions === undefined || definitions === null) return null
  const wanted = new Set(names.map((name) => name.toLowerCase()))
  return definitions.filter(({ name }) => wanted.has(name.toLowerCase()))
}

/** Keeps which labels messages have. */
export function applyTags(mailbox: Mailbox, tags: Readonly<Record<string, readonly string[]>>): Mailbox {
  return { ...mailbox, tags: { ...mailbox.tags, ...tags } }
}

/** Hides messages, or shows them again. What is hidden is neither open nor chosen. */
export function applyHidden(
  mailbox: Mailbox,
  { account, folder }: { readonly account: string; readonly folder: string },
  uids: readonly number[],
  isHidden: boolean,
): Mailbox {
  const hidden = new Set(mailbox.hidden)
  for (const uid of uids) {
    const key = keyOfMessage(account, folder, uid)
    if (isHidden) hidden.add(key)
    else hidden.delete(key)
  }
  const place = placeIn(mailbox, account)
  if (!isHidden || place.folder !== folder) return { ...mailbox, hidden }
  const gone = new Set(uids)
  const selection = { ...place.selection, uids: place.selection.uids.filter((uid) => !gone.has(uid)) }
  const openUid = place.openUid !== null && gone.has(place.openUid) ? null : place.openUid
  return { ...mailbox, hidden, places: { ...mailbox.places, [account]: { ...place, selection, openUid } } }
}
