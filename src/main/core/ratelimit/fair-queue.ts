import type { CallPriority } from '../../../shared/model/rate.ts'

/** What stands in a queue. `order` grows with the time at which the call was made. */
export interface Queued {
  readonly priority: CallPriority
  readonly order: number
}

/**
 * Calls in the order in which they go out: a rotation's questions before a person's before a poll's before a replay's, and the
 * oldest first among equals. Leaving costs the same from any place.
 */
export interface FairQueue<T extends Queued> {
  add(item: T): void
  /** False when it does not stand here. */
  remove(item: T): boolean
  first(): T | null
  readonly size: number
  /** How many go before one that is added now with this priority. */
  countAhead(priority: CallPriority): number
  /** All, in order. Nothing may be added or removed meanwhile. */
  [Symbol.iterator](): Iterator<T>
}

interface Place<T> {
  readonly item: T
  before: Place<T> | null
  after: Place<T> | null
}

interface Line<T> {
  first: Place<T> | null
  last: Place<T> | null
  size: number
}

const priorities: readonly CallPriority[] = ['proof', 'person', 'poll', 'replay']

/** Makes an empty queue. */
export function createFairQueue<T extends Queued>(): FairQueue<T> {
  const emptyLine = (): Line<T> => ({ first: null, last: null, size: 0 })
  const lines: Readonly<Record<CallPriority, Line<T>>> = {
    proof: emptyLine(),
    person: emptyLine(),
    poll: emptyLine(),
    replay: emptyLine(),
  }
  const places = new Map<T, Place<T>>()

  return {
    add(item) {
      if (places.has(item)) return
      const line = lines[item.priority]
      // One that comes back from a rest is older than those that stand here: it goes before them.
      let before = line.last
      if (before !== null && before.item.order > item.order) {
        before = null
        for (let place = line.first; place !== null && place.item.order < item.order; place = place.after) {
          before = place
        }
      }
      const after = before === null ? line.first : before.after
      const place: Place<T> = { item, before, after }
      if (before === null) line.first = place
      else before.after = place
      if (after === null) line.last = place
      else after.before = place
      line.size += 1
      places.set(item, place)
    },
    remove(item) {
      const place = places.get(item)
      if (place === undefined) return false
      const line = lines[item.priority]
      if (place.before === null) line.first = place.after
      else place.before.after = place.after
      if (place.after === null) line.last = place.before
      else place.after.before = place.before
      line.size -= 1
      places.delete(item)
      return true
    },
    first: () => (lines.proof.first ?? lines.person.first ?? lines.poll.first ?? lines.replay.first)?.item ?? null,
    get size() {
      return places.size
    },
    countAhead(priority) {
      let count = 0
      for (const each of priorities) {
        count += lines[each].size
        if (each === priority) return count
      }
      return count
    },
    *[Symbol.iterator]() {
      for (const priority of priorities) {
        for (let place = lines[priority].first; place !== null; place = place.after) yield place.item
      }
    },
  }
}
