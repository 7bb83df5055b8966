import type { StorageError } from '../../../shared/error.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { KeyEvent, KeySummary } from '../../../shared/model/key.ts'
import type { RotationPolicyRecord, RotationRecord } from '../../../shared/model/rotation.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import type { Log, Random, VaultChange, VaultStore } from '../ports.ts'
import { createDefaultEnvironments, sandboxBaseUrl } from './default-environments.ts'

/** What the vault has on disk, with what holds for this run only laid over it. */
export interface Records {
  environments(): readonly Environment[]
  environment(id: string): Environment | null
  currentEnvironmentId(): string
  keys(): readonly KeySummary[]
  key(id: string): KeySummary | null
  keysOf(environmentId: string): readonly KeySummary[]
  history(keyId: string): readonly KeyEvent[]
  /** The journal, oldest first. */
  rotations(): readonly RotationRecord[]
  policies(): readonly RotationPolicyRecord[]
  commit(changes: readonly VaultChange[]): Result<null, StorageError>
  /** Holds for this run even when it cannot be kept. */
  setCurrentEnvironment(id: string): void
  setSandboxBaseUrl(baseUrl: string): void
}

/** Opens the records; a new profile gets its environments, and each one has a sandbox. */
export function openRecords(parts: {
  readonly store: VaultStore
  readonly random: Random
  readonly log: Log
}): Records {
  const { store, random, log } = parts
  let fallback: readonly Environment[] = []
  let chosenId: string | null = null
  let sandboxUrl: string | null = null

  /** The local server's address belongs to a run, not to the profile. */
  function toKept(change: VaultChange): VaultChange {
    if (change.what !== 'put-environment' || change.environment.kind !== 'sandbox') return change
    return { what: 'put-environment', environment: { ...change.environment, baseUrl: sandboxBaseUrl } }
  }

  function environments(): readonly Environment[] {
    const kept = store.environments()
    const all = kept.length === 0 ? fallback : kept
    return all.map((environment) =>
      environment.kind === 'sandbox' && sandboxUrl !== null ? { ...environment, baseUrl: sandboxUrl } : environment,
    )
  }

  function commit(changes: readonly VaultChange[]): Result<null, StorageError> {
    if (store.mode === 'read-only' && store.environments().length === 0) {
      const refused = store.commit([])
      if (!refused.ok) return refused
      return fail({ kind: 'STORAGE', fault: 'read-only' })
    }
    return store.commit(changes.map(toKept))
  }

  const records: Records = {
    environments,
    environment: (id) => environments().find((environment) => environment.id === id) ?? null,
    currentEnvironmentId() {
      const all = environments()
      const wanted = chosenId ?? store.currentEnvironmentId()
      return (all.find(({ id }) => id === wanted) ?? all[0])?.id ?? ''
    },
    keys: () => store.keys(),
    key: (id) => store.keys().find((key) => key.id === id) ?? null,
    keysOf: (environmentId) => store.keys().filter((key) => key.environmentId === environmentId),
    history: (keyId) => store.history(keyId),
    rotations: () => store.rotations(),
    policies: () => store.policies(),
    commit,
    setCurrentEnvironment(id) {
      chosenId = id
      const kept = commit([{ what: 'set-current-environment', id }])
      if (!kept.ok) log.warn('vault.current-environment-not-kept', { fault: kept.error.fault })
    },
    setSandboxBaseUrl(baseUrl) {
      sandboxUrl = baseUrl
    },
  }

  const found = store.environments()
  const made = createDefaultEnvironments(random).filter(({ kind }) => found.length === 0 || kind === 'sandbox')
  if (found.some(({ kind }) => kind === 'sandbox')) return records
  const kept = store.commit(made.map((environment) => ({ what: 'put-environment', environment })))
  if (!kept.ok) {
    fallback = made
    log.warn('vault.environments-not-kept', { fault: kept.error.fault })
  }
  return records
}

/** True while a rotation or revocation holds the key: it alone may change it. */
export function isHeldByRotation(records: Records, keyId: string): boolean {
  return records
    .rotations()
    .some(({ end, oldKey, newKey }) => end === null && (oldKey.id === keyId || newKey?.id === keyId))
}

/** True while a rotation or revocation of the environment runs. */
export function isRotating(records: Records, environmentId: string): boolean {
  return records.rotations().some((rotation) => rotation.end === null && rotation.environmentId === environmentId)
}

/** True while the key in use of the environment is being replaced: its pointer belongs to that rotation. */
export function isReplacingKey(records: Records, environmentId: string): boolean {
  return records
    .rotations()
    .some(({ end, kind, environmentId: id }) => end === null && kind === 'rotate' && id === environmentId)
}

/** Both records of a pointer that moves to another key, or to none. */
export function pointTo(environment: Environment, keyId: string | null): VaultChange {
  return { what: 'put-environment', environment: { ...environment, activeKeyId: keyId } }
}

/** Detail of `unproven` when the environment moved to an origin that the key was not proven for. */
export const movedDetail = 'origin'

/** A line of a key's history. `detail` holds no secret. */
export function noteEvent(keyId: string, atMs: number, what: KeyEvent['what'], detail = ''): VaultChange {
  return { what: 'add-event', event: { keyId, atMs, what, detail } }
}

/** Answers `value` when the commit was kept. */
export function commitWith<T>(records: Records, changes: readonly VaultChange[], value: T): Result<T> {
  const kept = records.commit(changes)
  return kept.ok ? succeed(value) : kept
}
