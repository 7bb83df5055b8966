const locale = 'en-GB'

/**
 * A formatter that is made at its first use and kept: making one costs as much as drawing a row, and
 * a list formats each of its rows.
 */
function keepFormat(options: Intl.DateTimeFormatOptions): (atMs: number) => string {
  let kept: Intl.DateTimeFormat | null = null
  return (atMs) => {
    kept ??= new Intl.DateTimeFormat(locale, options)
    return kept.format(atMs)
  }
}

const clock = keepFormat({ hour: '2-digit', minute: '2-digit' })
const clockSeconds = keepFormat({ hour: '2-digit', minute: '2-digit', second: '2-digit' })
const day = keepFormat({ day: 'numeric', month: 'short' })
const dayOfYear = keepFormat({ day: 'numeric', month: 'short', year: 'numeric' })
const heading = keepFormat({ day: 'numeric', month: 'long' })
const headingOfYear = keepFormat({ day: 'numeric', month: 'long', year: 'numeric' })
const exact = keepFormat({
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
})

const isSameYear = (atMs: number, nowMs: number): boolean =>
  new Date(atMs).getFullYear() === new Date(nowMs).getFullYear()

let counts: Intl.NumberFormat | null = null

/** A number with thousands apart: `1,204`. */
export function formatCount(count: number): string {
  counts ??= new Intl.NumberFormat('en-US')
  return counts.format(count)
}

/** A size: bytes below 1,000, then KB and MB of 1,000 with one decimal where it says something. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const [value, unit] = bytes < 999_500 ? [bytes / 1000, 'KB'] : [bytes / 1_000_000, 'MB']
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`
}

/** A duration as a person reads it: `38 ms`, `1.84 s`, `4 min 12 s`. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, ms)
  if (whole < 995) return `${Math.round(whole)} ms`
  if (whole < 59_995) return `${(whole / 1000).toFixed(2)} s`
  const seconds = Math.round(whole / 1000)
  const rest = seconds % 60
  return rest === 0 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 60)} min ${rest} s`
}

/** Time until something, with the precision that a countdown has: `2.1 s`, `38 s`, `4 min 12 s`. */
export function formatCountdown(ms: number): string {
  const left = Math.max(0, ms)
  if (left >= 99_500) return formatDuration(left)
  return left < 9950 ? `${(left / 1000).toFixed(1)} s` : `${Math.round(left / 1000)} s`
}

/** Clock time, `14:31`. */
export function formatClock(atMs: number): string {
  return clock(atMs)
}

/** Clock time with seconds, `14:36:11`. */
export function formatClockSeconds(atMs: number): string {
  return clockSeconds(atMs)
}

/** Clock time with ms, `14:36:11.902`. */
export function formatClockMs(atMs: number): string {
  const date = new Date(atMs)
  return `${formatClockSeconds(atMs)}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** Day and month, `16 Mar`, with the year when it is another than that of `nowMs`. */
export function formatDay(atMs: number, nowMs: number): string {
  return isSameYear(atMs, nowMs) ? day(atMs) : dayOfYear(atMs)
}

/** The exact moment with its zone, for hover: `Tue, 17 Mar 2026, 14:31:07 GMT+1`. */
export function formatExact(atMs: number): string {
  return exact(atMs)
}

/** Local calendar days between two moments; 0 for the same day, 1 for yesterday. */
export function countDaysBetween(atMs: number, nowMs: number): number {
  const at = new Date(atMs)
  const now = new Date(nowMs)
  // Through UTC, so that a day of 23 or 25 hours counts as one.
  const startOf = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())
  return Math.round((startOf(now) - startOf(at)) / 86_400_000)
}

/** A moment as a list shows it: the clock today, else the day: `14:31`, `16 Mar`. */
export function formatListTime(atMs: number, nowMs: number): string {
  return countDaysBetween(atMs, nowMs) === 0 ? formatClock(atMs) : formatDay(atMs, nowMs)
}

/** How long ago: `now`, `14 min ago`, `3 h ago`, `yesterday`, then the day. */
export function formatAgo(atMs: number, nowMs: number): string {
  const ms = nowMs - atMs
  if (ms < -60_000) return formatDay(atMs, nowMs)
  if (ms < 60_000) return 'now'
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ago`
  const days = countDaysBetween(atMs, nowMs)
  if (days === 0 || ms < 6 * 3_600_000) return `${Math.floor(ms / 3_600_000)} h ago`
  return days === 1 ? 'yesterday' : formatDay(atMs, nowMs)
}

/** Heading of a day in a list: `Today`, `Yesterday`, `16 March`. */
export function formatDayHeading(atMs: number, nowMs: number): string {
  const days = countDaysBetween(atMs, nowMs)
  if (days === 0) return 'Today'
  if (days === 1) return 'Yesterday'
  return isSameYear(atMs, nowMs) ? heading(atMs) : headingOfYear(atMs)
}

/** One thing or several: `1 key`, `3 keys`. */
export function formatPlural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}
