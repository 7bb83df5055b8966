import { randomInt, randomUUID } from 'node:crypto'
import type { Random } from '../core/ports.ts'

const steps = 2 ** 32

/** Randomness of the operating system. */
export const nodeRandom: Random = {
  id: () => randomUUID(),
  next: () => randomInt(steps) / steps,
}
