import { useMemo } from 'react'
import type { Account, Label } from '../../../shared/model/message.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import { askAboutMail } from './mail-dialogs.ts'

/** Offers what can be done to accounts and labels. `account` and `label` are those on screen. */
export function useAccountCommands(account: Account | null, label: Label | null): void {
  const commands = useMemo(
    (): readonly Command[] => [
      {
        id: 'inbox-create-account',
        group: 'Inbox',
        title: 'Create account',
        icon: 'plus',
        run: () => askAboutMail({ kind: 'create-account' }),
      },
      {
        id: 'inbox-create-label',
        group: 'Inbox',
        title: 'Create label',
        icon: 'plus',
        run: () => askAboutMail({ kind: 'create-label' }),
      },
      ...(account === null
        ? []
        : [
            {
              id: 'inbox-rename-account',
              group: 'Inbox',
              title: 'Rename account',
              detail: account.email,
              icon: 'draft',
              run: () => askAboutMail({ kind: 'rename-account', account }),
            } as const,
            {
              id: 'inbox-delete-account',
              group: 'Inbox',
              title: 'Delete account',
              detail: account.email,
              icon: 'trash',
              run: () => askAboutMail({ kind: 'delete-account', account }),
            } as const,
          ]),
      ...(label === null
        ? []
        : [
            {
              id: 'inbox-delete-label',
              group: 'Inbox',
              title: 'Delete label',
              detail: label.name,
              icon: 'trash',
              run: () => askAboutMail({ kind: 'delete-label', label }),
            } as const,
          ]),
    ],
    [account, label],
  )
  useCommands('inbox-accounts', commands)
}
