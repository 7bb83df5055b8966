import type { KeychainError, StorageError } from '../../../shared/error.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { KeychainState, KeySource, KeySummary } from '../../../shared/model/key.ts'
import type { RotationPolicyRecord, RotationRecord } from '../../../shared/model/rotation.ts'
import { type Result, succeed } from '../../../shared/result.ts'
import type { VaultChange } from '../ports.ts'
import type { KeySecrets } from './key-secrets.ts'
import type { Keys, PreparedKey } from './keys.ts'
import type { Records } from './records.ts'
import type { Secret } from './secret.ts'
import type { Probe } from './vault.ts'

/**
 * What a rotation may do with records and keychain, step by step. Whoever uses it sees to it that
 * each secret has a passport before it is written, and that no item is written twice.
 */
export interface Custody {
  environments(): readonly Environment[]
  environment(id: string): Environment | null
  keys(): readonly KeySummary[]
  key(id: string): KeySummary | null
  rotations(): readonly RotationRecord[]
  policies(): readonly RotationPolicyRecord[]
  /** Keeps all changes in one transaction, or none, and tells the owner of environments and keys. */
  commit(changes: readonly VaultChange[]): Result<null, StorageError>
  /** Reads a key out of text and makes its passport as a candidate; keeps nothing. */
  prepareKey(input: {
    readonly environmentId: string
    readonly text: string
    readonly source: KeySource
    readonly issuerKeyId?: string
  }): Result<PreparedKey>
  /** True when the secret is the one that the fingerprint was made of. */
  isOf(secret: Secret, fingerprint: string): boolean
  /** A secret from the keychain itself, not from memory; null when provably absent. */
  look(itemId: string): Promise<Result<Secret | null, KeychainError>>
  /** Reads a secret into this run's memory, so that the next call has it even if the keychain locks. */
  warm(itemId: string): Promise<Result<Secret | null, KeychainError>>
  write(itemId: string, secret: Secret): Promise<Result<null, KeychainError>>
  /** Succeeds when it is provably gone. */
  remove(itemId: string): Promise<Result<null, KeychainError>>
  /** Asks the keychain how it is, which may show its prompt. */
  askKeychain(): Promise<KeychainState>
  probe: Probe
}

/** Builds the custody over the parts of the vault. */
export function createCustody(parts: {
  readonly records: Records
  readonly secrets: KeySecrets
  readonly keys: Keys
  readonly probe: Probe
  readonly onChange: (changed: 'environments' | 'keys' | 'environments and keys') => void
}): Custody {
  const { records, secrets, keys, probe, onChange } = parts

  async function look(itemId: string): Promise<Result<Secret | null, KeychainError>> {
    const found = await secrets.look(itemId)
    // For one run in memory there is no other place where a rotation could have put it.
    return !found.ok && secrets.isMemory() && found.error.fault === 'unavailable' ? succeed(null) : found
  }

  return {
    environments: () => records.environments(),
    environment: (id) => records.environment(id),
    keys: () => records.keys(),
    key: (id) => records.key(id),
    rotations: () => records.rotations(),
    policies: () => records.policies(),
    commit(changes) {
      const kept = records.commit(changes)
      if (!kept.ok) return kept
      const touches = (...names: readonly VaultChange['what'][]) => changes.some(({ what }) => names.includes(what))
      const environments = touches('put-environment', 'remove-environment')
      const changedKeys = touches('put-key', 'remove-key', 'add-event')
      if (environments && changedKeys) onChange('environments and keys')
      else if (environments) onChange('environments')
      else if (changedKeys) onChange('keys')
      return kept
    },
    prepareKey: (input) => keys.prepare(input),
    isOf: (secret, fingerprint) => keys.isOf(secret, fingerprint),
    look,
    warm: (itemId) => secrets.read(itemId),
    write: (itemId, secret) => secrets.write(itemId, secret),
    async remove(itemId) {
      const held = secrets.isMemory() ? await look(itemId) : null
      return held?.ok === true && held.value === null ? succeed(null) : secrets.remove(itemId)
    },
    askKeychain: () => secrets.check(records.keys().some(({ state }) => state !== 'missing' && state !== 'dead')),
    probe,
  }
}
