import { useStore as useVanillaStore } from 'zustand'
import { call } from '../../api/client.ts'
import { createInbox } from './inbox-store.ts'
import type { Mailbox } from './mailbox.ts'

/** The inbox of this window. */
export const inbox = createInbox({ call, nowMs: Date.now })

/** What is known about an environment's mail. */
export function useMailbox(environmentId: string): Mailbox | undefined {
  return useVanillaStore(inbox.store, (state) => state.mailboxes[environmentId])
}
