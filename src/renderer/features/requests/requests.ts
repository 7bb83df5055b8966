import { useStore as useVanillaStore } from 'zustand'
import { call } from '../../api/client.ts'
import { createRequests, type RequestsState } from './requests-store.ts'

/** The Requests screen of this window; it keeps its place while another screen is shown. */
export const requests = createRequests({
  call,
  later: (run, ms) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
})

/** A part of the screen's state. */
export function useRequests<T>(select: (state: RequestsState) => T): T {
  return useVanillaStore(requests.store, select)
}
