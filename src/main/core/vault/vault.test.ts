import { describe, expect, test } from 'vitest'
import type { EnvironmentInput } from '../../../shared/model/environment.ts'
import type { Result } from '../../../shared/result.ts'
import { redactText, registerSecret } from '../log/redaction.ts'
import { createDisk, type Disk } from './fixtures/faulty-ports.ts'
import { makeKeyText, named, startVault } from './fixtures/vault-run.ts'
import type { Vault } from './vault.ts'

function open(disk: Disk = createDisk()) {
  const run = startVault(disk)
  return { ...run, vault: run.open() }
}

function sure<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
  return result.value
}

async function addKey(vault: Vault, name: string, number: number, label: string | null = null) {
  const environmentId = named(vault, name).id
  return sure(
    await vault.addKey({ environmentId, text: makeKeyText(number), label, source: 'clipboard', allowTestKey: false }),
  )
}

const input: EnvironmentInput = {
  name: 'Load test',
  mark: 'blue',
  baseUrl: 'https://load.example.com',
  plan: { kind: 'enterprise', perMinute: 5000 },
  rateGroup: null,
  protected: false,
}

describe('environments', () => {
  test('a new profile has four, and the production one is protected', () => {
    const { vault } = open()
    expect(vault.environments().map((e) => [e.name, e.kind, e.mark, e.protected, e.plan.perMinute])).toEqual([
      ['Sandbox', 'sandbox', 'neutral', false, 100],
      ['Dev', 'remote', 'blue', false, 100],
      ['Staging', 'remote', 'yellow', false, 100],
      ['Prod', 'remote', 'crimson', true, 100],
    ])
    expect(named(vault, 'Dev').baseUrl).toBe('https://api.jasni.ai/api/v1')
    expect(vault.currentEnvironmentId()).toBe(named(vault, 'Sandbox').id)
  })

  test('they are made once', () => {
    const { vault, disk } = open()
    expect(open(disk).vault.environments()).toEqual(vault.environments())
  })

  test('a profile without a sandbox gets one back', () => {
    const { vault, disk } = open()
    disk.environments.delete(named(vault, 'Sandbox').id)
    expect(
      open(disk)
        .vault.environments()
        .filter(({ kind }) => kind === 'sandbox'),
    ).toHaveLength(1)
  })

  test('a file that takes nothing: the app still has its environments and switches between them', async () => {
    const disk = createDisk()
    const run = startVault(disk, () => 'refuse')
    const vault = run.open()
    expect(vault.environments()).toHaveLength(4)
    expect(vault.switchEnvironment(named(vault, 'Dev').id).ok).toBe(true)
    expect(vault.currentEnvironmentId()).toBe(named(vault, 'Dev').id)
    expect(vault.createEnvironment(input)).toEqual({ ok: false, error: { kind: 'STORAGE', fault: 'full' } })
    expect(disk.environments.size).toBe(0)
  })

  test('a switch is told and found again after a restart', () => {
    const { vault, disk, told } = open()
    sure(vault.switchEnvironment(named(vault, 'Prod').id))
    expect(told).toEqual(['environments'])
    expect(open(disk).vault.currentEnvironmentId()).toBe(named(vault, 'Prod').id)
    expect(vault.switchEnvironment('nowhere')).toEqual({ ok: false, error: { kind: 'NOT_FOUND', what: 'environment' } })
  })

  test('one is added at the end, in its one form', () => {
    const { vault } = open()
    const made = sure(vault.createEnvironment({ ...input, name: '  Load\n test ' }))
    expect(made).toMatchObject({ name: 'Load test', baseUrl: 'https://load.example.com/api/v1', position: 4 })
    const fixed = sure(vault.createEnvironment({ ...input, name: 'Other', plan: { kind: 'pro', perMinute: 7 } }))
    expect(fixed.plan).toEqual({ kind: 'pro', perMinute: 1000 })
  })

  test.each([
    [{ name: 'dEV' }, { kind: 'NAME_TAKEN', name: 'dEV' }],
    [{ name: ' \n ' }, { kind: 'BAD_REQUEST', field: 'name' }],
    [{ name: 'x'.repeat(41) }, { kind: 'BAD_REQUEST', field: 'name' }],
    [{ name: 'my jsk_live_0123456789' }, { kind: 'KEY_IN_TEXT', field: 'name' }],
    [{ baseUrl: 'https://x.example/jsk_live_0123456789' }, { kind: 'KEY_IN_TEXT', field: 'baseUrl' }],
    [{ baseUrl: 'https://x.example/%6Ask_live_0123456789' }, { kind: 'KEY_IN_TEXT', field: 'baseUrl' }],
    [{ baseUrl: 'http://x.example' }, { kind: 'BASE_URL', fault: 'plain-http' }],
    [{ baseUrl: 'nonsense' }, { kind: 'BASE_URL', fault: 'not-a-url' }],
    [{ baseUrl: 'https://me:pw@x.example' }, { kind: 'BASE_URL', fault: 'credentials' }],
  ])('%j is refused when added and when changed', (part, error) => {
    const { vault } = open()
    const before = vault.environments()
    expect(vault.createEnvironment({ ...input, ...part })).toEqual({ ok: false, error })
    expect(vault.updateEnvironment(named(vault, 'Prod').id, { ...input, ...part })).toEqual({ ok: false, error })
    expect(vault.environments()).toEqual(before)
  })

  test('fifty are enough', () => {
    const { vault } = open()
    for (let count = 4; count < 50; count += 1) sure(vault.createEnvironment({ ...input, name: `Number ${count}` }))
    expect(vault.createEnvironment(input)).toEqual({
      ok: false,
      error: { kind: 'TOO_MANY', what: 'environments', max: 50 },
    })
  })

  test('a new name keeps key and pointer; its own name is not taken', async () => {
    const { vault } = open()
    const key = await addKey(vault, 'Dev', 1)
    const dev = named(vault, 'Dev')
    sure(vault.updateEnvironment(dev.id, { ...dev, name: 'DEV', baseUrl: 'https://api.jasni.ai/other' }))
    expect(named(vault, 'DEV').activeKeyId).toBe(key.id)
    expect(vault.keys()[0]?.state).toBe('active')
  })

  test('a new origin: no key goes there before it is proven there', async () => {
    const { vault, probes, told } = open()
    const key = await addKey(vault, 'Dev', 1)
    const dev = named(vault, 'Dev')
    told.length = 0
    sure(vault.updateEnvironment(dev.id, { ...dev, baseUrl: 'https://elsewhere.example' }))
    expect(told).toEqual(['environments', 'keys'])
    expect(probes).toHaveLength(1)
    expect(vault.keys()[0]?.state).toBe('candidate')
    expect(await vault.resolveKey(dev.id)).toEqual({ ok: false, error: { kind: 'NO_KEY', environmentName: 'Dev' } })
    expect(vault.useKey(key.id).ok).toBe(false)
    expect(sure(await vault.proveKey(key.id)).state).toBe('active')
    expect(probes[1]?.environment.baseUrl).toBe('https://elsewhere.example/api/v1')
    expect(sure(await vault.resolveKey(dev.id)).keyId).toBe(key.id)
  })

  test('a new origin while a proof is under way: the answer of the old one counts for nothing', async () => {
    const { vault, answers } = open()
    const key = await addKey(vault, 'Dev', 1)
    const dev = named(vault, 'Dev')
    answers.next = () => {
      sure(vault.updateEnvironment(dev.id, { ...dev, baseUrl: 'https://elsewhere.example' }))
      return { kind: 'alive', narrow: false }
    }
    expect(sure(await vault.proveKey(key.id)).state).toBe('candidate')
    expect(named(vault, 'Dev').activeKeyId).toBeNull()
  })

  test('a new origin while its key is being read: the proof does not go there', async () => {
    const { vault, probes } = open()
    const key = await addKey(vault, 'Dev', 1)
    const dev = named(vault, 'Dev')
    vault.forgetSecrets()
    probes.length = 0
    const proving = vault.proveKey(key.id)
    sure(vault.updateEnvironment(dev.id, { ...dev, baseUrl: 'https://elsewhere.example' }))
    expect(sure(await proving).state).toBe('candidate')
    expect(probes).toEqual([])
  })

  test('a new origin while a key is being stored: it is kept unproven and goes nowhere', async () => {
    const { vault, probes } = open()
    const dev = named(vault, 'Dev')
    const adding = addKey(vault, 'Dev', 1)
    await Promise.resolve()
    sure(vault.updateEnvironment(dev.id, { ...dev, baseUrl: 'https://elsewhere.example' }))
    expect((await adding).state).toBe('candidate')
    expect(probes).toEqual([])
  })

  test('a new origin while a key is missing: found again, it waits to be proven there', async () => {
    const { vault, disk } = open()
    const key = await addKey(vault, 'Dev', 1)
    const dev = named(vault, 'Dev')
    const item = disk.items.get(`${key.id}.1`) ?? ''
    disk.items.clear()
    await vault.checkKeychain()
    expect(vault.keys()[0]?.state).toBe('missing')
    sure(vault.updateEnvironment(dev.id, { ...dev, baseUrl: 'https://elsewhere.example' }))
    disk.items.set(`${key.id}.1`, item)
    await vault.checkKeychain()
    expect(vault.keys()[0]?.state).toBe('candidate')
    expect(vault.useKey(key.id).ok).toBe(false)
  })

  test('the sandbox follows the port of the run, in memory only, and its address cannot be typed', () => {
    const { vault, disk } = open()
    const { id } = named(vault, 'Sandbox')
    vault.setSandboxBaseUrl('http://127.0.0.1:50123/api/v1')
    expect(vault.environment(id)?.baseUrl).toBe('http://127.0.0.1:50123/api/v1')
    sure(vault.updateEnvironment(id, { ...input, name: 'Local' }))
    expect(vault.environment(id)).toMatchObject({ name: 'Local', baseUrl: 'http://127.0.0.1:50123/api/v1' })
    expect(disk.environments.get(id)?.baseUrl).toBe('http://127.0.0.1:4810/api/v1')
  })

  test('the order is what was asked, and only a whole order is taken', () => {
    const { vault, disk } = open()
    const ids = vault.environments().map(({ id }) => id)
    sure(vault.reorderEnvironments([...ids].reverse()))
    expect(
      open(disk)
        .vault.environments()
        .map(({ name }) => name),
    ).toEqual(['Prod', 'Staging', 'Dev', 'Sandbox'])
    for (const wrong of [ids.slice(1), [...ids, 'x'], ids.map(() => ids[0] ?? '')]) {
      expect(vault.reorderEnvironments(wrong)).toEqual({ ok: false, error: { kind: 'BAD_REQUEST', field: 'ids' } })
    }
  })

  test('a removed one takes its keys and their secrets with it; the sandbox stays', async () => {
    const { vault, disk } = open()
    await addKey(vault, 'Dev', 1)
    await addKey(vault, 'Dev', 2)
    const kept = await addKey(vault, 'Prod', 3)
    const dev = named(vault, 'Dev')
    sure(vault.switchEnvironment(dev.id))
    sure(await vault.removeEnvironment(dev.id))
    expect(vault.environment(dev.id)).toBeNull()
    expect([...disk.items.keys()]).toEqual([`${kept.id}.1`])
    expect(vault.currentEnvironmentId()).toBe(named(vault, 'Sandbox').id)
    expect(await vault.removeEnvironment(named(vault, 'Sandbox').id)).toEqual({
      ok: false,
      error: { kind: 'FIXED', what: 'sandbox' },
    })
  })

  test('a locked keychain keeps an environment that has keys', async () => {
    const { vault, ports } = open()
    const key = await addKey(vault, 'Dev', 1)
    ports.setKeychain({ status: 'locked', familiar: true })
    expect(await vault.removeEnvironment(named(vault, 'Dev').id)).toEqual({
      ok: false,
      error: { kind: 'KEYCHAIN', fault: 'locked' },
    })
    expect(vault.keys().map(({ id }) => id)).toEqual([key.id])
  })
})

