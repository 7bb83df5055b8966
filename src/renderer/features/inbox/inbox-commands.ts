import { useMemo } from 'react'
import { knownFolders } from '../../../shared/model/defaults.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import { inbox } from './inbox.ts'
import type { Place } from './mailbox.ts'
import { nameFolder } from './message-text.ts'
import { noSelection } from './selection.ts'

interface InboxActs {
  readonly environmentId: string
  readonly account: string | null
  readonly place: Place
  readonly refresh: () => void
  readonly step: (move: 'next' | 'previous') => void
  readonly focusFilter: () => void
}

/** Offers what can be done in the inbox, in the palette and by shortcut. Give it functions that stay the same. */
export function useInboxCommands(acts: InboxActs): void {
  const { environmentId, account, place, refresh, step, focusFilter } = acts
  const commands = useMemo((): readonly Command[] => {
    const go = knownFolders.map(
      (folder): Command => ({
        id: `inbox-folder-${folder}`,
        group: 'Inbox',
        title: `Show ${nameFolder(folder)}`,
        ...(account === null ? {} : { detail: account }),
        icon: 'inbox',
        run: () => account !== null && inbox.go(environmentId, account, folder, null),
      }),
    )
    return [
      {
        id: 'inbox-refresh',
        group: 'Inbox',
        title: 'Refresh messages',
        icon: 'refresh',
        shortcut: 'Mod+R',
        run: refresh,
      },
      {
        id: 'inbox-filter',
        group: 'Inbox',
        title: 'Filter loaded messages',
        icon: 'filter',
        shortcut: '/',
        run: () => focusFilter(),
      },
      {
        id: 'inbox-close',
        group: 'Inbox',
        title: 'Close the message or clear the filter',
        icon: 'x',
        shortcut: 'Escape',
        run: () => {
          if (account === null) return
          if (place.selection.uids.length > 0) inbox.select(environmentId, account, () => noSelection)
          else if (place.filter === '') inbox.close(environmentId, account)
          else inbox.setFilter(environmentId, account, '')
        },
      },
      { id: 'inbox-next', group: 'Inbox', title: 'Next message', icon: 'down', shortcut: 'J', run: () => step('next') },
      {
        id: 'inbox-previous',
        group: 'Inbox',
        title: 'Previous message',
        icon: 'updown',
        shortcut: 'K',
        run: () => step('previous'),
      },
      ...go,
    ]
  }, [environmentId, account, place.filter, place.selection, refresh, step, focusFilter])
  useCommands('inbox', commands)
}
