import type { Detector } from './detector.ts'

/** Refusals in a row that raise the alarm. */
export const refusalsInARow = 3

/**
 * True when an answer shows that the service took the key. A 403 is such an answer; 429, 408, 5xx and
 * no answer tell nothing about the key. Rates and probes, rule 8.
 */
function provesKey(status: number | null): boolean {
  return status !== null && status < 500 && status !== 401 && status !== 408 && status !== 429
}

/**
 * Watches for three answers 401 in a row on a key that worked. It is over with the first answer that
 * proves the key. `hasWorked` knows of proofs from before this run.
 */
export function createRefusalRun(hasWorked: (keyId: string) => boolean): Detector {
  const runs = new Map<string, number>()
  const worked = new Set<string>()
  return {
    what: 'refused-key',
    note({ keyId, status }) {
      if (provesKey(status)) {
        worked.add(keyId)
        runs.delete(keyId)
        return null
      }
      if (status !== 401) return null
      const count = (runs.get(keyId) ?? 0) + 1
      runs.set(keyId, count)
      return count >= refusalsInARow && (worked.has(keyId) || hasWorked(keyId)) ? { count, against: null } : null
    },
    isOver: (keyId) => !runs.has(keyId),
    forget(keyId) {
      runs.delete(keyId)
      worked.delete(keyId)
    },
  }
}
