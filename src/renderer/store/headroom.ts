import type { Headroom } from '../../shared/model/headroom.ts'

/**
 * Headroom as it stands at `nowMs`: main tells it after each call, and between two calls the window
 * slides on by itself. Whole slices leave; what lies inside a slice is not guessed. What is left once
 * some have gone is our count, whatever the server had told before.
 */
export function slideHeadroom(headroom: Headroom, nowMs: number): Headroom {
  const elapsedMs = Math.max(0, nowMs - headroom.atMs)
  const sliceMs = headroom.windowMs / Math.max(1, headroom.bins.length)
  const slices = Math.min(headroom.bins.length, Math.floor(elapsedMs / sliceMs))
  const left = headroom.bins.slice(0, slices).reduce((sum, count) => sum + count, 0)
  const bins = [...headroom.bins.slice(slices), ...Array.from({ length: slices }, () => 0)]
  const used = slices === headroom.bins.length ? 0 : Math.max(0, headroom.used - left)
  const full = used >= headroom.limit
  return {
    ...headroom,
    bins,
    used,
    basis: used === headroom.used ? headroom.basis : 'count',
    nextSlotInMs: slideNextSlot(headroom, bins, used, elapsedMs, sliceMs),
    fullInMs: headroom.fullInMs === null || full ? null : Math.max(0, headroom.fullInMs - elapsedMs),
    pausedUntilMs: headroom.pausedUntilMs !== null && headroom.pausedUntilMs > nowMs ? headroom.pausedUntilMs : null,
    atMs: nowMs,
  }
}

function slideNextSlot(
  headroom: Headroom,
  bins: readonly number[],
  used: number,
  elapsedMs: number,
  sliceMs: number,
): number | null {
  if (used === 0 || headroom.nextSlotInMs === null) return null
  const told = headroom.nextSlotInMs - elapsedMs
  if (told > 0) return told
  const oldest = bins.findIndex((count) => count > 0)
  return oldest < 0 ? 0 : (oldest + 1) * sliceMs - (elapsedMs % sliceMs)
}

/** How much room there is: plenty, under a fifth, or none. */
export type HeadroomLevel = 'plenty' | 'low' | 'full'

/** Level that colours the gauge. Below 20 % left it warns. */
export function levelOf(headroom: Headroom): HeadroomLevel {
  if (headroom.used >= headroom.limit) return 'full'
  return headroom.used >= headroom.limit * 0.8 ? 'low' : 'plenty'
}

/** Requests left in the window, never below 0. */
export function leftOf(headroom: Headroom): number {
  return Math.max(0, headroom.limit - headroom.used)
}

/** The limit as requests a minute, whatever the length of its window. */
export function perMinuteOf({ limit, windowMs }: Pick<Headroom, 'limit' | 'windowMs'>): number {
  return Math.round((limit / windowMs) * 60_000)
}
