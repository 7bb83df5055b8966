import type { Bridge, EventName, InputOf, MethodName, OutputOf, PayloadOf } from '../../shared/contract.ts'
import type { Result } from '../../shared/result.ts'

declare global {
  interface Window {
    /** What the preload exposes; only this folder touches it. */
    readonly bridge: Bridge
  }
}

/** Asks main for something. Never rejects: foreseen failures come back as a `Result`, a broken bridge as INTERNAL. */
export async function call<M extends MethodName>(name: M, input: InputOf<M>): Promise<Result<OutputOf<M>>> {
  try {
    return await window.bridge.call(name, input)
  } catch {
    return { ok: false, error: { kind: 'INTERNAL', reference: 'bridge' } }
  }
}

/** Hears an event of main until the returned function is called. */
export function subscribe<E extends EventName>(name: E, listener: (payload: PayloadOf<E>) => void): () => void {
  return window.bridge.on(name, listener)
}
