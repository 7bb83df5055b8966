import type { Clipboard, Clock, Digest } from '../ports.ts'

/** Looks at the clipboard again and again, but only while somebody waits for a key on it. */
export interface ClipboardWatch {
  /** Begins to look, if somebody waits; goes on until nobody does. */
  start(): void
  /** What is on the clipboard now is not new. */
  ignorePresent(): void
  stop(): void
}

/** Makes the one watch of a run. It remembers a digest of what it saw, never the text. */
export function watchClipboard(parts: {
  readonly clipboard: Clipboard
  readonly clock: Clock
  readonly digest: Digest
  readonly pollMs: number
  /** Id of the one that waits now; null when nobody does. */
  readonly waiting: () => string | null
  /** Told of each new text. What lay there at the first look of a run is not new. */
  readonly onText: (id: string, text: string) => void
}): ClipboardWatch {
  const { clipboard, clock, digest, pollMs, waiting, onText } = parts
  let seen: Promise<string> | null = null
  let looking: AbortController | null = null

  const readDigest = async (): Promise<string> => digest.sha256Hex(await clipboard.readText())

  async function look(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && waiting() !== null) {
      const text = await clipboard.readText()
      const now = digest.sha256Hex(text)
      const before = await (seen ?? Promise.resolve(now))
      seen = Promise.resolve(now)
      const id = waiting()
      if (now !== before && id !== null) onText(id, text)
      await clock.sleep(pollMs, signal)
    }
  }

  return {
    start() {
      if (looking !== null || waiting() === null) return
      const own = new AbortController()
      looking = own
      void look(own.signal).finally(() => {
        if (looking === own) looking = null
      })
    },
    ignorePresent() {
      seen = readDigest()
    },
    stop() {
      looking?.abort()
      looking = null
    },
  }
}
