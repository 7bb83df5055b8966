import type { Wait } from '../../../shared/model/call.ts'
import type { Blockage } from './rate-group.ts'

/** A stretch of time in which one cause held a queue. Monotonic ms. */
export interface Stretch {
  readonly blockage: Blockage
  readonly startedMs: number
  endedMs: number | null
  next: Stretch | null
}

/**
 * What holds a queue, over time. A call that stands in it keeps only the stretch that it came into;
 * stretches that no call looks back to are given up.
 */
export interface WaitTrail {
  /** The queue is held by this now; answers the stretch, which began before if the cause, or the pause, is the same. */
  note(blockage: Blockage, nowMs: number): Stretch
  /** Nothing stands in the queue any more. */
  rest(nowMs: number): void
  current(): Stretch | null
}

/** A pause that got longer is another: it has a countdown of its own, and may park who sat through the first. */
function isSame(one: Blockage, other: Blockage): boolean {
  if (one.cause !== other.cause) return false
  return one.cause !== 'pause' || (one.untilMs === other.untilMs && one.toldUntilMs === other.toldUntilMs)
}

/** Makes the trail of a queue. */
export function createWaitTrail(): WaitTrail {
  let current: Stretch | null = null
  return {
    note(blockage, nowMs) {
      if (current !== null && isSame(current.blockage, blockage)) return current
      const next: Stretch = { blockage, startedMs: nowMs, endedMs: null, next: null }
      if (current !== null) {
        current.endedMs = nowMs
        current.next = next
      }
      current = next
      return next
    },
    rest(nowMs) {
      if (current !== null) current.endedMs = nowMs
      current = null
    },
    current: () => current,
  }
}

/** Most waits that one stay in a queue is told as; what comes behind goes into the last. */
const waitsMax = 20
/** A cause that held for less goes into the one before it. */
const shortestMs = 1

/** A stay in a queue, from a call's point of view. Monotonic ms but for `atEpochMs`. */
export interface Stay {
  readonly from: Stretch
  readonly startedMs: number
  /** Epoch ms of its start. */
  readonly atEpochMs: number
  /** When its first cause was expected to let it go; null where that was not known. */
  readonly expectedMs: number | null
  readonly beforeAttempt: number
}

/** Whether a pause that holds from `startedMs` on parks the call. Rates and probes, rule 1. */
export function isParkedBy(blockage: Blockage, startedMs: number, interactiveCapMs: number): boolean {
  return blockage.cause === 'pause' && blockage.untilMs !== null && blockage.untilMs - startedMs > interactiveCapMs
}

function describeStretch(stay: Stay, stretch: Stretch, startedMs: number, interactiveCapMs: number) {
  const { blockage } = stretch
  const expectedMs = stretch === stay.from ? (stay.expectedMs ?? blockage.untilMs) : blockage.untilMs
  const toldMs = blockage.toldUntilMs === undefined ? null : blockage.toldUntilMs - startedMs
  return {
    cause: isParkedBy(blockage, startedMs, interactiveCapMs) ? ('parked' as const) : blockage.cause,
    beforeAttempt: stay.beforeAttempt,
    startedAtMs: stay.atEpochMs + (startedMs - stay.startedMs),
    plannedMs: expectedMs === null ? null : Math.max(0, expectedMs - startedMs),
    ...(toldMs !== null && toldMs > 0 ? { toldMs } : {}),
    ...(blockage.header === undefined ? {} : { header: blockage.header }),
    ...(blockage.used === undefined ? {} : { used: blockage.used }),
    ...(blockage.limit === undefined ? {} : { limit: blockage.limit }),
  }
}

/** The waits of a stay that ends now: one for each cause, without a gap, their times adding up to the whole. */
export function tellWaits(stay: Stay, nowMs: number, interactiveCapMs: number): Wait[] {
  const waits: Wait[] = []
  for (let stretch: Stretch | null = stay.from; stretch !== null; stretch = stretch.next) {
    const startedMs = Math.max(stretch.startedMs, stay.startedMs)
    const tookMs = Math.max(0, Math.min(stretch.endedMs ?? nowMs, nowMs) - startedMs)
    const last = waits[waits.length - 1]
    if (last !== undefined && waits.length >= waitsMax) {
      // A long queue has many stretches: they are not walked through for each call that leaves it.
      last.tookMs += Math.max(0, nowMs - startedMs)
      break
    }
    if (last !== undefined && tookMs < shortestMs) last.tookMs += tookMs
    else if (tookMs > 0) waits.push({ ...describeStretch(stay, stretch, startedMs, interactiveCapMs), tookMs })
  }
  return waits
}
