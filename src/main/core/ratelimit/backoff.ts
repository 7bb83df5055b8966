import { assertNever } from '../../../shared/result.ts'

/** Ways to compute a wait from the number of failures. The product's own is `full`; the rest serve comparisons. */
export const backoffFormulas = ['none', 'exponential', 'equal', 'full', 'decorrelated'] as const
export type BackoffFormula = (typeof backoffFormulas)[number]

/** What a wait is computed from. Durations in ms. */
export interface BackoffInput {
  readonly baseMs: number
  readonly capMs: number
  /** Failures before this one: 0 for the first wait. */
  readonly exponent: number
  /** The wait before this one; `baseMs` for the first. Only `decorrelated` asks. */
  readonly previousMs?: number
  /** Uniform in [0, 1). */
  readonly draw: number
}

/** `min(cap, base * 2^n)`: what a wait is drawn from. Stays finite for any exponent. */
function growBackoff({ baseMs, capMs, exponent }: Omit<BackoffInput, 'draw'>): number {
  return Math.min(capMs, baseMs * 2 ** Math.min(exponent, 60))
}

/**
 * A computed wait in ms, with v = min(cap, base * 2^n): none 0; exponential v; equal v/2 + U(0, v/2);
 * full U(0, v); decorrelated min(cap, U(base, 3 * previous)). Rates and probes, rule 2.
 */
export function computeBackoff(formula: BackoffFormula, input: BackoffInput): number {
  const { baseMs, capMs, draw } = input
  const grown = growBackoff(input)
  switch (formula) {
    case 'none':
      return 0
    case 'exponential':
      return grown
    case 'equal':
      return grown / 2 + (draw * grown) / 2
    case 'full':
      return draw * grown
    case 'decorrelated': {
      const { previousMs = baseMs } = input
      return Math.min(capMs, baseMs + draw * Math.max(0, 3 * previousMs - baseMs))
    }
    default:
      return assertNever(formula)
  }
}
