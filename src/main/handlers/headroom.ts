import { limits } from '../../shared/limits.ts'
import type { HeadroomHistory, HistorySpan } from '../../shared/model/history.ts'
import { assertNever, fail, succeed } from '../../shared/result.ts'
import type { CallStore, Clock, RequestCount } from '../core/ports.ts'
import type { Vault } from '../core/vault/vault.ts'
import type { HandlerGroup } from './group.ts'

const minuteMs = 60_000
const hourMinutes = 60
const days = 30

/** Start of the local calendar day that is `back` days before the one of `atMs`. */
function startOfDay(atMs: number, back: number): number {
  const date = new Date(atMs)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - back).getTime()
}

/** The slices of a span that ends now. */
function sliceSpan(span: HistorySpan, nowMs: number): { starts: number[]; sliceMs: number; endMs: number } {
  const evenly = (slices: number, sliceMs: number, endMs: number) => ({
    starts: Array.from({ length: slices }, (_, index) => endMs - (slices - index) * sliceMs),
    sliceMs,
    endMs,
  })
  switch (span) {
    case 'minute':
      return evenly(limits.headroomBins, limits.windowMs / limits.headroomBins, nowMs)
    case 'hour':
      // By whole minutes of the clock: the last one is still going on.
      return evenly(hourMinutes, minuteMs, Math.floor(nowMs / minuteMs) * minuteMs + minuteMs)
    case 'days':
      return {
        starts: Array.from({ length: days }, (_, index) => startOfDay(nowMs, days - 1 - index)),
        sliceMs: 0,
        endMs: startOfDay(nowMs, -1),
      }
    default:
      return assertNever(span)
  }
}

function joinSeries(counts: readonly RequestCount[], slices: number): Pick<HeadroomHistory, 'series' | 'refused'> {
  const refused = Array.from({ length: slices }, () => 0)
  const series = new Map<string, HeadroomHistory['series'][number]>()
  for (const { slice, source, keyId, requests, refused: refusals } of counts) {
    const name = `${keyId ?? ''} ${source}`
    const one = series.get(name) ?? { source, keyId, counts: Array.from({ length: slices }, () => 0) }
    series.set(name, one)
    one.counts[slice] = (one.counts[slice] ?? 0) + requests
    refused[slice] = (refused[slice] ?? 0) + refusals
  }
  return { series: [...series.values()], refused }
}

/** How a window was used, from the request log. */
export function createHeadroomHandlers(parts: {
  readonly calls: Pick<CallStore, 'countRequests' | 'countDays'>
  readonly vault: Pick<Vault, 'environments' | 'environment' | 'keys'>
  readonly clock: Clock
}): HandlerGroup<'headroom'> {
  const { calls, vault, clock } = parts
  return {
    'headroom.history'({ environmentId, span }) {
      const environment = vault.environment(environmentId)
      if (environment === null) return fail({ kind: 'NOT_FOUND', what: 'environment' })
      const { rateGroup } = environment
      const group = vault
        .environments()
        .filter((other) => other.id === environmentId || (rateGroup !== null && other.rateGroup === rateGroup))
        .map(({ id }) => id)
      const { starts, sliceMs, endMs } = sliceSpan(span, clock.nowMs())
      const slices = starts.length
      if (span !== 'days') {
        const counts = calls.countRequests({ environmentIds: group, sinceMs: starts[0] ?? endMs, sliceMs, slices })
        return succeed({ span, unit: 'requests', starts, endMs, ...joinSeries(counts, slices) })
      }
      // Counts of days know the key alone, and a key belongs to one environment.
      const keyIds = new Set(
        vault
          .keys()
          .filter((key) => group.includes(key.environmentId))
          .map(({ id }) => id),
      )
      const counts = calls.countDays(clock.nowMs(), slices).filter(({ keyId }) => keyId !== null && keyIds.has(keyId))
      return succeed({ span, unit: 'calls', starts, endMs, ...joinSeries(counts, slices) })
    },
  }
}
