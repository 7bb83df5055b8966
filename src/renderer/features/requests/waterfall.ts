import type { Attempt, CallDetail } from '../../../shared/model/call.ts'
import { formatDuration } from '../../ui/format.ts'
import { makeTimeAxis, type TimeAxis } from './time-scale.ts'

/**
 * Part of an attempt: until connected, until the first byte, until the last. `unanswered`: time that ended without
 * an answer. `rest`: time of an answered attempt outside its phases.
 */
export type PhaseName = 'connect' | 'first byte' | 'body' | 'unanswered' | 'rest'

/** A piece of a bar; times are ms since the call began. */
export interface Phase {
  readonly name: PhaseName
  readonly fromMs: number
  readonly tookMs: number
}

/** One attempt on the axis. */
export interface Lane {
  readonly number: number
  readonly attempt: Attempt
  readonly fromMs: number
  readonly phases: readonly Phase[]
}

/** A call drawn: an axis and a lane for each attempt. */
export interface Waterfall {
  readonly axis: TimeAxis
  readonly lanes: readonly Lane[]
}

const phaseNames = [
  ['connectMs', 'connect'],
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

/** Lays a call's attempts on one axis, in ms since the call began. */
export function layWaterfall({ summary, attempts }: CallDetail): Waterfall {
  const lanes = attempts.map((attempt, index) => {
    const fromMs = Math.max(0, attempt.startedAtMs - summary.startedAtMs)
    return { number: index + 1, attempt, fromMs, phases: layPhases(attempt, fromMs) }
  })
  const endMs = lanes.reduce((end, lane) => Math.max(end, lane.fromMs + lane.attempt.tookMs), summary.tookMs)
  return { axis: makeTimeAxis(endMs), lanes }
}

/** Duration of a phase; a phase that happened is never told as 0 ms. */
export function formatPhase(ms: number): string {
  return ms > 0 && ms < 1 ? 'under 1 ms' : formatDuration(ms)
}

/** Phases of an attempt in words, as `connect 1 ms, first byte 38 ms, body 2 ms`. */
export function describePhases(phases: readonly Phase[]): string {
  return phases.map(({ name, tookMs }) => `${name} ${formatPhase(tookMs)}`).join(', ')
}

/** A lane in one sentence, for those who don't see the drawing. */
export function describeLane({ number, attempt, fromMs, phases }: Lane): string {
  const answer = attempt.status === null ? 'no answer' : `answered ${attempt.status}`
  const start = fromMs < 1 ? 'at once' : `${formatDuration(fromMs)} after the call began`
  return `Attempt ${number}, sent ${start}: ${answer} after ${formatDuration(attempt.tookMs)} (${describePhases(phases)}).`
}

/** The call in one line, as `1 attempt, took 41 ms`. */
export function describeCall({ summary }: Pick<CallDetail, 'summary'>): string {
  const tries = summary.attempts === 1 ? '1 attempt' : `${summary.attempts} attempts`
  const waited = summary.waitedMs > 0 ? `, of which waiting ${formatDuration(summary.waitedMs)}` : ''
  return `after ${tries}, took ${formatDuration(summary.tookMs)}${waited}`
}
