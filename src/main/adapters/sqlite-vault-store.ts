import * as z from 'zod/mini'
import type { StorageError, StorageFault } from '../../shared/error.ts'
import { ApiForm } from '../../shared/model/api-form.ts'
import { Settings } from '../../shared/model/app.ts'
import { SavedRequest } from '../../shared/model/console.ts'
import { defaultSettings } from '../../shared/model/defaults.ts'
import { Environment, RecordId } from '../../shared/model/environment.ts'
import { KeyEvent, KeySummary } from '../../shared/model/key.ts'
import { RotationPolicyRecord, RotationRecord } from '../../shared/model/rotation.ts'
import { WebhookSecretRecord } from '../../shared/model/webhook.ts'
import { assertNever, fail, type Result } from '../../shared/result.ts'
import type { VaultChange, VaultStore } from '../core/ports.ts'
import { type DatabaseOutcome, type OpenDatabase, openDatabase, type SqlDatabase } from './sqlite-database.ts'

/** Schema of `vault.db`, step by step. A step that was released is never changed. */
export const vaultMigrations = [
  `CREATE TABLE environment (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE key (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE key_event (
     id INTEGER PRIMARY KEY,
     key_id TEXT NOT NULL REFERENCES key (id) ON DELETE CASCADE,
     record TEXT NOT NULL
   ) STRICT;
   CREATE INDEX key_event_by_key ON key_event (key_id, id);
   CREATE TABLE single (name TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE rotation (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE rotation_policy (
     environment_id TEXT PRIMARY KEY REFERENCES environment (id) ON DELETE CASCADE,
     record TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;`,
] as const

/** Everything that the store answers from. Replaced as a whole after a commit. */
interface VaultRecords {
  readonly environments: ReadonlyMap<string, Environment>
  readonly keys: ReadonlyMap<string, KeySummary>
  readonly history: ReadonlyMap<string, readonly KeyEvent[]>
  readonly rotations: ReadonlyMap<string, RotationRecord>
  readonly policies: ReadonlyMap<string, RotationPolicyRecord>
  readonly settings: Settings
  readonly savedRequests: readonly SavedRequest[]
  readonly webhookSecrets: readonly WebhookSecretRecord[]
  readonly apiForms: readonly ApiForm[]
  readonly currentEnvironmentId: string | null
}

const noRecords: VaultRecords = {
  environments: new Map(),
  keys: new Map(),
  history: new Map(),
  rotations: new Map(),
  policies: new Map(),
  settings: defaultSettings,
  savedRequests: [],
  webhookSecrets: [],
  apiForms: [],
  currentEnvironmentId: null,
}

/** The store and what a person must know of how it was found. */
export interface OpenVaultStore {
  readonly store: VaultStore
  /** `none`: no file could be opened; the app runs without what was kept, and keeps nothing. */
  readonly outcome: DatabaseOutcome | { readonly kind: 'none'; readonly fault: StorageFault }
  /** Rows that could not be understood, as `key abc`. They stay in the file as they are. */
  readonly unreadable: readonly string[]
}

const Row = z.object({ id: z.string(), record: z.string() })

