import { useEffect } from 'react'
import type { MessageList } from '../../../shared/model/message.ts'
import { inbox } from './inbox.ts'
import type { ListChoice } from './inbox-base.ts'
import { type Loaded, labelsOf } from './mailbox.ts'
import { isEnvironmentLow } from './use-polling.ts'

/**
 * Asks for the labels of a list, when a person wants them and some are not known: a call for each label in use, once for
 * each list that came, and none where little room is left.
 */
export function useListLabels(choice: ListChoice | null, list: Loaded<MessageList>, isWanted: boolean): void {
  const { value } = list
  const labelsKnown = choice !== null && inbox.store.getState().mailboxes[choice.environmentId]?.labels.value != null
  useEffect(() => {
    if (!isWanted || !labelsKnown || choice === null || choice.label !== null || value === null) return
    const { environmentId, account, folder } = choice
    const mailbox = inbox.store.getState().mailboxes[environmentId]
    if (value.messages.every((message) => labelsOf(mailbox, account, folder, message) !== null)) return
    if (!isEnvironmentLow(environmentId)) void inbox.loadListTags({ environmentId, account, folder })
  }, [choice, value, isWanted, labelsKnown])
}
