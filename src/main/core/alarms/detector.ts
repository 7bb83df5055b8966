import type { AlarmKind } from '../../../shared/model/alarm.ts'
import type { CallSummary } from '../../../shared/model/call.ts'

/** The numbers that raise an alarm; as in `Alarm`. */
export interface Sighting {
  readonly count: number
  readonly against: number | null
}

/** A call that was made with a key. */
export type KeyCall = Pick<CallSummary, 'status' | 'startedAtMs'> & { readonly keyId: string }

/** Watches the calls of all keys for one thing. Times come from the clock it was made with. */
export interface Detector {
  readonly what: AlarmKind
  /** Counts a call; what it sees when its condition is met by it. */
  note(call: KeyCall): Sighting | null
  /** True once the condition does not hold any more. */
  isOver(keyId: string): boolean
  /** Drops all that is known of a key. */
  forget(keyId: string): void
}
