import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { apiKeysPage, defaultRotationPolicy, panicConfirmation } from '../../../shared/model/defaults.ts'
import { listSteps } from '../../../shared/model/rotation.ts'
import { fail } from '../../../shared/result.ts'
import { brokerCredential, startBroker, useBroker } from '../../shell/fixtures/broker.ts'
import { fastTiming, type LiveRun, openLiveParts } from '../../shell/fixtures/live-rotations.ts'
import type { HttpAnswer } from '../ports.ts'

let parts: Awaited<ReturnType<typeof openLiveParts>>
let run: LiveRun

beforeEach(async () => {
  parts = await openLiveParts()
  run = await parts.openRun()
})
afterEach(() => parts.close())

const cancelledAnswer: HttpAnswer = {
  end: { kind: 'cancelled' },
  status: null,
  headers: [],
  timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null },
  bytes: 0,
}
const ended = ({ end }: { end: string | null }) => end !== null

async function start(name = 'Sandbox') {
  const started = await run.rotations.start(run.environment(name).id)
  if (!started.ok) throw new Error(JSON.stringify(started.error))
  return started.value
}

describe('with an automatic issuer', () => {
  test('one click replaces the key, proves the old one dead and deletes its secret', async () => {
    const old = await run.addKey()
    const { id } = await start()
    const done = await run.waitFor(id, ended)
    expect(done).toMatchObject({ end: 'done', lateCalls: 0, failedCalls: 0, problem: null, leftBehind: [] })
    expect(done.proof.refusedAtMs).toHaveLength(3)
    expect(listSteps(done).every(({ state }) => state === 'done')).toBe(true)
    const now = run.environment('Sandbox').activeKeyId
    expect(now).toBe(done.newKey?.id)
    expect(run.vault.keys().find((key) => key.id === old.id)?.state).toBe('dead')
    expect(run.vault.keys().find((key) => key.id === now)?.state).toBe('active')
    expect(await parts.memory.read(`${old.id}.1`)).toEqual({ ok: true, value: null })
    expect((await run.call()).ok).toBe(true)
    expect(parts.server.listKeys().filter(({ revokedAtMs }) => revokedAtMs === null)).toHaveLength(1)
  })

  test('calls go on without a failure while keys are replaced', async () => {
    await run.addKey()
    let failed = 0
    let made = 0
    let stop = false
    const callers = Array.from({ length: 4 }, async () => {
      while (!stop) {
        const answer = await run.call()
        made += 1
        if (!answer.ok) failed += 1
      }
    })
    for (let count = 0; count < 3; count += 1) {
      const { id } = await start()
      expect((await run.waitFor(id, ended)).end).toBe('done')
    }
    stop = true
    await Promise.all(callers)
    expect(made).toBeGreaterThan(20)
    expect(failed).toBe(0)
  })

  test('the report holds the evidence and no key', async () => {
    const old = await run.addKey()
    const { id } = await start()
    await run.waitFor(id, ended)
    const report = run.rotations.report(id)
    if (!report.ok) throw new Error(report.error.kind)
    expect(report.value).toContain('Done: the old key is proven dead')
    expect(report.value).toContain('matching refusal 3 of 3')
    expect(report.value).not.toContain(old.text)
    expect(report.value).not.toMatch(/jsk_[a-z]+_\w/)
  })
})

describe('what a second one and the rest of the vault meet', () => {
  test('a second rotation of the environment is BUSY, and so is everything that would move its keys', async () => {
    const old = await run.addKey()
    parts.server.inject({ kind: 'status', status: 503 }, 50)
    const { id } = await start()
    const environmentId = run.environment('Sandbox').id
    const busy = { ok: false, error: { kind: 'BUSY', environmentName: 'Sandbox' } }
    expect(await run.rotations.start(environmentId)).toEqual(busy)
    expect(await run.rotations.revoke(old.id, null)).toEqual(busy)
    expect(await run.vault.removeKey(old.id)).toEqual(busy)
    parts.server.clearFaults()
    await run.rotations.retry(id)
    expect((await run.waitFor(id, ended)).end).toBe('done')
    expect(await run.rotations.start(environmentId)).toMatchObject({ ok: true })
  })

  test('without a key there is nothing to rotate', async () => {
    expect(await run.rotations.start(run.environment('Sandbox').id)).toEqual({
      ok: false,
      error: { kind: 'NO_KEY', environmentName: 'Sandbox' },
    })
  })
})

