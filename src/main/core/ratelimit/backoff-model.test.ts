import { describe, expect, test } from 'vitest'
import { type BackoffFormula, backoffFormulas, computeBackoff } from './backoff.ts'
import { createEventQueue } from './event-queue.ts'
import { createSeededDraws } from './seeded-random.ts'

// The published model of optimistic writers: each reads a row's version, writes it back, and backs off when another
// one was faster. Every message takes |N(10, 2)| ms. Base 5, cap 2000. Calls are writes.
const baseMs = 5
const capMs = 2000
const delayMs = 10
const delaySpreadMs = 2
const seeds = 40

interface Outcome {
  readonly calls: number
  readonly finishedAtMs: number
}

function runModel(formula: BackoffFormula, clients: number, seed: number): Outcome {
  const draw = createSeededDraws(seed)
  const queue = createEventQueue()
  let version = 0
  let calls = 0

  function delay(): number {
    const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw())
    return Math.abs(delayMs + delaySpreadMs * normal)
  }

  function startClient(): void {
    let failures = 0
    let previousMs = baseMs
    const later = (ms: number, event: () => void) => queue.plan(queue.nowMs() + ms, event)
    const read = (): void => {
      const seen = version
      later(delay(), () => later(delay(), () => write(seen)))
    }
    const write = (seen: number): void => {
      calls += 1
      const won = seen === version
      if (won) version += 1
      later(delay(), () => {
        if (won) return
        failures += 1
        previousMs = computeBackoff(formula, { baseMs, capMs, exponent: failures, previousMs, draw: draw() })
        later(delay() + previousMs, read)
      })
    }
    later(delay(), read)
  }

  for (let client = 0; client < clients; client += 1) startClient()
  while (queue.runNext());
  return { calls, finishedAtMs: queue.nowMs() }
}

interface Figures {
  readonly mean: number
  /** Standard error of the mean. */
  readonly error: number
}

function summarise(values: readonly number[]): Figures {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return { mean, error: Math.sqrt(variance / values.length) }
}

// Mean calls and finishing time of the re-run, 40 seeds: peers, section 5, rule 12.
const published: Readonly<Record<number, Readonly<Record<BackoffFormula, readonly [number, number]>>>> = {
  50: {
    none: [688, 1125],
    exponential: [621, 36_166],
    equal: [348, 4133],
    full: [333, 2922],
    decorrelated: [375, 2217],
  },
  100: {
    none: [2435, 2028],
    exponential: [1868, 63_810],
    equal: [811, 6525],
    full: [797, 4993],
    decorrelated: [1007, 4703],
  },
  190: {
    none: [7995, 3527],
    exponential: [5204, 102_876],
    equal: [1762, 9557],
    full: [1771, 7515],
    decorrelated: [2443, 7578],
  },
}

/**
 * Both means are of 40 random runs, so their difference has the standard error sqrt(2) * s / sqrt(40), with s from our
 * own runs. Four of those: with right formulas one of the 30 figures misses by chance in about one of a hundred choices
 * of seeds, and these seeds are fixed. The half is for the rounding of what was published.
 */
function toleranceOf({ error }: Figures): number {
  return 4 * Math.SQRT2 * error + 0.5
}

describe('formulas against the published re-run of the optimistic-writer model', () => {
  for (const clients of [50, 100, 190]) {
    test.each(backoffFormulas)(`${clients} clients, %s: calls and finishing time within the noise`, (formula) => {
      const outcomes = Array.from({ length: seeds }, (_, seed) => runModel(formula, clients, seed + 1))
      const calls = summarise(outcomes.map((outcome) => outcome.calls))
      const finished = summarise(outcomes.map((outcome) => outcome.finishedAtMs))
      const [publishedCalls, publishedFinish] = published[clients]?.[formula] ?? [0, 0]
      expect(Math.abs(calls.mean - publishedCalls)).toBeLessThanOrEqual(toleranceOf(calls))
      expect(Math.abs(finished.mean - publishedFinish)).toBeLessThanOrEqual(toleranceOf(finished))
    })
  }

  test('the noise is small enough to tell the formulas apart', () => {
    const meanCalls = (formula: BackoffFormula) =>
      summarise(Array.from({ length: seeds }, (_, seed) => runModel(formula, 100, seed + 1).calls))
    const full = meanCalls('full')
    for (const other of ['none', 'exponential', 'decorrelated'] as const) {
      expect(meanCalls(other).mean - full.mean).toBeGreaterThan(toleranceOf(full))
    }
  })
})
