import type { MessagePreview } from '../../../shared/model/message.ts'
import type { DayRow } from './days.ts'

/** Height of a heading in the list, in px. */
export const dayHeight = 24

/** Height of a message in the list, in px. */
export const messageHeight = 71

type Rows = readonly DayRow<Pick<MessagePreview, 'uid'>>[]

function measureStarts(rows: Rows): ReadonlyMap<number, number> {
  const starts = new Map<number, number>()
  let at = 0
  for (const row of rows) {
    if (row.kind === 'item') starts.set(row.item.uid, at)
    at += row.kind === 'day' ? dayHeight : messageHeight
  }
  return starts
}

/**
 * By how many px the first message at or below `scrollTop` moved from one list to the next: the distance to scroll so
 * that it stays in its place on screen. 0 when nothing of the former list is left below.
 */
export function measureShift(before: Rows, after: Rows, scrollTop: number): number {
  const starts = measureStarts(after)
  for (const [uid, start] of measureStarts(before)) {
    const next = starts.get(uid)
    if (start >= scrollTop && next !== undefined) return next - start
  }
  return 0
}
