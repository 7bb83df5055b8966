import { limits } from '../../../shared/limits.ts'
import type { Headroom } from '../../../shared/model/headroom.ts'
import type { Clock } from '../ports.ts'
import { createWindow, type Window } from './window.ts'

/** Counts what went out in the last window, per environment. */
export interface HeadroomMeter {
  /** Counts one attempt, now. */
  note(environmentId: string): void
  read(environmentId: string): Headroom
  /** Drops the count of an environment that no longer exists. */
  forget(environmentId: string): void
}

/** What the meter works with. */
export interface HeadroomMeterDeps {
  readonly clock: Clock
  /** Requests per window that an environment's plan allows; null for an unknown environment. */
  readonly perWindow: (environmentId: string) => number | null
  /** Attempts of the last window from before this start (epoch ms), as `CallStore.attemptsSince` answers them. */
  readonly earlier: ReadonlyMap<string, readonly number[]>
}

/**
 * Builds a meter. Refused attempts count as spent (rates and probes, rule 4). It counts by the
 * monotonic clock, so that a changed wall clock frees nothing; its memory is bounded by the
 * window's length, not by the traffic.
 */
export function createHeadroomMeter({ clock, perWindow, earlier }: HeadroomMeterDeps): HeadroomMeter {
  const windows = new Map<string, Window>()

  function openWindow(environmentId: string): Window {
    const known = windows.get(environmentId)
    if (known !== undefined) return known
    const window = createWindow(limits.windowMs)
    windows.set(environmentId, window)
    return window
  }

  const wallMs = clock.nowMs()
  const monotonicMs = clock.monotonicMs()
  for (const [environmentId, times] of earlier) {
    const window = openWindow(environmentId)
    // A time in the future comes from a clock that was set back since: it counts as now.
    for (const atMs of times) window.add(monotonicMs - Math.max(0, wallMs - atMs))
  }

  return {
    note: (environmentId) => openWindow(environmentId).add(clock.monotonicMs()),
    read(environmentId) {
      const nowMs = clock.monotonicMs()
      const window = windows.get(environmentId) ?? createWindow(limits.windowMs)
      return {
        environmentId,
        used: window.countAt(nowMs),
        limit: perWindow(environmentId) ?? 0,
        basis: 'count',
        bins: window.sliceAt(nowMs, limits.headroomBins),
        windowMs: limits.windowMs,
        nextSlotInMs: window.nextSlotInMs(nowMs),
        fullInMs: null,
        pausedUntilMs: null,
        waiting: 0,
        told: [],
        atMs: clock.nowMs(),
      }
    },
    forget: (environmentId) => void windows.delete(environmentId),
  }
}
