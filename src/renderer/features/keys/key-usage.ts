import { useEffect } from 'react'
import { create } from 'zustand'
import type { KeyUsage } from '../../../shared/model/key.ts'
import { call } from '../../api/client.ts'
import { useStore } from '../../store/store.ts'

const useUsageStore = create<{ readonly byKey: Readonly<Record<string, KeyUsage>> }>(() => ({ byKey: {} }))
const pauseMs = 1500

async function loadUsage(): Promise<void> {
  const result = await call('keys.usage', {})
  // A log that cannot be read leaves the figures of before; the rows say nothing wrong.
  if (result.ok)
    useUsageStore.setState({ byKey: Object.fromEntries(result.value.map((usage) => [usage.keyId, usage])) })
}

/** Keeps the figures of use fresh while a screen shows them: after calls, at most every 1.5 s. */
export function useUsageRefresh(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null
    void loadUsage()
    const stop = useStore.subscribe((state, before) => {
      if (timer !== null || (state.lastCall === before.lastCall && state.keys === before.keys)) return
      timer = setTimeout(() => {
        timer = null
        void loadUsage()
      }, pauseMs)
    })
    return () => {
      stop()
      if (timer !== null) clearTimeout(timer)
    }
  }, [])
}

/** What a key was used for; null before it is known. */
export function useKeyUsage(keyId: string): KeyUsage | null {
  return useUsageStore((state) => state.byKey[keyId] ?? null)
}
