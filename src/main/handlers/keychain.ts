import { succeed } from '../../shared/result.ts'
import type { Vault } from '../core/vault/vault.ts'
import type { HandlerGroup } from './group.ts'

/** The keychain: how it is, and the choice to do without it in this run. */
export function createKeychainHandlers({ vault }: { readonly vault: Vault }): HandlerGroup<'keychain'> {
  return {
    'keychain.check': async () => succeed(await vault.checkKeychain()),
    'keychain.useMemory': async () => succeed(await vault.useMemory()),
  }
}
