import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createKeytarSecretStore } from '../../src/main/adapters/keytar-secret-store.ts'
import { createMemorySecretStore } from '../../src/main/adapters/memory-secret-store.ts'
import { nodeDigest } from '../../src/main/adapters/node-digest.ts'
import { nodeRandom } from '../../src/main/adapters/node-random.ts'
import { openCallStore } from '../../src/main/adapters/sqlite-call-store.ts'
import { openVaultStore } from '../../src/main/adapters/sqlite-vault-store.ts'
import { systemClock } from '../../src/main/adapters/system-clock.ts'
import type { CallRecord, Log } from '../../src/main/core/ports.ts'
import { createVault, type Vault } from '../../src/main/core/vault/vault.ts'
import type { KeySummary } from '../../src/shared/model/key.ts'
import type { Result } from '../../src/shared/result.ts'
import { keychainServiceOf } from '../fixtures/keychain-service.ts'
import { type Bench, startElectron } from './electron-process.ts'
import { type Peer, startPeer } from './peer.ts'

/** A profile as after a month of work: 4 environments, 10 keys, 100,000 logged calls. Dev is the last one used. */
export interface FilledProfile {
  readonly folder: string
  /** Dev, whose calls go to the server of this bench. */
  readonly environmentId: string
  readonly baseUrl: string
  /** Dev's key. */
  readonly key: string
}

/** More, as a million, show that the length of the log does not slow a start. */
const loggedCalls = Number(process.env.JASNI_BENCH_LOGGED ?? 100_000)
const monthMs = 30 * 24 * 60 * 60 * 1000

/** Arguments of the app that opens a filled profile and tells when it is interactive. */
export function appArguments({ folder }: FilledProfile): readonly string[] {
  return [`--profile=${folder}`, '--sandbox-port=0', '--log=stderr']
}

const quietLog: Log = { info: () => undefined, warn: () => undefined, error: () => '' }

/** The value of a result that must be a success. */
export function expectValue<T>(result: Result<T, { readonly kind: string }>): T {
  if (!result.ok) throw new Error(`The profile could not be filled: ${JSON.stringify(result.error)}`)
  return result.value
}

/** Opens the vault of a profile, as the app does, on the real keychain. */
export async function openVault(folder: string): Promise<{ vault: Vault; close: () => void }> {
  const { store } = await openVaultStore(join(folder, 'vault.db'), systemClock.nowMs())
  const vault = createVault({
    store,
    secrets: createKeytarSecretStore({
      service: keychainServiceOf(folder),
      log: quietLog,
      clock: systemClock,
      platform: process.platform,
    }),
    memorySecrets: createMemorySecretStore(),
    clock: systemClock,
    random: nodeRandom,
    digest: nodeDigest,
    log: quietLog,
    // Nine keys that no server has to know: only the app's own first call needs a real one.
    probe: async () => ({ kind: 'alive', narrow: false }),
    events: { environmentsChanged: () => undefined, keysChanged: () => undefined, keychainChanged: () => undefined },
  })
  return { vault, close: () => store.close() }
}

/** Nine keys, three in each remote environment; the tenth is the sandbox's, which the app gets itself. */
async function fillVault(folder: string, peer: Peer): Promise<readonly KeySummary[]> {
  const { vault, close } = await openVault(folder)
  const keys: KeySummary[] = []
  for (const environment of vault.environments().filter(({ kind }) => kind === 'remote')) {
    const { name, mark, protected: isProtected } = environment
    const plan = { kind: 'enterprise', perMinute: 1_000_000 } as const
    expectValue(
      vault.updateEnvironment(environment.id, {
        name,
        mark,
        protected: isProtected,
        plan,
        rateGroup: null,
        baseUrl: peer.baseUrl,
      }),
    )
    for (const [index, ofPeer] of peer.keys.entries()) {
      const text = name === 'Dev' ? ofPeer : `jsk_live_${nodeRandom.id().replaceAll('-', '')}`
      const label = `${name} ${index + 1}`
      const input = { environmentId: environment.id, text, label, source: 'clipboard', allowTestKey: true } as const
      keys.push(expectValue(await vault.addKey(input)))
    }
    if (name === 'Dev') expectValue(vault.switchEnvironment(environment.id))
  }
  close()
  return keys
}

const answerText = JSON.stringify({
  success: true,
  data: { emails: Array.from({ length: 10 }, (_, uid) => ({ uid, subject: 'Re: Refund for order 48213' })) },
})

function createRecord(index: number, key: KeySummary, origin: string, nowMs: number): CallRecord {
  const startedAtMs = nowMs - monthMs + Math.floor((index / loggedCalls) * monthMs)
  const refused = index % 50 === 0
  const status = refused ? 429 : 200
  const outcome = refused ? 'RATE_LIMITED' : 'ok'
  return {
    startedAtMs,
    environmentId: key.environmentId,
    keyId: key.id,
    keyMask: key.mask,
    origin,
    operation: 'listEmails',
    method: 'GET',
    path: `/emails?account=support-agent%40mail.example&folder=INBOX&limit=${(index % 50) + 1}`,
    status,
    outcome,
    waitedMs: 0,
    tookMs: 20 + (index % 80),
    source: 'Inbox',
    attempts: [
      {
        startedAtMs,
        tookMs: 20 + (index % 80),
        status,
        outcome,
        timings: { dnsMs: null, tlsMs: null, connectMs: 1, firstByteMs: 15, bodyMs: 4 },
        requestHeaders: [['authorization', `Bearer ${key.mask}`]],
        responseHeaders: [['content-type', 'application/json']],
        responseBytes: answerText.length,
      },
    ],
    waits: [],
    stop: null,
    requestBody: null,
    responseBody: { text: answerText, bytes: answerText.length, truncated: false },
  }
}

async function fillCalls(folder: string, keys: readonly KeySummary[], peer: Peer): Promise<void> {
  const calls = await openCallStore({
    file: join(folder, 'requests.db'),
    clock: systemClock,
    policy: {},
    onNotice: () => undefined,
  })
  const nowMs = systemClock.nowMs()
  for (let index = 0; index < loggedCalls; index += 1) {
    const key = keys[index % keys.length]
    if (key !== undefined) calls.append(createRecord(index, key, new URL(peer.baseUrl).origin, nowMs))
    if (index % 5000 === 4999) calls.flush()
  }
  calls.flush()
  calls.close()
}

/** Fills a new profile, lets the app open it once, and removes it and its server after `work`. */
export async function withFilledProfile<T>(bench: Bench, work: (profile: FilledProfile) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(bench.folder, 'profile-'))
  const peer = await startPeer(process.argv[1] ?? '')
  try {
    const keys = await fillVault(folder, peer)
    await fillCalls(folder, keys, peer)
    const dev = keys[0]
    if (dev === undefined) throw new Error('The profile has no key.')
    const profile = { folder, environmentId: dev.environmentId, baseUrl: peer.baseUrl, key: peer.keys[0] ?? '' }
    // The first start of a profile makes the sandbox's key; that is not what is measured.
    const first = await startElectron(bench, bench.root, appArguments(profile))
    await first.close()
    return await work(profile)
  } finally {
    peer.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}
