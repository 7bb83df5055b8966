import { useMemo } from 'react'
import { beginMessage } from '../../../shared/mail/answer.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import { IconButton } from '../../ui/button.tsx'
import { withCompose } from './door.ts'

/** Begins a message: by button, shortcut and palette. Off while no account is known. */
export function NewMessageButton({ environmentId, account }: { environmentId: string; account: string | null }) {
  const begin = useMemo(
    () => () => {
      if (account !== null) withCompose((compose) => void compose.begin(environmentId, beginMessage(account)))
    },
    [environmentId, account],
  )
  const commands = useMemo(
    (): readonly Command[] => [
      { id: 'mail-new', group: 'Inbox', title: 'New message', icon: 'draft', shortcut: 'C', run: begin },
    ],
    [begin],
  )
  useCommands('new-message', commands)
  return <IconButton icon="draft" label="New message" shortcut="C" disabled={account === null} onClick={begin} />
}
