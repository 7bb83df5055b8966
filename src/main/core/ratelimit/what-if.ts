import type { RatePolicy } from '../../../shared/model/rate.ts'
import type { WhatIfFigures, WhatIfPolicy, WhatIfRow } from '../../../shared/model/what-if.ts'
import { type BackoffFormula, computeBackoff } from './backoff.ts'
import { createEventQueue, type EventQueue } from './event-queue.ts'
import type { Limiter, LimiterDeps } from './limiter.ts'
import { createSeededDraws } from './seeded-random.ts'
import { type Arrival, quantileOf } from './what-if-arrivals.ts'
import { replayPaced } from './what-if-pacing.ts'
import { createSimulatedServer, createTally, type ReplayLimit, type RunTally } from './what-if-server.ts'

/** What a replay works with. */
export interface ReplayInput {
  /** In the order of time. */
  readonly arrivals: readonly Arrival[]
  /** By environment; all that arrive have one. */
  readonly limits: ReadonlyMap<string, ReplayLimit>
  readonly windowMs: number
  readonly policies: readonly WhatIfPolicy[]
  /** Attempts, bases and caps; for pacing, all of it. */
  readonly policy: RatePolicy
  /** Runs of each policy that draws. */
  readonly seeds: number
}

/** What keeps a long replay from being in the way. */
export interface ReplayCare {
  /** Lets everything else in the process have its turn, and every promise settle. */
  readonly breathe: () => Promise<void>
  readonly onProgress?: (share: number) => void
  readonly signal?: AbortSignal
  /** The limiter of the product, for pacing. */
  readonly createLimiter: (deps: LimiterDeps) => Limiter
}

const eventsPerBreath = 2000
const drawingFormulas: ReadonlySet<BackoffFormula> = new Set(['equal', 'full', 'decorrelated'])

/** Each call repeats by itself after a refusal, as a library around a bare client does. */
function planFormula(
  { arrivals, limits, windowMs, policy }: ReplayInput,
  formula: BackoffFormula,
  draw: () => number,
  queue: EventQueue,
): RunTally {
  const server = createSimulatedServer({ limits, windowMs })
  const tally = createTally(arrivals.length)
  const { refusedBaseMs: baseMs, capMs, attemptsMax } = policy

  function attempt(call: Arrival, index: number, failures: number, previousMs: number): void {
    const accepted = server.accepts(call.environmentId, queue.nowMs())
    const backMs = (accepted ? call.servedMs : call.refusedMs) / 2
    tally.attempts += 1
    if (!accepted) tally.refusals += 1
    queue.plan(queue.nowMs() + backMs, () => {
      tally.finishedAfterMs = queue.nowMs()
      if (accepted) return
      if (failures + 1 >= attemptsMax) {
        tally.failed += 1
        return
      }
      const drawn = drawingFormulas.has(formula) ? draw() : 0
      const waitMs = computeBackoff(formula, { baseMs, capMs, exponent: failures, previousMs, draw: drawn })
      tally.waitsMs[index] = (tally.waitsMs[index] ?? 0) + waitMs
      queue.plan(queue.nowMs() + waitMs + call.servedMs / 2, () => attempt(call, index, failures + 1, waitMs))
    })
  }

  arrivals.forEach((call, index) => {
    queue.plan(call.atMs + call.servedMs / 2, () => attempt(call, index, 0, baseMs))
  })
  return tally
}

function figuresOf(tally: RunTally): WhatIfFigures {
  const waits = tally.waitsMs.slice().sort()
  return {
    attempts: tally.attempts,
    refusals: tally.refusals,
    failed: tally.failed,
    waitP50Ms: quantileOf(waits, 0.5),
    waitP95Ms: quantileOf(waits, 0.95),
    waitMaxMs: quantileOf(waits, 1),
    finishedAfterMs: tally.finishedAfterMs,
  }
}

/** Each figure by itself at a share of the runs. */
function pickFigures(runs: readonly WhatIfFigures[], share: number): WhatIfFigures {
  const pick = (name: keyof WhatIfFigures) =>
    quantileOf(
      runs.map((run) => run[name]).sort((one, other) => one - other),
      share,
    )
  return {
    attempts: pick('attempts'),
    refusals: pick('refusals'),
    failed: pick('failed'),
    waitP50Ms: pick('waitP50Ms'),
    waitP95Ms: pick('waitP95Ms'),
    waitMaxMs: pick('waitMaxMs'),
    finishedAfterMs: pick('finishedAfterMs'),
  }
}

/**
 * Replays arrivals against each policy in simulated time: what would have been sent, refused, waited for. Null when
 * `signal` aborted. Assumes that calls arrive when they arrived, whatever became of those before; that the server
 * refuses for nothing but its window, names no wait, and that half of an answer's time is the way there.
 */
export async function replayStretch(input: ReplayInput, care: ReplayCare): Promise<readonly WhatIfRow[] | null> {
  const { policies, arrivals } = input
  const runsInAll = policies.length * input.seeds
  const lastAtMs = Math.max(1, arrivals.at(-1)?.atMs ?? 1)
  let runsDone = 0

  /** Goes through one run's events, giving way again and again; false when it was to stop. */
  async function runThrough(queue: EventQueue, eventsAtOnce: number): Promise<boolean> {
    for (let events = 1; queue.runNext(); events += 1) {
      if (events % eventsAtOnce !== 0) continue
      await care.breathe()
      if (care.signal?.aborted === true) return false
      if (events % eventsPerBreath === 0) {
        care.onProgress?.((runsDone + Math.min(1, queue.nowMs() / lastAtMs)) / runsInAll)
      }
    }
    return true
  }

  async function replayOnce(policy: WhatIfPolicy, draw: () => number): Promise<RunTally | null> {
    const queue = createEventQueue()
    if (policy === 'pacing') {
      const run = replayPaced(input, { draw, queue, createLimiter: care.createLimiter })
      // The limiter works with promises: all must have settled before the clock moves on.
      await care.breathe()
      const went = await runThrough(queue, 1)
      run.close()
      return went ? run.tally : null
    }
    const tally = planFormula(input, policy, draw, queue)
    return (await runThrough(queue, eventsPerBreath)) ? tally : null
  }

  const rows: WhatIfRow[] = []
  for (const policy of policies) {
    const runs: WhatIfFigures[] = []
    let draws = 0
    for (let seed = 1; seed <= input.seeds; seed += 1) {
      const next = createSeededDraws(seed)
      const tally = await replayOnce(policy, () => {
        draws += 1
        return next()
      })
      if (tally === null) return null
      runs.push(figuresOf(tally))
      runsDone += 1
      // Without a draw every further run would be the same.
      if (draws === 0) break
    }
    runsDone = input.seeds * (rows.length + 1)
    care.onProgress?.(runsDone / runsInAll)
    await care.breathe()
    rows.push({
      policy,
      median: pickFigures(runs, 0.5),
      least: pickFigures(runs, 0),
      most: pickFigures(runs, 1),
      seeds: runs.length,
    })
  }
  return rows
}
