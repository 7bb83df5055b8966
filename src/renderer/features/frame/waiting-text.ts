import type { WaitCause } from '../../../shared/model/call.ts'
import type { WaitingCall, WaitingCalls } from '../../../shared/model/waiting.ts'
import { formatCountdown, formatPlural } from '../../ui/format.ts'

const ends: Readonly<Record<WaitCause, string>> = {
  pacing: 'next slot',
  concurrency: 'next place on the wire',
  'retry-after': 'next attempt',
  reset: 'next attempt',
  'full-jitter': 'next attempt',
  pause: 'the pause ends',
  parked: 'the server asks to wait',
  hold: 'you paused all traffic',
}

/** What ends a call's wait, and when: `next slot in 12 s`. */
export function describeCallEnd({ cause, untilMs }: WaitingCall, nowMs: number): string {
  const left = untilMs === null ? '' : ` in ${formatCountdown(untilMs - nowMs)}`
  return `${cause === 'parked' && left !== '' ? 'goes out' : ends[cause]}${left}`
}

/**
 * What the status line says of the calls that wait: `1 call waits: next slot in 12 s`. Null while
 * none does.
 */
export function describeWaiting(waiting: WaitingCalls, nowMs: number): string | null {
  const { calls, total, heldAll } = waiting
  if (total === 0) return heldAll ? 'All traffic is paused' : null
  const verb = total === 1 ? 'waits' : 'wait'
  const first = calls[0]
  if (first === undefined) return `${formatPlural(total, 'call')} ${verb}`
  return `${formatPlural(total, 'call')} ${verb}: ${describeCallEnd(first, nowMs)}`
}
