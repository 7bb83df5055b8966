import { useStore as useVanillaStore } from 'zustand'
import { call, subscribe } from '../../api/client.ts'
import { createWhatIf, type WhatIfState } from './what-if-store.ts'

/** The dialog of this window. */
export const whatIf = createWhatIf({
  call,
  onProgress: (listener) => subscribe('whatIf.progress', ({ share }) => listener(share)),
})

/** A part of the dialog's state. */
export function useWhatIf<T>(select: (state: WhatIfState) => T): T {
  return useVanillaStore(whatIf.store, select)
}
