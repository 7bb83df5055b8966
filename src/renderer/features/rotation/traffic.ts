import { useEffect, useRef } from 'react'
import { formatTerm } from '../../../shared/filter/format.ts'
import { limits } from '../../../shared/limits.ts'
import type { CallPage, CallSummary } from '../../../shared/model/call.ts'
import type { Rotation } from '../../../shared/model/rotation.ts'
import type { Result } from '../../../shared/result.ts'
import { call } from '../../api/client.ts'
import { useStore } from '../../store/store.ts'
import { useNow } from '../../ui/now.ts'

/** A call as the chart needs it. */
export type TrafficCall = Pick<CallSummary, 'id' | 'startedAtMs' | 'keyId' | 'source'>

/** Calls by the key that they began with, in bins of the same width. */
export interface Traffic {
  readonly fromMs: number
  readonly binMs: number
  readonly old: readonly number[]
  readonly new: readonly number[]
  /** All calls that are drawn. */
  readonly total: number
}

const binsMax = 42
const beforeMs = 30_000
const shortestMs = 60_000
const binWidthsMs: readonly number[] = [2000, 5000, 10_000, 30_000, 60_000, 300_000, 1_800_000]
const dayMs = 86_400_000

/** Bins calls, probes left aside, from half a minute before a rotation to its end, or to now while it runs. */
export function binTraffic(calls: readonly TrafficCall[], rotation: Rotation, nowMs: number): Traffic {
  const startMs = rotation.startedAtMs - beforeMs
  const endMs = Math.max(startMs + shortestMs, Math.min(rotation.endedAtMs ?? nowMs, nowMs))
  const binMs = binWidthsMs.find((width) => (endMs - startMs) / width <= binsMax) ?? dayMs
  const fromMs = Math.floor(startMs / binMs) * binMs
  const count = Math.floor((endMs - fromMs) / binMs) + 1
  const old = new Array<number>(count).fill(0)
  const next = new Array<number>(count).fill(0)
  let total = 0
  for (const { startedAtMs, keyId, source } of calls) {
    if (source === 'Probe') continue
    const lane = keyId === rotation.oldKey.id ? old : keyId !== null && keyId === rotation.newKey?.id ? next : null
    const bin = Math.floor((startedAtMs - fromMs) / binMs)
    if (lane === null || bin < 0 || bin >= count) continue
    lane[bin] = (lane[bin] ?? 0) + 1
    total += 1
  }
  return { fromMs, binMs, old, new: next, total }
}

/** Pages read back at most: 3,000 calls, the busiest minutes before now. */
const pagesMax = 15

async function readBack(environmentId: string, sinceMs: number, keep: (call: TrafficCall) => void): Promise<void> {
  let before: number | null = null
  for (let page = 0; page < pagesMax; page += 1) {
    const result: Result<CallPage> = await call('requests.list', {
      before,
      limit: limits.requestPageMax,
      after: null,
      filter: formatTerm('env', environmentId),
    })
    // A log that cannot be read leaves the chart to what is heard from now on.
    if (!result.ok) return
    for (const summary of result.value.calls) keep(summary)
    const oldest = result.value.calls.at(-1)
    before = result.value.next
    if (before === null || (oldest !== undefined && oldest.startedAtMs < sinceMs)) return
  }
}

/** Calls of a rotation's environment by key: from the log, then as they are made. Counted again every second. */
export function useTraffic(rotation: Rotation): Traffic {
  const calls = useRef(new Map<number, TrafficCall>())
  const now = useNow(1000)
  const { environmentId, startedAtMs } = rotation
  useEffect(() => {
    const known = calls.current
    known.clear()
    function keep(summary: TrafficCall): void {
      const { id, keyId, source } = summary
      known.set(id, { id, startedAtMs: summary.startedAtMs, keyId, source })
    }
    void readBack(environmentId, startedAtMs - beforeMs, keep)
    return useStore.subscribe(({ newCalls }, before) => {
      if (newCalls === before.newCalls) return
      for (const summary of newCalls) if (summary.environmentId === environmentId) keep(summary)
    })
  }, [environmentId, startedAtMs])
  return binTraffic([...calls.current.values()], rotation, now)
}