describe('an issuer that misbehaves', () => {
  /** A broker in front of the test's server. */
  async function openBroker(answer: Parameters<typeof startBroker>[0]) {
    const broker = await startBroker(answer)
    closers.push(broker.close)
    await useBroker(run, run.environment('Dev').id, broker.origin)
    return broker.requests
  }
  const closers: (() => void)[] = []
  afterEach(() => {
    for (const close of closers.splice(0)) close()
  })

  async function openDev() {
    run.moveHere('Dev')
    return run.addKey('Dev')
  }

  test('a broker with its own credential makes and ends keys', async () => {
    const old = await openDev()
    const requests = await openBroker((request, reply) => {
      if (request.method === 'POST') {
        const { key, id } = parts.server.issueKey()
        reply.writeHead(201).end(JSON.stringify({ made: { secret: key, id } }))
        return
      }
      parts.server.revokeKey(request.url.split('/').at(-1) ?? '')
      reply.writeHead(204).end()
    })
    const first = await start('Dev')
    // It did not make the first key and does not know its name: that one is ended by hand.
    const waits = await run.waitFor(first.id, ({ step, waitsFor }) => step === 'prove-dead' && waitsFor === 'revoke')
    expect(waits.issuer).toBe('dashboard')
    parts.server.revokeKey(old.serverId)
    expect((await run.waitFor(first.id, ended)).end).toBe('done')
    const second = await start('Dev')
    expect(await run.waitFor(second.id, ended)).toMatchObject({ end: 'done', issuer: 'automatic' })
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'DELETE'])
    expect(new Set(requests.map(({ token }) => token))).toEqual(new Set([`Bearer ${brokerCredential}`]))
  })

  test.each([
    ['409', (reply: ServerResponse) => reply.writeHead(409).end('{}'), 'conflict'],
    ['401', (reply: ServerResponse) => reply.writeHead(401).end('{}'), 'unauthorized'],
    ['400', (reply: ServerResponse) => reply.writeHead(400).end('{}'), 'refused'],
    ['201 without a key', (reply: ServerResponse) => reply.writeHead(201).end('{"made":{}}'), 'no-key'],
    ['a page', (reply: ServerResponse) => reply.writeHead(200).end('<html>'), 'bad-answer'],
  ])('%s: the rotation fails, says why, and the old key is used', async (_, answer, fault) => {
    const old = await openDev()
    await openBroker((_request, reply) => answer(reply))
    const { id } = await start('Dev')
    const failed = await run.waitFor(id, ended)
    expect(failed).toMatchObject({ end: 'failed', problem: { error: { kind: 'ISSUER', fault } } })
    expect(run.environment('Dev').activeKeyId).toBe(old.id)
    expect((await run.call('Dev')).ok).toBe(true)
    // Where a key may have been made all the same, a person is told.
    expect(failed.leftBehind.map(({ what }) => what)).toEqual(
      fault === 'no-key' || fault === 'bad-answer' ? ['maybe-key-at-issuer'] : [],
    )
  })

  test('500 first: asked again until it works', async () => {
    await openDev()
    let asked = 0
    await openBroker((_request, reply) => {
      asked += 1
      if (asked < 3) reply.writeHead(500).end()
      else {
        const { key, id } = parts.server.issueKey()
        reply.writeHead(201).end(JSON.stringify({ made: { secret: key, id } }))
      }
    })
    const { id } = await start('Dev')
    const switched = await run.waitFor(id, ({ switchedAtMs }) => switchedAtMs !== null)
    expect(switched.lines.filter(({ what }) => what === 'create-asked')).toHaveLength(3)
  })

  test('one that hangs is left alone as soon as a person cancels', async () => {
    const old = await openDev()
    const requests = await openBroker(() => {})
    const { id } = await start('Dev')
    await run.waitFor(id, ({ lines }) => lines.some(({ what }) => what === 'create-asked'))
    while (requests.length === 0) await new Promise((done) => setImmediate(done))
    expect(run.rotations.cancel(id)).toMatchObject({ ok: true })
    const cancelled = await run.waitFor(id, ended)
    expect(cancelled.end).toBe('cancelled')
    expect(cancelled.leftBehind.map(({ what }) => what)).toEqual(['maybe-key-at-issuer'])
    expect(run.environment('Dev').activeKeyId).toBe(old.id)
  })

  test('a key that the server refuses is not used', async () => {
    const old = await openDev()
    await openBroker((request, reply) => {
      if (request.method === 'POST')
        reply.writeHead(201).end(JSON.stringify({ made: { secret: 'jsk_live_NeverKnownToAnyServer01', id: 'x1' } }))
      else reply.writeHead(204).end()
    })
    const { id } = await start('Dev')
    const failed = await run.waitFor(id, ended)
    expect(failed).toMatchObject({ end: 'failed', problem: { error: { kind: 'ROTATION', fault: 'new-key-refused' } } })
    expect(failed.leftBehind).toEqual([])
    expect(run.vault.keys().map((key) => key.id)).toEqual([old.id])
    expect((await run.call('Dev')).ok).toBe(true)
  })

  test('a text that is no key is refused and nothing is stored', async () => {
    await openDev()
    await openBroker((request, reply) => {
      if (request.method === 'POST')
        reply.writeHead(201).end(JSON.stringify({ made: { secret: 'not a key', id: 'x1' } }))
      else reply.writeHead(204).end()
    })
    const { id } = await start('Dev')
    const failed = await run.waitFor(id, ended)
    expect(failed).toMatchObject({ end: 'failed', problem: { error: { kind: 'KEY_MALFORMED' } } })
    expect(run.vault.keys()).toHaveLength(1)
  })
})

