import { describe, expect, test } from 'vitest'
import type { AppError } from '../../../shared/error.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import type { CallAnswer, CallInput } from '../pipeline/pipeline.ts'
import type { Log } from '../ports.ts'
import { Crash, createDisk, type Disk, type FaultPlan } from '../vault/fixtures/faulty-ports.ts'
import { named, startVault } from '../vault/fixtures/vault-run.ts'
import { createSecretKeeper, type WebhookTraits } from './secret-keeper.ts'

const log: Log = { info: () => {}, warn: () => {}, error: () => 'reference' }
const secret = 'whsec_0123456789abcdef0123456789abcdef'
const url = 'https://hooks.example.com/jasni'
const made: WebhookTraits = { id: 'wh_1', url, createdAtMs: 1_700_000_000_000 }
let ids = 0

/** One run of the keeper over a disk, with the server's side of a creation. */
function startKeeper(disk: Disk, plan: FaultPlan = () => null) {
  const run = startVault(disk, plan)
  const vault = run.open()
  const keeper = createSecretKeeper({
    store: run.ports.store,
    custody: vault.custody,
    keychain: () => vault.keychain(),
    clock: { nowMs: () => run.time.nowMs },
    random: { id: () => `record-${++ids}` },
    log,
  })
  const environmentId = named(vault, 'Dev').id
  const input = (operation: string, more: Partial<CallInput> = {}): CallInput => ({
    environmentId,
    operation,
    effect: 'write',
    method: 'POST',
    path: '/webhooks',
    query: [],
    body: { url, events: ['email.sent'] },
    source: 'Webhooks',
    ...more,
  })
  const answered: Result<CallAnswer> = succeed({ callId: 1, status: 201, body: null })
  return {
    ...run,
    vault,
    keeper,
    environmentId,
    input,
    /** Creates a webhook at a server that answers like this; false when it was not asked at all. */
    async create(
      answer: unknown = { data: { webhook: { id: made.id, url, secret } } },
      result: Result<CallAnswer> = answered,
    ): Promise<Result<unknown>> {
      const begun = keeper.watch.begin(input('createWebhook'))
      if (!begun.ok) return begun
      begun.value?.read(201, new TextEncoder().encode(JSON.stringify(answer)))
      await begun.value?.end(result)
      return result
    },
    async remove(result: Result<CallAnswer> = answered) {
      const begun = keeper.watch.begin(input('deleteWebhook', { query: [['id', made.id]] }))
      if (begun.ok) await begun.value?.end(result)
    },
    state: () => keeper.stateOf(environmentId, made.id).state,
    async revealed() {
      const found = await keeper.reveal(environmentId, made.id)
      return found.ok ? found.value.reveal() : found.error
    },
  }
}

describe('the secret of a webhook', () => {
  test('is taken from the answer into the keychain alone, under an item of its own', async () => {
    const disk = createDisk()
    const run = startKeeper(disk)
    await run.create()
    expect(run.keeper.stateOf(run.environmentId, made.id)).toMatchObject({ state: 'stored', mask: 'whsec_…cdef' })
    expect(await run.revealed()).toBe(secret)
    expect([...disk.items.values()].filter((value) => value === secret)).toHaveLength(1)
    expect(JSON.stringify({ ...disk, items: [] })).not.toContain(secret)
  })

  test.each([
    ['beside the webhook', { data: { webhook: { id: made.id }, secret } }],
    ['beside the data', { data: { webhook: { id: made.id } }, secret }],
    ['in the data itself', { data: { id: made.id, secret } }],
  ])('is found %s', async (_where, answer) => {
    const run = startKeeper(createDisk())
    await run.create(answer)
    expect(await run.revealed()).toBe(secret)
  })

  test('goes with its webhook, also when the server does not know it any more, and not when it refuses', async () => {
    const disk = createDisk()
    const run = startKeeper(disk)
    await run.create()
    await run.remove(fail<AppError>({ kind: 'FORBIDDEN', apiMessage: '', callId: 1 }))
    expect(run.state()).toBe('stored')
    await run.remove(fail<AppError>({ kind: 'API_NOT_FOUND', apiMessage: '', callId: 1 }))
    expect(run.state()).toBe('none')
    expect(disk.items.size).toBe(0)
    expect(disk.webhookSecrets).toEqual([])
  })

  test('that cannot be deleted yet is deleted by a later run', async () => {
    const disk = createDisk()
    const run = startKeeper(disk)
    await run.create()
    run.ports.setKeychain({ status: 'locked', familiar: true })
    await run.remove()
    expect([...disk.items.values()]).toContain(secret)
    run.ports.setKeychain({ status: 'ready', familiar: true })
    await startKeeper(disk).keeper.resume(null)
    expect([...disk.items.values()]).not.toContain(secret)
    expect(disk.webhookSecrets).toEqual([])
  })

  test('is not asked for while the keychain cannot take it', async () => {
    const run = startKeeper(createDisk())
    run.ports.setKeychain({ status: 'locked', familiar: true })
    expect(await run.create()).toEqual({ ok: false, error: { kind: 'KEYCHAIN', fault: 'locked' } })
    expect(run.disk.webhookSecrets).toEqual([])
  })

  test('that the keychain refuses after all is called lost', async () => {
    const run = startKeeper(createDisk())
    run.ports.changeKeychain({ status: 'locked', familiar: true })
    await run.create()
    expect(run.state()).toBe('lost')
    expect(await run.revealed()).toEqual({ kind: 'WEBHOOK_SECRET', fault: 'lost' })
  })

  test('that another program took away is called missing, and can be added again', async () => {
    const disk = createDisk()
    await startKeeper(disk).create()
    for (const [id, value] of disk.items) if (value === secret) disk.items.delete(id)
    const run = startKeeper(disk)
    expect(await run.revealed()).toEqual({ kind: 'WEBHOOK_SECRET', fault: 'missing' })
    expect(run.state()).toBe('missing')
    const webhook = { environmentId: run.environmentId, webhookId: made.id, url }
    expect(await run.keeper.add(webhook, ` ${secret}\n`)).toEqual({ ok: true, value: null })
    expect(await run.revealed()).toBe(secret)
    expect(disk.webhookSecrets).toHaveLength(1)
  })

  test.each([
    ['', 'empty'],
    ['hello', 'prefix'],
    [`jsk_live_${'a'.repeat(20)}`, 'key'],
    ['whsec_a', 'shape'],
    [`${secret} ${secret}`, 'shape'],
  ])('%j is none: %s', async (text, fault) => {
    const run = startKeeper(createDisk())
    const webhook = { environmentId: run.environmentId, webhookId: made.id, url }
    expect(await run.keeper.add(webhook, text)).toEqual({ ok: false, error: { kind: 'WEBHOOK_SECRET', fault } })
    expect(run.state()).toBe('none')
  })

  test('of the local server ends with its run', async () => {
    const disk = createDisk()
    const run = startKeeper(disk)
    await run.create()
    await startKeeper(disk).keeper.resume(run.environmentId)
    expect(disk.webhookSecrets).toEqual([])
    expect([...disk.items.values()]).not.toContain(secret)
  })
})

