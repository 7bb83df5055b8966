import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KeychainFault } from '../../../shared/error.ts'
import type { IssuerKind, Rotation } from '../../../shared/model/rotation.ts'
import { Crash, createDisk, type Disk, type Fault, type FaultPlan } from '../vault/fixtures/faulty-ports.ts'
import { maskKey } from '../vault/key-text.ts'
import {
  createWorld,
  endKey,
  issueKey,
  type ModelRun,
  startRun,
  usableKey,
  type World,
} from './fixtures/model-world.ts'

const dayMs = 86_400_000
const faultKinds: readonly Fault[] = ['refuse', 'refuse late', 'crash', 'crash late']

/** Runs the work; a crash ends it as it would end the process. */
async function survive(work: () => unknown): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Crash)) throw error
  }
}

/** A world with one environment whose key works. */
async function makeWorld(issuer: IssuerKind, revokeDelayMs: number): Promise<World> {
  const world = createWorld(createDisk(), issuer, revokeDelayMs)
  const run = startRun(world)
  const environment = run.vault.environments().find(({ kind }) => kind === 'remote')
  if (environment === undefined) throw new Error('no environment')
  world.environmentId = environment.id
  const { text, id } = issueKey(world, 'first')
  const added = await run.vault.addKey({
    environmentId: environment.id,
    text,
    label: null,
    source: 'clipboard',
    allowTestKey: false,
    ...(issuer === 'automatic' ? { issuerKeyId: id } : {}),
  })
  expect(added).toMatchObject({ ok: true, value: { state: 'active' } })
  expect(usableKey(world)).toBe(text)
  return world
}

function copyDisk(disk: Disk): Disk {
  return {
    ...disk,
    environments: new Map(disk.environments),
    keys: new Map(disk.keys),
    items: new Map(disk.items),
    rotations: new Map(disk.rotations),
    policies: new Map(disk.policies),
  }
}

function copyWorld(world: World): World {
  return {
    ...world,
    disk: copyDisk(world.disk),
    time: { ...world.time },
    keys: world.keys.map((key) => ({ ...key })),
    passports: new Set(world.passports),
    violations: [],
  }
}

/** What a person does at one moment. */
type Deed = 'cancel' | 'go back' | 'retry' | 'stop' | 'prove in an outage' | 'lock' | 'unlock' | 'nothing'

/** The person at the dashboard: makes the key that is waited for, ends the one that is to be ended. */
async function helpOut(run: ModelRun): Promise<void> {
  const { world } = run
  for (const rotation of run.shown.values()) {
    if (rotation.end !== null || rotation.issuer !== 'dashboard') continue
    if (rotation.waitsFor === 'new-key' && rotation.step === 'obtain' && rotation.wish === null) {
      const unused = world.keys.find(
        ({ text, diesAtMs }) => diesAtMs === null && text !== oldText(world, rotation) && !isKnown(world, text),
      )
      run.clipboard.text = (unused ?? issueKey(world, 'by hand')).text
      await run.rotations.pasteKey(rotation.id)
    }
    if (rotation.waitsFor === 'revoke' && rotation.wish === null && rotation.end === null) {
      const key = world.keys.find(({ text }) => text === oldText(world, rotation))
      if (key !== undefined && world.disk.rotations.get(rotation.id)?.end === null) endKey(world, key)
    }
  }
}

function oldText(world: World, { oldKey }: Pick<Rotation, 'oldKey'>): string | undefined {
  return world.disk.items.get(`${oldKey.id}.1`)
}

function isKnown(world: World, text: string): boolean {
  return [...world.disk.items.values()].includes(text)
}

/** True while a person at the dashboard has something to do. */
function waitsForPerson({ world, shown }: ModelRun): boolean {
  return [...shown.values()].some(
    (rotation) =>
      rotation.end === null &&
      (rotation.waitsFor === 'new-key' ||
        (rotation.waitsFor === 'revoke' &&
          world.keys.some(({ text, diesAtMs }) => text === oldText(world, rotation) && diesAtMs === null))),
  )
}