describe('with the dashboard', () => {
  let old: Awaited<ReturnType<LiveRun['addKey']>>

  beforeEach(async () => {
    run.moveHere('Dev')
    old = await run.addKey('Dev')
  })

  const waitsForKey = ({ waitsFor }: { waitsFor: string | null }) => waitsFor === 'new-key'

  test('a new key on the clipboard is taken, the page opened twice, the old key asked until it is dead', async () => {
    const { id } = await start('Dev')
    await run.waitFor(id, waitsForKey)
    run.rotations.attend(id, true)
    const made = parts.server.issueKey('by hand')
    parts.clipboard.text = `  ${made.key}\n`
    await run.waitFor(id, ({ step, waitsFor }) => step === 'prove-dead' && waitsFor === 'revoke')
    expect(parts.clipboard.text).toBe('')
    expect(parts.opened).toEqual([apiKeysPage, apiKeysPage])
    expect((await run.call('Dev')).ok).toBe(true)
    parts.server.revokeKey(old.serverId)
    expect(await run.waitFor(id, ended)).toMatchObject({ end: 'done', failedCalls: 0 })
    expect(run.vault.keys().find((key) => key.id === old.id)?.state).toBe('dead')
  })

  test('what lies on the clipboard at a restart is not taken; what is copied after it is', async () => {
    const { id } = await start('Dev')
    await run.waitFor(id, waitsForKey)
    await run.rotations.close()
    run.store.close()
    const older = parts.server.issueKey('copied long ago').key
    parts.clipboard.text = older
    const { readText } = parts.clipboard
    let reads = 0
    let onRead = () => {}
    const read = (count: number) =>
      new Promise<void>((done) => {
        onRead = () => {
          if (reads >= count) done()
        }
      })
    parts.clipboard.readText = () => {
      reads += 1
      onRead()
      return readText()
    }
    run = await parts.openRun()
    await run.vault.checkKeychain()
    run.rotations.resume()
    await run.waitFor(id, waitsForKey)
    const looked = read(4)
    run.rotations.attend(id, true)
    await looked
    expect(run.rotations.list().find((one) => one.id === id)?.step).toBe('obtain')
    const made = parts.server.issueKey('by hand').key
    parts.clipboard.text = made
    const switched = await run.waitFor(id, ({ switchedAtMs }) => switchedAtMs !== null)
    expect(switched.newKey?.mask.slice(-4)).toBe(made.slice(-4))
  })

  test('a new key is taken by one of two that wait: the one whose stepper was shown last', async () => {
    run.moveHere('Prod')
    await run.addKey('Prod')
    const dev = await start('Dev')
    const prod = await start('Prod')
    for (const { id } of [dev, prod]) {
      await run.waitFor(id, waitsForKey)
      run.rotations.attend(id, true)
      await new Promise((done) => setTimeout(done, 2))
    }
    parts.clipboard.text = parts.server.issueKey('by hand').key
    await run.waitFor(prod.id, ({ switchedAtMs }) => switchedAtMs !== null)
    expect(run.rotations.list().find((one) => one.id === dev.id)).toMatchObject({ step: 'obtain', newKey: null })
    expect(run.vault.keys()).toHaveLength(3)
  })

  test('nobody looks at the clipboard unless the stepper is open', async () => {
    let reads = 0
    const { readText } = parts.clipboard
    const { id } = await start('Dev')
    await run.waitFor(id, waitsForKey)
    await new Promise((done) => setImmediate(done))
    parts.clipboard.readText = () => {
      reads += 1
      return readText()
    }
    parts.clipboard.text = parts.server.issueKey().key
    await new Promise((done) => setTimeout(done, 60))
    expect(reads).toBe(0)
    run.rotations.attend(id, true)
    await run.waitFor(id, ({ switchedAtMs }) => switchedAtMs !== null)
    expect(reads).toBeGreaterThan(0)
  })

  test.each([
    ['the old key', () => old.text, 'KEY_EXISTS'],
    ['text with a key inside it', () => `key: ${parts.server.issueKey().key} (new)`, 'KEY_MALFORMED'],
    ['ten megabytes', () => `jsk_live_${'x'.repeat(10_000_000)}`, 'KEY_MALFORMED'],
  ])('%s is not taken, and a person reads why', async (_, text, kind) => {
    const { id } = await start('Dev')
    await run.waitFor(id, waitsForKey)
    run.rotations.attend(id, true)
    parts.clipboard.text = text()
    const hinted = await run.waitFor(id, ({ hint }) => hint !== null)
    expect(hinted.hint?.kind).toBe(kind)
    expect(await run.rotations.pasteKey(id)).toMatchObject({ ok: false, error: { kind } })
    expect(run.vault.keys()).toHaveLength(1)
    expect((await run.call('Dev')).ok).toBe(true)
    parts.clipboard.text = parts.server.issueKey().key
    expect((await run.waitFor(id, ({ switchedAtMs }) => switchedAtMs !== null)).hint).toBeNull()
  })

  test('the key of another environment is not taken', async () => {
    const other = await run.addKey('Sandbox')
    const { id } = await start('Dev')
    await run.waitFor(id, waitsForKey)
    parts.clipboard.text = other.text
    expect(await run.rotations.pasteKey(id)).toMatchObject({
      ok: false,
      error: { kind: 'KEY_EXISTS', environmentName: 'Sandbox' },
    })
  })

  test('before the switch it is cancelled, and says that the new key is kept', async () => {
    const { id } = await start('Dev')
    await run.waitFor(id, waitsForKey)
    expect(run.rotations.cancel(id)).toMatchObject({ ok: true })
    expect(await run.waitFor(id, ended)).toMatchObject({ end: 'cancelled', leftBehind: [] })
    parts.server.inject({ kind: 'status', status: 503 }, 50)
    const second = await start('Dev')
    await run.waitFor(second.id, waitsForKey)
    parts.clipboard.text = parts.server.issueKey().key
    await run.rotations.pasteKey(second.id)
    await run.waitFor(second.id, ({ step, waitsFor }) => step === 'prove' && waitsFor === 'service')
    run.rotations.cancel(second.id)
    const cancelled = await run.waitFor(second.id, ended)
    expect(cancelled.leftBehind).toEqual([{ what: 'key-kept', detail: 'dev-2' }])
    expect(run.environment('Dev').activeKeyId).toBe(old.id)
  })

  test('cancelled at Store with a locked keychain, it says that the new key is at the issuer alone', async () => {
    const { id } = await start('Dev')
    await run.waitFor(id, waitsForKey)
    const made = parts.server.issueKey('by hand')
    const before = { read: parts.secrets.read, write: parts.secrets.write, remove: parts.secrets.remove }
    const locked = async () => fail({ kind: 'KEYCHAIN', fault: 'locked' } as const)
    Object.assign(parts.secrets, { read: locked, write: locked, remove: locked })
    parts.clipboard.text = made.key
    await run.rotations.pasteKey(id)
    await run.waitFor(id, ({ step, problem, nextAtMs }) => step === 'store' && problem !== null && nextAtMs !== null)
    for (let asked = 0; asked < 6; asked += 1) await run.rotations.retry(id)
    const copied: boolean[] = []
    run.listen(({ end }) => {
      if (end === null) copied.push(run.rotations.revealNewKey(id).ok)
    })
    expect(run.rotations.cancel(id)).toMatchObject({ ok: true })
    const cancelled = await run.waitFor(id, ended)
    expect(cancelled.leftBehind).toEqual([{ what: 'key-at-issuer', detail: cancelled.newKey?.mask }])
    // The cancel has its own tries, and until it has ended the key can be copied.
    expect(copied.length).toBeGreaterThan(2)
    expect(copied).not.toContain(false)
    Object.assign(parts.secrets, before)
    await run.vault.checkKeychain()
    expect(run.vault.keys().map((key) => key.id)).toEqual([old.id])
  })

  test('a key that the service refuses is kept as refused', async () => {
    const { id } = await start('Dev')
    await run.waitFor(id, waitsForKey)
    parts.clipboard.text = 'jsk_live_NeverKnownToAnyServer01'
    await run.rotations.pasteKey(id)
    expect(await run.waitFor(id, ended)).toMatchObject({
      end: 'failed',
      leftBehind: [{ what: 'key-kept-refused', detail: 'dev-2' }],
    })
    expect(run.vault.keys().map(({ state }) => state)).toEqual(['active', 'rejected'])
  })

  test('after the switch there is a way back until the old key is refused', async () => {
    const { id } = await start('Dev')
    await run.waitFor(id, waitsForKey)
    parts.clipboard.text = parts.server.issueKey().key
    await run.rotations.pasteKey(id)
    await run.waitFor(id, ({ waitsFor }) => waitsFor === 'revoke')
    expect(run.rotations.cancel(id)).toEqual({ ok: false, error: { kind: 'TOO_LATE', what: 'cancel' } })
    expect(run.rotations.goBack(id)).toMatchObject({ ok: true })
    expect((await run.waitFor(id, ended)).end).toBe('went-back')
    expect(run.environment('Dev').activeKeyId).toBe(old.id)
    expect(run.vault.keys().find((key) => key.id === old.id)?.state).toBe('active')
  })

  async function reachRevoke() {
    const { id } = await start('Dev')
    await run.waitFor(id, waitsForKey)
    parts.clipboard.text = parts.server.issueKey().key
    await run.rotations.pasteKey(id)
    await run.waitFor(id, ({ waitsFor }) => waitsFor === 'revoke')
    return id
  }

  test('nobody goes back to a key that they said they have revoked', async () => {
    const id = await reachRevoke()
    expect(await run.rotations.retry(id)).toMatchObject({ ok: true })
    expect(run.rotations.list().find((one) => one.id === id)?.actions).not.toContain('go-back')
    expect(run.rotations.goBack(id)).toEqual({ ok: false, error: { kind: 'TOO_LATE', what: 'go-back' } })
    expect(run.environment('Dev').activeKeyId).not.toBe(old.id)
  })

  test('a key that was revoked by hand and still answers once is not gone back to', async () => {
    const id = await reachRevoke()
    const asked = () => parts.server.countRequests('/api/v1/labels')
    const before = asked()
    expect(run.rotations.goBack(id)).toMatchObject({ ok: true })
    // It answers the first question, and its revocation arrives before the last one.
    while (asked() === before) await new Promise((done) => setImmediate(done))
    parts.server.revokeKey(old.serverId)
    const stayed = await run.waitFor(id, ({ wish, hint }) => wish === null && hint !== null)
    expect(stayed.hint).toEqual({ kind: 'ROTATION', fault: 'old-key-refused' })
    expect(run.environment('Dev').activeKeyId).not.toBe(old.id)
    expect((await run.waitFor(id, ended)).end).toBe('done')
  })

  test('a restart in the middle goes on where it was', async () => {
    const { id } = await start('Dev')
    await run.waitFor(id, waitsForKey)
    await run.rotations.close()
    run.store.close()
    run = await parts.openRun()
    await run.vault.checkKeychain()
    run.rotations.resume()
    await run.waitFor(id, waitsForKey)
    parts.clipboard.text = parts.server.issueKey().key
    await run.rotations.pasteKey(id)
    await run.waitFor(id, ({ waitsFor }) => waitsFor === 'revoke')
    await run.rotations.close()
    run.store.close()
    run = await parts.openRun()
    run.rotations.resume()
    parts.server.revokeKey(old.serverId)
    expect((await run.waitFor(id, ended)).end).toBe('done')
  })
})

