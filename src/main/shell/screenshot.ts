import { writeFile } from 'node:fs/promises'
import type { Clock } from '../core/ports.ts'
import type { MainWindow } from './window.ts'

/** Longest that a picture waits for the window to be usable. */
const pictureTimeoutMs = 60_000

/**
 * Writes a picture of the window once it can be used. Answers null, or a sentence that says why there
 * is no picture.
 */
export async function takePicture(parts: {
  readonly window: Pick<MainWindow, 'capture' | 'waitForPaint'>
  readonly file: string
  readonly interactive: Promise<void>
  readonly clock: Clock
}): Promise<string | null> {
  const { window, file, interactive, clock } = parts
  const done = new AbortController()
  const work = async (): Promise<string | null> => {
    await interactive
    await window.waitForPaint()
    await writeFile(file, await window.capture())
    return null
  }
  const timeout = async (): Promise<string | null> => {
    await clock.sleep(pictureTimeoutMs, done.signal)
    return `The window was not ready within ${pictureTimeoutMs / 1000} s, so there is no picture.`
  }
  try {
    return await Promise.race([work(), timeout()])
  } catch (cause) {
    return `The picture could not be written to ${file}: ${cause instanceof Error ? cause.message : String(cause)}`
  } finally {
    done.abort()
  }
}
