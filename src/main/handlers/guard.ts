import { succeed } from '../../shared/result.ts'
import type { Guard } from '../core/guard/guard.ts'
import type { Losses } from '../core/guard/losses.ts'
import type { HandlerGroup } from './group.ts'

/** Arming of a protected environment, its end, and agreement to what a call destroys. */
export function createGuardHandlers(parts: {
  readonly guard: Guard
  readonly losses: Losses
  /** Ends an arming and forgets the secrets in memory. */
  readonly lock: () => void
}): HandlerGroup<'guard'> {
  const { guard, losses, lock } = parts
  return {
    'guard.state': () => succeed(guard.state()),
    'guard.press': ({ environmentId }) => guard.press(environmentId),
    'guard.release': ({ environmentId }) => guard.release(environmentId),
    'guard.letGo'() {
      guard.letGo()
      return succeed(null)
    },
    'guard.armByName': ({ environmentId, name }) => guard.armByName(environmentId, name),
    'guard.disarm'() {
      guard.end('by-hand')
      return succeed(null)
    },
    'guard.lock'() {
      lock()
      return succeed(null)
    },
    'guard.touch'() {
      guard.touch()
      return succeed(null)
    },
    'guard.loss': ({ id }) => losses.describe(id),
    'guard.agree': ({ id, typed }) => guard.agree(id, typed),
  }
}
