import type { Environment, EnvironmentInput } from '../../../shared/model/environment.ts'
import type { KeychainState, KeyEvent, KeySource, KeySummary } from '../../../shared/model/key.ts'
import type { Result } from '../../../shared/result.ts'
import type { Secret } from './secret.ts'

/** What a probe (`GET /labels` with one key) says of a key. API reference, section 2. */
export type ProbeOutcome =
  | { readonly kind: 'alive'; readonly narrow: boolean }
  | { readonly kind: 'refused' }
  /** 429, 5xx or no answer: nothing was learned. */
  | { readonly kind: 'unknown'; readonly reason: string }

/** Asks the service about one key. Passed in, so that the vault knows no HTTP. */
export type Probe = (
  environment: Environment,
  key: { readonly id: string; readonly mask: string; readonly secret: Secret },
) => Promise<ProbeOutcome>

/** A key ready to be used for one attempt, with the only origin that it may go to. */
export interface ResolvedKey {
  readonly keyId: string
  readonly mask: string
  readonly secret: Secret
}

/** What the vault tells its owner after a change. */
export interface VaultEvents {
  environmentsChanged(): void
  keysChanged(): void
  keychainChanged(state: KeychainState): void
}

/**
 * Environments, keys and the pointer from one to the other. The only module that touches the
 * keychain. Every method leaves records and keychain in a state from which each working key is
 * usable, whatever fails in between.
 */
export interface Vault {
  environments(): readonly Environment[]
  environment(id: string): Environment | null
  currentEnvironmentId(): string
  keys(): readonly KeySummary[]
  history(keyId: string): readonly KeyEvent[]
  keychain(): KeychainState

  switchEnvironment(id: string): Result<null>
  createEnvironment(input: EnvironmentInput): Result<Environment>
  updateEnvironment(id: string, input: EnvironmentInput): Result<Environment>
  /** Removes the environment and its keys, secrets included. The sandbox stays. */
  removeEnvironment(id: string): Promise<Result<null>>
  reorderEnvironments(ids: readonly string[]): Result<null>
  /** Sets the base URL that the local server has in this run; kept in memory only. */
  setSandboxBaseUrl(baseUrl: string): void

  /**
   * Takes a key out of `text`, stores it, proves it. Answers the passport in the state that the
   * proof left it: `active`, `rejected`, or `candidate` when nothing was learned. An active key
   * becomes the environment's key when it has no working one.
   */
  addKey(input: {
    readonly environmentId: string
    readonly text: string
    readonly label: string | null
    readonly source: KeySource
    readonly allowTestKey: boolean
  }): Promise<Result<KeySummary>>
  proveKey(id: string): Promise<Result<KeySummary>>
  useKey(id: string): Result<null>
  renameKey(id: string, label: string): Result<KeySummary>
  /** Deletes the secret first, then the passport: a crash in between leaves `missing`, never an orphan. */
  removeKey(id: string): Promise<Result<null>>
  /** Notes that a key was used, at most once a minute on disk. */
  noteUse(keyId: string, atMs: number): void

  /** The environment's key, read from the keychain now (or from this run's memory of it). */
  resolveKey(environmentId: string): Promise<Result<ResolvedKey>>
  /** One key's secret, for probe and clipboard copy. */
  revealKey(id: string): Promise<Result<ResolvedKey>>

  /** Asks the keychain how it is, and which passports have lost their secret. */
  checkKeychain(): Promise<KeychainState>
  /** From now on keeps secrets in memory, for this run only. By a person's explicit choice. */
  useMemory(): Promise<KeychainState>
  /** Forgets secrets held in memory (on lock, suspend, quit). */
  forgetSecrets(): void
}
