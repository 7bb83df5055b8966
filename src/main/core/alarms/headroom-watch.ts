import type { HeadroomWarning } from '../../../shared/model/alarm.ts'
import type { Headroom } from '../../../shared/model/headroom.ts'

/** Below a fifth left it warns. */
const lowShare = 0.2
/** From here on there is room again; between the two nothing is said, or a window at its edge would be told again and again. */
const roomShare = 0.3

/** Tells once per descent that a window runs low, and that it is full. */
export interface HeadroomWatch {
  read(headroom: Headroom): void
  forget(environmentId: string): void
}

const depths = { none: 0, low: 1, full: 2 } as const

/** Builds a watch. Environments of one rate group share a window: the first that is read speaks for it. */
export function createHeadroomWatch(parts: {
  /** Name of the window that an environment counts in. */
  readonly windowOf: (environmentId: string) => string
  readonly onWarning: (warning: HeadroomWarning) => void
}): HeadroomWatch {
  const levels = new Map<string, HeadroomWarning['level']>()
  return {
    read({ environmentId, used, limit }) {
      if (limit <= 0) return
      const window = parts.windowOf(environmentId)
      const before = levels.get(window) ?? 'none'
      const left = Math.max(0, limit - used)
      const level = left === 0 ? 'full' : left < limit * lowShare ? 'low' : left >= limit * roomShare ? 'none' : before
      // From full to low is no descent.
      if (level === before || (level !== 'none' && depths[level] < depths[before])) return
      levels.set(window, level)
      parts.onWarning({ environmentId, level, left, limit })
    },
    forget: (environmentId) => void levels.delete(parts.windowOf(environmentId)),
  }
}
