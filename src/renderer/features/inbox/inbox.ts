import { useStore as useVanillaStore } from 'zustand'
import { call } from '../../api/client.ts'
import { cancelWaiting } from '../../store/actions.ts'
import { callGuarded } from '../../store/guarded.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import type { BulkProgress } from './bulk.ts'
import type { PendingDeletion } from './inbox-base.ts'
import { createInbox } from './inbox-store.ts'
import type { Mailbox } from './mailbox.ts'

/** Resolves after `ms`, or at once when the signal is aborted. */
export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** The inbox of this window. */
export const inbox = createInbox({
  call,
  guarded: callGuarded,
  nowMs: Date.now,
  sleep: waitFor,
  isProtected: (environmentId) => findEnvironment(useStore.getState(), environmentId)?.protected !== false,
  stopWaiting(environmentId, path) {
    for (const waiting of useStore.getState().waiting.calls) {
      if (waiting.environmentId === environmentId && waiting.method !== 'GET' && waiting.path.startsWith(path))
        void cancelWaiting(waiting.ticket)
    }
  },
})

// Whatever was not sent stays unsent: another environment must not be left with a deletion of this one behind it.
useStore.subscribe((state, before) => {
  if (state.currentEnvironmentId !== before.currentEnvironmentId) inbox.dropPending()
})

/** What is known about an environment's mail. */
export function useMailbox(environmentId: string): Mailbox | undefined {
  return useVanillaStore(inbox.store, (state) => state.mailboxes[environmentId])
}

/** The act on several messages that goes on or ended last. */
export function useBulk(): BulkProgress | null {
  return useVanillaStore(inbox.store, ({ bulk }) => bulk)
}

/** Deletions that can still be taken back, oldest first. */
export function usePending(): readonly PendingDeletion[] {
  return useVanillaStore(inbox.store, ({ pending }) => pending)
}

/** How many messages were not deleted because their environment was left. */
export function useUnsent(): number {
  return useVanillaStore(inbox.store, ({ unsent }) => unsent)
}
