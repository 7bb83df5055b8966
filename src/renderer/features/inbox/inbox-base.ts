import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../../shared/contract.ts'
import type { Result } from '../../../shared/result.ts'
import type { BulkItem, BulkProgress } from './bulk.ts'
import { beginLoading, keyOfList, type Loaded, type Mailbox, type Place, placeIn, unasked } from './mailbox.ts'

/** What the inbox needs from outside. */
export interface InboxPorts {
  readonly call: Bridge['call']
  /** For what writes or deletes: a protected environment asks first. */
  readonly guarded: Bridge['call']
  readonly nowMs: () => number
  /** Resolves after `ms`, or at once when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly isProtected: (environmentId: string) => boolean
  /** Stops calls of the API that wait, by the end of their path. */
  readonly stopWaiting: (environmentId: string, path: string) => void
}

/** Messages that will be deleted when their time has come, unless somebody takes it back. */
export interface PendingDeletion {
  readonly id: number
  readonly environmentId: string
  readonly account: string
  readonly folder: string
  readonly items: readonly BulkItem[]
  readonly dueAtMs: number
}

/** Mailboxes by environment id. */
export interface InboxState {
  readonly mailboxes: Readonly<Record<string, Mailbox>>
  /** The act on several messages that goes on or ended last; null once that was read. */
  readonly bulk: BulkProgress | null
  /** Oldest first. */
  readonly pending: readonly PendingDeletion[]
  /** Deletions that were given up because the environment was left: how many messages. */
  readonly unsent: number
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
 * What all parts of the inbox share: its state, and questions whose answers go to the place that asked. A late answer
 * of a former selection never replaces what is on screen, one of a former key is dropped, and of two answers for the
 * same place the later question wins.
 */
export function createInboxBase({ call, nowMs }: Pick<InboxPorts, 'call' | 'nowMs'>) {
  const store = createStore<InboxState>(() => ({ mailboxes: {}, bulk: null, pending: [], unsent: 0 }))
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

  /**
   * Looks for new mail without a sign of it in the list: an answer replaces the list unless that was asked for
   * meanwhile, a failure is answered and changes nothing.
   */
  async function pollList({ environmentId, account, folder }: Omit<ListChoice, 'label'>): Promise<Result<null>> {
    const key = keyOfList(account, folder, null)
    const name = `${environmentId} ${key}`
    const turn = turns.get(name)
    const stamp = find(environmentId)?.stamp
    const result = await call('mailbox.poll', { environmentId, account, folder })
    if (!result.ok) return result
    if (turns.get(name) === turn && find(environmentId)?.stamp === stamp) {
      change(environmentId, (mailbox) => ({
        ...mailbox,
        lists: { ...mailbox.lists, [key]: { value: result.value, error: null, loading: false, atMs: nowMs() } },
      }))
    }
    return { ok: true, value: null }
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

  function changePlace(environmentId: string, account: string, by: (place: Place) => Place): void {
    change(environmentId, (mailbox) => ({
      ...mailbox,
      places: { ...mailbox.places, [account]: by(placeIn(mailbox, account)) },
    }))
  }

  return { store, find, change, load, loadAccounts, loadLabels, loadList, pollList, changePlace }
}

/** What all parts of the inbox share. */
export type InboxBase = ReturnType<typeof createInboxBase>
