/** What is to happen in a simulation, in the order of its time. */
export interface EventQueue {
  /** The time of the event that runs or ran last, in ms. */
  nowMs(): number
  /** Plans an event; at one time they run in the order of planning. A time that has passed counts as now. */
  plan(atMs: number, event: () => void): void
  nextAtMs(): number | null
  /** Goes to the next event and runs it; false when there is none. */
  runNext(): boolean
}

interface Planned {
  readonly atMs: number
  readonly order: number
  readonly event: () => void
}

function isBefore(one: Planned, other: Planned): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
}

/** Makes an empty queue whose time is `startMs`: a binary heap. */
export function createEventQueue(startMs = 0): EventQueue {
  const heap: Planned[] = []
  let nowMs = startMs
  let planned = 0

  function riseFrom(index: number, item: Planned): void {
    let at = index
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || !isBefore(item, parent)) break
      heap[at] = parent
      at = above
    }
    heap[at] = item
  }

  function sinkFromTop(item: Planned): void {
    let at = 0
    for (;;) {
      const left = heap[2 * at + 1]
      if (left === undefined) break
      const right = heap[2 * at + 2]
      const first = right !== undefined && isBefore(right, left) ? right : left
      if (!isBefore(first, item)) break
      heap[at] = first
      at = 2 * at + (first === left ? 1 : 2)
    }
    heap[at] = item
  }

  return {
    nowMs: () => nowMs,
    plan(atMs, event) {
      const item = { atMs: Math.max(nowMs, atMs), order: planned, event }
      planned += 1
      heap.push(item)
      riseFrom(heap.length - 1, item)
    },
    nextAtMs: () => heap[0]?.atMs ?? null,
    runNext() {
      const next = heap[0]
      const last = heap.pop()
      if (next === undefined || last === undefined) return false
      if (heap.length > 0) sinkFromTop(last)
      nowMs = next.atMs
      next.event()
      return true
    },
  }
}
