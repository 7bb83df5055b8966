import { roundUpNicely } from './time-scale.ts'

/** The part of a waterfall's axis that is on screen, in ms since the call began. */
export interface View {
  readonly fromMs: number
  readonly toMs: number
}

/** Shortest span that can be zoomed to, in ms. */
export const spanMsMin = 2

/** A view of the same span inside the axis, or the whole axis where it is not shorter; never below `spanMsMin`. */
export function fitView({ fromMs, toMs }: View, maxMs: number): View {
  const span = Math.min(maxMs, Math.max(Math.min(spanMsMin, maxMs), toMs - fromMs))
  const from = Math.min(Math.max(0, fromMs), maxMs - span)
  return { fromMs: from, toMs: from + span }
}

/** True when the view is the whole axis. */
export function isWhole({ fromMs, toMs }: View, maxMs: number): boolean {
  return toMs - fromMs >= maxMs
}

/** Narrows (factor below 1) or widens a view about a moment that keeps its place on screen. */
export function zoomView(view: View, factor: number, anchorMs: number, maxMs: number): View {
  const span = view.toMs - view.fromMs
  const next = Math.min(maxMs, Math.max(Math.min(spanMsMin, maxMs), span * factor))
  const share = span === 0 ? 0.5 : (anchorMs - view.fromMs) / span
  const fromMs = anchorMs - share * next
  return fitView({ fromMs, toMs: fromMs + next }, maxMs)
}

/** Moves a view by a share of its span. */
export function moveView(view: View, share: number, maxMs: number): View {
  const step = (view.toMs - view.fromMs) * share
  return fitView({ fromMs: view.fromMs + step, toMs: view.toMs + step }, maxMs)
}

/** A view on something that took `tookMs`, with a tenth of air at both sides. */
export function viewOf({ fromMs, tookMs }: { readonly fromMs: number; readonly tookMs: number }, maxMs: number): View {
  const air = Math.max(tookMs * 0.1, 1)
  return fitView({ fromMs: fromMs - air, toMs: fromMs + tookMs + air }, maxMs)
}

/** Moves a view no further than needed to show a moment. */
export function showMoment(view: View, atMs: number, maxMs: number): View {
  if (atMs >= view.fromMs && atMs <= view.toMs) return view
  const span = view.toMs - view.fromMs
  return fitView({ fromMs: atMs - span / 2, toMs: atMs + span / 2 }, maxMs)
}

/** Share of the view's width at which a moment stands; below 0 and above 1 outside. */
export function shareOf(view: View, atMs: number): number {
  return (atMs - view.fromMs) / Math.max(view.toMs - view.fromMs, Number.MIN_VALUE)
}

/** Round moments inside a view, nine at most, in ms. */
export function layTicks({ fromMs, toMs }: View): readonly number[] {
  const span = Math.max(toMs - fromMs, 1e-6)
  // Below 1 ms the steps of whole numbers end.
  const step = span < 8 ? roundUpNicely((span / 8) * 1e6) / 1e6 : roundUpNicely(span / 8)
  const first = Math.ceil(fromMs / step - 1e-9)
  const last = Math.floor(toMs / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toFixed(6)))
}
