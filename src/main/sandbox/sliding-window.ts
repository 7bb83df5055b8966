/** What the limit said about one request. */
export interface WindowDecision {
  readonly accepted: boolean
  readonly limit: number
  /** Requests that would still be accepted now. */
  readonly remaining: number
  /** Ms until the oldest counted request leaves the window and a slot frees. */
  readonly nextSlotInMs: number
}

/** A sliding window over the requests of one key or one account. */
export interface SlidingWindow {
  /** Counts a request at `nowMs` and decides about it. */
  spend(nowMs: number): WindowDecision
}

const compactAfter = 1024

/**
 * Makes a window that accepts a request when fewer than `limit` came in the `windowMs` before it.
 * Refused requests count as spent too, so hammering does not help (API reference, section 3: the
 * stricter reading). Time is passed in. A clock that steps back a little stands still here; one
 * that steps back by more than a window starts anew.
 */
export function createSlidingWindow(limit: number, windowMs: number): SlidingWindow {
  // Times of the last `limit` requests at most, oldest first, from `head` on: older ones decide nothing.
  let times: number[] = []
  let head = 0
  let last = Number.NEGATIVE_INFINITY

  const drop = (nowMs: number): void => {
    for (let oldest = times[head]; oldest !== undefined && oldest <= nowMs - windowMs; oldest = times[head]) head += 1
    if (times.length - head > limit) head = times.length - limit
    if (head > compactAfter && head * 2 > times.length) {
      times = times.slice(head)
      head = 0
    }
  }

  return {
    spend(readMs) {
      if (readMs < last - windowMs) {
        times = []
        head = 0
        last = readMs
      }
      const nowMs = Math.max(readMs, last)
      last = nowMs
      drop(nowMs)
      const accepted = times.length - head < limit
      times.push(nowMs)
      drop(nowMs)
      const oldest = times[head] ?? nowMs
      return {
        accepted,
        limit,
        remaining: Math.max(0, limit - (times.length - head)),
        nextSlotInMs: oldest + windowMs - nowMs,
      }
    },
  }
}
