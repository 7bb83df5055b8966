import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Settings } from '../../shared/model/app.ts'
import {
  defaultAlarmChoices,
  defaultLogPolicy,
  defaultRatePolicy,
  defaultRotationPolicy,
  defaultSettings,
} from '../../shared/model/defaults.ts'
import type { Environment } from '../../shared/model/environment.ts'
import type { KeySummary } from '../../shared/model/key.ts'
import type { RotationPolicyRecord, RotationRecord } from '../../shared/model/rotation.ts'
import type { VaultChange, VaultStore } from '../core/ports.ts'
import { openDatabase } from './sqlite-database.ts'
import { openVaultStore, readVaultDatabase, vaultMigrations } from './sqlite-vault-store.ts'

let folder: string
let file: string
let open: VaultStore[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-vault-'))
  file = join(folder, 'vault.db')
  open = []
})
afterEach(() => {
  for (const store of open) store.close()
  rmSync(folder, { recursive: true, force: true })
})

async function openStore() {
  const opened = await openVaultStore(file, 0)
  open.push(opened.store)
  return opened
}

/** Changes the file as another version or a fault would. */
async function changeFile(sql: string, migrations: readonly string[] = vaultMigrations) {
  const opened = await openDatabase({ file, migrations, nowMs: 0, durability: 'full', check: 'whole' })
  if (!opened.ok) throw new Error(opened.error.fault)
  opened.value.db.exec(sql)
  opened.value.db.close()
}

function makeEnvironment(id: string, position = 0): Environment {
  return {
    id,
    kind: 'remote',
    name: `Name of ${id}`,
    mark: 'blue',
    baseUrl: 'https://api.example.com/api/v1',
    plan: { kind: 'free', perMinute: 100 },
    protected: false,
    position,
    rateGroup: null,
    activeKeyId: null,
  }
}

function makeKey(id: string, environmentId: string): KeySummary {
  return {
    id,
    environmentId,
    label: `Label "of" ${id} %s 🔑`,
    mask: 'jsk_live_…x7Qp',
    fingerprint: '0123456789ab',
    state: 'candidate',
    source: 'clipboard',
    addedAtMs: 1_700_000_000_000.5,
    lastUsedAtMs: null,
    lastProvenAtMs: 1,
  }
}

function makeRotation(id: string, startedAtMs = 1): RotationRecord {
  const key = { id: 'k1', label: 'dev-1', mask: 'jsk_live_…x7Qp', fingerprint: '0123456789ab' }
  return {
    id,
    kind: 'rotate',
    batchId: null,
    environmentId: 'dev',
    environmentName: 'Dev',
    issuer: 'dashboard',
    step: 'prove-dead',
    end: null,
    wish: null,
    oldKey: key,
    newKey: null,
    newIssuerKeyId: null,
    createsAsked: 0,
    overlapMs: 60_000,
    stillAliveAfterMs: 600_000,
    startedAtMs,
    provenAtMs: null,
    switchedAtMs: null,
    drainedAtMs: null,
    revokeAskedAtMs: null,
    revokedAtMs: null,
    deadAtMs: null,
    endedAtMs: null,
    oldLastUsedAtMs: null,
    lateCalls: 0,
    retriedCalls: 0,
    failedCalls: 0,
    proof: {
      signature: '401 No.',
      refusedAtMs: [1, 2.5],
      alive: 0,
      unlike: 0,
      unknown: 0,
      lastAliveAtMs: null,
      stillAlive: false,
    },
    problem: { error: { kind: 'ISSUER', fault: 'conflict', status: 409 }, atMs: 1, retryAtMs: null },
    leftBehind: [{ what: 'key-kept', detail: 'dev-2' }],
    lines: [{ atMs: 1, step: 'prepare', what: 'started', detail: 'dashboard' }],
  }
}

function makePolicy(environmentId: string): RotationPolicyRecord {
  return { ...defaultRotationPolicy, environmentId, credentialId: 'issuer-1', remindedAtMs: 5 }
}

