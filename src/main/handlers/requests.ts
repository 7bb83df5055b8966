import { limits } from '../../shared/limits.ts'
import type { Settings } from '../../shared/model/app.ts'
import type { CallDetail, Header } from '../../shared/model/call.ts'
import { fail, type Result, succeed } from '../../shared/result.ts'
import { buildCallUrl } from '../core/export/call-url.ts'
import { holdsSecret, redactText } from '../core/log/redaction.ts'
import type { CallStore, Clipboard, Clock } from '../core/ports.ts'
import type { Vault } from '../core/vault/vault.ts'
import type { ExportHandlers } from './exports.ts'
import { readFilterText } from './filter-text.ts'
import type { HandlerGroup } from './group.ts'

const formatHeaders = (headers: readonly Header[]): string =>
  headers.map(([name, value]) => `${name}: ${value}`).join('\n')

/**
 * One side of a recorded call as text, as the log holds it: redacted, and cut at the log's cap. The log keeps a call's
 * origin; the path between it and the call's own is the environment's, as long as that still has this origin.
 */
export function formatCallPart(
  call: CallDetail,
  part: 'request' | 'response' | 'headers',
  baseUrl: string | null = null,
): string {
  const last = call.attempts.at(-1)
  switch (part) {
    case 'request':
      return [
        `${call.summary.method} ${buildCallUrl(call, baseUrl).url}`,
        formatHeaders(last?.requestHeaders ?? []),
        ...(call.requestBody === null ? [] : ['', call.requestBody.text]),
      ].join('\n')
    case 'response':
      return call.responseBody?.text ?? ''
    case 'headers':
      return formatHeaders(last?.responseHeaders ?? [])
  }
}

/** The request log: pages, one call whole, and copies of its text. */
export function createRequestHandlers(parts: {
  readonly calls: Pick<CallStore, 'list' | 'get' | 'count' | 'storage' | 'setPolicy' | 'clear'>
  readonly vault: Pick<Vault, 'environment' | 'environments' | 'keys'>
  readonly clock: Pick<Clock, 'nowMs'>
  readonly settings: () => Settings
  readonly save: (settings: Settings) => Result<null>
  readonly clipboard: Clipboard
}): Omit<HandlerGroup<'requests'>, keyof ExportHandlers> {
  const { calls, vault, clipboard, settings, save } = parts
  return {
    'requests.list'({ filter: text, ...range }) {
      const filter = readFilterText(text, parts)
      return filter.ok ? succeed(calls.list({ ...range, filter: filter.value })) : filter
    },
    'requests.count'({ filter: text, ...range }) {
      const filter = readFilterText(text, parts)
      return filter.ok ? succeed(calls.count({ ...range, filter: filter.value })) : filter
    },
    'requests.storage': () => succeed({ ...calls.storage(), policy: settings().log }),
    'requests.setRetention'({ policy }) {
      const saved = save({ ...settings(), log: policy })
      if (saved.ok) calls.setPolicy(policy)
      return saved
    },
    async 'requests.clear'({ filter: text, ...order }) {
      const filter = readFilterText(text, parts)
      if (!filter.ok) return filter
      const cleared = await calls.clear({ ...order, filter: filter.value })
      return cleared.ok ? succeed({ deleted: cleared.value }) : cleared
    },
    'requests.saveFilter'(saved) {
      if (holdsSecret(saved.name)) return fail({ kind: 'KEY_IN_TEXT', field: 'name' })
      const read = readFilterText(saved.filter, parts)
      if (!read.ok) return read
      const { savedFilters } = settings()
      const known = savedFilters.some(({ name }) => name === saved.name)
      if (!known && savedFilters.length >= limits.savedFiltersMax) {
        return fail({ kind: 'TOO_MANY', what: 'filters', max: limits.savedFiltersMax })
      }
      const next = known
        ? savedFilters.map((filter) => (filter.name === saved.name ? saved : filter))
        : [...savedFilters, saved]
      return save({ ...settings(), savedFilters: next })
    },
    'requests.removeFilter': ({ name }) =>
      save({ ...settings(), savedFilters: settings().savedFilters.filter((filter) => filter.name !== name) }),
    'requests.get'({ id }) {
      const call = calls.get(id)
      return call === null ? fail({ kind: 'NOT_FOUND', what: 'call' }) : succeed(call)
    },
    async 'requests.copyText'({ id, part }) {
      const call = calls.get(id)
      if (call === null) return fail({ kind: 'NOT_FOUND', what: 'call' })
      const baseUrl = vault.environment(call.summary.environmentId)?.baseUrl ?? null
      await clipboard.writeText(redactText(formatCallPart(call, part, baseUrl)))
      return succeed(null)
    },
  }
}
