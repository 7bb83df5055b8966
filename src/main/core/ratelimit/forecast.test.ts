import { describe, expect, test } from 'vitest'
import { forecastFullInMs } from './forecast.ts'
import { createSeededDraws } from './seeded-random.ts'
import { createWindow } from './window.ts'

const windowMs = 60_000
const bins = 120

/** Times of requests whose rate (per second) at a time (s) is given, with gaps that vary by half. */
function trace(rateAt: (seconds: number) => number, lastS: number, seed: number): number[] {
  const draw = createSeededDraws(seed)
  const times: number[] = []
  for (let atS = 0; atS < lastS; ) {
    const rate = rateAt(atS)
    atS += (0.5 + draw()) / Math.max(0.01, rate)
    times.push(atS * 1000)
  }
  return times
}

/** Each forecast of a trace with what came true: relative errors of the time to exhaustion. */
function measure(times: readonly number[], limit: number): number[] {
  const fullAtMs = times[limit - 1] ?? Number.NaN
  const window = createWindow(windowMs)
  const errors: number[] = []
  let index = 0
  for (let nowMs = 5000; nowMs < fullAtMs - 500; nowMs += 500) {
    for (let next = times[index]; next !== undefined && next <= nowMs; next = times[index]) {
      window.add(next)
      index += 1
    }
    const forecast = forecastFullInMs({
      bins: window.sliceAt(nowMs, bins),
      windowMs,
      used: window.countAt(nowMs),
      limit,
    })
    if (forecast === null) continue
    const leftMs = fullAtMs - nowMs
    errors.push(Math.abs(forecast - leftMs) / Math.max(leftMs, windowMs / 10))
  }
  return errors
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('the forecast of the time to exhaustion', () => {
  test('is off by 10 % at most in the mean, on steady and on ramping traces', () => {
    const table: Record<string, string> = {}
    for (const [name, rateAt, limit] of [
      ['steady, 3 a second of 100', () => 3, 100],
      ['steady, 30 a second of 1,000', () => 30, 1000],
      ['steady, 20 a second of 1,000', () => 20, 1000],
      ['ramping from 0.5 by 0.1 a second of 100', (s: number) => 0.5 + 0.1 * s, 100],
      ['ramping from 5 by 0.6 a second of 1,000', (s: number) => 5 + 0.6 * s, 1000],
      ['falling from 40 by 0.4 a second of 1,000', (s: number) => 40 - 0.4 * s, 1000],
    ] as const) {
      const errors = Array.from({ length: 20 }, (_, seed) => measure(trace(rateAt, 59, seed + 1), limit)).flat()
      expect(errors.length).toBeGreaterThan(100)
      table[name] = `${(mean(errors) * 100).toFixed(1)} %`
      expect.soft(mean(errors), name).toBeLessThanOrEqual(0.1)
    }
    process.stdout.write(`${JSON.stringify(table, null, 2)}\n`)
  })

  test('says nothing when the window frees before it is full', () => {
    const window = createWindow(windowMs)
    // 1.5 a second of 100 a minute: 90 are in the window, and stay so.
    for (let atMs = 0; atMs < 200_000; atMs += 667) window.add(atMs)
    const read = () => ({ bins: window.sliceAt(200_000, bins), windowMs, used: window.countAt(200_000), limit: 100 })
    expect(forecastFullInMs(read())).toBeNull()
  })

  test('says nothing of a full window, of an empty one, and of two requests', () => {
    const empty = Array.from({ length: bins }, () => 0)
    expect(forecastFullInMs({ bins: empty, windowMs, used: 0, limit: 100 })).toBeNull()
    expect(forecastFullInMs({ bins: empty.with(119, 100), windowMs, used: 100, limit: 100 })).toBeNull()
    expect(forecastFullInMs({ bins: empty.with(119, 1).with(118, 1), windowMs, used: 2, limit: 3 })).toBeNull()
    expect(forecastFullInMs({ bins: [], windowMs, used: 0, limit: 100 })).toBeNull()
  })
})
