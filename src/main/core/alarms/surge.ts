import type { Clock, KeyHour } from '../ports.ts'
import { createWindow, type Window } from '../ratelimit/window.ts'
import type { Detector } from './detector.ts'

const hourMs = 3_600_000
/** Three times the usual hour is a surge. */
export const surgeFactor = 3
/** Calls an hour below which three times as many mean nothing. */
export const surgeCallsMin = 60
/** Hours with calls that must be known before one of them is usual. */
const usualHoursMin = 3
/** It is over once the last hour has less than twice the usual. */
const overFactor = 2
const hoursKept = 14 * 24

interface Use {
  readonly hours: Map<number, number>
  readonly lastHour: Window
}

function findMedian(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}

/**
 * Watches for three times the calls of a key's usual hour: the median of its hours with calls within
 * the last two weeks, the present one and the one before left out. `earlier` is what was counted
 * before this start.
 */
export function createSurge(clock: Pick<Clock, 'nowMs' | 'monotonicMs'>, earlier: readonly KeyHour[]): Detector {
  const byKey = new Map<string, Use>()

  function open(keyId: string): Use {
    const known = byKey.get(keyId)
    if (known !== undefined) return known
    const use = { hours: new Map<number, number>(), lastHour: createWindow(hourMs) }
    byKey.set(keyId, use)
    return use
  }

  for (const { keyId, hour, calls } of earlier) {
    const { hours } = open(keyId)
    hours.set(hour, (hours.get(hour) ?? 0) + calls)
  }

  /** Calls of a usual hour; null while too few hours are known. */
  function findUsual({ hours }: Use): number | null {
    const now = Math.floor(clock.nowMs() / hourMs)
    for (const hour of hours.keys()) if (hour < now - hoursKept) hours.delete(hour)
    const before = [...hours].filter(([hour]) => hour < now - 1).map(([, calls]) => calls)
    return before.length < usualHoursMin ? null : findMedian(before)
  }

  // To the second: the window then holds 3,600 entries at most.
  const nowInSeconds = () => Math.floor(clock.monotonicMs() / 1000) * 1000

  return {
    what: 'surge',
    note({ keyId }) {
      const use = open(keyId)
      const hour = Math.floor(clock.nowMs() / hourMs)
      use.hours.set(hour, (use.hours.get(hour) ?? 0) + 1)
      use.lastHour.add(nowInSeconds())
      const count = use.lastHour.countAt(nowInSeconds())
      if (count < surgeCallsMin) return null
      const usual = findUsual(use)
      return usual !== null && count >= usual * surgeFactor ? { count, against: usual } : null
    },
    isOver(keyId) {
      const use = byKey.get(keyId)
      if (use === undefined) return true
      const usual = findUsual(use)
      return usual === null || use.lastHour.countAt(nowInSeconds()) < Math.max(surgeCallsMin, usual * overFactor)
    },
    forget: (keyId) => void byKey.delete(keyId),
  }
}