describe('adding a key', () => {
  test('it is stored, proven, put in use, and its history says so', async () => {
    const { vault, disk, probes } = open()
    const key = await addKey(vault, 'Dev', 1)
    expect(key).toMatchObject({ label: 'dev-1', mask: 'jsk_live_…0001', state: 'active', source: 'clipboard' })
    expect(key.fingerprint).toMatch(/^[0-9a-f]{12}$/)
    expect([...disk.items]).toEqual([[`${key.id}.1`, makeKeyText(1)]])
    expect(named(vault, 'Dev').activeKeyId).toBe(key.id)
    expect(vault.history(key.id).map(({ what }) => what)).toEqual(['added', 'stored', 'proven', 'switched'])
    expect(probes.map(({ environment, key: text }) => [environment.name, text])).toEqual([['Dev', makeKeyText(1)]])
    expect(JSON.stringify([...disk.keys.values(), ...disk.events, ...disk.environments.values()])).not.toContain(
      makeKeyText(1),
    )
  })

  test('blanks around it are dropped; whatever else is no key is refused and nothing is kept', async () => {
    const { vault, disk } = open()
    const environmentId = named(vault, 'Dev').id
    const add = (text: string) =>
      vault.addKey({ environmentId, text, label: null, source: 'clipboard', allowTestKey: false })
    sure(await add(`\n ${makeKeyText(1)}\r\n`))
    expect([...disk.items.values()]).toEqual([makeKeyText(1)])
    expect(await add('jsk_live_01234 56789')).toEqual({
      ok: false,
      error: { kind: 'KEY_MALFORMED', fault: 'whitespace' },
    })
    expect(await add('')).toEqual({ ok: false, error: { kind: 'KEY_MALFORMED', fault: 'empty' } })
    expect(vault.keys()).toHaveLength(1)
  })

  test('a second one waits; it does not take the place of a key that works', async () => {
    const { vault } = open()
    const first = await addKey(vault, 'Dev', 1)
    const second = await addKey(vault, 'Dev', 2)
    expect(second).toMatchObject({ state: 'active', label: 'dev-2' })
    expect(named(vault, 'Dev').activeKeyId).toBe(first.id)
    sure(vault.useKey(second.id))
    expect(sure(await vault.resolveKey(named(vault, 'Dev').id)).keyId).toBe(second.id)
  })

  test('a key that is stored already is refused with the place where it is', async () => {
    const { vault, disk } = open()
    await addKey(vault, 'Dev', 1, 'agent')
    for (const name of ['Dev', 'Prod']) {
      const environmentId = named(vault, name).id
      const text = makeKeyText(1)
      expect(
        await vault.addKey({ environmentId, text, label: null, source: 'clipboard', allowTestKey: false }),
      ).toEqual({
        ok: false,
        error: { kind: 'KEY_EXISTS', environmentName: 'Dev', label: 'agent' },
      })
    }
    expect(disk.items.size).toBe(1)
  })

  test('the same key twice at once is stored once', async () => {
    const { vault, disk } = open()
    const environmentId = named(vault, 'Dev').id
    const add = () =>
      vault.addKey({ environmentId, text: makeKeyText(1), label: null, source: 'clipboard', allowTestKey: false })
    const results = await Promise.all([add(), add()])
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(vault.keys()).toHaveLength(1)
    expect(disk.items.size).toBe(1)
  })

  test('a test key goes into a protected environment only on purpose', async () => {
    const { vault } = open()
    const add = (name: string, allowTestKey: boolean) =>
      vault.addKey({
        environmentId: named(vault, name).id,
        text: 'jsk_test_0123456789',
        label: null,
        source: 'clipboard',
        allowTestKey,
      })
    expect(await add('Prod', false)).toEqual({ ok: false, error: { kind: 'TEST_KEY', environmentName: 'Prod' } })
    expect((await add('Prod', true)).ok).toBe(true)
  })

  test('a refused key is rejected, one that nothing was learned of is a candidate; neither is used', async () => {
    const { vault, answers } = open()
    answers.next = () => ({ kind: 'refused', signature: '401' })
    expect((await addKey(vault, 'Dev', 1)).state).toBe('rejected')
    answers.next = () => ({ kind: 'unknown', reason: `timeout with ${makeKeyText(2)}` })
    const candidate = await addKey(vault, 'Dev', 2)
    expect(candidate.state).toBe('candidate')
    expect(JSON.stringify(vault.history(candidate.id))).not.toContain(makeKeyText(2))
    expect(await vault.resolveKey(named(vault, 'Dev').id)).toEqual({
      ok: false,
      error: { kind: 'NO_KEY', environmentName: 'Dev' },
    })
  })

  test.each([
    ['agent', 'AGENT ', { kind: 'NAME_TAKEN', name: 'AGENT' }],
    ['agent', 'see jsk_live_0123456789', { kind: 'KEY_IN_TEXT', field: 'label' }],
    ['agent', ' \u0000 ', { kind: 'BAD_REQUEST', field: 'label' }],
  ])('beside %j the label %j is refused, when added and when renamed', async (taken, label, error) => {
    const { vault, disk } = open()
    await addKey(vault, 'Dev', 1, taken)
    const environmentId = named(vault, 'Dev').id
    const text = makeKeyText(2)
    expect(await vault.addKey({ environmentId, text, label, source: 'clipboard', allowTestKey: false })).toEqual({
      ok: false,
      error,
    })
    const other = await addKey(vault, 'Dev', 3)
    expect(vault.renameKey(other.id, label)).toEqual({ ok: false, error })
    expect(disk.items.size).toBe(2)
  })

  test.each([
    ['locked', 'locked'],
    ['unavailable', 'unavailable'],
    ['waiting', 'busy'],
  ] as const)('a keychain that is %s: nothing is listed', async (status, fault) => {
    const { vault, ports } = open()
    ports.changeKeychain({ status, familiar: true })
    const environmentId = named(vault, 'Dev').id
    const text = makeKeyText(1)
    expect(await vault.addKey({ environmentId, text, label: null, source: 'clipboard', allowTestKey: false })).toEqual({
      ok: false,
      error: { kind: 'KEYCHAIN', fault },
    })
    expect(vault.keys()).toEqual([])
  })

  test('a key whose secret was lost comes back under its passport when it is pasted again', async () => {
    const { vault, disk } = open()
    const key = await addKey(vault, 'Dev', 1, 'agent')
    disk.items.clear()
    await vault.checkKeychain()
    vault.forgetSecrets()
    expect(vault.keys()[0]?.state).toBe('missing')
    const again = await addKey(vault, 'Dev', 1)
    expect(again).toMatchObject({ id: key.id, label: 'agent', state: 'active' })
    expect(sure(await vault.revealKey(key.id)).secret.reveal()).toBe(makeKeyText(1))
  })
})

