import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KeychainFault } from '../../../shared/error.ts'
import { Crash, createDisk, type Disk, type Fault, type FaultPlan } from './fixtures/faulty-ports.ts'
import { makeKeyText, named, startVault } from './fixtures/vault-run.ts'
import type { ProbeOutcome, Vault } from './vault.ts'

type Run = ReturnType<typeof startVault>

/** A key that worked before an operation, with its text. */
interface WorkingKey {
  readonly id: string
  readonly environmentId: string
  readonly text: string
  readonly used: boolean
}

async function addKey(vault: Vault, name: string, number: number) {
  const environmentId = named(vault, name).id
  return vault.addKey({
    environmentId,
    text: makeKeyText(number),
    label: null,
    source: 'clipboard',
    allowTestKey: false,
  })
}

/** A profile with keys in two environments, one of them with a spare. */
async function makeDisk(): Promise<Disk> {
  const run = startVault(createDisk())
  const vault = run.open()
  for (const [name, number] of [
    ['Dev', 1],
    ['Dev', 2],
    ['Prod', 3],
  ] as const) {
    expect((await addKey(vault, name, number)).ok).toBe(true)
  }
  return run.disk
}

function copyDisk(disk: Disk): Disk {
  return {
    ...disk,
    environments: new Map(disk.environments),
    keys: new Map(disk.keys),
    items: new Map(disk.items),
  }
}

function listWorking(disk: Disk): readonly WorkingKey[] {
  return [...disk.keys.values()].flatMap(({ id, environmentId, state }) => {
    const text = disk.items.get(`${id}.1`)
    const used = disk.environments.get(environmentId)?.activeKeyId === id
    return text !== undefined && state === 'active' ? [{ id, environmentId, text, used }] : []
  })
}

/** Runs the operation; a crash ends it as it would end the process. */
async function survive(work: () => unknown): Promise<'done' | 'crashed'> {
  try {
    await work()
    return 'done'
  } catch (error) {
    if (error instanceof Crash) return 'crashed'
    throw error
  }
}

/** What must hold after anything, once the keychain was looked at. */
async function expectSound(vault: Vault, disk: Disk, safe: readonly WorkingKey[]) {
  await vault.checkKeychain()
  vault.forgetSecrets()
  expect(vault.environments().some(({ kind }) => kind === 'sandbox')).toBe(true)
  expect(vault.environment(vault.currentEnvironmentId())).not.toBeNull()

  const ids = vault.keys().map(({ id }) => id)
  for (const item of disk.items.keys()) expect(ids, 'a secret without a passport').toContain(item.replace(/\.1$/, ''))
  for (const environment of vault.environments()) {
    if (environment.activeKeyId !== null) expect(ids, 'a pointer to nothing').toContain(environment.activeKeyId)
  }
  for (const key of vault.keys()) {
    const revealed = await vault.revealKey(key.id)
    if (!revealed.ok) expect([key.state, revealed.error.kind]).toEqual(['missing', 'KEY_MISSING'])
    else expect(revealed.value.secret.reveal()).toBe(disk.items.get(`${key.id}.1`))
  }
  for (const { id, environmentId, text, used } of safe) {
    const revealed = await vault.revealKey(id)
    expect(revealed.ok && revealed.value.secret.reveal(), 'a working key was lost').toBe(text)
    if (!used) continue
    const resolved = await vault.resolveKey(environmentId)
    expect(resolved.ok && resolved.value.keyId, 'an environment lost its key').toBe(id)
  }
  const records = JSON.stringify([...disk.environments.values(), ...disk.keys.values(), ...disk.events])
  expect(records).not.toMatch(/jsk_live_\d/)
}

const alive: ProbeOutcome = { kind: 'alive', narrow: false }

interface Operation {
  readonly name: string
  readonly run: (vault: Vault) => unknown
  /** Keys that the operation itself may take away or out of use. */
  readonly touches: (key: WorkingKey, disk: Disk) => boolean
  /** True when it moves the pointer of Dev to another key on purpose. */
  readonly moves?: boolean
}

const keyOf = (vault: Vault, number: number) =>
  vault.keys().find(({ mask }) => mask.endsWith(String(number).padStart(4, '0')))?.id ?? 'none'
const isNumber = (key: WorkingKey, number: number) => key.text === makeKeyText(number)
const isIn = (key: WorkingKey, disk: Disk, name: string) => disk.environments.get(key.environmentId)?.name === name

