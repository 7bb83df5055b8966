import type { HeadroomHistory, HistorySpan } from '../../../shared/model/history.ts'
import { formatClock, formatClockSeconds, formatDay } from '../../ui/format.ts'

/** One band of the chart: what it stands for, its counts per slice, and their sum. */
export interface Band {
  readonly name: string
  readonly counts: readonly number[]
  readonly total: number
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Joins the series of a history by a name each, the largest first. */
export function joinBands(
  history: HeadroomHistory,
  nameOf: (series: HeadroomHistory['series'][number]) => string,
): Band[] {
  const bands = new Map<string, number[]>()
  for (const series of history.series) {
    const name = nameOf(series)
    const known = bands.get(name) ?? history.starts.map(() => 0)
    bands.set(
      name,
      known.map((count, slice) => count + (series.counts[slice] ?? 0)),
    )
  }
  return [...bands]
    .map(([name, counts]) => ({ name, counts, total: sumOf(counts) }))
    .sort((one, other) => other.total - one.total || (one.name < other.name ? -1 : 1))
}

/** Everything that is drawn, as one number. */
export function sumBands(bands: readonly Band[]): number {
  return sumOf(bands.map(({ total }) => total))
}

/**
 * Heights of the bands upon each other: the first array is the top of the whole pile, the last that
 * of the lowest band alone, so that each is drawn over the one before.
 */
export function pileBands(bands: readonly Band[], slices: number): number[][] {
  const piles: number[][] = []
  let below = Array.from({ length: slices }, () => 0)
  for (const { counts } of bands) {
    below = below.map((height, slice) => height + (counts[slice] ?? 0))
    piles.unshift(below)
  }
  return piles
}

/** The limit for one slice of a span; null where the limit of a minute says nothing about a slice. */
export function limitOfSlice(span: HistorySpan, perMinute: number, slices: number): number | null {
  switch (span) {
    case 'minute':
      return perMinute / Math.max(1, slices)
    case 'hour':
      return perMinute
    case 'days':
      return null
  }
}

/** Top of the axis, and whether the limit lies on it: a limit far above all bars would leave nothing to see. */
export function scaleAxis(highest: number, limit: number | null): { top: number; showsLimit: boolean } {
  const least = 4
  if (limit !== null && limit <= Math.max(least, highest) * 8) {
    return { top: Math.max(least, highest, limit) * 1.12, showsLimit: true }
  }
  return { top: Math.max(least, highest) * 1.12, showsLimit: false }
}

/** Name of a slice: a second of the clock, a minute of it, or a day. */
export function nameSlice(span: HistorySpan, startMs: number, nowMs: number): string {
  switch (span) {
    case 'minute':
      return formatClockSeconds(startMs)
    case 'hour':
      return formatClock(startMs)
    case 'days':
      return formatDay(startMs, nowMs)
  }
}

/** What one slice counts, for the axis: `requests in 2 s`. */
export function nameUnit(span: HistorySpan): string {
  switch (span) {
    case 'minute':
      return 'requests in each 2 s'
    case 'hour':
      return 'requests a minute'
    case 'days':
      return 'calls a day'
  }
}
