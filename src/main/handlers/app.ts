import type { AppState } from '../../shared/model/app.ts'
import { succeed } from '../../shared/result.ts'
import type { HandlerGroup } from './group.ts'

/** The window's first picture, and its word that it can be used. */
export function createAppHandlers(parts: {
  readonly state: () => AppState
  readonly onInteractive: () => void
}): HandlerGroup<'app'> {
  return {
    'app.load': () => succeed(parts.state()),
    'app.interactive'() {
      parts.onInteractive()
      return succeed(null)
    },
  }
}