function describeStore(store: VaultStore) {
  const keys = [...store.keys()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return {
    environments: store.environments(),
    keys,
    history: keys.map(({ id }) => store.history(id)),
    settings: store.settings(),
    savedRequests: store.savedRequests(),
    current: store.currentEnvironmentId(),
    rotations: store.rotations(),
    policies: [...store.policies()].sort((a, b) => (a.environmentId < b.environmentId ? -1 : 1)),
  }
}

const settings: Settings = {
  theme: 'dark',
  screen: 'keys',
  accounts: { dev: 'a@example.com' },
  mail: { dev: { pollMs: 30_000, threads: true, rowLabels: false } },
  dismissed: ['card'],
  rate: { ...defaultRatePolicy, attemptsMax: 5 },
  alarms: { ...defaultAlarmChoices, surge: false },
  log: { ...defaultLogPolicy, daysMax: 7 },
  guard: { idleMs: 60_000 },
  savedFilters: [{ name: 'Slow', filter: 'took:>1s' }],
}
const changes: readonly VaultChange[] = [
  { what: 'put-environment', environment: makeEnvironment('dev', 1) },
  { what: 'put-environment', environment: makeEnvironment('prod', 0) },
  { what: 'set-current-environment', id: 'prod' },
  { what: 'put-key', key: makeKey('k1', 'dev') },
  { what: 'add-event', event: { keyId: 'k1', atMs: 1, what: 'added', detail: '' } },
  { what: 'add-event', event: { keyId: 'k1', atMs: 1, what: 'stored', detail: 'second' } },
  { what: 'put-settings', settings },
  {
    what: 'put-saved-requests',
    savedRequests: [
      {
        name: 'Labels',
        savedAtMs: 7,
        request: { operation: 'listLabels', parameters: { include_count: true }, body: null },
      },
    ],
  },
  { what: 'put-rotation', rotation: makeRotation('r2', 2) },
  { what: 'put-rotation', rotation: makeRotation('r1', 1) },
  { what: 'put-policy', policy: makePolicy('dev') },
]

describe('vault store', () => {
  test('a new profile is empty and has the default settings', async () => {
    const { store, outcome, unreadable } = await openStore()
    expect(outcome).toEqual({ kind: 'new' })
    expect(unreadable).toEqual([])
    expect(store.mode).toBe('read-write')
    expect(describeStore(store)).toEqual({
      environments: [],
      keys: [],
      history: [],
      settings: defaultSettings,
      current: null,
      rotations: [],
      savedRequests: [],
      policies: [],
    })
  })

  test('a file from before there were rotations is brought up to date', async () => {
    await changeFile("INSERT INTO single VALUES ('current-environment', '\"dev\"')", vaultMigrations.slice(0, 1))
    const { store, outcome } = await openStore()
    expect(outcome).toEqual({ kind: 'existing' })
    expect(store.currentEnvironmentId()).toBe('dev')
    expect(store.commit(changes).ok).toBe(true)
    store.close()
    expect((await openStore()).store.rotations()).toEqual([makeRotation('r1', 1), makeRotation('r2', 2)])
  })

  test('what is committed is there at once and after a restart, in order', async () => {
    const { store } = await openStore()
    expect(store.commit(changes)).toEqual({ ok: true, value: null })
    const before = describeStore(store)
    expect(before.environments.map(({ id }) => id)).toEqual(['prod', 'dev'])
    expect(before.history).toEqual([
      [
        { keyId: 'k1', atMs: 1, what: 'added', detail: '' },
        { keyId: 'k1', atMs: 1, what: 'stored', detail: 'second' },
      ],
    ])
    store.close()
    const again = await openStore()
    expect(again.outcome).toEqual({ kind: 'existing' })
    expect(describeStore(again.store)).toEqual(before)
  })

  test('a removed key takes its history with it', async () => {
    const { store } = await openStore()
    store.commit(changes)
    store.commit([
      { what: 'remove-key', id: 'k1' },
      { what: 'remove-environment', id: 'dev' },
    ])
    store.commit([{ what: 'put-key', key: makeKey('k1', 'prod') }])
    expect(store.history('k1')).toEqual([])
    store.close()
    const again = await openStore()
    expect(again.store.history('k1')).toEqual([])
    expect(again.store.environments().map(({ id }) => id)).toEqual(['prod'])
  })

  test('all changes of a commit are kept, or none, in memory as in the file', async () => {
    const { store } = await openStore()
    store.commit(changes)
    const before = describeStore(store)
    const refused = store.commit([
      { what: 'put-environment', environment: makeEnvironment('half', 5) },
      { what: 'add-event', event: { keyId: 'no-such-key', atMs: 1, what: 'added', detail: '' } },
    ])
    expect(refused).toEqual({ ok: false, error: { kind: 'STORAGE', fault: 'failed' } })
    expect(describeStore(store)).toEqual(before)
    store.close()
    expect(describeStore((await openStore()).store)).toEqual(before)
  })

  test('memory and file agree after any sequence of changes', async () => {
    const id = fc.constantFrom('a', 'b', 'c')
    const change: fc.Arbitrary<VaultChange> = fc.oneof(
      fc
        .record({ id, position: fc.nat(3) })
        .map(
          (made): VaultChange => ({ what: 'put-environment', environment: makeEnvironment(made.id, made.position) }),
        ),
      id.map((value): VaultChange => ({ what: 'remove-environment', id: value })),
      id.map((value): VaultChange => ({ what: 'set-current-environment', id: value })),
      fc.record({ id, other: id }).map((made): VaultChange => ({ what: 'put-key', key: makeKey(made.id, made.other) })),
      id.map((value): VaultChange => ({ what: 'remove-key', id: value })),
      fc
        .record({ id, atMs: fc.nat(5) })
        .map((made): VaultChange => ({ what: 'put-rotation', rotation: makeRotation(made.id, made.atMs) })),
      id.map((value): VaultChange => ({ what: 'remove-rotation', id: value })),
      id.map((value): VaultChange => ({ what: 'put-policy', policy: makePolicy(value) })),
      fc.record({ id, atMs: fc.nat() }).map(
        (made): VaultChange => ({
          what: 'add-event',
          event: { keyId: made.id, atMs: made.atMs, what: 'proven', detail: '' },
        }),
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 10 }), async (commits) => {
        const { store } = await openStore()
        for (const some of commits) store.commit(some)
        const before = describeStore(store)
        store.close()
        const again = await openStore()
        expect(describeStore(again.store)).toEqual(before)
        again.store.close()
        for (const tail of ['', '-wal', '-shm']) rmSync(file + tail, { force: true })
      }),
      { numRuns: 30 },
    )
  })

  test('a row that is not understood is reported and stays; the others are read', async () => {
    const { store } = await openStore()
    store.commit(changes)
    store.close()
    await changeFile(`
      UPDATE key SET record = '{"id":"k1"}';
      INSERT INTO environment VALUES ('later', '{"id":"later","kind":"cloud"}');
      INSERT INTO key VALUES ('torn', '{"id":');
      UPDATE single SET record = '[]' WHERE name = 'settings'`)
    const { store: reopened, outcome, unreadable } = await openStore()
    expect(outcome).toEqual({ kind: 'existing' })
    expect(unreadable).toEqual(['environment later', 'key k1', 'key torn', 'single settings'])
    expect(reopened.environments()).toHaveLength(2)
    expect(reopened.settings()).toEqual(defaultSettings)
    reopened.commit([{ what: 'put-settings', settings }])
    reopened.close()

    const opened = await openDatabase({
      file,
      migrations: vaultMigrations,
      nowMs: 0,
      durability: 'full',
      check: 'whole',
    })
    if (!opened.ok) throw new Error('not opened')
    expect(opened.value.db.prepare('SELECT id FROM key ORDER BY id').all()).toEqual([{ id: 'k1' }, { id: 'torn' }])
    expect(opened.value.db.prepare("SELECT record FROM single WHERE name = 'settings.unreadable'").all()).toEqual([
      { record: '[]' },
    ])
    opened.value.db.close()
  })

  test('a damaged file: a new vault stands in its place, the old file is kept', async () => {
    writeFileSync(file, 'not a database')
    const { store, outcome } = await openStore()
    expect(outcome).toEqual({ kind: 'damaged', movedTo: 'vault.db.damaged-19700101T000000Z' })
    expect(store.commit(changes).ok).toBe(true)
    expect(readFileSync(join(folder, 'vault.db.damaged-19700101T000000Z'), 'utf8')).toBe('not a database')
  })

  test('a newer file is read, and every change is answered with "newer"', async () => {
    const { store } = await openStore()
    store.commit(changes)
    const before = describeStore(store)
    store.close()
    await changeFile('SELECT 1', [...vaultMigrations, 'CREATE TABLE later (id TEXT)'])
    const newer = await openStore()
    expect(newer.outcome).toEqual({ kind: 'read-only', fault: 'newer' })
    expect(newer.store.mode).toBe('read-only')
    expect(describeStore(newer.store)).toEqual(before)
    expect(newer.store.commit(changes)).toEqual({ ok: false, error: { kind: 'STORAGE', fault: 'newer' } })
  })

  test('a newer file whose tables are gone: the app starts without it, and the file stays', async () => {
    const { store } = await openStore()
    store.close()
    await changeFile('SELECT 1', [...vaultMigrations, 'DROP TABLE key; DROP TABLE key_event'])
    const bytes = readFileSync(file)
    const newer = await openStore()
    expect(newer.outcome.kind).toBe('none')
    expect(describeStore(newer.store).environments).toEqual([])
    newer.store.close()
    expect(readFileSync(file)).toEqual(bytes)
  })

  test('no file can be opened: an empty store that refuses changes with the reason', async () => {
    const blocked = await openVaultStore(join('/dev/null', 'vault.db'), 0)
    expect(blocked.outcome.kind).toBe('none')
    expect(blocked.store.mode).toBe('read-only')
    expect(blocked.store.settings()).toEqual(defaultSettings)
    expect(blocked.store.commit(changes).ok).toBe(false)
  })

  test('a full disk: the change is refused and memory stays what the file is', async () => {
    const { store } = await openStore()
    store.commit(changes)
    const before = describeStore(store)
    store.close()
    const opened = await openDatabase({
      file,
      migrations: vaultMigrations,
      nowMs: 0,
      durability: 'full',
      check: 'whole',
    })
    if (!opened.ok) throw new Error('not opened')
    const small = readVaultDatabase(opened.value)
    open.push(small.store)
    opened.value.db.exec('PRAGMA max_page_count = 1')
    const detail = 'x'.repeat(20_000)
    expect(small.store.commit([{ what: 'add-event', event: { keyId: 'k1', atMs: 1, what: 'added', detail } }])).toEqual(
      {
        ok: false,
        error: { kind: 'STORAGE', fault: 'full' },
      },
    )
    expect(describeStore(small.store)).toEqual(before)
  })
})