function doDeed(run: ModelRun, deed: Deed): void {
  if (deed === 'lock') run.ports.changeKeychain({ status: 'locked', familiar: true })
  if (deed === 'unlock') run.ports.changeKeychain({ status: 'ready', familiar: true })
  const [rotation] = run.running()
  if (rotation === undefined) return
  if (deed === 'cancel') run.rotations.cancel(rotation.id)
  // Nobody goes back to a key that they have ended by hand; the service may not know it yet.
  const isEnded = run.world.keys.some(
    ({ text, diesAtMs }) => text === oldText(run.world, rotation) && diesAtMs !== null,
  )
  if (deed === 'go back' && !(rotation.issuer === 'dashboard' && isEnded)) run.rotations.goBack(rotation.id)
  if (deed === 'prove in an outage') {
    run.world.outageUntilMs = run.world.time.nowMs + 20_000
    for (const key of [rotation.oldKey, rotation.newKey]) {
      if (key !== null) void run.vault.proveKey(key.id).catch(() => {})
    }
  }
  if (deed === 'stop') run.rotations.stopAsking(rotation.id)
  if (deed === 'retry') void run.rotations.retry(rotation.id).catch(() => {})
}

/** One run: begins or resumes a rotation, and goes on until it ends, crashes, or a day has passed. */
async function live(
  world: World,
  plan: FaultPlan,
  options: { readonly starts: boolean; readonly deeds?: readonly Deed[]; readonly keychain?: KeychainFault },
): Promise<ModelRun> {
  const run = startRun(world, plan, options.keychain)
  run.guard.guardKeys()
  await survive(async () => {
    await run.vault.checkKeychain()
    run.rotations.resume()
    if (options.starts && run.running().length === 0) await run.rotations.start(world.environmentId)
    const deeds = [...(options.deeds ?? [])]
    for (let round = 0; round < 60 && run.running().length > 0 && !run.ports.hasCrashed(); round += 1) {
      const deed = deeds.shift()
      if (deed !== undefined) doDeed(run, deed)
      let steps = 0
      await run.pump(() => {
        steps += 1
        return run.running().length === 0 || waitsForPerson(run) || (deeds.length > 0 && steps > 2)
      }, dayMs)
      await helpOut(run)
    }
  })
  await survive(() => run.rotations.close())
  expect(run.broken).toEqual([])
  return run
}

/** Restarts without faults until all is ended, and judges what is left. */
async function expectSound(world: World): Promise<void> {
  await live(world, () => null, { starts: false })
  const records = [...world.disk.rotations.values()]
  expect(records.filter(({ end }) => end === null)).toEqual([])
  expect([...new Set(world.violations)]).toEqual([])
  expect(usableKey(world)).not.toBeNull()
  const named = records.flatMap(({ leftBehind }) => leftBehind)
  for (const key of world.keys) {
    if (key.diesAtMs !== null) continue
    const held = [...world.disk.items.values()].includes(key.text)
    if (held) continue
    // A live key whose secret is not here: a person must have been told, or it never left their hands.
    const mask = maskKey(key.text)
    const isByHand = key.label === 'by hand'
    const isTold = named.some(({ what, detail }) =>
      what === 'key-at-issuer' ? !isByHand || detail === mask : what === 'maybe-key-at-issuer',
    )
    const isInHands = isByHand && !world.passports.has(mask)
    expect(isTold || isInHands, `a key was left at the issuer: ${key.label}`).toBe(true)
  }
  for (const key of world.disk.keys.values()) {
    if (key.state === 'dead') expect(world.disk.items.has(`${key.id}.1`)).toBe(false)
    expect(['retiring']).not.toContain(key.state)
  }
  const text = JSON.stringify([...records, ...world.disk.events])
  expect(text).not.toMatch(/jsk_live_\d/)
}

