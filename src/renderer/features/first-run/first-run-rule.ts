import type { State } from '../../store/state.ts'

/** Name under which the closed card is remembered. */
export const firstRunName = 'first-run'

/** True in the Sandbox while no other environment has a key and the card was not closed. */
export function isFirstRun(state: Pick<State, 'environments' | 'keys' | 'settings' | 'currentEnvironmentId'>): boolean {
  if (state.settings.dismissed.includes(firstRunName)) return false
  const sandbox = state.environments.find(({ kind }) => kind === 'sandbox')
  if (sandbox === undefined || state.currentEnvironmentId !== sandbox.id) return false
  return state.keys.every((key) => key.environmentId === sandbox.id)
}
