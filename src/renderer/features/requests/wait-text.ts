import type { CallDetail, StopReason, Wait, WaitCause } from '../../../shared/model/call.ts'
import { assertNever } from '../../../shared/result.ts'
import { formatCount, formatDuration } from '../../ui/format.ts'

/** Names of causes, as the drawing and its legend give them. */
export const causeNames: Readonly<Record<WaitCause, string>> = {
  pacing: 'pacing',
  concurrency: 'place on the wire',
  'retry-after': 'Retry-After',
  reset: 'reset header',
  'full-jitter': 'full jitter',
  pause: 'shared pause',
  parked: 'parked',
  hold: 'traffic paused',
}

/** The hatch of a cause: its angle tells causes apart without colour. */
export type Hatch = 'pace' | 'jitter' | 'told' | 'pause' | 'park'

/** The hatch that a cause is drawn with. */
export const hatchOf: Readonly<Record<WaitCause, Hatch>> = {
  pacing: 'pace',
  concurrency: 'pace',
  'retry-after': 'told',
  reset: 'told',
  'full-jitter': 'jitter',
  pause: 'pause',
  parked: 'park',
  hold: 'pause',
}

/** A duration in words of a formula: `1 s`, `840 ms`, `12.31 s`, `5 min`; no digit that says nothing. */
export function formatShort(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 120_000) return `${Number((ms / 1000).toFixed(2))} s`
  return formatDuration(ms)
}

const powers = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹']

function formatPower(exponent: number): string {
  return [...String(exponent)].map((digit) => powers[Number(digit)] ?? digit).join('')
}

interface Backoff {
  readonly baseMs: number
  readonly capMs: number
  readonly exponent: number
  readonly mostMs: number
}

function readBackoff({ baseMs, capMs, exponent }: Wait): Backoff | null {
  if (baseMs === undefined || capMs === undefined || exponent === undefined) return null
  return { baseMs, capMs, exponent, mostMs: Math.min(capMs, baseMs * 2 ** exponent) }
}

/** A wait beside its bar: the cause and its numbers, as `full jitter 840 ms of 2 s`. */
export function labelWait(wait: Wait): string {
  const name = causeNames[wait.cause]
  const backoff = readBackoff(wait)
  switch (wait.cause) {
    case 'full-jitter':
      return `${name} ${formatShort(wait.tookMs)}${backoff === null ? '' : ` of ${formatShort(backoff.mostMs)}`}`
    case 'retry-after':
    case 'reset': {
      const told = formatShort(wait.toldMs ?? wait.tookMs)
      const added = wait.addedMs ?? 0
      return `${name} ${told}${added > 0 ? `, jitter +${formatShort(added)}` : ''}`
    }
    case 'pacing':
      return wait.used === undefined || wait.limit === undefined
        ? `${name} ${formatShort(wait.tookMs)}`
        : `${name} ${formatShort(wait.tookMs)}, ${formatCount(wait.used)} of ${formatCount(wait.limit)}`
    case 'parked':
      return `${name} ${formatShort(wait.tookMs)}${wait.toldMs === undefined ? '' : ` of ${formatShort(wait.toldMs)}`}`
    case 'concurrency':
    case 'pause':
    case 'hold':
      return `${name} ${formatShort(wait.tookMs)}`
    default:
      return assertNever(wait.cause)
  }
}

/** What became of a wait that the server asked for. Rates and probes, rule 1. */
export type WaitAudit = 'kept' | 'lengthened' | 'shortened' | 'parked' | 'not waited out'

/** Clocks are read twice and rounded. */
const clockMs = 2

/**
 * Compares what a call waited with what it was told; null where nothing was told. All waits from this one to the next
 * attempt count: the call may have been paced as well.
 */
export function auditWait(
  { waits, attempts }: Pick<CallDetail, 'waits' | 'attempts'>,
  index: number,
): WaitAudit | null {
  const wait = waits[index]
  if (wait?.toldMs === undefined) return null
  const followed = wait.beforeAttempt < attempts.length
  const waitedMs = waits
    .slice(index)
    .filter(({ beforeAttempt }) => beforeAttempt === wait.beforeAttempt)
    .reduce((sum, { tookMs }) => sum + tookMs, 0)
  if (waitedMs < wait.toldMs - clockMs) return followed ? 'shortened' : 'not waited out'
  if (wait.cause === 'parked') return 'parked'
  return (wait.addedMs ?? 0) > 0 ? 'lengthened' : 'kept'
}

/** The audit in words, for the badge. */
export const auditWords: Readonly<Record<WaitAudit, string>> = {
  kept: 'As long as told',
  lengthened: 'Longer than told, by jitter',
  shortened: 'Shorter than told',
  parked: 'Parked',
  'not waited out': 'Not waited out, nothing was sent',
}

/** A wait in full: a heading, a sentence, and the numbers behind it. */
export interface WaitStory {
  readonly title: string
  readonly sentence: string
  /** The formula with its numbers filled in; null where the wait was not computed. */
  readonly formula: string | null
  /** The header that decided, as it came. */
  readonly header: string | null
  readonly facts: readonly (readonly [string, string])[]
}

