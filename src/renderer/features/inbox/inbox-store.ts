import { createDefinitions } from './definitions.ts'
import { createInboxBase, type InboxPorts, type ListChoice, type MessageChoice } from './inbox-base.ts'
import {
  applyMark,
  createMailbox,
  dropOldMessages,
  firstPlace,
  keepMessage,
  keyOfList,
  keyOfMessage,
  unasked,
} from './mailbox.ts'
import { createTriage } from './triage.ts'

export type { ListChoice, MessageChoice } from './inbox-base.ts'

/** A list younger than this is not fetched again by coming back to it: calls count against the plan. */
export const listFreshMs = 15_000

/** State and actions of the inbox. Answers go to the place that asked for them: see `createInboxBase`. */
export function createInbox(ports: InboxPorts) {
  const { call, guarded, nowMs } = ports
  const base = createInboxBase(ports)
  const { store, find, change, load, loadAccounts, loadLabels, loadList, pollList, changePlace } = base
  const definitions = createDefinitions(base, ports)

  /** Loads a list. One that is refused may be of an account that is gone. */
  async function showFresh(choice: ListChoice): Promise<void> {
    await loadList(choice)
    const { environmentId, account, folder, label } = choice
    const error = find(environmentId)?.lists[keyOfList(account, folder, label)]?.error
    if (error?.kind === 'API_NOT_FOUND' || error?.kind === 'FORBIDDEN')
      await definitions.checkAccount(environmentId, account)
  }

  async function mark(
    { environmentId, account, folder, uid }: MessageChoice,
    action: 'read' | 'unread',
    told: boolean,
  ) {
    const messageKey = keyOfMessage(account, folder, uid)
    const stamp = find(environmentId)?.stamp
    const ask = told ? guarded : call
    const result = await ask('mail.mark', { environmentId, account, folder, uid, action })
    if (find(environmentId)?.stamp !== stamp) return
    change(environmentId, (mailbox) => {
      if (result.ok) return { ...applyMark(mailbox, account, folder, uid, action === 'unread'), markFailure: null }
      return told ? { ...mailbox, markFailure: { messageKey, error: result.error } } : mailbox
    })
  }

  return {
    store,
    ...definitions,
    ...createTriage(base, ports),
    poll: pollList,

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
      void showFresh(choice)
    },

    /** Fetches a list again, and accounts and labels too when they are missing. */
    async refresh(environmentId: string, choice: ListChoice | null): Promise<void> {
      const mailbox = find(environmentId)
      await Promise.all([
        mailbox?.accounts.value === null ? loadAccounts(environmentId) : null,
        mailbox?.labels.value === null ? loadLabels(environmentId) : null,
        choice === null ? null : showFresh(choice),
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

    /** Takes a folder off that a person named, and goes to the inbox. */
    closeFolder(environmentId: string, account: string, folder: string): void {
      change(environmentId, (mailbox) => ({
        ...mailbox,
        folders: {
          ...mailbox.folders,
          [account]: (mailbox.folders[account] ?? []).filter((name) => name !== folder),
        },
      }))
      changePlace(environmentId, account, () => firstPlace)
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
