import { create } from 'zustand'
import type { Compose } from './compose-store.ts'

/** Environment in which a message is being written, or null. Small, because the first screen asks for it. */
export const useComposeDoor = create<{ readonly writingIn: string | null }>(() => ({ writingIn: null }))

/** True while a message is written in this environment. */
export function useIsComposing(environmentId: string): boolean {
  return useComposeDoor(({ writingIn }) => writingIn === environmentId)
}

/** Does something with the writing side, whose code loads late. */
export function withCompose(run: (compose: Compose) => void): void {
  void import('./compose.ts').then(({ compose }) => run(compose))
}
