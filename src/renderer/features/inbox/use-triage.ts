import { useCallback, useEffect, useMemo } from 'react'
import type { MessagePreview } from '../../../shared/model/message.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import type { BulkItem } from './bulk.ts'
import { type ListRows, selectRows } from './conversation-rows.ts'
import { inbox } from './inbox.ts'
import type { Place } from './mailbox.ts'
import { formatSubject } from './message-text.ts'
import { cursorAfter, extendTo, keepShown, noSelection, toggleAll, toggleUid } from './selection.ts'

/** What can be done to the messages that are chosen, else to the one of the keyboard. */
export interface Triage {
  readonly targets: readonly MessagePreview[]
  readonly toggle: (uid: number) => void
  readonly extend: (uid: number) => void
  readonly toggleEverything: () => void
  readonly clear: () => void
  readonly markTargets: () => void
  readonly deleteTargets: () => void
}

const nameItem = ({ uid, subject }: MessagePreview): BulkItem => ({ uid, name: formatSubject(subject) })

/** Selection and acts of the rows that are shown, each for all its messages, offered in the palette and by shortcut. */
export function useTriage(
  environmentId: string,
  account: string | null,
  place: Place,
  list: ListRows,
  onLabel: () => void,
): Triage {
  const { folder, selection, cursorUid, openUid } = place
  const shown = useMemo(() => list.rows.map(({ uid }) => uid), [list])
  const targets = useMemo(() => {
    const chosen = new Set(keepShown(selection, shown).uids)
    const one = cursorUid ?? openUid
    const rows = shown.filter((uid) => (chosen.size > 0 ? chosen.has(uid) : uid === one))
    return rows.flatMap(list.membersOf)
  }, [list, shown, selection, cursorUid, openUid])

  const select = useCallback(
    (by: Parameters<typeof inbox.select>[2]) => {
      if (account !== null) inbox.select(environmentId, account, (before) => by(selectRows(before, list)))
    },
    [environmentId, account, list],
  )
  const toggle = useCallback((uid: number) => select((before) => toggleUid(before, uid)), [select])
  const extend = useCallback(
    (uid: number) => select((before) => extendTo(before, shown, cursorUid, uid)),
    [select, shown, cursorUid],
  )
  const toggleEverything = useCallback(() => select((before) => toggleAll(before, shown)), [select, shown])
  const clear = useCallback(() => select(() => noSelection), [select])
  const markTargets = useCallback(() => {
    if (account === null || targets.length === 0) return
    const action = targets.some(({ unread }) => unread) ? 'read' : 'unread'
    const differing = targets.filter(({ unread }) => unread === (action === 'read'))
    void inbox.markMany({ environmentId, account, folder }, differing.map(nameItem), action)
    clear()
  }, [environmentId, account, folder, targets, clear])
  const deleteTargets = useCallback(() => {
    if (account === null || targets.length === 0) return
    const gone = new Set(targets.map(({ uid }) => uid))
    inbox.setCursor(environmentId, account, cursorAfter(shown, cursorUid, gone))
    void inbox.deleteMany({ environmentId, account, folder }, targets.map(nameItem))
  }, [environmentId, account, folder, targets, shown, cursorUid])

  const commands = useMemo(
    (): readonly Command[] => [
      {
        id: 'inbox-select',
        group: 'Inbox',
        title: 'Choose the message for an act on several',
        icon: 'check',
        shortcut: 'X',
        run: () => cursorUid !== null && toggle(cursorUid),
      },
      { id: 'inbox-select-all', group: 'Inbox', title: 'Choose all messages', icon: 'check', run: toggleEverything },
      {
        id: 'inbox-unread',
        group: 'Inbox',
        title: 'Mark messages read or unread',
        icon: 'unread',
        shortcut: 'U',
        run: markTargets,
      },
      {
        id: 'inbox-label',
        group: 'Inbox',
        title: 'Label messages',
        icon: 'bookmark',
        shortcut: 'L',
        run: () => targets.length > 0 && onLabel(),
      },
      {
        id: 'inbox-delete',
        group: 'Inbox',
        title: 'Delete messages',
        icon: 'trash',
        shortcut: '#',
        run: deleteTargets,
      },
      {
        id: 'inbox-undo',
        group: 'Inbox',
        title: 'Take the last deletion back',
        icon: 'undo',
        shortcut: 'Z',
        run: () => void inbox.undoDelete(),
      },
    ],
    [cursorUid, targets, toggle, toggleEverything, markTargets, deleteTargets, onLabel],
  )
  useCommands('inbox-triage', commands)

  // No command: in a text field the same keys take back what was typed.
  useEffect(() => {
    function hear(event: KeyboardEvent): void {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement
      if (typing || event.defaultPrevented || event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey))
        return
      if (event.target instanceof HTMLElement && event.target.isContentEditable) return
      if (inbox.undoDelete() !== null) event.preventDefault()
    }
    window.addEventListener('keydown', hear)
    return () => window.removeEventListener('keydown', hear)
  }, [])

  return { targets, toggle, extend, toggleEverything, clear, markTargets, deleteTargets }
}
