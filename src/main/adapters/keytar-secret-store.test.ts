import { readFileSync, rmSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Clock, Log } from '../core/ports.ts'
import { buildKeychainDriver, type DrivenSecretStore, startDrivenStore } from './fixtures/driven-secret-store.ts'
import {
  createTestHome,
  startTestBus,
  startTestSecretService,
  type TestSecretService,
} from './fixtures/secret-service.ts'
import { describeOpenSecretStore } from './fixtures/secret-store-contract.ts'
import { classifyKeychainText, createKeytarSecretStore } from './keytar-secret-store.ts'

const service = 'ai.jasni.vault.test'
const done = { ok: true, value: null }
const refusal = (fault: string) => ({ ok: false, error: { kind: 'KEYCHAIN', fault } })

// The Secret Service is the keychain of Linux; the other two have none that a test may start.
describe.skipIf(process.platform !== 'linux')('keytar store on a real Secret Service', () => {
  let driver: string
  let keyring: TestSecretService
  let cleanups: (() => Promise<void>)[]

  beforeAll(async () => {
    driver = await buildKeychainDriver()
  })
  afterAll(() => rmSync(driver))
  beforeEach(() => {
    cleanups = []
  })
  afterEach(async () => {
    for (const clean of cleanups.reverse()) await clean()
  })

  function startStore(env: NodeJS.ProcessEnv, timing: 'real' | 'held' = 'real'): DrivenSecretStore {
    const store = startDrivenStore(driver, { env, service, timing })
    cleanups.push(() => store.stop())
    return store
  }

  async function startKeyring(): Promise<TestSecretService> {
    keyring = await startTestSecretService()
    cleanups.push(() => keyring.stop())
    return keyring
  }

  describeOpenSecretStore('keychain: ready, contract', async () => {
    const store = startStore((await startKeyring()).env)
    await store.status(false)
    return store
  })

  describe('keychain: ready', () => {
    test('the status is ready and the canary is there for later', async () => {
      const { env } = await startKeyring()
      const store = startStore(env)
      expect(await store.status(false)).toEqual({ status: 'ready', familiar: true })
      expect(await keyring.lookUp(service, 'canary')).toBe('jasni-vault-canary-1')
      expect(await startStore(env).status(true)).toEqual({ status: 'ready', familiar: true })
    })

    test('secret-tool finds the key, and does not find it after its removal', async () => {
      const store = startStore((await startKeyring()).env)
      await store.write('some-key.1', 'jsk_live_4cZk"%s\'$x7Qp')
      expect(await keyring.lookUp(service, 'some-key.1')).toBe('jsk_live_4cZk"%s\'$x7Qp')
      expect(await keyring.lookUp(service, 'canary')).toBe('jasni-vault-canary-1')
      await store.remove('some-key.1')
      expect(await keyring.lookUp(service, 'some-key.1')).toBeNull()
    })

    test('an item that another program removed or changed is seen so', async () => {
      const store = startStore((await startKeyring()).env)
      await store.write('a.1', 'first')
      await keyring.store(service, 'a.1', 'second')
      expect(await store.read('a.1')).toEqual({ ok: true, value: 'second' })
      await keyring.clear(service, 'a.1')
      expect(await store.read('a.1')).toEqual(done)
    })

    test('another keyring answers: it is told, and nothing is made or removed in it', async () => {
      const { env } = await startKeyring()
      await startStore(env).write('a.1', 'jsk_live_value')
      await keyring.replaceKeyring()
      const store = startStore(env)
      expect(await store.status(true)).toEqual({ status: 'ready', familiar: false })
      expect(await store.read('a.1')).toEqual(refusal('unavailable'))
      expect(await store.remove('a.1')).toEqual(refusal('unavailable'))
      expect(await keyring.lookUp(service, 'canary')).toBeNull()
      expect(await keyring.lookUp(service, 'knock')).toBeNull()
      await keyring.restart()
      expect(await startStore(env).read('a.1')).toEqual({ ok: true, value: 'jsk_live_value' })
    })

    test('another keyring answers: a key that a person adds makes it the one in use', async () => {
      const { env } = await startKeyring()
      const store = startStore(env)
      expect(await store.status(true)).toEqual({ status: 'ready', familiar: false })
      expect(await store.write('b.1', 'jsk_live_value')).toEqual(done)
      expect(store.states.at(-1)).toEqual({ status: 'ready', familiar: true })
      expect(await store.read('a.1')).toEqual(done)
    })

    test('the canary alone was deleted by hand: a key that is found proves the keyring', async () => {
      const { env } = await startKeyring()
      await startStore(env).write('a.1', 'jsk_live_value')
      await keyring.clear(service, 'canary')
      const store = startStore(env)
      expect(await store.status(true)).toEqual({ status: 'ready', familiar: false })
      expect(await store.read('a.1')).toEqual({ ok: true, value: 'jsk_live_value' })
      expect(await store.status(true)).toEqual({ status: 'ready', familiar: true })
      expect(await store.read('b.1')).toEqual(done)
    })
  })

  describe('keychain: locked', () => {
    test('locked is not absent: nothing is read, nothing is lost, and all is there when it opens', async () => {
      const { env } = await startKeyring()
      const before = startStore(env)
      await before.write('a.1', 'jsk_live_value')
      await keyring.lock()

      expect(await before.read('a.1')).toEqual(refusal('locked'))
      const store = startStore(env)
      expect(await store.status(true)).toEqual({ status: 'locked', familiar: true })
      expect(await store.read('a.1')).toEqual(refusal('locked'))
      expect(await store.remove('a.1')).toEqual(refusal('locked'))
      expect(await store.write('b.1', 'jsk_live_other')).toEqual(refusal('locked'))

      await keyring.unlock()
      expect(await store.status(true)).toEqual({ status: 'ready', familiar: true })
      expect(await store.read('a.1')).toEqual({ ok: true, value: 'jsk_live_value' })
      expect(await store.read('b.1')).toEqual(done)
    })

    test('a keyring that was never used here is locked, too', async () => {
      const { env } = await startKeyring()
      await keyring.lock()
      expect(await startStore(env).status(false)).toEqual({ status: 'locked', familiar: true })
    })

    test('reads after that ask nobody: no prompt for each call', async () => {
      const { env } = await startKeyring()
      await startStore(env).write('a.1', 'jsk_live_value')
      await keyring.lock()
      const store = startStore(env)
      await store.status(true)
      await keyring.unlock()
      // Open again, but nobody said so: had the keychain been asked, it would have answered.
      for (let count = 0; count < 5; count += 1) expect(await store.read('a.1')).toEqual(refusal('locked'))
      await store.status(true)
      expect(await store.read('a.1')).toEqual({ ok: true, value: 'jsk_live_value' })
    })

    test('a person who writes meanwhile opens it', async () => {
      const { env } = await startKeyring()
      await keyring.lock()
      const store = startStore(env)
      await store.status(false)
      await keyring.unlock()
      expect(await store.write('a.1', 'jsk_live_value')).toEqual(done)
      expect(store.states.map(({ status }) => status)).toEqual(['locked', 'ready'])
    })
  })

  describe('keychain: unavailable', () => {
    async function expectUnavailable(store: DrivenSecretStore) {
      expect(await store.status(true)).toEqual({ status: 'unavailable', familiar: true })
      expect(await store.read('a.1')).toEqual(refusal('unavailable'))
      expect(await store.write('a.1', 'jsk_live_value')).toEqual(refusal('unavailable'))
      expect(await store.remove('a.1')).toEqual(refusal('unavailable'))
      expect(await store.status(false)).toEqual({ status: 'unavailable', familiar: true })
      expect(JSON.stringify(store.logged)).not.toContain('jsk_')
    }

    test('no bus', async () => {
      const { env, folder } = createTestHome()
      cleanups.push(async () => rmSync(folder, { recursive: true }))
      await expectUnavailable(startStore(env))
    })

    test('an address of a bus that is gone', async () => {
      const { env, folder } = createTestHome()
      cleanups.push(async () => rmSync(folder, { recursive: true }))
      await expectUnavailable(startStore({ ...env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${folder}/gone` }))
    })

    // libsecret keeps the address of the service that it met first until its process ends.
    test('its service was started anew: it is told, and all is there after a new start of the app', async () => {
      const { env } = await startKeyring()
      const store = startStore(env)
      await store.write('a.1', 'jsk_live_value')
      await keyring.restart()
      await expectUnavailable(store)
      const next = startStore(env)
      expect(await next.status(true)).toEqual({ status: 'ready', familiar: true })
      expect(await next.read('a.1')).toEqual({ ok: true, value: 'jsk_live_value' })
    })

    test('a bus without a Secret Service', async () => {
      const { env, folder } = createTestHome()
      const bus = await startTestBus(folder, env)
      cleanups.push(async () => {
        await bus.stop()
        rmSync(folder, { recursive: true })
      })
      await expectUnavailable(startStore(bus.env))
    })
  })

  describe('keychain: hung', () => {
    test('the call waits, every other is refused at once, and the late answer is used', async () => {
      const { env } = await startKeyring()
      const store = startStore(env, 'held')
      await store.write('a.1', 'jsk_live_value')
      keyring.freeze()

      const late = store.read('a.1')
      const queued = store.read('a.1')
      await store.expire()
      await store.waitFor('waiting')
      expect(await queued).toEqual(refusal('busy'))
      expect(await store.read('a.1')).toEqual(refusal('busy'))
      expect(await store.write('b.1', 'jsk_live_other')).toEqual(refusal('busy'))
      expect(await store.remove('a.1')).toEqual(refusal('busy'))
      expect(await store.status(true)).toEqual({ status: 'waiting', familiar: true })
      expect(await store.readFile()).toBe(true)

      keyring.thaw()
      expect(await late).toEqual({ ok: true, value: 'jsk_live_value' })
      await store.waitFor('ready')
      expect(await store.read('a.1')).toEqual({ ok: true, value: 'jsk_live_value' })
      expect(await store.read('b.1')).toEqual(done)
      expect(store.states.map(({ status }) => status)).toEqual(['ready', 'waiting', 'ready'])
    })

    test('the question how it is does not hang with it', async () => {
      const { env } = await startKeyring()
      keyring.freeze()
      const store = startStore(env, 'held')
      const asked = store.status(false)
      await store.expire()
      expect(await asked).toEqual({ status: 'waiting', familiar: true })
      keyring.thaw()
      await store.waitFor('ready')
      expect(await keyring.lookUp(service, 'canary')).toBe('jasni-vault-canary-1')
    })

    test('a late write is a write', async () => {
      const { env } = await startKeyring()
      const store = startStore(env, 'held')
      await store.status(false)
      keyring.freeze()
      const late = store.write('a.1', 'jsk_live_value')
      await store.expire()
      await store.waitFor('waiting')
      keyring.thaw()
      expect(await late).toEqual(done)
      expect(await keyring.lookUp(service, 'a.1')).toBe('jsk_live_value')
    })

    test('ten calls at once: files are still read while they wait', async () => {
      const { env } = await startKeyring()
      const store = startStore(env, 'held')
      await store.status(false)
      keyring.freeze()
      const calls = Array.from({ length: 10 }, () => store.read('a.1'))
      expect(await store.readFile()).toBe(true)
      await store.expire()
      expect(await Promise.all(calls.slice(1))).toEqual(calls.slice(1).map(() => refusal('busy')))
      keyring.thaw()
      expect(await calls[0]).toEqual(done)
    })
  })
})

describe('what no real keychain of a test can show', () => {
  const silent: Log = { info: () => {}, warn: () => {}, error: () => '' }
  const clock: Clock = { nowMs: () => 0, monotonicMs: () => 0, sleep: () => new Promise(() => {}) }

  test('a native module that does not load: unavailable, and tried anew when asked again', async () => {
    let loads = 0
    const store = createKeytarSecretStore({
      service,
      log: silent,
      clock,
      platform: 'linux',
      async load() {
        loads += 1
        throw new Error('libsecret-1.so.0: cannot open shared object file')
      },
    })
    expect(await store.status(true)).toEqual({ status: 'unavailable', familiar: true })
    expect(await store.write('a.1', 'value')).toEqual(refusal('unavailable'))
    expect(loads).toBe(2)
  })

  test('it says when a call has not come back', async () => {
    let answer = (_value: string | null): void => undefined
    const store = createKeytarSecretStore({
      service,
      log: silent,
      clock,
      platform: 'linux',
      load: async () => ({
        getPassword: () =>
          new Promise((resolve) => {
            answer = resolve
          }),
        setPassword: async () => undefined,
        deletePassword: async () => true,
      }),
    })
    expect(store.isWorking()).toBe(false)
    const asked = store.status(false)
    await expect.poll(() => store.isWorking()).toBe(true)
    answer('jasni-vault-canary-1')
    await asked
    expect(store.isWorking()).toBe(false)
  })

  test('a keychain that keeps another value than it was given: mismatch', async () => {
    const items = new Map<string, string>()
    const store = createKeytarSecretStore({
      service,
      log: silent,
      clock,
      platform: 'win32',
      load: async () => ({
        getPassword: async (_service, account) => items.get(account) ?? null,
        setPassword: async (_service, account, value) => {
          items.set(account, account === 'canary' ? value : value.slice(0, 8))
        },
        deletePassword: async (_service, account) => items.delete(account),
      }),
    })
    expect(await store.write('a.1', 'jsk_live_value')).toEqual(refusal('mismatch'))
  })

  test.each([
    ['linux', 'Secret Service'],
    ['darwin', 'macOS Keychain'],
    ['win32', 'Windows Credential Manager'],
  ])('on %s its name is %s', (platform, backend) => {
    expect(createKeytarSecretStore({ service, log: silent, clock, platform }).backend).toBe(backend)
  })

  test.each([
    ['Cannot create an item in a locked collection', 'locked'],
    ['The unlock prompt was dismissed', 'locked'],
    ['User interaction is not allowed.', 'locked'],
    ['User canceled the operation.', 'denied'],
    ['The user name or passphrase you entered is not correct.', 'denied'],
    ['Access is denied.', 'denied'],
    ['The stub received bad data.', 'too-large'],
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'unavailable'],
    ['The name org.freedesktop.secrets was not provided by any .service files', 'unavailable'],
    ['Could not connect: No such file or directory', 'unavailable'],
    ['Object does not exist at path “/org/freedesktop/secrets/collection/login”', 'unavailable'],
    ['Timeout was reached', 'unavailable'],
    ['A default keychain could not be found.', 'unavailable'],
    ['Unlesbar', 'failed'],
  ])('"%s" means %s', (text, fault) => {
    expect(classifyKeychainText(text)).toBe(fault)
  })

  test('the two searches of keytar, in which a locked keyring ends the process, are called nowhere', () => {
    const source = readFileSync(new URL('keytar-secret-store.ts', import.meta.url), 'utf8')
    expect(source).not.toMatch(/findCredentials|findPassword/)
  })
})
