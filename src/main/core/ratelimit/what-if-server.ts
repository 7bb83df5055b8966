import { createWindow } from './window.ts'

/** The rate group of an environment, and what it may send. */
export interface ReplayLimit {
  readonly group: string
  readonly perWindow: number
}

/** What became of each call of one run. */
export interface RunTally {
  attempts: number
  refusals: number
  failed: number
  finishedAfterMs: number
  /** Wait of each call, by its place among the arrivals. */
  readonly waitsMs: Float64Array
}

/** The simulated server: a sliding window for each rate group in which refused requests count too. */
export interface SimulatedServer {
  /** Counts a request that reaches it and decides about it. */
  accepts(environmentId: string, atMs: number): boolean
}

/** Builds the server of one run. The same rule as the service's, as far as it is known: rates and probes, rule 4. */
export function createSimulatedServer({
  limits,
  windowMs,
}: {
  readonly limits: ReadonlyMap<string, ReplayLimit>
  readonly windowMs: number
}): SimulatedServer {
  const groups = [...limits.values()].map(({ group }) => [group, createWindow(windowMs)] as const)
  const windows = new Map(groups)
  return {
    accepts(environmentId, atMs) {
      const limit = limits.get(environmentId)
      const window = limit === undefined ? undefined : windows.get(limit.group)
      if (limit === undefined || window === undefined) return true
      const accepted = window.countAt(atMs) < limit.perWindow
      window.add(atMs)
      return accepted
    },
  }
}

/** An empty tally for so many calls. */
export function createTally(calls: number): RunTally {
  return { attempts: 0, refusals: 0, failed: 0, finishedAfterMs: 0, waitsMs: new Float64Array(calls) }
}