describe('proof', () => {
  test('a key that goes on answering is called alive aloud, and still asked', async () => {
    await parts.close()
    parts = await openLiveParts({ revokeDelayMs: 60_000 })
    run = await parts.openRun()
    await run.addKey()
    const environmentId = run.environment('Sandbox').id
    run.policies.set(environmentId, { ...defaultRotationPolicy, stillAliveAfterMs: 100 })
    const { id } = await start()
    const alive = await run.waitFor(id, ({ proof }) => proof.stillAlive)
    expect(alive.end).toBeNull()
    const asked = alive.proof.alive
    const later = await run.waitFor(id, ({ proof }) => proof.alive > asked)
    expect(later.actions).toContain('stop-asking')
    expect(run.rotations.stopAsking(id)).toMatchObject({ ok: true })
    expect(await run.waitFor(id, ended)).toMatchObject({
      end: 'unproven',
      leftBehind: [{ what: 'old-key-unproven' }],
    })
    expect(
      run.vault
        .keys()
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['active', 'revoking'])
  })

  test('while the service refuses everybody nothing is called dead', async () => {
    await parts.close()
    parts = await openLiveParts({ revokeDelayMs: 60_000 })
    run = await parts.openRun()
    await run.addKey()
    const { id } = await start()
    await run.waitFor(id, ({ step, proof }) => step === 'prove-dead' && proof.signature !== null)
    const body = JSON.stringify({ success: false, error: 'Unauthorized. Please provide a valid API key.' })
    parts.server.inject({ kind: 'status', status: 401, body }, 8)
    const fooled = await run.waitFor(id, ({ lines }) => lines.some(({ what }) => what === 'control'))
    expect(fooled.lines.find(({ what }) => what === 'control')?.detail).toBe('refused')
    expect(fooled.deadAtMs).toBeNull()
    expect(run.vault.keys().some(({ state }) => state === 'dead')).toBe(false)
  })

  test('rule 8: refusals with no answer in between are not in a row', async () => {
    await run.addKey()
    const { id } = await start()
    await run.waitFor(id, ({ proof }) => proof.refusedAtMs.length === 2)
    parts.server.inject({ kind: 'status', status: 503 }, 1)
    const done = await run.waitFor(id, ended)
    expect(done.proof).toMatchObject({ unknown: 1 })
    expect(done.lines.filter(({ what }) => what === 'refusal').map(({ detail }) => detail)).toEqual([
      '1',
      '2',
      '1',
      '2',
      '3',
    ])
  })

  test('rule 8: a refusal of another kind than that of a made-up key is no proof', async () => {
    await parts.close()
    parts = await openLiveParts({ revokeDelayMs: 60_000 })
    run = await parts.openRun()
    await run.addKey()
    const { id } = await start()
    await run.waitFor(id, ({ step, proof }) => step === 'prove-dead' && proof.signature !== null)
    const body = JSON.stringify({ success: false, error: 'Your plan has ended.' })
    parts.server.inject({ kind: 'status', status: 401, body }, 4)
    const unlike = await run.waitFor(id, ({ proof }) => proof.unlike > 0)
    expect(unlike.proof.refusedAtMs).toEqual([])
    expect(unlike.deadAtMs).toBeNull()
  })
})