describe('an answer that never came', () => {
  const unknown = fail<AppError>({ kind: 'UNKNOWN_OUTCOME', status: null, callId: 1 })

  test('is settled by what the server lists: the secret is lost, and it is said', async () => {
    const run = startKeeper(createDisk())
    await run.create({}, unknown)
    await run.keeper.settle(run.environmentId, [{ ...made, id: 'wh_0', url: 'https://other.example' }, made])
    expect(run.state()).toBe('lost')
  })

  test('leaves nothing behind when no webhook was made', async () => {
    const run = startKeeper(createDisk())
    await run.create({}, unknown)
    await run.keeper.settle(run.environmentId, [])
    expect(run.disk.webhookSecrets).toHaveLength(1)
    run.time.nowMs += 700_000
    await run.keeper.settle(run.environmentId, [])
    expect(run.disk.webhookSecrets).toEqual([])
  })

  test('a webhook that is older than the question is not taken for it', async () => {
    const run = startKeeper(createDisk())
    await run.create({}, unknown)
    await run.keeper.settle(run.environmentId, [{ ...made, createdAtMs: run.time.nowMs - 3_600_000 }])
    expect(run.state()).toBe('none')
  })

  test('a refusal leaves nothing behind', async () => {
    const run = startKeeper(createDisk())
    await run.create({}, fail<AppError>({ kind: 'API_REFUSED', status: 400, apiMessage: '', callId: 1 }))
    expect(run.disk.webhookSecrets).toEqual([])
  })
})

test('with a fault at any call of a port a secret is kept, or it is said that it was not', async () => {
  let told = 0
  for (const fault of ['refuse', 'refuse late', 'crash', 'crash late'] as const) {
    for (let at = 1; at <= 14; at += 1) {
      const disk = createDisk()
      // The environments of a new profile are there before.
      startKeeper(disk)
      let asked = false
      const first = startKeeper(disk, (call) => (call === at ? fault : null))
      try {
        const begun = first.keeper.watch.begin(first.input('createWebhook'))
        asked = begun.ok
        if (begun.ok) {
          begun.value?.read(
            201,
            new TextEncoder().encode(JSON.stringify({ data: { webhook: { id: made.id, url, secret } } })),
          )
          await begun.value?.end(succeed({ callId: 1, status: 201, body: null }))
        }
      } catch (error) {
        if (!(error instanceof Crash)) throw error
      }
      const next = startKeeper(disk)
      await next.keeper.resume(null)
      // A creation that nobody asked the server for made nothing.
      if (!asked) continue
      await next.keeper.settle(next.environmentId, [made])
      const state = next.state()
      expect(['stored', 'lost'], `${fault} at ${at}`).toContain(state)
      if (state === 'stored') expect(await next.revealed(), `${fault} at ${at}`).toBe(secret)
      told += 1
    }
  }
  expect(told).toBeGreaterThan(30)
})
