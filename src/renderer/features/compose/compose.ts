import { useEffect } from 'react'
import { useStore as useVanillaStore } from 'zustand'
import type { OutgoingSummary } from '../../../shared/model/outgoing.ts'
import { call, subscribe } from '../../api/client.ts'
import { showCall, tellError } from '../../store/actions.ts'
import { callGuarded } from '../../store/guarded.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { showToast } from '../../ui/toast.tsx'
import { createCompose, type Writing } from './compose-store.ts'
import { nameMail, nameRecipients } from './compose-text.ts'
import { useComposeDoor } from './door.ts'

/** The writing side of this window. */
export const compose = createCompose({
  call,
  guarded: callGuarded,
  newId: () => crypto.randomUUID(),
  later(run, ms) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  environmentName: (id) => findEnvironment(useStore.getState(), id)?.name ?? 'its environment',
  tell: showToast,
  tellError,
})

compose.store.subscribe(({ writing }) => useComposeDoor.setState({ writingIn: writing?.environmentId ?? null }))

useStore.subscribe((state, before) => {
  if (state.currentEnvironmentId !== before.currentEnvironmentId) void compose.leave()
})

function tellSent(before: readonly OutgoingSummary[], mails: readonly OutgoingSummary[]): void {
  for (const mail of mails) {
    const { state } = mail
    const former = before.find(({ id }) => id === mail.id)
    if (state.name !== 'sent' || former === undefined || former.state.name === 'sent') continue
    showToast({
      text: `Sent “${nameMail(mail)}”`,
      detail: nameRecipients(mail.to),
      action: { label: 'Show call', run: () => showCall(state.callId) },
    })
  }
}

/** Hears of drafts and unsent mail for as long as the component is shown, and keeps what is written when it is left. */
export function useOutboxEvents(): void {
  useEffect(() => {
    let told = false
    const stop = subscribe('outbox.changed', (mails) => {
      told = true
      tellSent(compose.store.getState().mails, mails)
      compose.hear(mails)
    })
    void call('outbox.list', {}).then((result) => {
      // An event may have come first, and is newer.
      if (result.ok && !told) compose.hear(result.value)
    })
    const keep = () => void compose.flush()
    window.addEventListener('blur', keep)
    window.addEventListener('pagehide', keep)
    return () => {
      stop()
      window.removeEventListener('blur', keep)
      window.removeEventListener('pagehide', keep)
    }
  }, [])
}

/** The message on screen in this environment, or null. */
export function useWriting(environmentId: string): Writing | null {
  return useVanillaStore(compose.store, ({ writing }) => (writing?.environmentId === environmentId ? writing : null))
}

/** Drafts and unsent mail of all environments, oldest first. */
export function useOutgoing(): readonly OutgoingSummary[] {
  return useVanillaStore(compose.store, ({ mails }) => mails)
}
