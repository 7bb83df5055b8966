import { afterEach, beforeEach, expect, test } from 'vitest'
import { panicConfirmation } from '../../shared/model/defaults.ts'
import type { Log } from '../core/ports.ts'
import { openLiveParts } from './fixtures/live-rotations.ts'
import { ensureSandboxKey, leavesSandboxWithoutKey } from './sandbox-key.ts'

const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => 'reference' }

let parts: Awaited<ReturnType<typeof openLiveParts>>
beforeEach(async () => {
  parts = await openLiveParts()
})
afterEach(() => parts.close())

/** A run that sees to the sandbox's key as the product does: after each word of a rotation. */
async function openRun() {
  const run = await parts.openRun()
  const { vault } = run
  let settling = Promise.resolve()
  const settle = (): Promise<void> => {
    const issuer = parts.server
    settling = settling.then(() => ensureSandboxKey({ vault, http: parts.http, issuer, log: silentLog }))
    return settling
  }
  run.listen((rotation) => {
    if (leavesSandboxWithoutKey(vault, rotation)) void settle()
  })
  return { ...run, settle, settled: () => settling }
}

const sandboxKey = ({ environment }: Awaited<ReturnType<typeof openRun>>) => environment('Sandbox').activeKeyId

test('revoking the Sandbox’s key leaves a Sandbox that works, with a new key', async () => {
  const run = await openRun()
  await run.settle()
  const before = sandboxKey(run) ?? ''
  const begun = await run.rotations.revoke(before, null)
  const ended = await run.waitFor(begun.ok ? begun.value.id : '', ({ end }) => end !== null)
  await run.settled()
  expect(ended.end).toBe('done')
  expect(sandboxKey(run)).not.toBeNull()
  expect(sandboxKey(run)).not.toBe(before)
  expect((await run.call()).ok).toBe(true)
  expect(
    run.vault
      .keys()
      .map(({ state }) => state)
      .sort(),
    'the passport of the dead key stays',
  ).toEqual(['active', 'dead'])
})

test('panic leaves a Sandbox that works, with a new key', async () => {
  const run = await openRun()
  await run.settle()
  const rows = await run.rotations.panic(null, panicConfirmation)
  const id = rows.ok ? (rows.value[0]?.rotationId ?? '') : ''
  expect((await run.waitFor(id, ({ end }) => end !== null)).end).toBe('done')
  await run.settled()
  expect((await run.call()).ok).toBe(true)
})

test('a revocation that a restart resumes takes the key that the start found, and a new one comes', async () => {
  const first = await openRun()
  await first.settle()
  const before = sandboxKey(first) ?? ''
  // The issuer is out of reach for the moment in which the app goes.
  const begun = await first.rotations.revoke(before, null)
  await first.rotations.close()
  const id = begun.ok ? begun.value.id : ''
  expect(first.rotations.list().find((one) => one.id === id)?.end).toBeNull()
  first.store.close()

  const second = await openRun()
  await second.vault.checkKeychain()
  second.rotations.resume()
  await second.settle()
  await second.waitFor(id, ({ end }) => end !== null)
  await second.settled()
  expect((await second.call()).ok).toBe(true)
  expect(sandboxKey(second)).not.toBe(before)
  const alive = parts.server.listKeys().filter(({ revokedAtMs }) => revokedAtMs === null)
  expect(alive).toHaveLength(1)
})

test('no key is made for the Sandbox while a rotation is on its way to one', async () => {
  const run = await openRun()
  await run.settle()
  const before = sandboxKey(run) ?? ''
  // The secret of the key in use is gone, and the service does not answer the proof of the new one.
  await parts.memory.remove(`${before}.1`)
  run.vault.forgetSecrets()
  parts.server.inject({ kind: 'status', status: 503 }, 200)
  const started = await run.rotations.start(run.environment('Sandbox').id)
  const id = started.ok ? started.value.id : ''
  await run.waitFor(id, ({ step, problem }) => step === 'prove' && problem !== null)
  const made = () => parts.server.countRequests('/_issuer/keys', 'POST')
  const asked = made()
  for (let event = 0; event < 3; event += 1) await run.settle()
  expect(made()).toBe(asked)
})
