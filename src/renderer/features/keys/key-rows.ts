/**
 * The row that a key press moves to: arrows and j/k step, Home and End jump. Null when the press
 * moves nothing.
 */
export function moveSelection(ids: readonly string[], current: string | null, press: string): string | null {
  const at = current === null ? -1 : ids.indexOf(current)
  const last = ids.length - 1
  if (last < 0) return null
  switch (press) {
    case 'ArrowDown':
    case 'j':
      return ids[Math.min(last, at + 1)] ?? null
    case 'ArrowUp':
    case 'k':
      return ids[Math.max(0, at - 1)] ?? null
    case 'Home':
      return ids[0] ?? null
    case 'End':
      return ids[last] ?? null
    default:
      return null
  }
}
