/** Repeatable random choices. Not for secrets. */
export interface Prng {
  /** A whole number from 0 to below `end`. */
  below(end: number): number
  /** One of the items. */
  pick<Item>(items: readonly [Item, ...Item[]]): Item
  /** Eight hex digits for each word. */
  hex(words: number): string
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
  const nextWord = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (end: number): number => Math.floor((nextWord() / 2 ** 32) * end)
  const hex = (words: number): string => {
    let digits = ''
    for (let i = 0; i < words; i += 1) digits += nextWord().toString(16).padStart(8, '0')
    return digits
  }
  return {
    below,
    hex,
    pick: (items) => items[below(items.length)] ?? items[0],
    uuid() {
      const digits = hex(4)
      const variant = '89ab'[below(4)] ?? '8'
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`
    },
  }
}
