import type { CallDetail } from '../../../shared/model/call.ts'
import { buildCallUrl } from './call-url.ts'
import type { ExportOptions, ExportWriter } from './export-format.ts'
import { createSanitizer, type Sanitizer } from './manifest.ts'

const columns = [
  'id',
  'started',
  'environment',
  'key',
  'operation',
  'method',
  'url',
  'status',
  'outcome',
  'attempts',
  'waited_ms',
  'took_ms',
  'source',
  'stop',
  'waits',
] as const

// A spreadsheet runs a field that begins so as a formula; tab and return are skipped before it looks.
const formulaStart = /^[=+\-@\t\r]/

function writeField(value: string | number | null, cleaner: Sanitizer): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = cleaner.cleanText(value)
  const guarded = formulaStart.test(text) ? `'${text}` : text
  if (guarded !== text) cleaner.count('fieldsGuarded')
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}

/** Causes and ms in one field: `pacing 1200; full-jitter 430`. */
function describeWaits({ waits }: CallDetail): string {
  return waits.map(({ cause, tookMs }) => `${cause} ${Math.round(tookMs)}`).join('; ')
}

/**
 * Writes CSV as RFC 4180 has it, one line per call, with a head. A field that a spreadsheet would
 * run as a formula gets an apostrophe before it. Bodies and headers are never in it.
 */
export function createCsvWriter(options: ExportOptions): ExportWriter {
  const cleaner = createSanitizer()
  const writeLine = (fields: readonly (string | number | null)[]) =>
    `${fields.map((field) => writeField(field, cleaner)).join(',')}\r\n`

  return {
    head: () => `${columns.join(',')}\r\n`,

    writeCall(call) {
      const { summary, keyMask, stop } = call
      const environment = options.environment(summary.environmentId)
      cleaner.count('calls')
      cleaner.count('attempts', call.attempts.length)
      if (call.attempts.length === 0) cleaner.count('callsWithoutAttempt')
      return writeLine([
        summary.id,
        new Date(summary.startedAtMs).toISOString(),
        environment?.name ?? '',
        keyMask,
        summary.operation,
        summary.method,
        buildCallUrl(call, environment?.baseUrl ?? null).url,
        summary.status,
        summary.outcome,
        summary.attempts,
        summary.waitedMs,
        summary.tookMs,
        summary.source,
        stop,
        describeWaits(call),
      ])
    },

    tail: () => '',
    manifest: cleaner.manifest,
  }
}
