import { succeed } from '../../shared/result.ts'
import type { Vault } from '../core/vault/vault.ts'
import type { HandlerGroup } from './group.ts'

/** Environments, and the page where their keys are made. */
export function createEnvironmentHandlers(parts: {
  readonly vault: Vault
  readonly openDashboard: () => void
}): HandlerGroup<'environments'> {
  const { vault } = parts
  return {
    'environments.switch': ({ id }) => vault.switchEnvironment(id),
    'environments.create': ({ input }) => vault.createEnvironment(input),
    'environments.update': ({ id, input }) => vault.updateEnvironment(id, input),
    'environments.remove': ({ id }) => vault.removeEnvironment(id),
    'environments.reorder': ({ ids }) => vault.reorderEnvironments(ids),
    'environments.openDashboard'() {
      parts.openDashboard()
      return succeed(null)
    },
  }
}
