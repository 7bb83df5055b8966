import type { Random } from '../ports.ts'

/** All waits of rotations, in ms. */
export interface RotationTiming {
  /** Between two tries of something that failed: `base * 2^n`, at most `cap`. */
  readonly retryBaseMs: number
  readonly retryCapMs: number
  /** Before the switch a rotation that cannot go on is given up after this. */
  readonly giveUpMs: number
  /** Between the three refusals that prove a key dead: `base * 2^n`. */
  readonly refusalBaseMs: number
  /** Between two questions to a key that still answers: `base * 2^n`, at most `cap`. */
  readonly aliveBaseMs: number
  readonly aliveCapMs: number
  /** Between two questions once a key is called still alive. */
  readonly slowMs: number
  /** A proof of the new key that is older is made again before the old key is revoked. */
  readonly freshProofMs: number
  /** After this an issuer is asked once more for a key that it may have made late. */
  readonly lateTidyMs: number
  readonly clipboardPollMs: number
  /** How long the stepper counts as open after its last word. */
  readonly attendedMs: number
}

/** What the product waits. */
export const rotationTiming: RotationTiming = {
  retryBaseMs: 1000,
  retryCapMs: 30_000,
  giveUpMs: 600_000,
  refusalBaseMs: 1000,
  aliveBaseMs: 1000,
  aliveCapMs: 15_000,
  slowMs: 60_000,
  freshProofMs: 10_000,
  lateTidyMs: 30_000,
  clipboardPollMs: 400,
  attendedMs: 120_000,
}

const jitter = 0.1

/**
 * Wait before the try with this number (from 0): doubled each time up to the cap, and up to a tenth
 * more. Without `random` the shortest that it can be.
 */
export function backOff(baseMs: number, capMs: number, number: number, random?: Random): number {
  const waitMs = Math.min(capMs, baseMs * 2 ** Math.min(number, 30))
  return Math.round(waitMs * (1 + jitter * (random?.next() ?? 0)))
}
