import { countDaysBetween, formatClock, formatClockMs, formatDay } from '../../ui/format.ts'

/** Start of a call in a row: the clock with ms today, day and clock before. Both are equally wide. */
export function formatCallTime(atMs: number, nowMs: number): string {
  return countDaysBetween(atMs, nowMs) === 0 ? formatClockMs(atMs) : `${formatDay(atMs, nowMs)} ${formatClock(atMs)}`
}

/** Seconds with three decimals, for a column headed in s; `0` for none. */
export function formatSeconds(ms: number): string {
  return ms === 0 ? '0' : (ms / 1000).toFixed(3)
}