describe('looking at the keychain while a key is being added', () => {
  test('the passport of a key whose secret is not there yet stays', async () => {
    const { vault, disk } = open()
    const adding = addKey(vault, 'Dev', 1)
    // Asked in the middle of it, as the start of the app and a person's click may.
    const checks = Array.from({ length: 8 }, () => vault.checkKeychain())
    await Promise.all(checks)
    const key = await adding
    expect(key.state).toBe('active')
    expect(vault.keys().map(({ id }) => id)).toEqual([key.id])
    expect([...disk.items.keys()]).toContain(`${key.id}.1`)
  })

  test('a key that was stored once and is pasted again when a crash comes is not forgotten', async () => {
    const { vault, disk } = open()
    const key = await addKey(vault, 'Dev', 1, 'agent')
    disk.items.clear()
    // What a crash leaves between the passport and the secret.
    disk.keys.set(key.id, { ...key, state: 'candidate' })
    disk.events = [...disk.events, { keyId: key.id, atMs: 1, what: 'added', detail: 'clipboard' }]
    const next = open(disk).vault
    await next.checkKeychain()
    expect(next.keys()).toMatchObject([{ id: key.id, label: 'agent', state: 'missing' }])
  })
})

describe('using keys', () => {
  test('a lost key that is pasted twice at once comes back once', async () => {
    const { vault, disk, ports } = open()
    const key = await addKey(vault, 'Dev', 1)
    disk.items.clear()
    vault.forgetSecrets()
    await vault.checkKeychain()
    const paste = () =>
      vault.addKey({
        environmentId: key.environmentId,
        text: makeKeyText(1),
        label: null,
        source: 'clipboard',
        allowTestKey: false,
      })
    const writes = ports.writes()
    const both = await Promise.all([paste(), paste()])
    expect(both.map((result) => (result.ok ? result.value.state : result.error.kind)).sort()).toEqual([
      'KEY_EXISTS',
      'active',
    ])
    expect(ports.writes() - writes).toBe(1)
  })

  test('a key is read from the keychain once, then from memory until it is forgotten', async () => {
    const { vault, ports } = open()
    await addKey(vault, 'Dev', 1)
    const { id } = named(vault, 'Dev')
    await vault.resolveKey(id)
    const before = ports.calls()
    await Promise.all([vault.resolveKey(id), vault.resolveKey(id)])
    expect(ports.calls()).toBe(before)
    vault.forgetSecrets()
    await Promise.all([vault.resolveKey(id), vault.resolveKey(id), vault.resolveKey(id)])
    expect(ports.calls()).toBe(before + 1)
  })

  test('what redaction remembers of keys is forgotten with them', () => {
    const { vault } = open()
    const odd = 'jsk_live_odd(characters)1234'
    registerSecret(odd)
    expect(redactText(odd)).not.toContain('characters')
    vault.forgetSecrets()
    expect(redactText(odd)).toContain('characters')
  })

  test('what is on its way when all is forgotten is not kept', async () => {
    const { vault, ports } = open()
    await addKey(vault, 'Dev', 1)
    const { id } = named(vault, 'Dev')
    vault.forgetSecrets()
    const reading = vault.resolveKey(id)
    vault.forgetSecrets()
    expect((await reading).ok).toBe(true)
    const before = ports.calls()
    await vault.resolveKey(id)
    expect(ports.calls()).toBe(before + 1)
  })

  test('another program changed the item: it is not sent', async () => {
    const { vault, disk } = open()
    const key = await addKey(vault, 'Dev', 1, 'agent')
    vault.forgetSecrets()
    disk.items.set(`${key.id}.1`, makeKeyText(9))
    const changed = { ok: false, error: { kind: 'KEY_CHANGED', label: 'agent' } }
    expect(await vault.resolveKey(named(vault, 'Dev').id)).toEqual(changed)
    expect(await vault.revealKey(key.id)).toEqual(changed)
    await vault.checkKeychain()
    expect(vault.history(key.id).filter(({ what }) => what === 'changed')).toHaveLength(1)
  })

  test('another program removed the item: it is missing, and found when it is back', async () => {
    const { vault, disk } = open()
    const key = await addKey(vault, 'Dev', 1, 'agent')
    vault.forgetSecrets()
    disk.items.clear()
    expect(await vault.resolveKey(named(vault, 'Dev').id)).toEqual({
      ok: false,
      error: { kind: 'KEY_MISSING', environmentName: 'Dev', label: 'agent' },
    })
    expect(vault.keys()[0]?.state).toBe('missing')
    disk.items.set(`${key.id}.1`, makeKeyText(1))
    await vault.checkKeychain()
    expect(vault.keys()[0]?.state).toBe('active')
    expect(sure(await vault.resolveKey(named(vault, 'Dev').id)).keyId).toBe(key.id)
    expect(
      vault
        .history(key.id)
        .map(({ what }) => what)
        .slice(-2),
    ).toEqual(['missing', 'found'])
  })

  test('a key that was rejected before it was missing is rejected again when it is found', async () => {
    const { vault, disk, answers } = open()
    const key = await addKey(vault, 'Dev', 1)
    answers.next = () => ({ kind: 'refused', signature: '401' })
    expect(sure(await vault.proveKey(key.id)).state).toBe('rejected')
    const item = disk.items.get(`${key.id}.1`) ?? ''
    disk.items.clear()
    await vault.checkKeychain()
    disk.items.set(`${key.id}.1`, item)
    await vault.checkKeychain()
    expect(vault.keys()[0]?.state).toBe('rejected')
  })

  test('a key that is removed while it is being read is not handed out', async () => {
    const { vault, ports } = open()
    const key = await addKey(vault, 'Dev', 1)
    vault.forgetSecrets()
    const read = ports.secrets.read
    let answer = (): void => undefined
    ports.secrets.read = async (id) => {
      const found = await read(id)
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      return found
    }
    const reading = vault.revealKey(key.id)
    expect(sure(await vault.removeKey(key.id))).toBeNull()
    answer()
    expect(await reading).toEqual({ ok: false, error: { kind: 'NOT_FOUND', what: 'key' } })
  })

  test('a locked keychain is told, and no key is missing for it', async () => {
    const { vault, ports, told } = open()
    await addKey(vault, 'Dev', 1)
    vault.forgetSecrets()
    ports.setKeychain({ status: 'locked', familiar: true })
    expect(await vault.resolveKey(named(vault, 'Dev').id)).toEqual({
      ok: false,
      error: { kind: 'KEYCHAIN', fault: 'locked' },
    })
    expect(await vault.checkKeychain()).toEqual({ status: 'locked', backend: 'Secret Service' })
    expect(vault.keys()[0]?.state).toBe('active')
    ports.setKeychain({ status: 'ready', familiar: true })
    expect(told.filter((line) => line.startsWith('keychain'))).toEqual(['keychain locked', 'keychain ready'])
    expect((await vault.resolveKey(named(vault, 'Dev').id)).ok).toBe(true)
  })

  test('another keyring answers: it is told, no key is missing, and no key is made in it by itself', async () => {
    const { vault, ports, disk } = open()
    await addKey(vault, 'Dev', 1)
    vault.forgetSecrets()
    const items = new Map(disk.items)
    disk.items.clear()
    ports.changeKeychain({ status: 'ready', familiar: false })
    await vault.checkKeychain()
    expect(vault.hasOtherKeyring()).toBe(true)
    expect(vault.keys()[0]?.state).toBe('active')
    const sandbox = {
      environmentId: named(vault, 'Sandbox').id,
      text: makeKeyText(2),
      label: null,
      source: 'sandbox',
      allowTestKey: false,
    } as const
    expect(await vault.addKey(sandbox)).toEqual({ ok: false, error: { kind: 'KEYCHAIN', fault: 'unavailable' } })
    expect(disk.items.size).toBe(0)
    expect((await vault.addKey({ ...sandbox, source: 'clipboard' })).ok).toBe(true)
    for (const [id, value] of items) disk.items.set(id, value)
    await vault.checkKeychain()
    expect(vault.hasOtherKeyring()).toBe(false)
    expect(vault.keys().map(({ state }) => state)).toEqual(['active', 'active'])
  })

  test('a proof that is refused takes the key out of use', async () => {
    const { vault, answers } = open()
    const key = await addKey(vault, 'Dev', 1)
    answers.next = () => ({ kind: 'refused', signature: '401' })
    expect(sure(await vault.proveKey(key.id)).state).toBe('rejected')
    expect(named(vault, 'Dev').activeKeyId).toBeNull()
  })

  test('a proof that taught nothing changes nothing', async () => {
    const { vault, answers } = open()
    const key = await addKey(vault, 'Dev', 1)
    answers.next = () => ({ kind: 'unknown', reason: '429' })
    expect(sure(await vault.proveKey(key.id))).toEqual(key)
    expect(vault.history(key.id).at(-1)).toMatchObject({ what: 'unproven', detail: '429' })
  })

  test('a key that is removed while it is proven stays removed', async () => {
    const { vault, answers, disk } = open()
    const key = await addKey(vault, 'Dev', 1)
    answers.next = async () => {
      sure(await vault.removeKey(key.id))
      return { kind: 'alive', narrow: false }
    }
    expect(await vault.proveKey(key.id)).toEqual({ ok: false, error: { kind: 'NOT_FOUND', what: 'key' } })
    expect(vault.keys()).toEqual([])
    expect(disk.items.size).toBe(0)
  })

  test('renaming, copying and using are noted, use at most once a minute', async () => {
    const { vault, told } = open()
    const key = await addKey(vault, 'Dev', 1, 'old')
    expect(sure(vault.renameKey(key.id, ' new  name ')).label).toBe('new name')
    expect(vault.history(key.id).at(-1)).toMatchObject({ what: 'renamed', detail: 'old' })
    vault.noteCopy(key.id)
    expect(vault.history(key.id).at(-1)?.what).toBe('copied')
    vault.noteUse(key.id, 1_000_000)
    told.length = 0
    vault.noteUse(key.id, 1_059_999)
    expect(told).toEqual([])
    vault.noteUse(key.id, 1_060_000)
    expect(vault.keys()[0]?.lastUsedAtMs).toBe(1_060_000)
    vault.noteUse('nothing', 0)
  })

  test('a file that takes no change: a key is not removed, its secret stays', async () => {
    const disk = createDisk()
    const run = startVault(disk)
    const vault = run.open()
    const key = await addKey(vault, 'Dev', 1)
    run.ports.refuseChanges()
    expect(await vault.removeKey(key.id)).toEqual({ ok: false, error: { kind: 'STORAGE', fault: 'full' } })
    expect(disk.items.has(`${key.id}.1`)).toBe(true)
    expect(sure(await vault.revealKey(key.id)).keyId).toBe(key.id)
  })

  test('a removed key leaves neither secret nor pointer', async () => {
    const { vault, disk } = open()
    const key = await addKey(vault, 'Dev', 1)
    sure(await vault.removeKey(key.id))
    expect(disk.items.size).toBe(0)
    expect(vault.keys()).toEqual([])
    expect(named(vault, 'Dev').activeKeyId).toBeNull()
    expect(await vault.removeKey(key.id)).toEqual({ ok: false, error: { kind: 'NOT_FOUND', what: 'key' } })
  })
})