function readRow<T>(schema: z.ZodMiniType<T>, text: string): T | null {
  try {
    const parsed = z.safeParse(schema, JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/** Reads all rows of a query; one that does not parse is named in `unreadable` and left out. */
function readRows<T>(db: SqlDatabase, sql: string, name: string, schema: z.ZodMiniType<T>, unreadable: string[]): T[] {
  return db
    .prepare(sql)
    .all()
    .flatMap((unknownRow) => {
      const row = z.safeParse(Row, unknownRow)
      const record = row.success ? readRow(schema, row.data.record) : null
      if (record === null) unreadable.push(row.success ? `${name} ${row.data.id}` : name)
      return record === null ? [] : [record]
    })
}

function groupByKey(events: readonly KeyEvent[]): ReadonlyMap<string, readonly KeyEvent[]> {
  const history = new Map<string, KeyEvent[]>()
  for (const event of events) {
    const lines = history.get(event.keyId)
    if (lines === undefined) history.set(event.keyId, [event])
    else lines.push(event)
  }
  return history
}

function readRecords(db: SqlDatabase, unreadable: string[]): VaultRecords {
  const select = (table: string) => `SELECT id, record FROM ${table} ORDER BY id`
  const environments = readRows(db, select('environment'), 'environment', Environment, unreadable)
  const keys = readRows(db, select('key'), 'key', KeySummary, unreadable)
  const eventSql = 'SELECT CAST(id AS TEXT) AS id, record FROM key_event ORDER BY key_event.id'
  const events = readRows(db, eventSql, 'key event', KeyEvent, unreadable)
  const rotations = readRows(db, select('rotation'), 'rotation', RotationRecord, unreadable)
  const policySql = 'SELECT environment_id AS id, record FROM rotation_policy'
  const policies = readRows(db, policySql, 'rotation policy', RotationPolicyRecord, unreadable)
  const single = (name: string) => `SELECT name AS id, record FROM single WHERE name = '${name}'`
  const settings = readRows(db, single('settings'), 'single', Settings, unreadable)
  const saved = readRows(db, single('saved-requests'), 'single', z.array(SavedRequest), unreadable)
  const secrets = readRows(db, single('webhook-secrets'), 'single', z.array(WebhookSecretRecord), unreadable)
  const forms = readRows(db, single('api-forms'), 'single', z.array(ApiForm), unreadable)
  const current = readRows(db, single('current-environment'), 'single', RecordId, unreadable)
  return {
    environments: new Map(environments.map((environment) => [environment.id, environment])),
    keys: new Map(keys.map((key) => [key.id, key])),
    history: groupByKey(events),
    rotations: new Map(rotations.map((rotation) => [rotation.id, rotation])),
    policies: new Map(policies.map((policy) => [policy.environmentId, policy])),
    settings: settings[0] ?? defaultSettings,
    savedRequests: saved[0] ?? [],
    webhookSecrets: secrets[0] ?? [],
    apiForms: forms[0] ?? [],
    currentEnvironmentId: current[0] ?? null,
  }
}

/** The records after the changes; the ones before stay as they are. */
function applyChanges(before: VaultRecords, changes: readonly VaultChange[]): VaultRecords {
  const environments = new Map(before.environments)
  const keys = new Map(before.keys)
  const history = new Map(before.history)
  const rotations = new Map(before.rotations)
  const policies = new Map(before.policies)
  let { settings, savedRequests, webhookSecrets, apiForms, currentEnvironmentId } = before
  for (const change of changes) {
    switch (change.what) {
      case 'put-environment':
        environments.set(change.environment.id, change.environment)
        break
      case 'remove-environment':
        environments.delete(change.id)
        policies.delete(change.id)
        break
      case 'set-current-environment':
        currentEnvironmentId = change.id
        break
      case 'put-key':
        keys.set(change.key.id, change.key)
        break
      case 'remove-key':
        keys.delete(change.id)
        history.delete(change.id)
        break
      case 'add-event':
        history.set(change.event.keyId, [...(history.get(change.event.keyId) ?? []), change.event])
        break
      case 'put-settings':
        settings = change.settings
        break
      case 'put-saved-requests':
        savedRequests = change.savedRequests
        break
      case 'put-webhook-secrets':
        webhookSecrets = change.webhookSecrets
        break
      case 'put-api-forms':
        apiForms = change.apiForms
        break
      case 'put-rotation':
        rotations.set(change.rotation.id, change.rotation)
        break
      case 'remove-rotation':
        rotations.delete(change.id)
        break
      case 'put-policy':
        policies.set(change.policy.environmentId, change.policy)
        break
      default:
        assertNever(change)
    }
  }
  const singles = { settings, savedRequests, webhookSecrets, apiForms, currentEnvironmentId }
  return { environments, keys, history, rotations, policies, ...singles }
}

/** The statements that keep one change. */
function createWriter(db: SqlDatabase) {
  const put = (table: string, id: string) =>
    db.prepare(
      `INSERT INTO ${table} (${id}, record) VALUES (?, ?) ON CONFLICT (${id}) DO UPDATE SET record = excluded.record`,
    )
  const putEnvironment = put('environment', 'id')
  const putKey = put('key', 'id')
  const putSingle = put('single', 'name')
  const removeEnvironment = db.prepare('DELETE FROM environment WHERE id = ?')
  const removeKey = db.prepare('DELETE FROM key WHERE id = ?')
  const putRotation = put('rotation', 'id')
  const putPolicy = put('rotation_policy', 'environment_id')
  const removeRotation = db.prepare('DELETE FROM rotation WHERE id = ?')
  const addEvent = db.prepare('INSERT INTO key_event (key_id, record) VALUES (?, ?)')

  return function writeChange(change: VaultChange): void {
    switch (change.what) {
      case 'put-environment':
        putEnvironment.run(change.environment.id, JSON.stringify(change.environment))
        return
      case 'remove-environment':
        removeEnvironment.run(change.id)
        return
      case 'set-current-environment':
        putSingle.run('current-environment', JSON.stringify(change.id))
        return
      case 'put-key':
        putKey.run(change.key.id, JSON.stringify(change.key))
        return
      case 'remove-key':
        removeKey.run(change.id)
        return
      case 'add-event':
        addEvent.run(change.event.keyId, JSON.stringify(change.event))
        return
      case 'put-settings':
        putSingle.run('settings', JSON.stringify(change.settings))
        return
      case 'put-saved-requests':
        putSingle.run('saved-requests', JSON.stringify(change.savedRequests))
        return
      case 'put-webhook-secrets':
        putSingle.run('webhook-secrets', JSON.stringify(change.webhookSecrets))
        return
      case 'put-api-forms':
        putSingle.run('api-forms', JSON.stringify(change.apiForms))
        return
      case 'put-rotation':
        putRotation.run(change.rotation.id, JSON.stringify(change.rotation))
        return
      case 'remove-rotation':
        removeRotation.run(change.id)
        return
      case 'put-policy':
        putPolicy.run(change.policy.environmentId, JSON.stringify(change.policy))
        return
      default:
        assertNever(change)
    }
  }
}

/** Answers from `records`; `commit` and `close` are what differs between the stores. */
function createStore(
  mode: VaultStore['mode'],
  readRecordsNow: () => VaultRecords,
  commit: VaultStore['commit'],
  close: () => void,
): VaultStore {
  return {
    mode,
    environments: () =>
      [...readRecordsNow().environments.values()].sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1)),
    keys: () => [...readRecordsNow().keys.values()],
    history: (keyId) => readRecordsNow().history.get(keyId) ?? [],
    rotations: () =>
      [...readRecordsNow().rotations.values()].sort((a, b) => a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : 1)),
    policies: () => [...readRecordsNow().policies.values()],
    settings: () => readRecordsNow().settings,
    savedRequests: () => readRecordsNow().savedRequests,
    webhookSecrets: () => readRecordsNow().webhookSecrets,
    apiForms: () => readRecordsNow().apiForms,
    currentEnvironmentId: () => readRecordsNow().currentEnvironmentId,
    commit,
    close,
  }
}