const operations: readonly Operation[] = [
  { name: 'open', run: () => {}, touches: () => false },
  { name: 'add', run: (vault) => addKey(vault, 'Staging', 7), touches: () => false },
  { name: 'add beside others', run: (vault) => addKey(vault, 'Dev', 8), touches: () => false },
  { name: 'prove', run: (vault) => vault.proveKey(keyOf(vault, 1)), touches: () => false },
  {
    name: 'rename',
    run: (vault) => vault.renameKey(keyOf(vault, 1), 'another name'),
    touches: () => false,
  },
  { name: 'use', run: (vault) => vault.useKey(keyOf(vault, 2)), touches: () => false, moves: true },
  { name: 'remove', run: (vault) => vault.removeKey(keyOf(vault, 1)), touches: (key) => isNumber(key, 1) },
  {
    name: 'remove environment',
    run: (vault) => vault.removeEnvironment(named(vault, 'Dev').id),
    touches: (key, disk) => isIn(key, disk, 'Dev'),
  },
  {
    name: 'move environment',
    run(vault) {
      const dev = named(vault, 'Dev')
      return vault.updateEnvironment(dev.id, { ...dev, baseUrl: 'https://elsewhere.example' })
    },
    touches: (key, disk) => isIn(key, disk, 'Dev'),
  },
  { name: 'check', run: (vault) => vault.checkKeychain(), touches: () => false },
]
const faultKinds: readonly Fault[] = ['refuse', 'refuse late', 'crash', 'crash late']

/** Runs one operation with the given faults, then goes on as the program would. */
async function runFaulty(disk: Disk, operation: Operation, plan: FaultPlan, keychain: KeychainFault): Promise<Run> {
  const safe = listWorking(disk)
    .filter((key) => !operation.touches(key, disk))
    .map((key) => ({ ...key, used: key.used && !(operation.moves === true && isIn(key, disk, 'Dev')) }))
  const run = startVault(disk, plan)
  run.answers.next = () => alive
  run.ports.faults.keychain = keychain
  let vault: Vault | null = null
  const end = await survive(() => {
    vault = run.open()
    return operation.run(vault)
  })
  run.ports.faults.plan = () => null
  if (end === 'done' && vault !== null) await expectSound(vault, disk, safe)
  await expectSound(startVault(disk).open(), disk, safe)
  return run
}

describe('one fault at each call of a port', () => {
  const cases = operations.flatMap((operation) => faultKinds.map((fault) => ({ operation, fault })))

  test.each(cases)('$operation.name, $fault: all stays sound', async ({ operation, fault }) => {
    const disk = await makeDisk()
    let reached = 0
    for (let number = 1; ; number += 1) {
      const run = await runFaulty(copyDisk(disk), operation, (call) => (call === number ? fault : null), 'failed')
      if (run.ports.calls() < number) break
      reached = number
      expect(number).toBeLessThan(100)
    }
    // Each operation has calls that can fail; opening alone has them only on a new profile.
    if (operation.name !== 'open') expect(reached).toBeGreaterThan(0)
  })

  test.each(faultKinds)('a new profile, %s at its first call: the next start is whole', async (fault) => {
    const disk = createDisk()
    const run = startVault(disk, (call) => (call === 1 ? fault : null))
    await survive(() => run.open())
    const vault = startVault(disk).open()
    expect(vault.environments().map(({ name }) => name)).toEqual(['Sandbox', 'Dev', 'Staging', 'Prod'])
  })
})

test.each(['crash', 'crash late'] as const)(
  'an addition that a %s cuts off at any call: at the next start the key is there with its secret, or not at all',
  async (fault) => {
    const start = await makeDisk()
    const seen = new Set<string>()
    for (let number = 1; ; number += 1) {
      const disk = copyDisk(start)
      const run = startVault(disk, (call) => (call === number ? fault : null))
      const end = await survive(() => addKey(run.open(), 'Dev', 9))
      const vault = startVault(disk).open()
      await vault.checkKeychain()
      const key = vault.keys().find(({ id }) => !start.keys.has(id))
      const item = [...disk.items.keys()].find((id) => !start.items.has(id))
      expect(item, 'a secret and its passport').toBe(key === undefined ? undefined : `${key.id}.1`)
      expect(['active', 'candidate', 'gone']).toContain(key?.state ?? 'gone')
      if (key !== undefined) expect(vault.history(key.id).some(({ what }) => what === 'stored')).toBe(true)
      seen.add(key?.state ?? 'gone')
      if (end === 'done') break
      expect(number).toBeLessThan(100)
    }
    expect([...seen].sort()).toEqual(['active', 'candidate', 'gone'])
  },
)

test('any sequence of operations with any faults leaves all sound', async () => {
  const step = fc.record({
    operation: fc.constantFrom(...operations),
    faults: fc.array(fc.record({ call: fc.integer({ min: 1, max: 14 }), fault: fc.constantFrom(...faultKinds) }), {
      maxLength: 4,
    }),
    keychain: fc.constantFrom<KeychainFault>('failed', 'mismatch', 'unavailable'),
  })
  const start = await makeDisk()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      const disk = copyDisk(start)
      for (const { operation, faults, keychain } of steps) {
        // What an earlier step took away cannot be operated on.
        if (
          /environment|beside/.test(operation.name) &&
          ![...disk.environments.values()].some(({ name }) => name === 'Dev')
        ) {
          continue
        }
        const plan: FaultPlan = (call) => faults.find((planned) => planned.call === call)?.fault ?? null
        await runFaulty(disk, operation, plan, keychain)
      }
    }),
    { numRuns: 300 },
  )
})