describe('revoking without a successor', () => {
  test('ends the key, leaves its environment without one, and proves it', async () => {
    const key = await run.addKey()
    const plan = run.rotations.planRevoke(key.id)
    expect(plan).toMatchObject({ ok: true, value: { inUse: true, issuer: 'automatic', confirmation: null } })
    const begun = await run.rotations.revoke(key.id, null)
    if (!begun.ok) throw new Error(begun.error.kind)
    expect(await run.waitFor(begun.value.id, ended)).toMatchObject({ end: 'done', kind: 'revoke' })
    expect(run.environment('Sandbox').activeKeyId).toBeNull()
    expect(await run.call()).toEqual({ ok: false, error: { kind: 'NO_KEY', environmentName: 'Sandbox' } })
    expect(run.vault.keys().map(({ state }) => state)).toEqual(['dead'])
  })

  test('while a key is being ended another one can be added and used', async () => {
    await parts.close()
    parts = await openLiveParts({ revokeDelayMs: 60_000 })
    run = await parts.openRun()
    const key = await run.addKey()
    const begun = await run.rotations.revoke(key.id, null)
    if (!begun.ok) throw new Error(begun.error.kind)
    await run.waitFor(begun.value.id, ({ step }) => step === 'prove-dead')
    const other = await run.addKey()
    expect(run.environment('Sandbox').activeKeyId).toBe(other.id)
    expect((await run.call()).ok).toBe(true)
  })

  test('a protected environment wants its name', async () => {
    run.moveHere('Prod')
    const key = await run.addKey('Prod')
    const refusal = { ok: false, error: { kind: 'CONFIRMATION', expected: 'Prod' } }
    expect(await run.rotations.revoke(key.id, null)).toEqual(refusal)
    expect(await run.rotations.revoke(key.id, 'prod!')).toEqual(refusal)
    expect(run.environment('Prod').activeKeyId).toBe(key.id)
    expect(await run.rotations.revoke(key.id, 'Prod')).toMatchObject({ ok: true })
  })

  test('panic ends every key, with a row each', async () => {
    await run.addKey()
    await run.addKey()
    run.moveHere('Dev')
    const dev = await run.addKey('Dev')
    expect(await run.rotations.panic(null, 'yes')).toEqual({
      ok: false,
      error: { kind: 'CONFIRMATION', expected: panicConfirmation },
    })
    const rows = await run.rotations.panic(null, panicConfirmation)
    if (!rows.ok) throw new Error(rows.error.kind)
    expect(rows.value).toHaveLength(3)
    expect(rows.value.every(({ error }) => error === null)).toBe(true)
    const byHand = rows.value.find(({ keyId }) => keyId === dev.id)?.rotationId ?? ''
    await run.waitFor(byHand, ({ step }) => step === 'prove-dead')
    parts.server.revokeKey(dev.serverId)
    for (const { rotationId } of rows.value) {
      expect((await run.waitFor(rotationId ?? '', ended)).end).toBe('done')
    }
    expect(run.vault.keys().every(({ state }) => state === 'dead')).toBe(true)
    const report = run.rotations.report(rows.value[0]?.rotationId ?? '')
    expect(report.ok && report.value.match(/Done: the key/g)?.length).toBe(4)
  })

  test('panic overtakes a rotation and ends both of its keys', async () => {
    await run.addKey()
    parts.server.inject({ kind: 'status', status: 503 }, 3)
    const { id } = await start()
    await run.waitFor(id, ({ step, waitsFor }) => step === 'prove' && waitsFor === 'service')
    const rows = await run.rotations.panic(run.environment('Sandbox').id, 'Sandbox')
    if (!rows.ok) throw new Error(rows.error.kind)
    expect(rows.value).toHaveLength(2)
    for (const { rotationId } of rows.value) {
      expect((await run.waitFor(rotationId ?? '', ended)).end).toBe('done')
    }
    expect(parts.server.listKeys().every(({ revokedAtMs }) => revokedAtMs !== null)).toBe(true)
  })
})

