import type { CallDetail } from '../../../shared/model/call.ts'
import { formatDuration } from '../../ui/format.ts'
import { auditWait, auditWords, causeNames, tellStop, tellWait } from './wait-text.ts'
import type { AttemptStretch, Phase, Stretch, WaitStretch, Waterfall } from './waterfall.ts'

/** Duration of a phase; a phase that happened is never told as 0 ms. */
export function formatPhase(ms: number): string {
  return ms > 0 && ms < 1 ? 'under 1 ms' : formatDuration(ms)
}

/** Phases of an attempt in words, as `connect 1 ms, first byte 38 ms, body 2 ms`. */
export function describePhases(phases: readonly Phase[]): string {
  return phases.map(({ name, tookMs }) => `${name} ${formatPhase(tookMs)}`).join(', ')
}

function describeStart(fromMs: number): string {
  return fromMs < 1 ? 'at once' : `${formatDuration(fromMs)} after the call began`
}

function describeAttempt({ index, attempt, fromMs, tookMs, phases }: AttemptStretch): string {
  const answer = attempt.status === null ? 'no answer' : `answered ${attempt.status}`
  return `Attempt ${index + 1}, sent ${describeStart(fromMs)}: ${answer} after ${formatDuration(tookMs)} (${describePhases(phases)}).`
}

function describeWait({ index, wait, tookMs }: WaitStretch, detail: CallDetail): string {
  const { formula, header, facts } = tellWait(wait)
  const audit = auditWait(detail, index)
  const parts = [
    ...(header === null ? [] : [header]),
    ...(formula === null ? [] : [formula]),
    ...facts.map(([name, value]) => `${name.toLowerCase()} ${value}`),
    ...(audit === null ? [] : [auditWords[audit].toLowerCase()]),
  ]
  const numbers = parts.length === 0 ? '' : `: ${parts.join('; ')}`
  return `Waited ${formatDuration(tookMs)}, ${causeNames[wait.cause]}${numbers}.`
}

/** A stretch in a sentence, for those who don't see the drawing. */
export function describeStretch(stretch: Stretch, detail: CallDetail): string {
  return stretch.kind === 'wait' ? describeWait(stretch, detail) : describeAttempt(stretch)
}

/** The call in one line, as `after 4 attempts, took 15.37 s, of which waiting 15.03 s (98 %)`. */
export function describeCall({ summary }: Pick<CallDetail, 'summary'>): string {
  const tries = summary.attempts === 1 ? '1 attempt' : `${summary.attempts} attempts`
  const share = summary.tookMs > 0 ? ` (${Math.round((summary.waitedMs / summary.tookMs) * 100)} %)` : ''
  const waited = summary.waitedMs > 0 ? `, of which waiting ${formatDuration(summary.waitedMs)}${share}` : ''
  return `after ${tries}, took ${formatDuration(summary.tookMs)}${waited}`
}

/** The whole drawing as numbered lines: what screen readers get, and what is copied. */
export function listSentences({ stretches }: Waterfall, detail: CallDetail): readonly string[] {
  return [
    ...stretches.map((stretch) => describeStretch(stretch, detail)),
    ...(detail.stop === null ? [] : [tellStop(detail.stop, detail)]),
  ]
}

/** The drawing as a text of its own. */
export function writeWaterfall(waterfall: Waterfall, detail: CallDetail): string {
  const { method, path, status } = detail.summary
  const head = `${method} ${path}: ${status ?? 'no answer'} ${describeCall(detail)}`
  return [head, ...listSentences(waterfall, detail).map((line, index) => `${index + 1}. ${line}`)].join('\n')
}
