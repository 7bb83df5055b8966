import { call } from '../api/client.ts'

let told = false
const waiting: (() => void)[] = []

/** Calls `work` once the first screen can be used; at once when it can already. */
export function whenInteractive(work: () => void): void {
  if (told) work()
  else waiting.push(work)
}

/**
 * Says once that the first screen can be used: tests, pictures and the start-up measure wait for it.
 * The inbox calls it when its first list is on screen (or its failure is); the frame calls it for the
 * other screens, and after three seconds whatever happened.
 */
export function markInteractive(): void {
  if (told) return
  told = true
  // In a frame, so that what was rendered is being painted.
  requestAnimationFrame(() => {
    document.documentElement.dataset.ready = 'true'
    void call('app.interactive', {}).then(() => {
      for (const work of waiting) work()
    })
  })
}