/** A store that is empty and refuses every change: the app starts without its file. */
function createEmptyVaultStore(fault: StorageFault): VaultStore {
  return createStore(
    'read-only',
    () => noRecords,
    () => fail({ kind: 'STORAGE', fault }),
    () => {},
  )
}

function createSqliteVaultStore({ db, mode, outcome }: OpenDatabase, initial: VaultRecords): VaultStore {
  let records = initial
  if (outcome.kind === 'read-only') {
    const { fault } = outcome
    return createStore(
      mode,
      () => records,
      () => fail({ kind: 'STORAGE', fault }),
      () => db.close(),
    )
  }
  const writeChange = createWriter(db)
  return createStore(
    mode,
    () => records,
    (changes) => {
      const kept: Result<null, StorageError> = db.transaction(() => {
        for (const change of changes) writeChange(change)
        return null
      })
      if (kept.ok) records = applyChanges(records, changes)
      return kept
    },
    () => db.close(),
  )
}

function openNothing(fault: StorageFault): OpenVaultStore {
  return { store: createEmptyVaultStore(fault), outcome: { kind: 'none', fault }, unreadable: [] }
}

/** Reads an open `vault.db` whole. Closes it when that fails. */
export function readVaultDatabase(opened: OpenDatabase): OpenVaultStore {
  const { db, outcome } = opened
  const unreadable: string[] = []
  const found = db.attempt(() => {
    const records = readRecords(db, unreadable)
    // A row that this version does not understand is set aside before its name is used again.
    const setAside = ['settings', 'webhook-secrets'].filter((name) => unreadable.includes(`single ${name}`))
    if (outcome.kind !== 'read-only') {
      const rename = db.prepare('UPDATE OR REPLACE single SET name = ? WHERE name = ?')
      for (const name of setAside) rename.run(`${name}.unreadable`, name)
    }
    return createSqliteVaultStore(opened, records)
  })
  if (found.ok) return { store: found.value, outcome, unreadable }
  db.close()
  return openNothing(found.error.fault)
}

/**
 * Opens `vault.db` and reads all of it. Always answers a store: when no file can be opened, an
 * empty one that refuses every change, so that the app starts and can say why.
 */
export async function openVaultStore(file: string, nowMs: number): Promise<OpenVaultStore> {
  const opened = await openDatabase({ file, migrations: vaultMigrations, nowMs, durability: 'full', check: 'whole' })
  return opened.ok ? readVaultDatabase(opened.value) : openNothing(opened.error.fault)
}