describe('a creation whose answer was lost', () => {
  /** The first answer of the issuer is lost; `atForget` is done once the old key is proven dead. */
  async function loseAnswer(atForget: (id: string) => void) {
    await run.addKey()
    const { send } = parts.http
    let lost = 0
    parts.http.send = async (request, signal) => {
      const answer = await send(request, signal)
      if (request.method !== 'POST' || !request.url.includes('_issuer') || lost > 0) return answer
      lost += 1
      return { ...cancelledAnswer, end: { kind: 'network', reason: 'reset' } }
    }
    let met = false
    run.listen(({ id, step, end }) => {
      if (met || step !== 'forget' || end !== null) return
      met = true
      atForget(id)
    })
    const { id } = await start()
    return run.waitFor(id, ended)
  }

  test('a key that comes of it late is ended before the report, which says so', async () => {
    const done = await loseAnswer((id) => void parts.server.issueKey(`rotation-${id}`))
    expect(done).toMatchObject({ end: 'done', leftBehind: [] })
    expect(done.lines.filter(({ what }) => what === 'tidied').map(({ step }) => step)).toEqual(['obtain', 'forget'])
    const alive = parts.server.listKeys().filter(({ revokedAtMs }) => revokedAtMs === null)
    expect(alive.map(({ id }) => id)).toEqual([done.newIssuerKeyId])
  })

  test('an issuer that cannot be asked for it any more leaves a word of it', async () => {
    const done = await loseAnswer(() => {
      const { send } = parts.http
      parts.http.send = async (request, signal) =>
        request.url.includes('_issuer')
          ? { ...cancelledAnswer, end: { kind: 'network', reason: 'unreachable' } }
          : send(request, signal)
    })
    expect(done.end).toBe('done')
    expect(done.leftBehind).toEqual([{ what: 'maybe-key-at-issuer', detail: `rotation-${done.id}` }])
  })
})

