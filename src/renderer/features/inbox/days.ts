import { formatClock, formatDayHeading } from '../../ui/format.ts'

/** A line of a list in days: a heading, or an item with its position among the items. */
export type DayRow<T> =
  | { readonly kind: 'day'; readonly label: string }
  | { readonly kind: 'item'; readonly item: T; readonly position: number }

/** Heading of a day, `No date` for null. */
export function nameDay(atMs: number | null, nowMs: number): string {
  return atMs === null ? 'No date' : formatDayHeading(atMs, nowMs)
}

/** Time in a message's head: day and time of day, as `Today 14:22`. */
export function formatHeadTime(atMs: number | null, nowMs: number): string {
  return atMs === null ? 'No date' : `${formatDayHeading(atMs, nowMs)} ${formatClock(atMs)}`
}

/** Puts a heading before each run of items of one local calendar day. Keeps the given order. */
export function groupByDay<T>(
  items: readonly T[],
  dateOf: (item: T) => number | null,
  nowMs: number,
): readonly DayRow<T>[] {
  const rows: DayRow<T>[] = []
  let last: string | null = null
  items.forEach((item, position) => {
    const label = nameDay(dateOf(item), nowMs)
    if (label !== last) rows.push({ kind: 'day', label })
    last = label
    rows.push({ kind: 'item', item, position })
  })
  return rows
}
