import type { AppError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import type { CallDetail, CallPage, CallSummary } from '../../../shared/model/call.ts'
import { listPieces } from '../../../shared/model/call-pieces.ts'
import { type Environment, planPerMinute } from '../../../shared/model/environment.ts'
import type { RatePolicy } from '../../../shared/model/rate.ts'
import type { WhatIf, WhatIfInput, WhatIfStretch } from '../../../shared/model/what-if.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { type ReplayCare, replayStretch } from './what-if.ts'
import { type Arrival, listArrivals, readRecorded } from './what-if-arrivals.ts'
import type { ReplayLimit } from './what-if-server.ts'

/** Replays recorded calls, one stretch at a time. */
export interface WhatIfDesk {
  /** A run that is still going on ends as CANCELLED: only the last question counts. */
  run(input: WhatIfInput): Promise<Result<WhatIf>>
  /** Ends the run that goes on, if any. */
  cancel(): void
}

/** What the desk works with. */
export interface WhatIfDeskDeps extends Omit<ReplayCare, 'signal'> {
  /** A page of the calls that a filter shows, newest first, older than the id `before`. */
  readonly list: (filter: string, before: number | null, limit: number) => MaybeLater<Result<CallPage>>
  readonly get: (id: number) => CallDetail | null
  readonly environment: (id: string) => Environment | null
  readonly policy: () => RatePolicy
}

type MaybeLater<T> = T | Promise<T>

const readAtOnce = limits.requestPageMax
const seeds = 5
const cancelled = fail<AppError>({ kind: 'CANCELLED', callId: null })

/** Builds the desk. Its work is bounded by `limits.whatIfCallsMax`. */
export function createWhatIfDesk(deps: WhatIfDeskDeps): WhatIfDesk {
  const { environment, policy } = deps
  let running: AbortController | null = null

  function readChosen(id: number): CallSummary[] {
    const detail = deps.get(id)
    if (detail === null) return []
    const pieces = listPieces(detail)
    return [pieces === undefined ? detail.summary : { ...detail.summary, pieces }]
  }

  /** The newest calls of a stretch, at least one more than are replayed if there are more. */
  async function readStretch(stretch: WhatIfStretch, signal: AbortSignal): Promise<Result<CallSummary[]>> {
    const found: CallSummary[] = []
    if ('ids' in stretch) {
      for (let at = 0; at < stretch.ids.length; at += readAtOnce) {
        for (const id of stretch.ids.slice(at, at + readAtOnce)) found.push(...readChosen(id))
        await deps.breathe()
        if (signal.aborted) return cancelled
      }
      return succeed(found)
    }
    let before: number | null = null
    do {
      const page: Result<CallPage> = await deps.list(stretch.filter, before, readAtOnce)
      if (!page.ok) return page
      found.push(...page.value.calls)
      before = page.value.next
      await deps.breathe()
      if (signal.aborted) return cancelled
    } while (before !== null && found.length <= limits.whatIfCallsMax)
    return succeed(found)
  }

  /** The limit of each environment that calls arrive in. One that is gone counts by itself, as a free plan does. */
  function readLimits(arrivals: readonly Arrival[], perWindow: number | null): Map<string, ReplayLimit> {
    const ids = new Set(arrivals.map(({ environmentId }) => environmentId))
    return new Map(
      [...ids].map((id) => {
        const known = environment(id)
        const group = known?.rateGroup ?? null
        return [
          id,
          {
            group: group === null ? `environment ${id}` : `group ${group}`,
            perWindow: perWindow ?? known?.plan.perMinute ?? planPerMinute.free,
          },
        ]
      }),
    )
  }

  async function answer(input: WhatIfInput, signal: AbortSignal): Promise<Result<WhatIf>> {
    const read = await readStretch(input.stretch, signal)
    if (!read.ok) return read
    const found = read.value
    const chosen = found.slice(0, limits.whatIfCallsMax)
    const arrivals = listArrivals(chosen)
    const limitOf = readLimits(arrivals, input.perWindow)
    const { attemptsMax } = input
    const rows =
      arrivals.length === 0
        ? []
        : await replayStretch(
            {
              arrivals,
              limits: limitOf,
              windowMs: limits.windowMs,
              policies: [...new Set(input.policies)],
              policy: { ...policy(), pacing: true, attemptsMax },
              seeds,
            },
            { ...deps, signal },
          )
    if (rows === null) return cancelled
    const times = chosen.map(({ startedAtMs }) => startedAtMs)
    return succeed({
      calls: chosen.length,
      fromMs: times.reduce((first, atMs) => Math.min(first, atMs), times[0] ?? 0),
      toMs: times.reduce((last, atMs) => Math.max(last, atMs), times[0] ?? 0),
      cut: found.length > chosen.length,
      perWindow: [...new Map([...limitOf.values()].map(({ group, perWindow }) => [group, perWindow])).values()],
      windowMs: limits.windowMs,
      attemptsMax,
      recorded: readRecorded(chosen),
      rows: [...rows],
    })
  }

  return {
    async run(input) {
      running?.abort()
      const mine = new AbortController()
      running = mine
      try {
        return await answer(input, mine.signal)
      } finally {
        if (running === mine) running = null
      }
    },
    cancel: () => running?.abort(),
  }
}
