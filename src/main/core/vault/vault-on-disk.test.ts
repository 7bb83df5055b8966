import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Settings } from '../../../shared/model/app.ts'
import { createMemorySecretStore } from '../../adapters/memory-secret-store.ts'
import { nodeDigest } from '../../adapters/node-digest.ts'
import { nodeRandom } from '../../adapters/node-random.ts'
import { openVaultStore } from '../../adapters/sqlite-vault-store.ts'
import { systemClock } from '../../adapters/system-clock.ts'
import type { Log, SecretStore } from '../ports.ts'
import { makeKeyText, named } from './fixtures/vault-run.ts'
import { createVault } from './vault.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-vault-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const log: Log = { info: () => {}, warn: () => {}, error: () => '' }

async function openVault(secrets: SecretStore) {
  const { store, outcome } = await openVaultStore(join(folder, 'vault.db'), systemClock.nowMs())
  const vault = createVault({
    store,
    secrets,
    memorySecrets: createMemorySecretStore(),
    clock: systemClock,
    random: nodeRandom,
    digest: nodeDigest,
    log,
    probe: async () => ({ kind: 'alive', narrow: true }),
    events: { environmentsChanged: () => {}, keysChanged: () => {}, keychainChanged: () => {} },
  })
  return { vault, store, outcome }
}

test('on real files: all is found again after a restart, and no file holds a key', async () => {
  const secrets = createMemorySecretStore()
  const first = await openVault(secrets)
  const dev = named(first.vault, 'Dev')
  const input = { environmentId: dev.id, text: makeKeyText(1), label: 'agent', allowTestKey: false } as const
  const added = await first.vault.addKey({ ...input, source: 'clipboard' })
  expect(added).toMatchObject({ ok: true, value: { state: 'active' } })
  first.vault.switchEnvironment(dev.id)
  first.vault.noteUse(added.ok ? added.value.id : '', 1_000_000)
  const before = {
    environments: first.vault.environments(),
    keys: first.vault.keys(),
    history: first.vault.history(added.ok ? added.value.id : ''),
  }
  expect(before.history.map(({ what }) => what)).toEqual(['added', 'stored', 'proven', 'switched'])
  first.store.close()

  for (const name of readdirSync(folder)) {
    expect(readFileSync(join(folder, name)).includes(makeKeyText(1)), name).toBe(false)
  }
  const second = await openVault(secrets)
  expect(second.outcome).toEqual({ kind: 'existing' })
  expect(second.vault.environments()).toEqual(before.environments)
  expect(second.vault.keys()).toEqual(before.keys)
  expect(second.vault.currentEnvironmentId()).toBe(dev.id)
  const resolved = await second.vault.resolveKey(dev.id)
  expect(resolved.ok && resolved.value.secret.reveal()).toBe(makeKeyText(1))
  expect(await second.vault.removeEnvironment(dev.id)).toEqual({ ok: true, value: null })
  expect(second.vault.currentEnvironmentId()).toBe(named(second.vault, 'Sandbox').id)
  second.store.close()

  const third = await openVault(secrets)
  expect(third.vault.environments().map(({ name }) => name)).toEqual(['Sandbox', 'Staging', 'Prod'])
  expect(third.vault.keys()).toEqual([])
  third.store.close()
})

test('settings are found again; a closed file refuses them and changes nothing', async () => {
  const { store } = await openVault(createMemorySecretStore())
  const put = (theme: Settings['theme']) =>
    store.commit([{ what: 'put-settings', settings: { ...store.settings(), theme } }])
  expect(store.settings().theme).toBe('system')
  expect(put('dark')).toEqual({ ok: true, value: null })
  store.close()
  expect(put('light')).toEqual({ ok: false, error: { kind: 'STORAGE', fault: 'failed' } })
  expect(store.settings().theme).toBe('dark')
  const again = await openVault(createMemorySecretStore())
  expect(again.store.settings().theme).toBe('dark')
  again.store.close()
})
