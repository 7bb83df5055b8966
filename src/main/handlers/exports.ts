import type { Handlers } from '../../shared/contract.ts'
import { fail, succeed } from '../../shared/result.ts'
import { writeCurl } from '../core/export/curl.ts'
import type { Exports } from '../core/export/exports.ts'
import { readReplay } from '../core/export/replay.ts'
import type { Pipeline } from '../core/pipeline/pipeline.ts'
import type { CallStore, Clipboard, Clock } from '../core/ports.ts'
import type { Vault } from '../core/vault/vault.ts'
import { readFilterText } from './filter-text.ts'

/** The methods by which recorded calls leave the log: files, command lines, and the wire once more. */
export type ExportHandlers = Pick<
  Handlers,
  'requests.export' | 'requests.cancelExport' | 'requests.copyCurl' | 'requests.replay' | 'export.reveal'
>

/** Exports, cURL and replay. */
export function createExportHandlers(parts: {
  readonly calls: Pick<CallStore, 'get'>
  readonly vault: Pick<Vault, 'environment' | 'environments' | 'keys'>
  readonly clock: Pick<Clock, 'nowMs'>
  readonly clipboard: Clipboard
  readonly pipeline: Pipeline
  readonly exports: Exports
}): ExportHandlers {
  const { calls, vault, clipboard, pipeline, exports } = parts
  return {
    async 'requests.export'({ selection, ...order }) {
      if ('ids' in selection) return exports.start({ ...order, selection })
      const filter = readFilterText(selection.filter, parts)
      return filter.ok ? exports.start({ ...order, selection: { filter: filter.value } }) : filter
    },
    'requests.cancelExport': ({ jobId }) => exports.cancel(jobId),
    'export.reveal': ({ jobId }) => exports.reveal(jobId),

    async 'requests.copyCurl'({ id }) {
      const call = calls.get(id)
      if (call === null) return fail({ kind: 'NOT_FOUND', what: 'call' })
      const { text, ...said } = writeCurl(call, vault.environment(call.summary.environmentId)?.baseUrl ?? null)
      await clipboard.writeText(text)
      return succeed(said)
    },

    async 'requests.replay'({ id, confirmed }) {
      const call = calls.get(id)
      if (call === null) return fail({ kind: 'NOT_FOUND', what: 'call' })
      const environment = vault.environment(call.summary.environmentId)
      if (environment === null) return fail({ kind: 'NOT_FOUND', what: 'environment' })
      const input = readReplay(call, confirmed)
      if (!input.ok) return input
      const result = await pipeline.send(input.value)
      // What went over the wire is in the log, whatever came of it.
      const callId = result.ok ? result.value.callId : 'callId' in result.error ? result.error.callId : null
      const made = callId === null ? null : calls.get(callId)
      if (made !== null) return succeed(made.summary)
      return result.ok ? fail({ kind: 'NOT_FOUND', what: 'call' }) : result
    },
  }
}
