/** The first of 1, 2, 5 × 10ⁿ that is not below `value`; at least 1. */
export function roundUpNicely(value: number): number {
  if (!(value > 1)) return 1
  const unit = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5].find((step) => step * unit >= value * (1 - 1e-9)) ?? 10) * unit
}

/** An axis from 0 to `maxMs` with its ticks; at most eight steps. */
export interface TimeAxis {
  readonly maxMs: number
  readonly ticksMs: readonly number[]
}

/** An axis that holds `spanMs`: steps of 1, 2 or 5 × 10ⁿ ms, ended at the first step past the span. */
export function makeTimeAxis(spanMs: number): TimeAxis {
  const step = roundUpNicely(Math.max(1, spanMs) / 8)
  const steps = Math.max(1, Math.ceil((Math.max(1, spanMs) / step) * (1 - 1e-9)))
  return { maxMs: steps * step, ticksMs: Array.from({ length: steps + 1 }, (_, index) => index * step) }
}

/** A tick in the unit of its axis: ms below 2 s, else s. */
export function formatTick(ms: number, maxMs: number): string {
  if (maxMs < 2000) return `${Number(ms.toFixed(2))} ms`
  return `${Number((ms / 1000).toFixed(4))} s`
}

const shortSizesMs = [10, 20, 50, 100, 200, 500] as const
const sliceSizesMs = [
  1000, 2000, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 10_800_000, 21_600_000,
  86_400_000, 604_800_000,
] as const

/** Most bars of the strip over the list. */
export const slicesMax = 120

/** Fewest bars that say anything. */
export const slicesMin = 12

/** A call as the strip counts it. */
export interface SliceItem {
  readonly startedAtMs: number
  readonly tone: 'ok' | 'backed-off' | 'failed' | 'none'
}

/** Calls that began in one slice of time. */
export interface Slice {
  readonly fromMs: number
  readonly count: number
  /** Of `count`: answered 429. */
  readonly backedOff: number
  /** Of `count`: refused otherwise, or without an answer. */
  readonly failed: number
}

/** Calls per slice; every slice is counted in full, or it is left out. */
export interface Slices {
  readonly sizeMs: number
  readonly slices: readonly Slice[]
}

/**
 * Counts calls (newest first) per slice. `complete`: there are no older calls, so earlier slices are known to be
 * empty; otherwise the slice of the oldest call may miss some and is left out. Null when that leaves too few.
 */
export function countSlices(calls: readonly SliceItem[], complete: boolean): Slices | null {
  if (calls.length === 0) return null
  const times = calls.map(({ startedAtMs }) => startedAtMs)
  const newest = times.reduce((one, other) => Math.max(one, other))
  const oldest = times.reduce((one, other) => Math.min(one, other))
  const largest = sliceSizesMs.at(-1) ?? 1000
  // A log that is known whole is drawn at the pace of a person, the newest of a storm at its own.
  const sizes = complete ? sliceSizesMs : [...shortSizesMs, ...sliceSizesMs]
  const sizeMs = sizes.find((size) => (newest - oldest) / size <= slicesMax - 2) ?? largest
  const last = Math.floor(newest / sizeMs)
  const oldestSlice = Math.floor(oldest / sizeMs)
  const first = Math.max(last - slicesMax + 1, complete ? last - slicesMax + 1 : oldestSlice + 1)
  if (last - first + 1 < slicesMin) return null
  const slices = Array.from({ length: last - first + 1 }, (_, index) => ({
    fromMs: (first + index) * sizeMs,
    count: 0,
    backedOff: 0,
    failed: 0,
  }))
  for (const { startedAtMs, tone } of calls) {
    const slice = slices[Math.floor(startedAtMs / sizeMs) - first]
    if (slice === undefined) continue
    slice.count += 1
    if (tone === 'backed-off') slice.backedOff += 1
    else if (tone !== 'ok') slice.failed += 1
  }
  return { sizeMs, slices }
}

/** Size of a slice in words: `30 s`, `5 min`, `6 h`, `7 days`. */
export function describeSlice(sizeMs: number): string {
  if (sizeMs < 1000) return `${sizeMs} ms`
  if (sizeMs < 60_000) return `${sizeMs / 1000} s`
  if (sizeMs < 3_600_000) return `${sizeMs / 60_000} min`
  if (sizeMs < 86_400_000) return `${sizeMs / 3_600_000} h`
  return sizeMs === 86_400_000 ? '1 day' : `${sizeMs / 86_400_000} days`
}
