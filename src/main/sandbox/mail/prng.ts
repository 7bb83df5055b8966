/** Repeatable random choices. Not for secrets. */
export interface Prng {
  /** A whole number from 0 to below `end`. */
  below(end: number): number
  /** One of the items. */
  pick<Item>(items: readonly [Item, ...Item[]]): Item
  /** A text in the form of a UUID (version 4). */
  uuid(): string
}

function hashSeed(seed: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < seed.length; i += 1) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Makes the generator of a seed (mulberry32 over an FNV-1a hash of the seed). */
export function createPrng(seed: string): Prng {
  let state = hashSeed(seed)
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number): number => Math.floor(next() * end)
  return {
    below,
    pick: (items) => items[below(items.length)] ?? items[0],
    uuid() {
      const digits = Array.from({ length: 32 }, (_, at) => {
        if (at === 12) return '4'
        return (at === 16 ? 8 + below(4) : below(16)).toString(16)
      }).join('')
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`
    },
  }
}
