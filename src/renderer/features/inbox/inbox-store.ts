import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../../shared/contract.ts'
import type { Result } from '../../../shared/result.ts'
import {
  applyMark,
  beginLoading,
  createMailbox,
  dropOldMessages,
  firstPlace,
  keepMessage,
  keyOfList,
  keyOfMessage,
  type Loaded,
  type Mailbox,
  type Place,
  placeIn,
  unasked,
} from './mailbox.ts'

/** A list younger than this is not fetched again by coming back to it: calls count against the plan. */
export const listFreshMs = 15_000

/** What the inbox needs from outside. */
export interface InboxPorts {
  readonly call: Bridge['call']
  readonly nowMs: () => number
}

/** Mailboxes by environment id. */
export interface InboxState {
  readonly mailboxes: Readonly<Record<string, Mailbox>>
}

/** A list of messages as a person chose it. */
export interface ListChoice {
  readonly environmentId: string
  readonly account: string
  readonly folder: string
  readonly label: string | null
}

/** A message inside its folder. */
export interface MessageChoice {
  readonly environmentId: string
  readonly account: string
  readonly folder: string
  readonly uid: number
}

/**
 * State and actions of the inbox. Each answer goes to the place that asked for it: a late answer of a former
 * selection never replaces what is on screen, one of a former key is dropped, and of two answers for the same
 * place the later question wins.
 */