function tellTitle(wait: Wait): string {
  const waited = `Waited ${formatDuration(wait.tookMs)}`
  switch (wait.cause) {
    case 'pacing':
      return `${waited} for a slot`
    case 'concurrency':
      return `${waited} for a place on the wire`
    case 'retry-after':
    case 'reset':
      return `${waited}: the server said so`
    case 'full-jitter':
      return `${waited}: backoff with full jitter`
    case 'pause':
      return `${waited}: the rate group was paused`
    case 'parked':
      return `Parked for ${formatDuration(wait.tookMs)}`
    case 'hold':
      return `${waited}: traffic was paused`
    default:
      return assertNever(wait.cause)
  }
}

function tellSentence(wait: Wait): string {
  const { used, limit } = wait
  switch (wait.cause) {
    case 'pacing':
      return used === undefined || limit === undefined
        ? 'The window was full, so the call waited for a slot instead of meeting a 429.'
        : `${formatCount(used)} of ${formatCount(limit)} requests were in the window, so the call waited for a slot instead of meeting a 429.`
    case 'concurrency':
      return 'As many calls of the rate group were on the wire as the policy allows.'
    case 'retry-after':
      return 'Retry-After outranks every other header and backoff. The call is never sent earlier.'
    case 'reset':
      return 'Without Retry-After the reset header counts. The call is never sent earlier.'
    case 'full-jitter':
      return 'The server named no time, so the wait was drawn at random below a cap that doubles with each attempt.'
    case 'pause':
      return 'Another call of the rate group met a 429. All of the group wait with it, so that each does not meet its own.'
    case 'parked':
      return 'The server asked for longer than a call sits through. It was parked with a countdown, for you to decide.'
    case 'hold':
      return 'You had paused all traffic. The call went on when you let it.'
    default:
      return assertNever(wait.cause)
  }
}

/** The formula of a computed wait with its numbers, as `U(0, min(20 s, 1 s · 2^1)) drew 0.42 → 840 ms`. */
export function fillFormula(wait: Wait): string | null {
  const backoff = readBackoff(wait)
  if (backoff === null || wait.draw === undefined) return null
  const { baseMs, capMs, exponent, mostMs } = backoff
  const draw = Number(wait.draw.toFixed(3))
  return `U(0, min(${formatShort(capMs)}, ${formatShort(baseMs)} · 2^${exponent})) drew ${draw} → ${formatShort(wait.draw * mostMs)}`
}

/** Tells a wait with everything that was recorded about it. */
export function tellWait(wait: Wait): WaitStory {
  const backoff = readBackoff(wait)
  const facts: (readonly [string, string])[] = []
  if (wait.toldMs !== undefined) facts.push(['Told', formatShort(wait.toldMs)])
  if (wait.addedMs !== undefined) facts.push(['Jitter', `+${formatShort(wait.addedMs)}, only added, 1 s at most`])
  if (backoff !== null) {
    const { baseMs, capMs, exponent, mostMs } = backoff
    const name = wait.cause === 'full-jitter' ? 'Drawn from' : 'Backoff alone'
    facts.push([
      name,
      `0 to ${formatShort(mostMs)} (${formatShort(baseMs)} × 2${formatPower(exponent)}, cap ${formatShort(capMs)})`,
    ])
  }
  if (wait.used !== undefined && wait.limit !== undefined)
    facts.push(['Window', `${formatCount(wait.used)} of ${formatCount(wait.limit)} when it began`])
  if (wait.plannedMs !== null && Math.abs(wait.plannedMs - wait.tookMs) > clockMs)
    facts.push(['Planned', formatShort(wait.plannedMs)])
  return {
    title: tellTitle(wait),
    sentence: tellSentence(wait),
    formula: fillFormula(wait),
    header: wait.header === undefined ? null : `${wait.header[0]}: ${wait.header[1]}`,
    facts,
  }
}

/** Why nothing followed the last attempt, as a sentence. */
export function tellStop(stop: StopReason, { attempts }: Pick<CallDetail, 'attempts'>): string {
  const status = attempts.at(-1)?.status ?? null
  switch (stop) {
    case 'final':
      return status === null
        ? 'This failure is final: it is never repeated.'
        : `A ${status} is final: repeating the call would give the same answer.`
    case 'unknown-outcome':
      return 'The call may have been processed. Repeating it could do it twice, so it is not repeated by itself.'
    case 'attempts-used':
      return attempts.length === 1
        ? 'The policy allows one attempt, and it was used.'
        : `The policy allows ${attempts.length} attempts, and all were used.`
    case 'budget':
      return 'The retry budget was empty: retries are only a share of the last minute’s calls.'
    case 'cancelled':
      return 'You cancelled the call.'
    case 'gave-up':
      return 'The call was parked, and it was given up before its time came.'
    default:
      return assertNever(stop)
  }
}
