import type { CallSummary } from '../../../shared/model/call.ts'
import type { CallPriority } from '../../../shared/model/rate.ts'
import type { WhatIfFigures } from '../../../shared/model/what-if.ts'

/** A recorded call as a replay needs it. Durations in ms. */
export interface Arrival {
  /** From the first arrival of the stretch. */
  readonly atMs: number
  readonly environmentId: string
  readonly method: string
  readonly priority: CallPriority
  /** How long the server takes to answer it. */
  readonly servedMs: number
  /** How long the server takes to refuse it. */
  readonly refusedMs: number
}

interface Exchange {
  readonly status: number | null
  readonly tookMs: number
}

/** The attempts of a call, as far as its summary tells them. */
function listExchanges({ pieces, status, attempts, tookMs, waitedMs }: CallSummary): Exchange[] {
  const sent = (pieces ?? []).filter(({ wait }) => wait === null)
  if (sent.length > 0) return sent.map((piece) => ({ status: piece.status, tookMs: piece.tookMs }))
  return attempts === 1 ? [{ status, tookMs: Math.max(0, tookMs - waitedMs) }] : []
}

/** The value that a share of a list lies at or below; 0 of an empty one. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}

function medianOf(values: readonly number[]): number {
  return quantileOf(
    [...values].sort((one, other) => one - other),
    0.5,
  )
}

/** Whom a recorded call was made for: by its source, since the log does not keep it. */
function priorityOf({ source }: CallSummary): CallPriority {
  switch (source) {
    case 'Inbox':
    case 'Console':
    case 'Webhooks':
      return 'person'
    case 'Probe':
    case 'Sandbox':
      return 'poll'
    case 'Replay':
      return 'replay'
  }
}

/**
 * What arrives in a replay, in the order of time. A call keeps the time that its own answers took; where it
 * has none of a kind, the median of the stretch stands for it.
 */
export function listArrivals(calls: readonly CallSummary[]): Arrival[] {
  const sorted = [...calls].sort((one, other) => one.startedAtMs - other.startedAtMs || one.id - other.id)
  const firstMs = sorted[0]?.startedAtMs ?? 0
  const rows = sorted.map((call) => {
    const exchanges = listExchanges(call)
    const served = exchanges.filter(({ status }) => status !== null && status !== 429)
    const refused = exchanges.filter(({ status }) => status === 429)
    return { call, served: served.map(({ tookMs }) => tookMs), refused: refused.map(({ tookMs }) => tookMs) }
  })
  const allRefused = rows.flatMap(({ refused }) => refused)
  const servedMs = medianOf(rows.flatMap(({ served }) => served))
  const refusedMs = allRefused.length === 0 ? servedMs : medianOf(allRefused)
  return rows.map(({ call, served, refused }) => ({
    atMs: call.startedAtMs - firstMs,
    environmentId: call.environmentId,
    method: call.method,
    priority: priorityOf(call),
    servedMs: served.length === 0 ? servedMs : medianOf(served),
    refusedMs: refused.length === 0 ? refusedMs : medianOf(refused),
  }))
}

/** What became of the calls that were recorded. */
export function readRecorded(calls: readonly CallSummary[]): WhatIfFigures {
  const waits = Float64Array.from(calls, ({ waitedMs }) => waitedMs).sort()
  const firstMs = calls.reduce((first, { startedAtMs }) => Math.min(first, startedAtMs), Number.POSITIVE_INFINITY)
  const lastMs = calls.reduce((last, call) => Math.max(last, call.startedAtMs + call.tookMs), Number.NEGATIVE_INFINITY)
  const refusalsOf = (call: CallSummary) => {
    const told = listExchanges(call).filter(({ status }) => status === 429).length
    return told === 0 && call.status === 429 ? call.attempts : told
  }
  return {
    attempts: calls.reduce((sum, { attempts }) => sum + attempts, 0),
    refusals: calls.reduce((sum, call) => sum + refusalsOf(call), 0),
    failed: calls.filter(({ status }) => status === 429).length,
    waitP50Ms: quantileOf(waits, 0.5),
    waitP95Ms: quantileOf(waits, 0.95),
    waitMaxMs: quantileOf(waits, 1),
    finishedAfterMs: calls.length === 0 ? 0 : lastMs - firstMs,
  }
}