export function createInbox({ call, nowMs }: InboxPorts) {
  const store = createStore<InboxState>(() => ({ mailboxes: {} }))
  const turns = new Map<string, number>()

  const find = (environmentId: string): Mailbox | undefined => store.getState().mailboxes[environmentId]

  function change(environmentId: string, by: (mailbox: Mailbox) => Mailbox): void {
    store.setState(({ mailboxes }) => {
      const mailbox = mailboxes[environmentId]
      return mailbox === undefined ? { mailboxes } : { mailboxes: { ...mailboxes, [environmentId]: by(mailbox) } }
    })
  }

  /** Asks, and answers true when the answer was wanted and a success. */
  async function load<T>(
    environmentId: string,
    slotName: string,
    ask: () => Promise<Result<T>>,
    read: (mailbox: Mailbox) => Loaded<T>,
    write: (mailbox: Mailbox, slot: Loaded<T>) => Mailbox,
  ): Promise<T | null> {
    const stamp = find(environmentId)?.stamp
    const name = `${environmentId} ${slotName}`
    const turn = (turns.get(name) ?? 0) + 1
    turns.set(name, turn)
    change(environmentId, (mailbox) => write(mailbox, beginLoading(read(mailbox))))
    const result = await ask()
    if (turns.get(name) !== turn || find(environmentId)?.stamp !== stamp) return null
    change(environmentId, (mailbox) =>
      write(
        mailbox,
        result.ok
          ? { value: result.value, error: null, loading: false, atMs: nowMs() }
          : { ...read(mailbox), error: result.error, loading: false },
      ),
    )
    return result.ok ? result.value : null
  }

  function loadAccounts(environmentId: string): Promise<unknown> {
    return load(
      environmentId,
      'accounts',
      () => call('mail.accounts', { environmentId }),
      ({ accounts }) => accounts,
      (mailbox, accounts) => ({ ...mailbox, accounts }),
    )
  }

  function loadLabels(environmentId: string): Promise<unknown> {
    return load(
      environmentId,
      'labels',
      () => call('mail.labels', { environmentId }),
      ({ labels }) => labels,
      (mailbox, labels) => ({ ...mailbox, labels }),
    )
  }

  function loadList({ environmentId, account, folder, label }: ListChoice): Promise<unknown> {
    const key = keyOfList(account, folder, label)
    return load(
      environmentId,
      key,
      () => call('mail.list', { environmentId, account, folder, label }),
      ({ lists }) => lists[key] ?? unasked,
      (mailbox, list) => ({ ...mailbox, lists: { ...mailbox.lists, [key]: list } }),
    )
  }

  async function mark(
    { environmentId, account, folder, uid }: MessageChoice,
    action: 'read' | 'unread',
    told: boolean,
  ) {
    const messageKey = keyOfMessage(account, folder, uid)
    const stamp = find(environmentId)?.stamp
    const result = await call('mail.mark', { environmentId, account, folder, uid, action })
    if (find(environmentId)?.stamp !== stamp) return
    change(environmentId, (mailbox) => {
      if (result.ok) return { ...applyMark(mailbox, account, folder, uid, action === 'unread'), markFailure: null }
      return told ? { ...mailbox, markFailure: { messageKey, error: result.error } } : mailbox
    })
  }

  function changePlace(environmentId: string, account: string, by: (place: Place) => Place): void {
    change(environmentId, (mailbox) => ({
      ...mailbox,
      places: { ...mailbox.places, [account]: by(placeIn(mailbox, account)) },
    }))
  }

  return {
    store,

    /**
     * Comes into an environment. Asks for accounts and labels unless they are known. A new `stamp` (another
     * key or origin) forgets what the former one reached.
     */
    enter(environmentId: string, stamp: string): void {
      const known = find(environmentId)
      if (known === undefined || known.stamp !== stamp) {
        store.setState(({ mailboxes }) => ({ mailboxes: { ...mailboxes, [environmentId]: createMailbox(stamp) } }))
      }
      const mailbox = find(environmentId)
      if (mailbox === undefined) return
      if (mailbox.accounts.value === null && !mailbox.accounts.loading) void loadAccounts(environmentId)
      if (mailbox.labels.value === null && !mailbox.labels.loading) void loadLabels(environmentId)
    },

    /** Shows a list: what is known at once, and what the server has now unless it was asked moments ago. */
    showList(choice: ListChoice): void {
      const slot = find(choice.environmentId)?.lists[keyOfList(choice.account, choice.folder, choice.label)]
      if (slot?.loading === true) return
      if (slot !== undefined && slot.error === null && slot.atMs !== null && nowMs() - slot.atMs < listFreshMs) return
      void loadList(choice)
    },

    /** Fetches a list again, and accounts and labels too when they are missing. */
    async refresh(environmentId: string, choice: ListChoice | null): Promise<void> {
      const mailbox = find(environmentId)
      await Promise.all([
        mailbox?.accounts.value === null ? loadAccounts(environmentId) : null,
        mailbox?.labels.value === null ? loadLabels(environmentId) : null,
        choice === null ? null : loadList(choice),
      ])
    },

    /** Goes to a folder or a label; the message on screen goes with it. */
    go(environmentId: string, account: string, folder: string, label: string | null): void {
      changePlace(environmentId, account, (place) =>
        place.folder === folder && place.label === label ? place : { ...firstPlace, folder, label },
      )
    },

    /** Adds a folder that a person named, and goes there. */
    openFolder(environmentId: string, account: string, folder: string): void {
      change(environmentId, (mailbox) => {
        const folders = mailbox.folders[account] ?? []
        return folders.includes(folder)
          ? mailbox
          : { ...mailbox, folders: { ...mailbox.folders, [account]: [...folders, folder] } }
      })
      changePlace(environmentId, account, () => ({ ...firstPlace, folder }))
    },

    /** Narrows the list to loaded messages that hold the words. */
    setFilter(environmentId: string, account: string, filter: string): void {
      changePlace(environmentId, account, (place) => ({ ...place, filter }))
    },

    /** Moves the row of the keyboard. */
    setCursor(environmentId: string, account: string, cursorUid: number | null): void {
      changePlace(environmentId, account, (place) => ({ ...place, cursorUid }))
    },

    /** Leaves the message on screen. */
    close(environmentId: string, account: string): void {
      changePlace(environmentId, account, (place) => ({ ...place, openUid: null }))
    },

    /** Opens a message. An unread one is marked read by one call when `markRead` allows it. */
    async open(choice: MessageChoice, markRead: boolean): Promise<void> {
      const { environmentId, account, folder, uid } = choice
      const key = keyOfMessage(account, folder, uid)
      changePlace(environmentId, account, (place) => ({ ...place, cursorUid: uid, openUid: uid }))
      change(environmentId, (mailbox) => ({ ...mailbox, markFailure: null }))
      const known = find(environmentId)?.messages.get(key)
      if (known?.loading === true) return
      const message =
        known?.value ??
        (await load(
          environmentId,
          key,
          () => call('mail.read', { environmentId, account, folder, uid }),
          ({ messages }) => messages.get(key) ?? unasked,
          (mailbox, slot) => keepMessage(mailbox, key, slot),
        ))
      store.setState(({ mailboxes }) => ({ mailboxes: dropOldMessages(mailboxes) }))
      if (message === null) return
      if (message.unread && markRead) await mark(choice, 'read', false)
      else if (!message.unread) {
        change(environmentId, (mailbox) => applyMark(mailbox, account, folder, uid, false))
      }
    },

    /** Marks a message read or unread, as a person asked; a refusal is kept to be told. */
    mark: (choice: MessageChoice, action: 'read' | 'unread') => mark(choice, action, true),

    /** Forgets a refusal once it was read. */
    clearMarkFailure(environmentId: string): void {
      change(environmentId, (mailbox) => ({ ...mailbox, markFailure: null }))
    },
  }
}

/** State and actions of the inbox. */
export type Inbox = ReturnType<typeof createInbox>
