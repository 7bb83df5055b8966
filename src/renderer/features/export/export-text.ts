import type { CallSummary } from '../../../shared/model/call.ts'
import type { ExportFormat, ExportManifest } from '../../../shared/model/export.ts'
import { formatCount, formatPlural } from '../../ui/format.ts'

/** What each form of file is for. */
export const formatTexts: Readonly<Record<ExportFormat, { readonly name: string; readonly detail: string }>> = {
  har: {
    name: 'HAR',
    detail: 'One entry per attempt, with its waits, their causes and numbers. Browser tools open it.',
  },
  csv: { name: 'CSV', detail: 'One line per call, for a spreadsheet. Headers and bodies are never in it.' },
}

/** A finished file in lines: what is in it, what was taken out, what is cut. */
export function describeManifest(manifest: ExportManifest, format: ExportFormat): readonly string[] {
  const { calls, attempts, callsWithoutAttempt, headersRemoved, keysRemoved, bodiesLeftOut, bodiesCut, fieldsGuarded } =
    manifest
  const written =
    format === 'har'
      ? `${formatPlural(calls, 'call')} in ${formatPlural(attempts, 'entry', 'entries')}`
      : formatPlural(calls, 'call')
  return [
    written,
    ...(format === 'har' && callsWithoutAttempt > 0
      ? [`${formatPlural(callsWithoutAttempt, 'call')} without an entry, since nothing was sent: see _unsent`]
      : []),
    ...(format === 'har' ? [`${formatPlural(headersRemoved, 'secret header')} removed`] : []),
    `${formatPlural(keysRemoved, 'text')} of the shape of a key replaced by [redacted]`,
    ...(bodiesLeftOut > 0 ? [`${formatPlural(bodiesLeftOut, 'body', 'bodies')} left out`] : []),
    ...(bodiesCut > 0 ? [`${formatPlural(bodiesCut, 'body', 'bodies')} cut, as in the log`] : []),
    ...(fieldsGuarded > 0 ? [`${formatPlural(fieldsGuarded, 'field')} kept from being run as a formula`] : []),
  ]
}

/** Title of the question: `Export 1,204 calls`, `Export 1 call`, or without a number. */
export function titleExport(count: number | null): string {
  return count === null ? 'Export calls' : `Export ${formatPlural(count, 'call')}`
}

/** Where an export stands: `4,200 of 50,000 calls`. */
export function describeProgress(done: number, total: number | null): string {
  return total === null ? formatPlural(done, 'call') : `${formatCount(done)} of ${formatPlural(total, 'call')}`
}

/** What became of a call that was sent again. A call that ended in its wait went nowhere. */
export function describeReplay({
  attempts,
  outcome,
  status,
}: Pick<CallSummary, 'attempts' | 'outcome' | 'status'>): Readonly<Record<'text' | 'detail', string>> {
  if (attempts === 0) return { text: 'Not sent again', detail: 'The call ended before it went out.' }
  if (status === null)
    return { text: 'Sent again, without an answer', detail: 'Look at the new call before the next try.' }
  const text = outcome === 'ok' ? 'Sent again' : 'Sent again, and it failed'
  return { text, detail: `The answer was ${status}.` }
}
