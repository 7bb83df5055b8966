import type { Emit } from '../../shared/contract.ts'
import type { Headroom } from '../../shared/model/headroom.ts'
import type { Clock } from '../core/ports.ts'

/** How often the gauge follows the sliding window while something is in it. */
const tickMs = 1000
/** Attempts within this time are told together. */
const burstMs = 50

/** Tells the window how the headroom moves. */
export interface HeadroomTicker {
  /** Something went out, or a plan changed: tell it soon, and follow until the window is empty. */
  wake(): void
  stop(): void
}

const shapeOf = ({ used, limit, basis, bins, windowMs, pausedUntilMs, waiting, told, fullInMs }: Headroom): string =>
  // A forecast moves with the clock by itself: only its coming, going and changes of seconds are told.
  JSON.stringify([
    used,
    limit,
    basis,
    bins,
    windowMs,
    pausedUntilMs === null ? null : Math.round(pausedUntilMs / 1000),
    waiting,
    told,
    fullInMs === null ? null : Math.round(fullInMs / 1000),
  ])

/** Follows the headroom of all environments; silent and without timers while every window is empty. */
export function createHeadroomTicker(parts: {
  readonly clock: Clock
  readonly readAll: () => readonly Headroom[]
  readonly emit: Emit
}): HeadroomTicker {
  const told = new Map<string, string>()
  const ended = new AbortController()
  let nap: AbortController | null = null
  let running = false

  /** Tells what changed; true while something is in a window. */
  function tell(): boolean {
    const readings = parts.readAll()
    for (const reading of readings) {
      const shape = shapeOf(reading)
      if (told.get(reading.environmentId) === shape) continue
      told.set(reading.environmentId, shape)
      parts.emit('headroom.changed', reading)
    }
    return readings.some(({ used, waiting, pausedUntilMs }) => used > 0 || waiting > 0 || pausedUntilMs !== null)
  }

  async function run(): Promise<void> {
    running = true
    do {
      await parts.clock.sleep(burstMs, ended.signal)
      if (ended.signal.aborted || !tell()) break
      nap = new AbortController()
      await parts.clock.sleep(tickMs - burstMs, nap.signal)
    } while (!ended.signal.aborted)
    running = false
  }

  return {
    wake() {
      nap?.abort()
      if (!running && !ended.signal.aborted) void run()
    },
    stop() {
      ended.abort()
      nap?.abort()
    },
  }
}