describe('panic while a new key is being made', () => {
  const isCreation = ({ method, url }: { method: string; url: string }) => method === 'POST' && url.includes('_issuer')
  const alive = () => parts.server.listKeys().filter(({ revokedAtMs }) => revokedAtMs === null)
  const panic = async () => {
    const rows = await run.rotations.panic(run.environment('Sandbox').id, 'Sandbox')
    if (!rows.ok) throw new Error(rows.error.kind)
    return rows.value
  }

  test('a key whose answer was on its way is ended too', async () => {
    await run.addKey()
    const { send } = parts.http
    let answer = () => {}
    const made = new Promise<void>((done) => {
      parts.http.send = async (request, signal) => {
        const reply = await send(request)
        if (isCreation(request)) {
          await new Promise<void>((late) => {
            answer = late
            signal?.addEventListener('abort', () => late(), { once: true })
            done()
          })
        }
        return reply
      }
    })
    const { id } = await start()
    await made
    const rows = await panic()
    answer()
    expect(rows.map(({ error }) => error)).toEqual([null])
    expect((await run.waitFor(rows[0]?.rotationId ?? '', ended)).end).toBe('done')
    expect(alive()).toEqual([])
    expect(await run.waitFor(id, ({ leftBehind }) => leftBehind.length === 0)).toMatchObject({ end: 'cancelled' })
  })

  test('a key that the issuer makes after that is found by the second look', async () => {
    await run.rotations.close()
    run.store.close()
    run = await parts.openRun({ ...fastTiming, lateTidyMs: 1500 })
    await run.addKey()
    const { send } = parts.http
    let makeLate = async () => {}
    const asked = new Promise<void>((done) => {
      parts.http.send = async (request, signal) => {
        if (!isCreation(request)) return send(request, signal)
        makeLate = async () => void (await send(request))
        await new Promise<void>((aborted) => {
          signal?.addEventListener('abort', () => aborted(), { once: true })
          done()
        })
        return cancelledAnswer
      }
    })
    const { id } = await start()
    await asked
    await panic()
    await makeLate()
    const late = alive().find(({ label }) => label.startsWith('rotation-'))
    expect(late).toBeDefined()
    await run.waitFor(id, ({ lines }) => lines.some(({ what }) => what === 'tidied'))
    expect(alive()).not.toContainEqual(late)
  })

  test('what cannot be ended has a row of its own', async () => {
    await run.addKey()
    const { send } = parts.http
    const asked = new Promise<void>((done) => {
      parts.http.send = async (request, signal) => {
        if (request.method === 'GET' && request.url.includes('_issuer')) {
          return { ...cancelledAnswer, end: { kind: 'network', reason: 'unreachable' } }
        }
        if (!isCreation(request)) return send(request, signal)
        await new Promise<void>((aborted) => {
          signal?.addEventListener('abort', () => aborted(), { once: true })
          done()
        })
        return cancelledAnswer
      }
    })
    const { id } = await start()
    await asked
    const rows = await panic()
    expect(rows).toHaveLength(2)
    expect(rows[1]).toMatchObject({ rotationId: id, error: { kind: 'ISSUER', fault: 'unreachable' } })
    expect(run.rotations.list().find((one) => one.id === id)?.leftBehind).toMatchObject([
      { what: 'maybe-key-at-issuer' },
    ])
  })
})

