import type { WindowDecision } from './sliding-window.ts'

/** Families of rate-limit headers; the real service documents none. API reference, section 3. */
export const headerDialects = ['none', 'legacy', 'ietf', 'retry-after'] as const
export type HeaderDialect = (typeof headerDialects)[number]

function countSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000))
}

/**
 * Rate-limit headers of one answer. `legacy`: the X-RateLimit family, reset in Unix seconds.
 * `ietf`: RateLimit-Policy and RateLimit as structured fields, in seconds. `retry-after`: whole
 * seconds, on refused requests only.
 */
export function formatRateHeaders(
  dialect: HeaderDialect,
  decision: WindowDecision,
  windowMs: number,
  nowMs: number,
): ReadonlyArray<readonly [string, string]> {
  switch (dialect) {
    case 'none':
      return []
    case 'legacy':
      return [
        ['X-RateLimit-Limit', String(decision.limit)],
        ['X-RateLimit-Remaining', String(decision.remaining)],
        ['X-RateLimit-Reset', String(Math.ceil((nowMs + decision.nextSlotInMs) / 1000))],
      ]
    case 'ietf':
      return [
        ['RateLimit-Policy', `"default";q=${decision.limit};w=${countSeconds(windowMs)}`],
        ['RateLimit', `"default";r=${decision.remaining};t=${countSeconds(decision.nextSlotInMs)}`],
      ]
    case 'retry-after':
      return decision.accepted ? [] : [['Retry-After', String(countSeconds(decision.nextSlotInMs))]]
  }
}
