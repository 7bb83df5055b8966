import type { Label } from '../../../shared/model/message.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { type BulkItem, type BulkKind, type BulkProgress, runBulk } from './bulk.ts'
import type { InboxBase, InboxPorts, ListChoice, MessageChoice, PendingDeletion } from './inbox-base.ts'
import { applyHidden, applyMark, applyTags, keyOfMessage, labelsOf } from './mailbox.ts'
import type { Selection } from './selection.ts'

/** A folder of one account. */
export type FolderChoice = Omit<ListChoice, 'label'>

/** For how long a deletion can be taken back, in ms. Nothing is sent before. */
export const undoMs = 7000

/** Acts on one or many messages: marks, labels, deletions that can be taken back. */
export function createTriage(base: InboxBase, ports: InboxPorts) {
  const { store, find, change, changePlace } = base
  const { guarded, call, nowMs, sleep, isProtected, stopWaiting } = ports
  const timers = new Map<number, AbortController>()
  let lastId = 0
  let tail: Promise<unknown> = Promise.resolve()
  let running: { readonly progress: () => BulkProgress | null; readonly stop: AbortController } | null = null

  /** Runs after what runs already: one call at a time, whatever was asked for. */
  function inTurn(
    { environmentId }: FolderChoice,
    kind: BulkKind,
    items: readonly BulkItem[],
    act: (item: BulkItem) => Promise<Result<unknown>>,
  ): Promise<BulkProgress> {
    lastId += 1
    const start = { id: lastId, environmentId, kind }
    const stop = new AbortController()
    const run = tail.then(async () => {
      running = { progress: () => store.getState().bulk, stop }
      const ended = await runBulk(start, items, act, { nowMs, sleep }, stop.signal, (bulk) => store.setState({ bulk }))
      running = null
      // A success is seen in the list; only what did not work needs words.
      if (ended.done === ended.total) store.setState({ bulk: null })
      return ended
    })
    tail = run.catch(() => null)
    return run
  }

  async function deleteNow(choice: FolderChoice, items: readonly BulkItem[]): Promise<void> {
    const { environmentId, account, folder } = choice
    const deleted = new Set<number>()
    await inTurn(choice, 'delete', items, async ({ uid }) => {
      const result = await guarded('mailbox.deleteMessage', { environmentId, account, folder, uid })
      // What is not there any more needs no deletion.
      if (result.ok || result.error.kind === 'API_NOT_FOUND') {
        deleted.add(uid)
        change(environmentId, (mailbox) => applyHidden(mailbox, choice, [uid], true))
        return succeed(null)
      }
      return result
    })
    const left = items.flatMap(({ uid }) => (deleted.has(uid) ? [] : [uid]))
    change(environmentId, (mailbox) => applyHidden(mailbox, choice, left, false))
  }

  function takeBack({ id, environmentId, account, folder, items }: PendingDeletion): void {
    timers.get(id)?.abort()
    timers.delete(id)
    store.setState(({ pending }) => ({ pending: pending.filter((each) => each.id !== id) }))
    const uids = items.map(({ uid }) => uid)
    change(environmentId, (mailbox) => applyHidden(mailbox, { account, folder }, uids, false))
  }

  return {
    /** Changes which messages are chosen. */
    select(environmentId: string, account: string, by: (selection: Selection) => Selection): void {
      changePlace(environmentId, account, (place) => ({ ...place, selection: by(place.selection) }))
    },

    /** Marks messages read or unread, a call for each. */
    markMany(choice: FolderChoice, items: readonly BulkItem[], action: 'read' | 'unread'): Promise<BulkProgress> {
      const { environmentId, account, folder } = choice
      return inTurn(choice, action, items, async ({ uid }) => {
        const result = await guarded('mail.mark', { environmentId, account, folder, uid, action })
        if (result.ok) {
          change(environmentId, (mailbox) => applyMark(mailbox, account, folder, uid, action === 'unread'))
        }
        return result
      })
    },

    /**
     * Deletes messages: out of sight at once, and sent after `undoMs` unless it is taken back. A protected environment
     * asks about each at once instead, and a message stays until the server has deleted it.
     */
    async deleteMany(choice: FolderChoice, items: readonly BulkItem[]): Promise<void> {
      const { environmentId, account, folder } = choice
      if (items.length === 0) return
      if (isProtected(environmentId)) return deleteNow(choice, items)
      lastId += 1
      const pending = { id: lastId, environmentId, account, folder, items, dueAtMs: nowMs() + undoMs }
      const timer = new AbortController()
      timers.set(pending.id, timer)
      store.setState((state) => ({ pending: [...state.pending, pending] }))
      const uids = items.map(({ uid }) => uid)
      change(environmentId, (mailbox) => applyHidden(mailbox, choice, uids, true))
      await sleep(undoMs, timer.signal)
      if (!timers.delete(pending.id)) return
      store.setState((state) => ({ pending: state.pending.filter(({ id }) => id !== pending.id) }))
      // Protected meanwhile: the person who agreed to wait agreed to nothing else, and is asked by main.
      await deleteNow(choice, items)
    },

    /** Takes the newest deletion back that was not sent yet; answers what it was about, or null. */
    undoDelete(): PendingDeletion | null {
      const last = store.getState().pending.at(-1) ?? null
      if (last !== null) takeBack(last)
      return last
    },

    /** Gives up every deletion that was not sent: leaving an environment sends nothing. */
    dropPending(): void {
      const { pending } = store.getState()
      if (pending.length === 0) return
      for (const each of pending) takeBack(each)
      store.setState({ unsent: pending.reduce((sum, { items }) => sum + items.length, 0) })
    },

    /** Forgets that deletions were given up, once that was told. */
    clearUnsent(): void {
      store.setState({ unsent: 0 })
    },

    /** Stops the act on several messages that goes on; what is done stays done. */
    cancelBulk(): void {
      const progress = running?.progress() ?? null
      running?.stop.abort()
      if (progress?.current !== null && progress !== null)
        stopWaiting(progress.environmentId, `/emails/${progress.current.uid}`)
    },

    /** Forgets how an act on several messages ended, once it was read. */
    clearBulk(): void {
      if (running === null) store.setState({ bulk: null })
    },

    /** Puts labels on messages and takes others off, with at most one call of each kind for a message. */
    labelMany(
      choice: FolderChoice,
      items: readonly BulkItem[],
      add: readonly Label[],
      remove: readonly Label[],
    ): Promise<BulkProgress> {
      const { environmentId, account, folder } = choice
      const has = (uid: number) => {
        const mailbox = find(environmentId)
        const labels = labelsOf(mailbox, account, folder, { uid })
        return labels === null ? null : new Set(labels.map(({ id }) => id))
      }
      const keep = (uid: number, names: readonly string[]) =>
        change(environmentId, (mailbox) => applyTags(mailbox, { [keyOfMessage(account, folder, uid)]: names }))

      return inTurn(choice, 'label', items, async ({ uid }) => {
        const known = has(uid)
        const adding = add.filter(({ id }) => known?.has(id) !== true)
        const removing = remove.filter(({ id }) => known?.has(id) !== false)
        const message = { environmentId, account, folder, uid }
        const before = labelsOf(find(environmentId), account, folder, { uid })
        let names = before === null ? null : before.map(({ name }) => name)
        if (adding.length > 0) {
          const result = await guarded('mailbox.assignLabels', { ...message, labelIds: adding.map(({ id }) => id) })
          if (!result.ok) return result
          names = result.value ?? (names === null ? null : [...names, ...adding.map(({ name }) => name)])
          if (names !== null) keep(uid, names)
        }
        if (removing.length > 0) {
          const result = await guarded('mailbox.removeLabels', { ...message, labelIds: removing.map(({ id }) => id) })
          if (!result.ok) return result
          const gone = new Set(removing.map(({ name }) => name.toLowerCase()))
          if (names !== null)
            keep(
              uid,
              names.filter((name) => !gone.has(name.toLowerCase())),
            )
        }
        return succeed(null)
      })
    },

    /** Asks which labels a message has, unless that is known. */
    async loadTags({ environmentId, account, folder, uid }: MessageChoice): Promise<Result<null>> {
      if (labelsOf(find(environmentId), account, folder, { uid }) !== null) return succeed(null)
      const result = await call('mailbox.messageLabels', { environmentId, account, folder, uid })
      if (!result.ok) return result
      change(environmentId, (mailbox) => applyTags(mailbox, { [keyOfMessage(account, folder, uid)]: result.value }))
      return succeed(null)
    },

    /**
     * Asks which of the loaded messages have which label: a call for each label in use, since lists need not say it. The
     * newest of a label hold all loaded ones that have it.
     */
    async loadListTags(choice: FolderChoice): Promise<Result<null>> {
      const { environmentId, account, folder } = choice
      const stamp = find(environmentId)?.stamp
      const labels = find(environmentId)?.labels.value ?? []
      const uidsByName = new Map<string, ReadonlySet<number>>()
      for (const { name, count } of labels) {
        if (count === 0) continue
        const result = await call('mail.list', { environmentId, account, folder, label: name })
        if (!result.ok) return result
        if (find(environmentId)?.stamp !== stamp) return fail({ kind: 'CANCELLED', callId: null })
        uidsByName.set(name, new Set(result.value.messages.map(({ uid }) => uid)))
      }
      change(environmentId, (mailbox) => {
        const list = mailbox.lists[JSON.stringify([account, folder, null])]?.value?.messages ?? []
        const tags = list.map(({ uid }) => [
          keyOfMessage(account, folder, uid),
          [...uidsByName].flatMap(([name, uids]) => (uids.has(uid) ? [name] : [])),
        ])
        return applyTags(mailbox, Object.fromEntries(tags))
      })
      return succeed(null)
    },
  }
}
