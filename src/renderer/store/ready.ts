import { call } from '../api/client.ts'

let told = false

/**
 * Says once that the first screen can be used: tests, pictures and the start-up measure wait for it.
 * The inbox calls it when its first list is on screen (or its failure is); the frame calls it for the
 * other screens, and after three seconds whatever happened.
 */
export function markInteractive(): void {
  if (told) return
  told = true
  // Two frames, so that what was rendered has been painted.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      document.documentElement.dataset.ready = 'true'
      void call('app.interactive', {})
    }),
  )
}
