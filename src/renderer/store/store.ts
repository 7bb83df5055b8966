import { create } from 'zustand'
import type { Environment } from '../../shared/model/environment.ts'
import type { Headroom } from '../../shared/model/headroom.ts'
import type { KeySummary } from '../../shared/model/key.ts'
import { type AccountsState, chooseAccount } from './mail.ts'
import { initialState, type State } from './state.ts'

/** The one store of the window. Read it with narrow selectors; change it with the functions of `actions.ts`. */
export const useStore = create<State>(() => initialState)

/** The environment with this id, or null. */
export function findEnvironment(state: State, id: string | null): Environment | null {
  return state.environments.find((environment) => environment.id === id) ?? null
}

/** The environment in force; null only while nothing is loaded. */
export function useCurrentEnvironment(): Environment | null {
  return useStore((state) => findEnvironment(state, state.currentEnvironmentId))
}

/** The key that calls of an environment use, or null. */
export function findActiveKey(state: State, environmentId: string): KeySummary | null {
  const keyId = findEnvironment(state, environmentId)?.activeKeyId ?? null
  return state.keys.find((key) => key.id === keyId) ?? null
}

/** True while keys can be read and stored: in the keychain, or in memory by choice. */
export function useKeychainUsable(): boolean {
  return useStore(({ keychain }) => keychain.status === 'ready' || keychain.status === 'memory')
}

/** The headroom of an environment as main last told it, or null. */
export function useHeadroom(environmentId: string): Headroom | null {
  return useStore((state) => state.headroom[environmentId] ?? null)
}

/** The accounts of an environment as far as they are known. */
export function useAccounts(environmentId: string): AccountsState | undefined {
  return useStore((state) => state.mail.accountsByEnvironment[environmentId])
}

/** Address of the account in force in an environment, or null while none is known. */
export function useCurrentAccount(environmentId: string): string | null {
  return useStore((state) =>
    chooseAccount(state.mail.accountsByEnvironment[environmentId], state.settings.accounts[environmentId]),
  )
}