describe('memory for this run', () => {
  test('keys are kept in memory only, and are missing in the next run', async () => {
    const { vault, disk, ports } = open()
    ports.changeKeychain({ status: 'unavailable', familiar: true })
    expect(await vault.checkKeychain()).toEqual({ status: 'unavailable', backend: 'Secret Service' })
    expect(await vault.useMemory()).toEqual({ status: 'memory', backend: 'Memory' })
    await addKey(vault, 'Dev', 1)
    expect((await vault.resolveKey(named(vault, 'Dev').id)).ok).toBe(true)
    expect(await vault.checkKeychain()).toEqual({ status: 'memory', backend: 'Memory' })
    expect(disk.items.size).toBe(0)
    const next = open(disk).vault
    await next.checkKeychain()
    expect(next.keys()[0]?.state).toBe('missing')
  })

  test('keys of the keychain are out of reach then: not missing, not removable, but they can be pasted', async () => {
    const { vault, disk, ports } = open()
    const key = await addKey(vault, 'Dev', 1)
    ports.changeKeychain({ status: 'unavailable', familiar: true })
    await vault.useMemory()
    const unavailable = { ok: false, error: { kind: 'KEYCHAIN', fault: 'unavailable' } }
    expect(await vault.resolveKey(named(vault, 'Dev').id)).toEqual(unavailable)
    expect(await vault.removeKey(key.id)).toEqual(unavailable)
    expect(vault.keys()[0]?.state).toBe('active')
    expect((await addKey(vault, 'Dev', 1)).id).toBe(key.id)
    expect((await vault.resolveKey(named(vault, 'Dev').id)).ok).toBe(true)
    expect([...disk.items.values()]).toEqual([makeKeyText(1)])
  })
})
