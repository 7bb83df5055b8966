import { contextBridge, ipcRenderer } from 'electron'
import type { Bridge, channels, EventName, MethodName } from '../shared/contract.ts'

// Filled in by the build from the contract, so that the schemas stay out of this file.
declare const __METHOD_NAMES__: readonly MethodName[]
declare const __EVENT_NAMES__: readonly EventName[]
declare const __CHANNELS__: typeof channels

const methods = new Set<string>(__METHOD_NAMES__)
const listeners = new Map<string, Set<(payload: unknown) => void>>(__EVENT_NAMES__.map((name) => [name, new Set()]))

ipcRenderer.on(__CHANNELS__.event, (_event, name: string, payload: unknown) => {
  for (const listener of listeners.get(name) ?? []) listener(payload)
})

function refuse(field: string) {
  return { ok: false, error: { kind: 'BAD_REQUEST', field } } as const
}

const bridge: Bridge = {
  async call(name, input) {
    if (typeof name !== 'string' || !methods.has(name)) return refuse('method')
    try {
      return await ipcRenderer.invoke(__CHANNELS__.call, name, input)
    } catch {
      // What cannot be copied (functions, page objects) never leaves this process.
      return refuse('input')
    }
  },
  on(name, listener) {
    const group = typeof name === 'string' ? listeners.get(name) : undefined
    if (group === undefined || typeof listener !== 'function') return () => undefined
    // A wrapper of its own per subscription: the same function subscribed twice is left once.
    const own = (payload: unknown) => listener(payload as never)
    group.add(own)
    return () => {
      group.delete(own)
    }
  },
}

contextBridge.exposeInMainWorld('bridge', bridge)