describe.each(['automatic', 'dashboard'] as const)('issuer %s', (issuer) => {
  test('without a fault the old key dies and the new one is used', async () => {
    const world = await makeWorld(issuer, 5000)
    const before = usableKey(world)
    await live(world, () => null, { starts: true })
    expect([...world.disk.rotations.values()].map(({ end }) => end)).toEqual(['done'])
    expect(usableKey(world)).not.toBe(before)
    await expectSound(world)
  })

  test.each(faultKinds)('one fault (%s) at each call of a port: always a usable key, always an end', async (fault) => {
    const start = await makeWorld(issuer, 3000)
    let reached = 0
    for (let number = 1; ; number += 1) {
      const world = copyWorld(start)
      const run = await live(world, (call) => (call === number ? fault : null), { starts: true })
      await expectSound(world)
      if (run.ports.calls() < number) break
      reached = number
      expect(number).toBeLessThan(300)
    }
    expect(reached).toBeGreaterThan(20)
  })

  test.each(['r', 'rr', 'rarra', 'rrarrarra'])(
    'refusals “%s” that are not three in a row are no death',
    async (flaps) => {
      const world = { ...(await makeWorld(issuer, 120_000)), flaps }
      await live(world, () => null, { starts: true })
      const [record] = [...world.disk.rotations.values()]
      expect(world.flaps).toBe('')
      expect(record?.end).toBe('done')
      expect(record?.proof.refusedAtMs).toHaveLength(3)
      const times = record?.proof.refusedAtMs ?? []
      const diedAtMs = Math.min(...world.keys.map(({ diesAtMs }) => diesAtMs ?? Number.POSITIVE_INFINITY))
      expect(Math.min(...times)).toBeGreaterThanOrEqual(diedAtMs)
      expect(new Set(times).size, 'each at its own time').toBe(3)
      await expectSound(world)
    },
  )

  test('a new key that the service refuses is never used', async () => {
    const world = await makeWorld(issuer, 3000)
    world.badKeys = 1
    const before = usableKey(world)
    await live(world, () => null, { starts: true })
    expect([...world.disk.rotations.values()].map(({ end }) => end)).toEqual(['failed'])
    expect(usableKey(world)).toBe(before)
    await expectSound(world)
  })

  test('an issuer that answers with the key in use does not get it revoked', async () => {
    const world = await makeWorld(issuer, 3000)
    world.oldAnswers = 1
    const before = usableKey(world)
    await live(world, () => null, { starts: true })
    const [record] = [...world.disk.rotations.values()]
    if (issuer === 'automatic') {
      expect(record).toMatchObject({ end: 'failed', problem: { error: { kind: 'KEY_EXISTS' } }, leftBehind: [] })
      expect(usableKey(world)).toBe(before)
      expect(world.keys.map(({ diesAtMs }) => diesAtMs)).toEqual([null])
    } else expect(record?.end).toBe('done')
    await expectSound(world)
  })

  test('cancelled behind a keychain that locked at any moment', async () => {
    const start = await makeWorld(issuer, 3000)
    for (let moment = 0; moment < 16; moment += 1) {
      const world = copyWorld(start)
      const wait = (count: number) => Array.from({ length: count }, () => 'nothing' as const)
      const deeds: Deed[] = [...wait(moment), 'lock', ...wait(1), 'cancel', ...wait(6), 'unlock']
      await live(world, () => null, { starts: true, deeds })
      await expectSound(world)
    }
  })

  test.each(['cancel', 'go back', 'stop', 'retry', 'prove in an outage'] as const)('%s at any moment', async (deed) => {
    const start = await makeWorld(issuer, 3000)
    for (let moment = 0; moment < 25; moment += 1) {
      const world = copyWorld(start)
      const deeds: Deed[] = [...Array.from({ length: moment }, () => 'nothing' as const), deed]
      await live(world, () => null, { starts: true, deeds })
      await expectSound(world)
    }
  })
})

test('any faults over any number of runs, whatever a person does', async () => {
  const faults = fc.array(fc.record({ call: fc.integer({ min: 1, max: 60 }), fault: fc.constantFrom(...faultKinds) }), {
    maxLength: 5,
  })
  const run = fc.record({
    faults,
    deeds: fc.array(
      fc.constantFrom<Deed>(
        'cancel',
        'go back',
        'retry',
        'stop',
        'prove in an outage',
        'nothing',
        'nothing',
        'nothing',
      ),
      { maxLength: 8 },
    ),
    keychain: fc.constantFrom<KeychainFault>('failed', 'mismatch', 'locked', 'busy', 'denied'),
  })
  const worlds = {
    automatic: await makeWorld('automatic', 0),
    dashboard: await makeWorld('dashboard', 0),
  }
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<IssuerKind>('automatic', 'dashboard'),
      fc.constantFrom(0, 500, 20_000, 300_000, 900_000),
      fc.array(run, { minLength: 1, maxLength: 5 }),
      fc.constantFrom(0, 0, 1, 2),
      fc.constantFrom(0, 0, 1, 2),
      // A fault may swallow any of these answers, so that no order of three makes a row.
      fc.constantFrom('', 'r', 'arr', 'rar'),
      async (issuer, revokeDelayMs, runs, badKeys, oldAnswers, flaps) => {
        const world = { ...copyWorld(worlds[issuer]), revokeDelayMs, badKeys, oldAnswers, flaps }
        for (const { faults: planned, deeds, keychain } of runs) {
          const plan: FaultPlan = (call) => planned.find((candidate) => candidate.call === call)?.fault ?? null
          await live(world, plan, { starts: true, deeds, keychain })
        }
        await expectSound(world)
      },
    ),
    { numRuns: 400 },
  )
})
