import type { Emit } from '../../shared/contract.ts'
import { limits } from '../../shared/limits.ts'
import type { CallSummary } from '../../shared/model/call.ts'
import type { Clock } from '../core/ports.ts'

/** Calls within this time are told together. */
const burstMs = 50

/** Tells the window of calls that came into the log. */
export interface RecordedTeller {
  /** A call is in the log: tell it soon, with those that follow at once. Each is told once. */
  note(call: CallSummary): void
  stop(): void
}

/** Builds the teller; without timers while nothing is recorded. */
export function createRecordedTeller(parts: { readonly clock: Clock; readonly emit: Emit }): RecordedTeller {
  const ended = new AbortController()
  let batch: CallSummary[] = []
  let sleeping = false

  function tell(): void {
    if (batch.length === 0) return
    const calls = batch
    batch = []
    parts.emit('calls.recorded', calls)
  }

  async function tellSoon(): Promise<void> {
    sleeping = true
    await parts.clock.sleep(burstMs, ended.signal)
    sleeping = false
    if (!ended.signal.aborted) tell()
  }

  return {
    note(call) {
      if (ended.signal.aborted) return
      batch.push(call)
      if (batch.length >= limits.recordedCallsMax) tell()
      else if (!sleeping) void tellSoon()
    },
    stop: () => ended.abort(),
  }
}
