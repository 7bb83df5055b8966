import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CallSummary } from '../../shared/model/call.ts'
import { createMemorySecretStore } from '../adapters/memory-secret-store.ts'
import { nodeDigest } from '../adapters/node-digest.ts'
import { nodeRandom } from '../adapters/node-random.ts'
import { openVaultStore } from '../adapters/sqlite-vault-store.ts'
import { systemClock } from '../adapters/system-clock.ts'
import { createUndiciHttp } from '../adapters/undici-http.ts'
import { createProbe } from '../core/jasni/probe.ts'
import type { CallRecord, Log } from '../core/ports.ts'
import { createCallLimits } from '../core/ratelimit/fixtures/call-limits.ts'
import { createVault, type Vault } from '../core/vault/vault.ts'
import { type SandboxServer, startSandbox } from '../sandbox/server.ts'
import { builtInLabel, ensureSandboxKey } from './sandbox-key.ts'

const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => 'reference' }

let folder = ''
let server: SandboxServer
const http = createUndiciHttp()
const closers: (() => Promise<void> | void)[] = []

function startServer(statePath: string | null): Promise<SandboxServer> {
  return startSandbox({
    port: 0,
    plan: 100,
    windowMs: 60_000,
    limitBy: 'key',
    headers: 'none',
    statePath,
    issuerToken: 'token-of-this-test',
    seed: 'first-key',
  })
}

/** A vault over the profile's real file, with the keychain in the state that a real one would have. */
async function openVault(status: 'ready' | 'memory' = 'ready', familiar = true): Promise<Vault> {
  const { store } = await openVaultStore(join(folder, 'vault.db'), systemClock.nowMs())
  closers.push(() => store.close())
  let id = 0
  const append = (record: CallRecord): CallSummary => {
    id += 1
    const { attempts, ...rest } = record
    return { ...rest, id, attempts: attempts.length }
  }
  const vault = createVault({
    store,
    secrets: { ...createMemorySecretStore(), status: async () => ({ status, familiar }) },
    memorySecrets: createMemorySecretStore(),
    clock: systemClock,
    random: nodeRandom,
    digest: nodeDigest,
    log: silentLog,
    probe: createProbe({
      http,
      calls: { append },
      clock: systemClock,
      log: silentLog,
      userAgent: 'test',
      ...createCallLimits(systemClock),
      onRecorded: () => undefined,
    }),
    events: { environmentsChanged: () => undefined, keysChanged: () => undefined, keychainChanged: () => undefined },
  })
  vault.setSandboxBaseUrl(server.baseUrl)
  return vault
}

const ensure = (vault: Vault) => ensureSandboxKey({ vault, http, issuer: server, log: silentLog })
const sandboxOf = (vault: Vault) => vault.environments().find(({ kind }) => kind === 'sandbox')
const built = (vault: Vault) => vault.keys().filter(({ label }) => label.startsWith(builtInLabel))

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-first-key-'))
  server = await startServer(null)
})

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  await server.close()
  rmSync(folder, { recursive: true })
})

test('a first start gets a key over HTTP, proves it and uses it', async () => {
  const vault = await openVault()
  await vault.checkKeychain()
  await ensure(vault)
  expect(built(vault)).toMatchObject([{ state: 'active', source: 'sandbox' }])
  expect(sandboxOf(vault)?.activeKeyId).toBe(built(vault)[0]?.id)
  expect(server.countRequests('/_issuer/keys', 'POST')).toBe(1)
})

test('with a working key nothing is asked of the server', async () => {
  const vault = await openVault()
  await vault.checkKeychain()
  await ensure(vault)
  const before = server.requests().length
  await ensure(vault)
  expect(server.requests()).toHaveLength(before)
  expect(built(vault)).toHaveLength(1)
})

test('a key that the server does not know any more is replaced', async () => {
  const vault = await openVault()
  await vault.checkKeychain()
  await ensure(vault)
  const [first] = built(vault)
  await server.close()
  server = await startServer(null)
  vault.setSandboxBaseUrl(server.baseUrl)
  await ensure(vault)
  expect(built(vault)).toHaveLength(1)
  expect(built(vault)[0]?.id).not.toBe(first?.id)
  expect(sandboxOf(vault)?.activeKeyId).toBe(built(vault)[0]?.id)
})

test('a key whose secret is gone is replaced', async () => {
  const first = await openVault()
  await first.checkKeychain()
  await ensure(first)
  const [lost] = built(first)
  // The same file with another, empty keychain: what a person who removed the item finds.
  const second = await openVault()
  await second.checkKeychain()
  await ensure(second)
  expect(built(second).filter(({ state }) => state === 'active')).toHaveLength(1)
  expect(built(second).map(({ id }) => id)).not.toContain(lost?.id)
})

test('keys for one run in memory take nothing from the keychain', async () => {
  const first = await openVault()
  await first.checkKeychain()
  await ensure(first)
  const [kept] = built(first)
  const second = await openVault('memory')
  await second.checkKeychain()
  await ensure(second)
  expect(built(second).map(({ label }) => label)).toEqual(['built-in', 'built-in 2'])
  expect(sandboxOf(second)?.activeKeyId).not.toBe(kept?.id)
  // The next run with the keychain finds its own key again.
  expect((await first.revealKey(kept?.id ?? '')).ok).toBe(true)
})

test('in a keyring that is not ours no key is made', async () => {
  const vault = await openVault('ready', false)
  await vault.checkKeychain()
  await ensureSandboxKey({ vault, http, issuer: server, log: silentLog })
  expect(vault.keys()).toEqual([])
  expect(server.listKeys()).toEqual([])
})

test('a silent issuer leaves the vault as it was', async () => {
  const vault = await openVault()
  await vault.checkKeychain()
  await ensureSandboxKey({ vault, http, issuer: { ...server, issuerToken: 'wrong' }, log: silentLog })
  expect(vault.keys()).toEqual([])
  await ensureSandboxKey({ vault, http, issuer: { ...server, origin: 'http://127.0.0.1:9' }, log: silentLog })
  expect(vault.keys()).toEqual([])
})

test('keys that a person added stay', async () => {
  const vault = await openVault()
  await vault.checkKeychain()
  const own = server.issueKey('mine')
  const environmentId = sandboxOf(vault)?.id ?? ''
  const added = await vault.addKey({
    environmentId,
    text: own.key,
    label: 'mine',
    source: 'clipboard',
    allowTestKey: false,
  })
  expect(added.ok).toBe(true)
  await ensure(vault)
  expect(vault.keys().map(({ label }) => label)).toEqual(['mine'])
})

test('a key that was made and never got a passport is ended at the next start', async () => {
  const vault = await openVault()
  await vault.checkKeychain()
  // What a crash between the issuer's answer and the passport leaves.
  const stray = server.issueKey(builtInLabel)
  const own = server.issueKey('mine')
  await ensure(vault)
  const alive = server.listKeys().filter(({ revokedAtMs }) => revokedAtMs === null)
  expect(alive.map(({ id }) => id)).toEqual([own.id, built(vault)[0]?.issuerKeyId])
  expect(alive.map(({ id }) => id)).not.toContain(stray.id)
})

test('a key whose secret is lost is ended at the server when another one takes its place', async () => {
  const first = await openVault()
  await first.checkKeychain()
  await ensure(first)
  const second = await openVault()
  await second.checkKeychain()
  await ensure(second)
  const alive = server.listKeys().filter(({ revokedAtMs }) => revokedAtMs === null)
  expect(alive.map(({ id }) => id)).toEqual([built(second)[0]?.issuerKeyId])
})
