/** What became of the calls of an environment since the start of this run, as far as its key decided it. */
export interface KeyTotals {
  /** Calls that were refused with a key that had been replaced, and went on with the new one. */
  readonly retried: number
  /** Calls that failed because no key was to be had or the one they had was refused. */
  readonly failed: number
}

/** Counts calls by the key that they go out with: a key is revoked once nothing is in flight on it. */
export interface KeyTraffic {
  /** A call begins on a key; the answered function ends it, once. */
  begin(keyId: string): () => void
  inFlight(keyId: string): number
  /** Epoch ms at which the last call on a key began or ended in this run; null for none. */
  lastUsedAtMs(keyId: string): number | null
  noteRetried(environmentId: string): void
  noteFailed(environmentId: string): void
  totals(environmentId: string): KeyTotals
  /** Told of each call that ends, with its key, until the answered function is called. */
  watch(listener: (keyId: string) => void): () => void
}

/** Makes the one count of a run. `nowMs` answers epoch ms. */
export function createKeyTraffic(nowMs: () => number): KeyTraffic {
  const counts = new Map<string, number>()
  const totals = new Map<string, KeyTotals>()
  const lastUses = new Map<string, number>()
  const listeners = new Set<(keyId: string) => void>()
  const totalsOf = (environmentId: string): KeyTotals => totals.get(environmentId) ?? { retried: 0, failed: 0 }
  const inFlight = (keyId: string): number => counts.get(keyId) ?? 0

  return {
    begin(keyId) {
      counts.set(keyId, inFlight(keyId) + 1)
      lastUses.set(keyId, nowMs())
      let ended = false
      return () => {
        if (ended) return
        ended = true
        lastUses.set(keyId, nowMs())
        const left = inFlight(keyId) - 1
        if (left > 0) counts.set(keyId, left)
        else counts.delete(keyId)
        for (const listener of listeners) listener(keyId)
      }
    },
    inFlight,
    lastUsedAtMs: (keyId) => lastUses.get(keyId) ?? null,
    noteRetried(environmentId) {
      const { retried, failed } = totalsOf(environmentId)
      totals.set(environmentId, { retried: retried + 1, failed })
    },
    noteFailed(environmentId) {
      const { retried, failed } = totalsOf(environmentId)
      totals.set(environmentId, { retried, failed: failed + 1 })
    },
    totals: totalsOf,
    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
