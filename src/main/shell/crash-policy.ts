/** Crashes within this time count together. */
export const crashWindowMs = 60_000
/** The crash that ends the attempts. */
const crashesMax = 3

/** Decides what follows a crash of the window's process: a reload, and at the third within a minute the error page. */
export function createCrashPolicy(): (atMs: number) => 'reload' | 'stop' {
  let crashes: number[] = []
  return (atMs) => {
    crashes = [...crashes.filter((earlier) => atMs - earlier < crashWindowMs), atMs]
    return crashes.length >= crashesMax ? 'stop' : 'reload'
  }
}
