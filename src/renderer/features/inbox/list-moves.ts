/** A step through a list by keyboard. */
export type ListMove = 'next' | 'previous' | 'first' | 'last' | 'page-down' | 'page-up'

/** The members of a keyboard event that decide a step. */
export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

const moves: ReadonlyMap<string, ListMove> = new Map([
  ['ArrowDown', 'next'],
  ['j', 'next'],
  ['ArrowUp', 'previous'],
  ['k', 'previous'],
  ['Home', 'first'],
  ['End', 'last'],
  ['PageDown', 'page-down'],
  ['PageUp', 'page-up'],
])

/** True when nothing is held down with the key. */
export function isPlainKey(press: KeyPress): boolean {
  return !press.ctrlKey && !press.metaKey && !press.altKey && !press.shiftKey
}

/** The step that a key stands for, or null. */
export function readListMove(press: KeyPress): ListMove | null {
  return isPlainKey(press) ? (moves.get(press.key) ?? null) : null
}

/**
 * Position after a step in a list of `count` items; null in an empty list. Without a position, a
 * step forward lands on the first item and a step back on the last. Never leaves the list.
 */
export function stepThroughList(
  position: number | null,
  count: number,
  move: ListMove,
  pageSize: number,
): number | null {
  if (count <= 0) return null
  const last = count - 1
  const keep = (value: number) => Math.min(last, Math.max(0, value))
  switch (move) {
    case 'first':
      return 0
    case 'last':
      return last
    case 'next':
      return position === null ? 0 : keep(position + 1)
    case 'previous':
      return position === null ? last : keep(position - 1)
    case 'page-down':
      return keep((position ?? -1) + Math.max(1, pageSize))
    case 'page-up':
      return keep((position ?? count) - Math.max(1, pageSize))
  }
}
