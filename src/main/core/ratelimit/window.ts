/**
 * Requests of the last `windowMs`, to a whole ms. A request belongs to the window from its own ms
 * until `windowMs` later, exclusive. Times come in order; one that is behind the newest counts as
 * the newest, so that the count never falls too early.
 */
export interface Window {
  /** Counts `count` requests at `atMs`. */
  add(atMs: number, count?: number): void
  /** Requests in the window that ends at `nowMs`. */
  countAt(nowMs: number): number
  /** Requests per slice of the window that ends at `nowMs`, oldest first; they add up to `countAt`. */
  sliceAt(nowMs: number, slices: number): number[]
  /** Ms from `nowMs` until the oldest request leaves; null when the window is empty. */
  nextSlotInMs(nowMs: number): number | null
  /** Ms from `nowMs` until that many requests have left; null when fewer are in the window. */
  freeInMs(nowMs: number, requests: number): number | null
  /** Times and counts of what is in the window, oldest first. */
  entriesAt(nowMs: number): readonly (readonly [number, number])[]
}

interface Entry {
  readonly atMs: number
  count: number
}

/** Builds an empty window. It holds one entry per ms at most: its memory is bounded by its length. */
export function createWindow(windowMs: number): Window {
  let entries: Entry[] = []
  // Entries before this index have left; they are dropped in bulk, since `shift` moves all others.
  let first = 0
  let total = 0

  function leaveBehind(nowMs: number): void {
    for (let entry = entries[first]; entry !== undefined && entry.atMs <= nowMs - windowMs; entry = entries[first]) {
      total -= entry.count
      first += 1
    }
    if (first > 1024 && first * 2 > entries.length) {
      entries = entries.slice(first)
      first = 0
    }
  }

  return {
    add(atMs, count = 1) {
      const newest = entries[entries.length - 1]
      // Rounded up: a request must not leave the count before it leaves the server's.
      const at = Math.max(Math.ceil(atMs), newest?.atMs ?? Number.NEGATIVE_INFINITY)
      leaveBehind(at)
      if (newest !== undefined && newest.atMs === at && first < entries.length) newest.count += count
      else entries.push({ atMs: at, count })
      total += count
    },
    countAt(nowMs) {
      leaveBehind(nowMs)
      return total
    },
    sliceAt(nowMs, slices) {
      leaveBehind(nowMs)
      const bins = Array.from({ length: slices }, () => 0)
      for (let index = first; index < entries.length; index += 1) {
        const { atMs, count } = entries[index] ?? { atMs: nowMs, count: 0 }
        const slice = Math.floor(((atMs - (nowMs - windowMs)) / windowMs) * slices)
        const inside = Math.min(slices - 1, Math.max(0, slice))
        bins[inside] = (bins[inside] ?? 0) + count
      }
      return bins
    },
    nextSlotInMs(nowMs) {
      leaveBehind(nowMs)
      const oldest = entries[first]
      return oldest === undefined ? null : oldest.atMs + windowMs - nowMs
    },
    freeInMs(nowMs, requests) {
      leaveBehind(nowMs)
      if (requests > total) return null
      let left = requests
      for (let index = first; index < entries.length; index += 1) {
        const { atMs, count } = entries[index] ?? { atMs: nowMs, count: 0 }
        left -= count
        if (left <= 0) return Math.max(0, atMs + windowMs - nowMs)
      }
      return null
    },
    entriesAt(nowMs) {
      leaveBehind(nowMs)
      return entries.slice(first).map(({ atMs, count }) => [atMs, count] as const)
    },
  }
}
