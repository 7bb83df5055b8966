import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fail } from '../../../shared/result.ts'
import { policyOf, startBroker, useBroker } from '../../shell/fixtures/broker.ts'
import { type LiveRun, openLiveParts } from '../../shell/fixtures/live-rotations.ts'

// What a company's key broker may answer, and what must not come of it.

let parts: Awaited<ReturnType<typeof openLiveParts>>
let run: LiveRun
const closers: (() => void)[] = []

beforeEach(async () => {
  parts = await openLiveParts()
  run = await parts.openRun()
})
afterEach(async () => {
  for (const close of closers.splice(0)) close()
  await parts.close()
})

const ended = ({ end }: { end: string | null }) => end !== null

async function openDev() {
  run.moveHere('Dev')
  return { ...(await run.addKey('Dev')), environmentId: run.environment('Dev').id }
}

async function openBroker(answer: Parameters<typeof startBroker>[0]) {
  const broker = await startBroker(answer)
  closers.push(broker.close)
  await useBroker(run, run.environment('Dev').id, broker.origin)
  return broker
}

async function start() {
  const started = await run.rotations.start(run.environment('Dev').id)
  if (!started.ok) throw new Error(started.error.kind)
  return started.value.id
}

test('a broker that gives the key in use once more does not get it revoked', async () => {
  const old = await openDev()
  const broker = await openBroker((request, reply) => {
    if (request.method === 'POST') {
      reply.writeHead(200).end(JSON.stringify({ made: { secret: old.text, id: old.serverId } }))
      return
    }
    parts.server.revokeKey(request.url.split('/').at(-1) ?? '')
    reply.writeHead(204).end()
  })
  const failed = await run.waitFor(await start(), ended)
  expect(failed).toMatchObject({ end: 'failed', problem: { error: { kind: 'KEY_EXISTS' } }, leftBehind: [] })
  expect(broker.requests.map(({ method }) => method)).toEqual(['POST'])
  expect((await run.call('Dev')).ok).toBe(true)
})

test('a new key under the name of the key in use is refused, and neither is revoked', async () => {
  await openDev()
  const broker = await openBroker((request, reply) => {
    if (request.method === 'POST') {
      reply.writeHead(201).end(JSON.stringify({ made: { secret: parts.server.issueKey().key, id: 'the-one' } }))
    } else reply.writeHead(204).end()
  })
  const first = await start()
  await run.waitFor(first, ({ waitsFor }) => waitsFor === 'revoke')
  for (const { id, label } of parts.server.listKeys()) if (label === 'of Dev') parts.server.revokeKey(id)
  expect((await run.waitFor(first, ended)).end).toBe('done')
  const failed = await run.waitFor(await start(), ended)
  expect(failed).toMatchObject({
    end: 'failed',
    problem: { error: { kind: 'ISSUER', fault: 'bad-answer' } },
    leftBehind: [{ what: 'maybe-key-at-issuer' }],
  })
  expect(broker.requests.map(({ method }) => method)).toEqual(['POST', 'POST'])
  expect((await run.call('Dev')).ok).toBe(true)
})

test('a name that gives the key away is refused with its answer, and reaches neither window nor disk', async () => {
  await openDev()
  const made: string[] = []
  await openBroker((request, reply) => {
    if (request.method !== 'POST') return void reply.writeHead(204).end()
    const { key } = parts.server.issueKey()
    made.push(key)
    reply.writeHead(201).end(JSON.stringify({ made: { secret: key, id: `keys/${key}` } }))
  })
  const failed = await run.waitFor(await start(), ended)
  expect(failed).toMatchObject({ end: 'failed', problem: { error: { kind: 'ISSUER', fault: 'bad-answer' } } })
  expect(failed.leftBehind.map(({ what }) => what)).toEqual(['maybe-key-at-issuer'])
  const [key = ''] = made
  expect(key).not.toBe('')
  expect(JSON.stringify([run.shown, run.vault.keys(), run.rotations.list()])).not.toContain(key)
  const files = readdirSync(parts.folder).filter((file) => readFileSync(join(parts.folder, file)).includes(key))
  expect(files).toEqual([])
})

test('a broker whose name of a key stands where the key stands is not taken', async () => {
  const { environmentId } = await openDev()
  const policy = policyOf('http://127.0.0.1:9', { idPath: 'made.secret' })
  expect(run.policies.set(environmentId, policy)).toEqual({
    ok: false,
    error: { kind: 'BAD_REQUEST', field: 'idPath' },
  })
})

test('a broker that answers the same question the same way makes another key after one was lost', async () => {
  const old = await openDev()
  const made = new Map<string, { key: string; id: string }>()
  const broker = await openBroker((request, reply) => {
    if (request.method === 'POST') {
      const name = request.idempotencyKey ?? ''
      const { key, id } = made.get(name) ?? parts.server.issueKey('by a broker')
      made.set(name, { key, id })
      reply.writeHead(201).end(JSON.stringify({ made: { secret: key, id } }))
      return
    }
    parts.server.revokeKey(request.url.split('/').at(-1) ?? '')
    reply.writeHead(204).end()
  })
  const { write } = parts.secrets
  parts.secrets.write = async () => fail({ kind: 'KEYCHAIN', fault: 'locked' })
  const id = await start()
  await run.waitFor(id, ({ step, problem }) => step === 'store' && problem !== null)
  await run.rotations.close()
  run.store.close()
  parts.secrets.write = write
  run = await parts.openRun()
  await run.vault.checkKeychain()
  run.rotations.resume()
  await run.waitFor(id, ({ waitsFor, end }) => waitsFor === 'revoke' || end !== null)
  parts.server.revokeKey(old.serverId)
  expect(await run.waitFor(id, ended)).toMatchObject({ end: 'done', leftBehind: [] })
  expect(broker.requests.map(({ method }) => method)).toEqual(['POST', 'DELETE', 'POST'])
})

test('a name that the broker does not know is no revocation, and a person can ask again or open the page', async () => {
  const old = await openDev()
  let knows = false
  await openBroker((request, reply) => {
    if (request.method === 'POST') {
      const { key, id } = parts.server.issueKey('by a broker')
      reply.writeHead(201).end(JSON.stringify({ made: { secret: key, id } }))
      return
    }
    if (knows) parts.server.revokeKey(request.url.split('/').at(-1) ?? '')
    reply.writeHead(knows ? 204 : 404).end()
  })
  const first = await start()
  await run.waitFor(first, ({ waitsFor }) => waitsFor === 'revoke')
  parts.server.revokeKey(old.serverId)
  await run.waitFor(first, ended)
  const { environmentId } = old
  const policy = run.policies.of(environmentId)
  expect(run.policies.set(environmentId, { ...policy, stillAliveAfterMs: 300 }).ok).toBe(true)
  const id = await start()
  const alive = await run.waitFor(id, ({ proof, actions }) => proof.stillAlive && actions.includes('retry'))
  expect(alive.revokedAtMs).toBeNull()
  expect(alive.lines.find(({ what }) => what === 'revoked')?.detail).toBe('unknown')
  expect(alive.actions).toEqual(expect.arrayContaining(['ask-issuer', 'open-page', 'retry']))
  knows = true
  expect((await run.rotations.retry(id)).ok).toBe(true)
  const done = await run.waitFor(id, ended)
  expect(done).toMatchObject({ end: 'done', issuer: 'automatic' })
  expect(done.revokedAtMs).not.toBeNull()
})