describe('the last key of an environment', () => {
  const outage = {
    kind: 'status',
    status: 401,
    body: JSON.stringify({ success: false, error: 'Sign-in is out of order.' }),
  } as const

  async function revokeOnly() {
    const key = await run.addKey()
    const begun = await run.rotations.revoke(key.id, null)
    if (!begun.ok) throw new Error(begun.error.kind)
    return { id: begun.value.id, key }
  }

  test('an outage in which everybody is refused is no death, however often it refuses', async () => {
    await parts.close()
    parts = await openLiveParts({ revokeDelayMs: 60_000 })
    run = await parts.openRun()
    const { id } = await revokeOnly()
    await run.waitFor(id, ({ step, proof }) => step === 'prove-dead' && proof.signature !== null)
    // It has another sentence for everybody than the one that was learned while the key still worked.
    parts.server.inject(outage, 200)
    const fooled = await run.waitFor(id, ({ proof }) => proof.unlike >= 5)
    expect(fooled).toMatchObject({ end: null, deadAtMs: null, proof: { refusedAtMs: [] } })
    expect(fooled.proof.signature).not.toContain('out of order')
    expect(run.vault.keys().map(({ state }) => state)).toEqual(['revoking'])
  })

  test('an outage that begins before the third refusal is noticed by the question after it', async () => {
    const { id } = await revokeOnly()
    await run.waitFor(id, ({ proof }) => proof.refusedAtMs.length === 2)
    // The third refusal of the old key itself, then the outage.
    const third = JSON.stringify({ success: false, error: 'Unauthorized. Please provide a valid API key.' })
    parts.server.inject({ kind: 'status', status: 401, body: third }, 1)
    parts.server.inject(outage, 3)
    const done = await run.waitFor(id, ended)
    expect(done.end).toBe('done')
    expect(done.proof.unlike).toBeGreaterThan(0)
    expect(done.lines.filter(({ what }) => what === 'refusal').length).toBeGreaterThan(3)
  })

  test('the report says that no other key was there to compare with', async () => {
    const { id } = await revokeOnly()
    const done = await run.waitFor(id, ended)
    expect(done.lines.find(({ what }) => what === 'control')?.detail).toBe('none')
    const report = run.rotations.report(id)
    expect(report.ok && report.value).toContain('No other key was at hand')
  })

  test('a key of another environment of the same server is the control', async () => {
    run.moveHere('Dev')
    await run.addKey('Dev')
    const { id } = await revokeOnly()
    const done = await run.waitFor(id, ended)
    expect(done.lines.find(({ what }) => what === 'control')?.detail).toBe('alive')
  })
})

describe('traffic', () => {
  test('a call that meets 401 on the old key after the switch goes on with the new one, in two attempts', async () => {
    await run.addKey()
    parts.server.inject({ kind: 'delay', delayMs: 40 })
    const body = JSON.stringify({ success: false, error: 'Unauthorized. Please provide a valid API key.' })
    // The call is on the wire with the old key; when its answer comes, the pointer has moved.
    const spare = await run.addKey()
    const first = run.environment('Sandbox').activeKeyId
    const refused = { kind: 'status', status: 401, body } as const
    parts.server.clearFaults()
    parts.server.inject(refused)
    const call = run.call()
    while (run.traffic.inFlight(first ?? '') === 0) await new Promise((done) => setImmediate(done))
    expect(run.vault.useKey(spare.id).ok).toBe(true)
    expect(await call).toMatchObject({ ok: true })
    const record = parts.records.at(-1)
    expect(record).toMatchObject({ keyId: spare.id, outcome: 'ok' })
    expect(record?.attempts.map(({ outcome }) => outcome)).toEqual(['UNAUTHORIZED', 'ok'])
    expect(run.traffic.totals(run.environment('Sandbox').id)).toEqual({ retried: 1, failed: 0 })
  })

  test('a call that meets 401 on the key in use is not repeated', async () => {
    await run.addKey()
    const body = JSON.stringify({ success: false, error: 'Unauthorized.' })
    parts.server.inject({ kind: 'status', status: 401, body })
    expect(await run.call()).toMatchObject({ ok: false, error: { kind: 'UNAUTHORIZED' } })
    expect(parts.records.at(-1)?.attempts).toHaveLength(1)
  })

  test('the old key is not ended before its last call is', async () => {
    const old = await run.addKey()
    parts.server.inject({ kind: 'delay', delayMs: 300 })
    const call = run.call()
    while (run.traffic.inFlight(old.id) === 0) await new Promise((done) => setImmediate(done))
    const { id } = await start()
    const draining = await run.waitFor(id, ({ waitsFor }) => waitsFor === 'calls')
    expect(draining.inFlight).toBe(1)
    expect(await call).toMatchObject({ ok: true })
    expect(await run.waitFor(id, ended)).toMatchObject({ end: 'done', lateCalls: 0 })
  })

  test('a call that outlives the overlap is counted as late', async () => {
    const old = await run.addKey()
    run.policies.set(run.environment('Sandbox').id, { ...defaultRotationPolicy, overlapMs: 30 })
    parts.server.inject({ kind: 'hang' })
    const call = run.call()
    while (run.traffic.inFlight(old.id) === 0) await new Promise((done) => setImmediate(done))
    const { id } = await start()
    expect(await run.waitFor(id, ended)).toMatchObject({ end: 'done', lateCalls: 1 })
    await parts.server.close()
    await call
  })
})
