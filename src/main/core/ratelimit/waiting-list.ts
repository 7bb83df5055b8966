import { limits } from '../../../shared/limits.ts'
import type { Wait, WaitCause } from '../../../shared/model/call.ts'
import type { CallPriority } from '../../../shared/model/rate.ts'
import type { WaitingCall } from '../../../shared/model/waiting.ts'
import { assertNever } from '../../../shared/result.ts'
import type { Clock } from '../ports.ts'
import type { FairQueue } from './fair-queue.ts'
import type { RateGroup } from './rate-group.ts'
import type { Repeat } from './retry-budget.ts'
import type { Errand, Slot } from './ticket.ts'
import { isParkedBy, type Stay, type WaitTrail } from './wait-trail.ts'

/** The calls of one rate group. Times are monotonic ms. */
export interface Line {
  readonly key: string
  readonly group: RateGroup
  readonly queue: FairQueue<Call>
  readonly trail: WaitTrail
  timer: { readonly atMs: number; readonly off: AbortController } | null
}

/** Where a call is. */
export type Stage =
  | { readonly at: 'idle' }
  | { readonly at: 'resting'; readonly cause: WaitCause; readonly sinceMs: number; readonly untilMs: number }
  | {
      readonly at: 'held'
      readonly sinceMs: number
      readonly atEpochMs: number
      readonly resume: (slot: Slot | null) => void
    }
  | { readonly at: 'queued'; readonly line: Line; readonly stay: Stay; readonly resume: (slot: Slot | null) => void }

/** A call on its way through the limit. */
export interface Call {
  readonly id: string
  readonly errand: Errand
  readonly priority: CallPriority
  readonly order: number
  readonly controller: AbortController
  readonly waits: Wait[]
  stage: Stage
  attempt: number
  repeat: Repeat | null
  cancelled: 'cancelled' | 'gave-up' | null
}

/** Whether a call was told to wait longer than anybody sits in front of it. Rates and probes, rule 1. */
export function isParked({ stage }: Call, interactiveCapMs: number): boolean {
  if (stage.at === 'resting') return stage.cause === 'parked'
  if (stage.at !== 'queued') return false
  const current = stage.line.trail.current()
  if (current === null) return false
  return isParkedBy(current.blockage, Math.max(current.startedMs, stage.stay.startedMs), interactiveCapMs)
}

/** One call as people see it wait; `place` is its own in its queue, 1 for the first. Null when it does not wait. */
function describeCall(call: Call, place: number, clock: Clock, interactiveCapMs: number): WaitingCall | null {
  const { stage, errand } = call
  const nowMs = clock.monotonicMs()
  const toEpoch = (monotonicMs: number): number => clock.nowMs() + (monotonicMs - nowMs)
  const what = { ticket: call.id, ...errand }
  switch (stage.at) {
    case 'idle':
      return null
    case 'resting':
      return { ...what, cause: stage.cause, sinceMs: toEpoch(stage.sinceMs), untilMs: toEpoch(stage.untilMs) }
    case 'held':
      return { ...what, cause: 'hold', sinceMs: stage.atEpochMs, untilMs: null }
    case 'queued': {
      const { line, stay } = stage
      const blockage = line.trail.current()?.blockage ?? stay.from.blockage
      const cause = isParked(call, interactiveCapMs) ? 'parked' : blockage.cause
      const slotInMs = blockage.cause === 'pacing' ? line.group.expectSlotInMs(nowMs, place) : null
      const untilMs = slotInMs === null ? blockage.untilMs : nowMs + slotInMs
      return { ...what, cause, sinceMs: stay.atEpochMs, untilMs: untilMs === null ? null : toEpoch(untilMs) }
    }
    default:
      return assertNever(stage)
  }
}

const rank = { proof: 0, person: 1, poll: 2, replay: 3 } as const

/** The first calls that wait, in the order in which they are expected to go out. */
export function listWaiting(
  lines: Iterable<Line>,
  calls: Iterable<Call>,
  clock: Clock,
  interactiveCapMs: number,
): WaitingCall[] {
  const found: WaitingCall[] = []
  const add = (call: Call, place: number): void => {
    const described = describeCall(call, place, clock, interactiveCapMs)
    if (described !== null) found.push(described)
  }
  for (const { queue } of lines) {
    let place = 0
    for (const call of queue) {
      place += 1
      if (place > limits.waitingCallsMax) break
      add(call, place)
    }
  }
  let others = 0
  for (const call of calls) {
    if (call.stage.at !== 'resting' && call.stage.at !== 'held') continue
    others += 1
    if (others > limits.waitingCallsMax) break
    add(call, 0)
  }
  const later = Number.MAX_VALUE
  found.sort(
    (one, other) =>
      rank[one.priority] - rank[other.priority] ||
      (one.untilMs ?? later) - (other.untilMs ?? later) ||
      one.sinceMs - other.sinceMs,
  )
  return found.slice(0, limits.waitingCallsMax)
}
