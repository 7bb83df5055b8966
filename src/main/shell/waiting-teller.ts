import type { Emit } from '../../shared/contract.ts'
import type { WaitingCalls } from '../../shared/model/waiting.ts'
import type { Clock } from '../core/ports.ts'

/** Waits shorter than this are over before anybody could read of them. */
const tellAfterMs = 120

/** Tells the window which calls wait. */
export interface WaitingTeller {
  /** Something about the waiting calls may have changed: tell it soon, once for many. */
  wake(): void
  stop(): void
}

/** Builds the teller; silent as long as nothing waits. */
export function createWaitingTeller(parts: {
  readonly clock: Clock
  readonly read: () => WaitingCalls
  readonly emit: Emit
}): WaitingTeller {
  const ended = new AbortController()
  let pending = false
  let told = ''

  async function tellSoon(): Promise<void> {
    pending = true
    await parts.clock.sleep(tellAfterMs, ended.signal)
    pending = false
    if (ended.signal.aborted) return
    const waiting = parts.read()
    const isQuiet = waiting.total === 0 && waiting.held.length === 0 && !waiting.heldAll
    const shape = isQuiet ? '' : JSON.stringify(waiting)
    if (shape === told) return
    told = shape
    parts.emit('calls.waiting.changed', waiting)
  }

  return {
    wake() {
      if (!pending && !ended.signal.aborted) void tellSoon()
    },
    stop: () => ended.abort(),
  }
}
