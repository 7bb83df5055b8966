import type { WhatIf, WhatIfFigures, WhatIfPolicy, WhatIfRow } from '../../../shared/model/what-if.ts'
import { formatCount, formatDuration, formatPlural } from '../../ui/format.ts'

/** All policies, in the order of the table. */
export const policyOrder: readonly WhatIfPolicy[] = ['pacing', 'full', 'equal', 'decorrelated', 'exponential', 'none']

/** Name of a policy, and what it does in a few words. */
export const policyNames: Readonly<Record<WhatIfPolicy, { readonly name: string; readonly about: string }>> = {
  pacing: { name: 'Pacing', about: 'calls wait for a slot before they are sent' },
  full: { name: 'Full jitter', about: 'repeats after a random part of a doubling wait' },
  equal: { name: 'Equal jitter', about: 'repeats after half of a doubling wait and a random part of the rest' },
  decorrelated: { name: 'Decorrelated jitter', about: 'repeats after a random wait of up to three times the last one' },
  exponential: { name: 'Exponential', about: 'repeats after a doubling wait' },
  none: { name: 'At once', about: 'repeats without a wait' },
}

// Differences below this say nothing: answers alone vary by more.
const sameMs = 100

function tellRefusals(count: number): string {
  return count === 0 ? 'with no refusal' : `with ${formatPlural(count, 'refusal')}`
}

function tellSent(would: number, did: number): string {
  if (would === did) return `sent the same ${formatPlural(did, 'request')}`
  return `sent ${formatPlural(would, 'request')} instead of ${formatCount(did)}`
}

function tellEnd(would: number, did: number): string {
  const laterMs = would - did
  if (Math.abs(laterMs) < sameMs) return 'ended at the same time'
  return `ended ${formatDuration(Math.abs(laterMs))} ${laterMs > 0 ? 'later' : 'earlier'}`
}

function tellFailed(would: number, did: number): string {
  if (would === did) return ''
  if (would === 0)
    return ` ${did === 1 ? 'The call that failed' : `All ${formatCount(did)} calls that failed`} would have been answered.`
  return ` ${formatPlural(would, 'call')} would have failed instead of ${formatCount(did)}.`
}

/** One sentence or two about what pacing, or else the first policy of the table, would have changed. */
export function describeConclusion({ recorded, rows }: Pick<WhatIf, 'recorded' | 'rows'>): string {
  const row = sortRows(rows)[0]
  if (row === undefined) return ''
  const never = recorded.refusals === 0 && rows.every(({ most }) => most.refusals === 0)
  if (never && row.median.waitMaxMs < sameMs) return 'Nothing would have changed: these calls never reach the limit.'
  const { median } = row
  const { name } = policyNames[row.policy]
  const sent = tellSent(median.attempts, recorded.attempts)
  const end = tellEnd(median.finishedAfterMs, recorded.finishedAfterMs)
  return `${name} would have ${sent}, ${tellRefusals(median.refusals)}, and ${end}.${tellFailed(median.failed, recorded.failed)}`
}

/** Rows in the order of the table. */
export function sortRows(rows: readonly WhatIfRow[]): readonly WhatIfRow[] {
  return policyOrder.flatMap((policy) => rows.filter((row) => row.policy === policy))
}

/** A count of all seeds: the median, and in brackets the least and the most when they differ. */
export function formatSpread(row: WhatIfRow, figure: 'attempts' | 'refusals' | 'failed'): string {
  const [median, least, most] = [row.median[figure], row.least[figure], row.most[figure]]
  return least === most ? formatCount(median) : `${formatCount(median)} (${formatCount(least)}–${formatCount(most)})`
}

/** The same for the time until the last call ended. */
export function formatFinish({ median, least, most }: WhatIfRow): string {
  const text = formatDuration(median.finishedAfterMs)
  if (most.finishedAfterMs - least.finishedAfterMs < sameMs) return text
  return `${text} (${formatDuration(least.finishedAfterMs)}–${formatDuration(most.finishedAfterMs)})`
}

/** Median, 95 of 100, and longest wait of a call. */
export function formatWaits({ waitP50Ms, waitP95Ms, waitMaxMs }: WhatIfFigures): string {
  if (waitMaxMs < 1) return 'none'
  return [waitP50Ms, waitP95Ms, waitMaxMs].map((ms) => formatDuration(ms)).join(' · ')
}

/** The limit that was replayed against. */
export function describeLimit({ perWindow, windowMs }: Pick<WhatIf, 'perWindow' | 'windowMs'>): string {
  const each = [...new Set(perWindow)].sort((one, other) => one - other)
  const counts = each.map((count) => formatCount(count)).join(' and ')
  const groups = perWindow.length > 1 ? `, ${formatCount(perWindow.length)} limits` : ''
  const window = windowMs === 60_000 ? 'minute' : formatDuration(windowMs)
  return `${counts} requests per ${window}${groups}`
}

/** What the simulation takes for granted, so that nobody takes it for more than it is. */
export function listAssumptions({ attemptsMax }: Pick<WhatIf, 'attemptsMax'>): readonly string[] {
  return [
    'Calls arrive when they arrived, whatever became of the ones before them.',
    'The server refuses for nothing but its window, counts refused requests too, and names no wait.',
    'An answer takes as long as it took; half of that is the way to the server.',
    `A call is sent at most ${formatPlural(attemptsMax, 'time')}. Pacing also keeps the retry budget, the shared pause and the cap on calls at once, as Settings say; the others don’t.`,
    'Policies with jitter are run with five seeds: the median, and the least and the most in brackets.',
  ]
}

/** A limit that was typed: null for an empty field, undefined when it is none. */
export function readLimit(text: string, max: number): number | null | undefined {
  const trimmed = text.trim().replaceAll(',', '')
  if (trimmed === '') return null
  const value = /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : 0
  return value >= 1 && value <= max ? value : undefined
}
