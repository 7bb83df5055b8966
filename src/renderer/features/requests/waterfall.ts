import type { Attempt, CallDetail, Wait } from '../../../shared/model/call.ts'
import { makeTimeAxis, type TimeAxis } from './time-scale.ts'

/**
 * Part of an attempt. `unanswered`: time that ended without an answer. `rest`: time of an answered attempt outside its
 * phases.
 */
export type PhaseName = 'DNS' | 'connect' | 'TLS' | 'first byte' | 'body' | 'unanswered' | 'rest'

/** A piece of a bar; times are ms since the call began. */
export interface Phase {
  readonly name: PhaseName
  readonly fromMs: number
  readonly tookMs: number
}

/** A wait where it is drawn; `fromMs` is since the call began. */
export interface WaitStretch {
  readonly kind: 'wait'
  readonly index: number
  readonly wait: Wait
  readonly fromMs: number
  readonly tookMs: number
}

/** An attempt where it is drawn; `index` counts from 0. */
export interface AttemptStretch {
  readonly kind: 'attempt'
  readonly index: number
  readonly attempt: Attempt
  readonly fromMs: number
  readonly tookMs: number
  readonly phases: readonly Phase[]
}

/** What a call's time went into. */
export type Stretch = WaitStretch | AttemptStretch

/** A line of the drawing: the waits before an attempt, then the attempt; none follows the waits of the last line. */
export interface Lane {
  readonly number: number
  readonly waits: readonly WaitStretch[]
  readonly attempt: AttemptStretch | null
}

/** A call drawn: an axis, its lanes, and all stretches in the order of time. */
export interface Waterfall {
  readonly axis: TimeAxis
  readonly lanes: readonly Lane[]
  readonly stretches: readonly Stretch[]
}

const phaseNames = [
  ['dnsMs', 'DNS'],
  ['connectMs', 'connect'],
  ['tlsMs', 'TLS'],
  ['firstByteMs', 'first byte'],
  ['bodyMs', 'body'],
] as const

function layPhases({ tookMs, timings, status }: Attempt, startMs: number): readonly Phase[] {
  const phases: Phase[] = []
  let at = startMs
  for (const [member, name] of phaseNames) {
    const ms = timings[member]
    if (ms === null) continue
    phases.push({ name, fromMs: at, tookMs: ms })
    at += ms
  }
  const rest = startMs + tookMs - at
  const restName = status === null ? 'unanswered' : 'rest'
  if (phases.length === 0) return [{ name: restName, fromMs: startMs, tookMs }]
  return rest >= 1 ? [...phases, { name: restName, fromMs: at, tookMs: rest }] : phases
}

interface Recorded {
  readonly startedAtMs: number
  readonly tookMs: number
}

/** How far the end of the last stretch may lie behind the end of the call before the clock is not believed, in ms. */
const driftMsMax = 1000

/**
 * Starts of stretches in ms since the call began: as recorded, but never before the one before has ended. Where the
 * clock was set meanwhile (they would end after the call did), each follows the one before.
 */
function placeStretches(recorded: readonly Recorded[], beganAtMs: number, callTookMs: number): readonly number[] {
  const place = (trust: boolean) => {
    let endMs = 0
    return recorded.map(({ startedAtMs, tookMs }) => {
      const fromMs = trust ? Math.max(endMs, startedAtMs - beganAtMs) : endMs
      endMs = fromMs + tookMs
      return { fromMs, endMs }
    })
  }
  const asRecorded = place(true)
  const drifted = (asRecorded.at(-1)?.endMs ?? 0) > callTookMs + driftMsMax
  return (drifted ? place(false) : asRecorded).map(({ fromMs }) => fromMs)
}

/**
 * Lays a call's waits and attempts on one axis, in ms since the call began. Every stretch is as long as it was recorded,
 * none overlaps another, and their order is that of the record: the waits before an attempt, then the attempt.
 */
export function layWaterfall({ summary, attempts, waits }: CallDetail): Waterfall {
  const numbered = waits.map((wait, index) => ({ wait, index, before: Math.min(wait.beforeAttempt, attempts.length) }))
  const order = Array.from({ length: attempts.length + 1 }, (_, number) => [
    ...numbered.filter(({ before }) => before === number).map(({ wait, index }) => ({ wait, index })),
    ...attempts.slice(number, number + 1).map((attempt) => ({ attempt, index: number })),
  ]).flat()
  const starts = placeStretches(
    order.map((each) => ('wait' in each ? each.wait : each.attempt)),
    summary.startedAtMs,
    summary.tookMs,
  )
  const stretches = order.map((each, place): Stretch => {
    const fromMs = starts[place] ?? 0
    return 'wait' in each
      ? { kind: 'wait', index: each.index, wait: each.wait, fromMs, tookMs: each.wait.tookMs }
      : {
          kind: 'attempt',
          index: each.index,
          attempt: each.attempt,
          fromMs,
          tookMs: each.attempt.tookMs,
          phases: layPhases(each.attempt, fromMs),
        }
  })
  const lanes: Lane[] = []
  let waiting: WaitStretch[] = []
  for (const stretch of stretches) {
    if (stretch.kind === 'wait') waiting.push(stretch)
    else {
      lanes.push({ number: lanes.length + 1, waits: waiting, attempt: stretch })
      waiting = []
    }
  }
  if (waiting.length > 0) lanes.push({ number: lanes.length + 1, waits: waiting, attempt: null })
  const endMs = stretches.reduce((end, { fromMs, tookMs }) => Math.max(end, fromMs + tookMs), 0)
  return { axis: makeTimeAxis(Math.max(endMs, stretches.length === 0 ? summary.tookMs : 0)), lanes, stretches }
}

/** Stretches of a lane, in the order of time. */
export function listLane({ waits, attempt }: Lane): readonly Stretch[] {
  return attempt === null ? waits : [...waits, attempt]
}

/** The stretch that explains most of a call: its longest wait, or null when it never waited. */
export function findLongestWait({ stretches }: Waterfall): WaitStretch | null {
  return stretches.reduce<WaitStretch | null>(
    (longest, stretch) => (stretch.kind === 'wait' && stretch.tookMs > (longest?.tookMs ?? 0) ? stretch : longest),
    null,
  )
}

/** Where the words of a lane stand. */
export type LabelPlace = 'inside' | 'right' | 'left' | 'below'

// As wide as the drawing gets in the smallest window, and a letter of its labels, in px.
const narrowTrackPx = 420
const letterPx = 6.2

/** The place for `chars` letters at a lane; `inside` is its longest wait. Shares are of the drawing's width. */
export function placeLabel(
  chars: number,
  lane: { readonly from: number; readonly to: number; readonly widest: number },
): LabelPlace {
  const need = (chars * letterPx + 20) / narrowTrackPx
  if (1 - lane.to >= need) return 'right'
  if (lane.widest >= need) return 'inside'
  return lane.from >= need ? 'left' : 'below'
}
