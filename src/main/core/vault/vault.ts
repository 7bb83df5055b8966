import type { Environment, EnvironmentInput } from '../../../shared/model/environment.ts'
import type { KeychainState, KeyEvent, KeySource, KeySummary } from '../../../shared/model/key.ts'
import type { CallPriority } from '../../../shared/model/rate.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { forgetRegisteredSecrets } from '../log/redaction.ts'
import type { Clock, Digest, Log, Random, SecretStore, VaultStore } from '../ports.ts'
import { type Custody, createCustody } from './custody.ts'
import { createEnvironments } from './environments.ts'
import { createKeySecrets } from './key-secrets.ts'
import { createKeys } from './keys.ts'
import { commitWith, isRotating, openRecords } from './records.ts'
import type { Secret } from './secret.ts'

/** What a probe (`GET /labels` with one key) says of a key. API reference, section 2. */
export type ProbeOutcome =
  | { readonly kind: 'alive'; readonly narrow: boolean }
  /**
   * The service itself refused it. `signature` is how: what a refusal of a key that never existed
   * has in common with that of a dead one.
   */
  | { readonly kind: 'refused'; readonly signature: string }
  /** 429, 5xx or no answer: nothing was learned. */
  | { readonly kind: 'unknown'; readonly reason: string }

/** A key that the service is asked about; `id` is null for one that was made up. */
export interface ProbedKey {
  readonly id: string | null
  readonly mask: string
  readonly secret: Secret
}

/** How a probe goes out. An abort ends its wait too, and nothing is learned. */
export interface ProbeOptions {
  readonly signal: AbortSignal
  readonly priority: CallPriority
}

/** Asks the service about one key. Passed in, so that the vault knows no HTTP. */
export type Probe = (environment: Environment, key: ProbedKey, options?: ProbeOptions) => Promise<ProbeOutcome>

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
  /** Records and secrets for rotations, which alone use it. */
  readonly custody: Custody
  /**
   * True while another keyring answers than the one that the keys were stored in: their secrets are
   * out of reach, not lost. Only a key that a person adds makes the new one the keyring in use.
   */
  hasOtherKeyring(): boolean

  switchEnvironment(id: string): Result<null>
  createEnvironment(input: EnvironmentInput): Result<Environment>
  /**
   * Changes an environment. A new origin puts none of its keys in use there: they become
   * `candidate` until a person proves them, so that no key goes to an origin by a slip of the hand.
   */
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
    readonly issuerKeyId?: string
  }): Promise<Result<KeySummary>>
  proveKey(id: string): Promise<Result<KeySummary>>
  useKey(id: string): Result<null>
  renameKey(id: string, label: string): Result<KeySummary>
  /** Deletes the secret first, then the passport: a crash in between leaves `missing`, never an orphan. */
  removeKey(id: string): Promise<Result<null>>
  /** Notes that a key was used, at most once a minute on disk. */
  noteUse(keyId: string, atMs: number): void
  /** Notes in the history that a person took the key to the clipboard. */
  noteCopy(keyId: string): void

  /** The environment's key, read from the keychain now (or from this run's memory of it). */
  resolveKey(environmentId: string): Promise<Result<ResolvedKey>>
  /** One key's secret, for probe and clipboard copy. */
  revealKey(id: string): Promise<Result<ResolvedKey>>

  /** Asks the keychain how it is, and which passports have lost their secret. */
  checkKeychain(): Promise<KeychainState>
  /** From now on keeps secrets in memory, for this run only. By a person's explicit choice. */
  useMemory(): Promise<KeychainState>
  /** Forgets secrets held in memory, for redaction too (on lock, suspend, quit). */
  forgetSecrets(): void
}

/** What the vault is built from. */
export interface VaultDeps {
  readonly store: VaultStore
  readonly secrets: SecretStore
  /** Takes the keychain's place when a person chooses so, for one run. */
  readonly memorySecrets: SecretStore
  readonly clock: Clock
  readonly random: Random
  readonly digest: Digest
  readonly log: Log
  readonly probe: Probe
  readonly events: VaultEvents
}

/**
 * Builds the vault over what was kept. A new profile gets its four environments. The keychain is
 * not touched before the first call that needs it.
 */
export function createVault(deps: VaultDeps): Vault {
  const { store, clock, random, digest, log, probe, events } = deps
  const records = openRecords({ store, random, log })
  const secrets = createKeySecrets({
    secrets: deps.secrets,
    memorySecrets: deps.memorySecrets,
    onChange: (state) => events.keychainChanged(state),
  })
  function tellChange(changed: 'environments' | 'keys' | 'environments and keys'): void {
    if (changed !== 'keys') events.environmentsChanged()
    if (changed !== 'environments') events.keysChanged()
  }
  const environments = createEnvironments({ records, clock, random, onChange: tellChange })
  const keys = createKeys({ records, secrets, clock, random, digest, log, probe, onChange: tellChange })

  async function removeEnvironment(id: string): Promise<Result<null>> {
    const environment = records.environment(id)
    if (environment === null) return fail({ kind: 'NOT_FOUND', what: 'environment' })
    if (environment.kind === 'sandbox') return fail({ kind: 'FIXED', what: 'sandbox' })
    if (isRotating(records, id)) return fail({ kind: 'BUSY', environmentName: environment.name })
    // Asked anew each time: a key may be added while another one is removed.
    for (let key = records.keysOf(id)[0]; key !== undefined; key = records.keysOf(id)[0]) {
      const removed = await keys.remove(key.id)
      if (!removed.ok && removed.error.kind !== 'NOT_FOUND') return removed
    }
    const wasCurrent = records.currentEnvironmentId() === id
    const kept = commitWith(records, [{ what: 'remove-environment', id }], null)
    if (!kept.ok) return kept
    const next = records.environments()[0]
    if (wasCurrent && next !== undefined) records.setCurrentEnvironment(next.id)
    events.environmentsChanged()
    return succeed(null)
  }

  return {
    environments: () => records.environments(),
    environment: (id) => records.environment(id),
    currentEnvironmentId: () => records.currentEnvironmentId(),
    keys: () => records.keys(),
    history: (keyId) => records.history(keyId),
    keychain: () => secrets.state(),
    custody: createCustody({ records, secrets, keys, probe, onChange: tellChange }),
    hasOtherKeyring: () => !secrets.isFamiliar(),

    switchEnvironment: (id) => environments.switchTo(id),
    createEnvironment: (input) => environments.create(input),
    updateEnvironment: (id, input) => environments.update(id, input),
    removeEnvironment,
    reorderEnvironments: (ids) => environments.reorder(ids),
    setSandboxBaseUrl(baseUrl) {
      records.setSandboxBaseUrl(baseUrl)
      events.environmentsChanged()
    },

    addKey: (input) => keys.add(input),
    proveKey: (id) => keys.prove(id),
    useKey: (id) => keys.use(id),
    renameKey: (id, label) => keys.rename(id, label),
    removeKey: (id) => keys.remove(id),
    noteUse: (keyId, atMs) => keys.noteUse(keyId, atMs),
    noteCopy: (keyId) => keys.noteCopy(keyId),
    resolveKey: (environmentId) => keys.resolve(environmentId),
    revealKey: (id) => keys.reveal(id),

    async checkKeychain() {
      const held = records.keys().some(({ state }) => state !== 'missing' && state !== 'dead')
      const { status } = await secrets.check(held)
      if (status === 'ready') await keys.compareAll()
      return secrets.state()
    },
    async useMemory() {
      return secrets.useMemory()
    },
    forgetSecrets() {
      secrets.forget()
      forgetRegisteredSecrets()
    },
  }
}
