import type { CallDetail, CallPiece } from './call.ts'

/** Most pieces that a row draws. */
export const callPiecesMax = 40

/**
 * What a call's row draws, in the order of time; undefined for a call of one attempt that never waited, since its
 * summary says as much. Of more than `callPiecesMax` the last ones are left out.
 */
export function listPieces({
  summary,
  attempts,
  waits,
}: Pick<CallDetail, 'summary' | 'attempts' | 'waits'>): CallPiece[] | undefined {
  if (waits.length === 0 && attempts.length <= 1) return undefined
  const since = (atMs: number) => Math.max(0, atMs - summary.startedAtMs)
  const waiting = waits.map(({ cause, startedAtMs, tookMs }) => ({
    wait: cause,
    status: null,
    fromMs: since(startedAtMs),
    tookMs,
  }))
  const sending = attempts.map(({ status, startedAtMs, tookMs }) => ({
    wait: null,
    status,
    fromMs: since(startedAtMs),
    tookMs,
  }))
  return [...waiting, ...sending].sort((one, other) => one.fromMs - other.fromMs).slice(0, callPiecesMax)
}
