import { useMemo } from 'react'
import { beginForward, beginReply } from '../../../shared/mail/answer.ts'
import type { Message } from '../../../shared/model/message.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { withCompose } from './door.ts'

interface ReplyButtonsProps {
  readonly choice: { readonly environmentId: string; readonly account: string; readonly folder: string }
  /** Null until it is loaded. */
  readonly message: Message | null
}

function listActs({ environmentId, account, folder }: ReplyButtonsProps['choice'], message: Message | null) {
  const begin = (make: (original: Message) => ReturnType<typeof beginReply>) => () => {
    if (message !== null) withCompose((compose) => void compose.begin(environmentId, make(message)))
  }
  return {
    reply: begin((original) => beginReply(original, { account, folder }, 'reply')),
    replyAll: begin((original) => beginReply(original, { account, folder }, 'reply-all')),
    forward: begin((original) => beginForward(original, { account, folder })),
    goOn: () => {
      if (message !== null)
        withCompose((compose) => void compose.openDraft({ environmentId, account, uid: message.uid }))
    },
  }
}

/** Reply, reply all and forward; going on, for a draft. By button, shortcut and palette. */
export function ReplyButtons({ choice, message }: ReplyButtonsProps) {
  const { environmentId, account, folder } = choice
  const isDraft = folder === 'Drafts'
  const acts = useMemo(
    () => listActs({ environmentId, account, folder }, message),
    [environmentId, account, folder, message],
  )
  const commands = useMemo((): readonly Command[] => {
    if (message === null) return []
    const base = { group: 'Inbox', icon: 'reply' } as const
    if (isDraft)
      return [
        { ...base, id: 'mail-go-on', title: 'Go on writing the draft', icon: 'draft', shortcut: 'R', run: acts.goOn },
      ]
    return [
      { ...base, id: 'mail-reply', title: 'Reply', shortcut: 'R', run: acts.reply },
      { ...base, id: 'mail-reply-all', title: 'Reply to all', icon: 'reply-all', shortcut: 'A', run: acts.replyAll },
      { ...base, id: 'mail-forward', title: 'Forward', icon: 'forward', shortcut: 'F', run: acts.forward },
    ]
  }, [message, isDraft, acts])
  useCommands('reader', commands)

  const off = message === null
  if (isDraft) {
    return (
      <Button variant="quiet" icon="draft" shortcut="R" disabled={off} onClick={acts.goOn}>
        Go on writing
      </Button>
    )
  }
  return (
    <>
      <Button variant="quiet" icon="reply" disabled={off} onClick={acts.reply} aria-keyshortcuts="R">
        Reply
      </Button>
      <IconButton icon="reply-all" label="Reply to all" shortcut="A" disabled={off} onClick={acts.replyAll} />
      <IconButton icon="forward" label="Forward" shortcut="F" disabled={off} onClick={acts.forward} />
    </>
  )
}
