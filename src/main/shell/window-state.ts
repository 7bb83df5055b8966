import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as z from 'zod/mini'

/** A rectangle in screen coordinates. */
export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const coordinate = z.int().check(z.minimum(-100_000), z.maximum(100_000))
const extent = z.int().check(z.minimum(1), z.maximum(100_000))

/** What is kept of the window between runs. */
export const WindowState = z.object({
  bounds: z.object({ x: coordinate, y: coordinate, width: extent, height: extent }),
  maximised: z.boolean(),
})
export type WindowState = z.infer<typeof WindowState>

/** Size of a first window and the least that its layout needs. */
export const windowSize = { width: 1280, height: 800, minWidth: 960, minHeight: 600 } as const

/** Reads the kept state; null when there is none or it is not one. */
export function readWindowState(file: string): WindowState | null {
  try {
    const parsed = WindowState.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/** Keeps the state; a crash leaves the old file or the new one. A disk that refuses costs only the position. */
export function writeWindowState(file: string, state: WindowState): boolean {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 })
    renameSync(`${file}.new`, file)
    return true
  } catch {
    return false
  }
}

function overlapOf(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return width > 0 && height > 0 ? width * height : 0
}

/**
 * Where a window goes: its kept place, moved and shrunk so that it lies wholly on the display it overlaps
 * most; centred on the first display when there is no kept place or its display is gone. `displays` are
 * work areas, the primary one first.
 */
export function placeWindow(kept: Rectangle | null, displays: readonly Rectangle[]): Rectangle {
  const first = displays[0] ?? { x: 0, y: 0, width: windowSize.width, height: windowSize.height }
  const home =
    kept === null
      ? null
      : displays.reduce<Rectangle | null>((best, display) => {
          const overlap = overlapOf(kept, display)
          return overlap > 0 && overlap > (best === null ? 0 : overlapOf(kept, best)) ? display : best
        }, null)
  const area = home ?? first
  const width = Math.min(area.width, Math.max(windowSize.minWidth, kept?.width ?? windowSize.width))
  const height = Math.min(area.height, Math.max(windowSize.minHeight, kept?.height ?? windowSize.height))
  if (kept === null || home === null) {
    return {
      x: Math.round(area.x + (area.width - width) / 2),
      y: Math.round(area.y + (area.height - height) / 2),
      width,
      height,
    }
  }
  return {
    x: Math.min(Math.max(kept.x, area.x), area.x + area.width - width),
    y: Math.min(Math.max(kept.y, area.y), area.y + area.height - height),
    width,
    height,
  }
}
