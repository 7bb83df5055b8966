import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defaultRotationPolicy } from '../../../shared/model/defaults.ts'
import type { Rotation } from '../../../shared/model/rotation.ts'
import { fail } from '../../../shared/result.ts'
import type { SandboxOptions } from '../../sandbox/server.ts'
import { fastTiming, type LiveRun, openLiveParts } from '../../shell/fixtures/live-rotations.ts'
import type { HttpAnswer } from '../ports.ts'
import type { RotationTiming } from './timing.ts'

// What counts as a proof, and what is said while there is none.

let parts: Awaited<ReturnType<typeof openLiveParts>>
let run: LiveRun

beforeEach(async () => {
  parts = await openLiveParts()
  run = await parts.openRun()
})
afterEach(() => parts.close())

async function reopen(options: Partial<SandboxOptions>, timing: RotationTiming = fastTiming) {
  await parts.close()
  parts = await openLiveParts(options)
  run = await parts.openRun(timing)
}

const ended = ({ end }: { end: string | null }) => end !== null

async function start(name = 'Sandbox') {
  const started = await run.rotations.start(run.environment(name).id)
  if (!started.ok) throw new Error(JSON.stringify(started.error))
  return started.value.id
}

function findRotation(id: string): Rotation {
  const found = run.rotations.list().find((one) => one.id === id)
  if (found === undefined) throw new Error('no rotation')
  return found
}

const outage = {
  kind: 'status',
  status: 401,
  body: JSON.stringify({ success: false, error: 'Sign-in is out of order.' }),
} as const

const silence: HttpAnswer = {
  end: { kind: 'network', reason: 'unreachable' },
  status: null,
  headers: [],
  timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null },
  bytes: 0,
}

/** The network is gone from here on. */
function cutNetwork(): void {
  Object.assign(parts.http, { send: async () => silence })
}

describe('a panic with nothing left to compare with', () => {
  async function panicDev() {
    run.moveHere('Dev')
    await run.addKey('Dev')
    await run.addKey('Dev')
    const rows = await run.rotations.panic(run.environment('Dev').id, 'Dev')
    if (!rows.ok) throw new Error(rows.error.kind)
    return rows.value.map(({ rotationId }) => rotationId ?? '')
  }

  test('an outage in which everybody is refused is no death of live keys', async () => {
    const ids = await panicDev()
    for (const id of ids) await run.waitFor(id, ({ step }) => step === 'prove-dead')
    expect(ids.map((id) => findRotation(id).proof.signature)).not.toContain(null)
    parts.server.inject(outage, 400)
    for (const id of ids) await run.waitFor(id, ({ proof }) => proof.unlike >= 5)
    expect(run.vault.keys().map(({ state }) => state)).toEqual(['revoking', 'revoking'])
  })

  test('when nothing could be learned before, refusals alone end without proof', async () => {
    run.moveHere('Dev')
    const key = await run.addKey('Dev')
    // No answer while the key still works: the refusal of a made-up key is learned only after the revocation.
    parts.server.inject({ kind: 'status', status: 503 }, 1000)
    const begun = await run.rotations.revoke(key.id, null)
    const id = begun.ok ? begun.value.id : ''
    await run.waitFor(id, ({ step }) => step === 'prove-dead')
    parts.server.clearFaults()
    parts.server.inject(outage, 2000)
    const alone = await run.waitFor(
      id,
      ({ problem }) => problem?.error.kind === 'ROTATION' && problem.error.fault === 'no-control',
    )
    expect(alone).toMatchObject({ deadAtMs: null, end: null })
    expect(alone.lines.some(({ what, detail }) => what === 'control' && detail === 'missing')).toBe(true)
    expect(run.vault.keys().map(({ state }) => state)).toEqual(['revoking'])
    // Another key that works is something to compare with.
    parts.server.clearFaults()
    await run.addKey('Dev')
    parts.server.revokeKey(key.serverId)
    expect((await run.waitFor(id, ended)).end).toBe('done')
  })
})

describe('a key that is proven by hand meanwhile', () => {
  test('one refusal in an outage does not take away the key in use', async () => {
    await reopen({ revokeDelayMs: 60_000 })
    await run.addKey()
    const id = await start()
    const { newKey } = await run.waitFor(id, ({ step, proof }) => step === 'prove-dead' && proof.alive > 0)
    parts.server.inject(outage, 30)
    const proven = await run.vault.proveKey(newKey?.id ?? '')
    expect(proven).toMatchObject({ ok: true, value: { state: 'active' } })
    expect(run.environment('Sandbox').activeKeyId).toBe(newKey?.id)
    parts.server.clearFaults()
    expect((await run.call()).ok).toBe(true)
  })
})

describe('the three refusals', () => {
  test('“Ask now” and a restart leave the time between them as it is', async () => {
    const timing = { ...fastTiming, refusalBaseMs: 150, aliveCapMs: 15_000 }
    await reopen({}, timing)
    await run.addKey()
    const id = await start()
    const first = await run.waitFor(id, ({ proof, nextAtMs }) => proof.refusedAtMs.length === 1 && nextAtMs !== null)
    expect(first.actions).not.toContain('retry')
    await run.rotations.retry(id)
    await run.waitFor(id, ({ proof, nextAtMs }) => proof.refusedAtMs.length === 2 && nextAtMs !== null)
    await run.rotations.close()
    run.store.close()
    run = await parts.openRun(timing)
    await run.vault.checkKeychain()
    run.rotations.resume()
    const [one = 0, two = 0, three = 0] = (await run.waitFor(id, ended)).proof.refusedAtMs
    expect(two - one).toBeGreaterThanOrEqual(150)
    expect(three - two).toBeGreaterThanOrEqual(300)
  })
})

describe('when nobody answers', () => {
  test('the old key is not called alive, and the asking can be ended', async () => {
    await run.addKey()
    run.policies.set(run.environment('Sandbox').id, { ...defaultRotationPolicy, stillAliveAfterMs: 100 })
    run.listen(({ step }) => {
      if (step === 'prove-dead') cutNetwork()
    })
    const id = await start()
    const silent = await run.waitFor(
      id,
      ({ problem }) => problem?.error.kind === 'ROTATION' && problem.error.fault === 'silence',
    )
    expect(silent.proof).toMatchObject({ alive: 0, stillAlive: false })
    expect(silent.lines.map(({ what }) => what)).not.toContain('still-alive')
    expect(silent.actions).toContain('stop-asking')
    expect(run.rotations.stopAsking(id)).toMatchObject({ ok: true })
    expect((await run.waitFor(id, ended)).end).toBe('unproven')
  })

  test('a key that answered too long is called alive no more once it is refused', async () => {
    await reopen({ revokeDelayMs: 400 })
    await run.addKey()
    run.policies.set(run.environment('Sandbox').id, { ...defaultRotationPolicy, stillAliveAfterMs: 50 })
    const id = await start()
    await run.waitFor(id, ({ proof }) => proof.stillAlive)
    const refused = await run.waitFor(id, ({ proof }) => proof.refusedAtMs.length === 1)
    expect(refused.proof.stillAlive).toBe(false)
  })

  test('before the revocation it is not said that the key in use is refused', async () => {
    await reopen({}, { ...fastTiming, freshProofMs: 0 })
    await run.addKey()
    run.listen(({ step }) => {
      if (step === 'revoke') cutNetwork()
    })
    const id = await start()
    const stuck = await run.waitFor(id, ({ step, problem }) => step === 'revoke' && problem !== null)
    expect(stuck.problem?.error).toEqual({ kind: 'ROTATION', fault: 'no-answer' })
  })
})

describe('a keychain that is denied', () => {
  test('is not asked again before the person says so', async () => {
    await run.addKey()
    let asked = 0
    const { write } = parts.secrets
    Object.assign(parts.secrets, {
      write: async () => {
        asked += 1
        return fail({ kind: 'KEYCHAIN', fault: 'denied' } as const)
      },
    })
    const id = await start()
    const denied = await run.waitFor(id, ({ problem }) => problem !== null)
    expect(denied).toMatchObject({ step: 'store', waitsFor: 'keychain', nextAtMs: null })
    expect(denied.actions).toContain('retry')
    // Many times as long as the first tries of anything else are apart.
    await new Promise((done) => setTimeout(done, 300))
    expect(asked).toBe(1)
    Object.assign(parts.secrets, { write })
    await run.rotations.retry(id)
    expect((await run.waitFor(id, ended)).end).toBe('done')
  })
})

describe('a question that gets no turn', () => {
  async function reachHeldProof(timing: RotationTiming = fastTiming) {
    await reopen({}, timing)
    run.moveHere('Dev')
    const old = await run.addKey('Dev')
    const id = await start('Dev')
    await run.waitFor(id, ({ waitsFor }) => waitsFor === 'new-key')
    run.limiter.hold(run.environment('Dev').id, true)
    parts.clipboard.text = parts.server.issueKey().key
    await run.rotations.pasteKey(id)
    return { id, old }
  }

  test('is shown as a wait, stands before all other calls, and ends when the rotation is cancelled', async () => {
    const { id, old } = await reachHeldProof()
    await run.waitFor(id, ({ step, waitsFor }) => step === 'prove' && waitsFor === 'service')
    expect(run.limiter.waiting().calls).toMatchObject([{ cause: 'hold', priority: 'proof' }])
    expect(run.rotations.cancel(id)).toMatchObject({ ok: true })
    const cancelled = await run.waitFor(id, ended)
    expect(cancelled.end).toBe('cancelled')
    expect(cancelled.lines.map(({ what }) => what)).not.toContain('problem')
    expect(run.limiter.waiting().calls).toEqual([])
    expect(run.environment('Dev').activeKeyId).toBe(old.id)
  })

  test('is given up like one that is not answered', async () => {
    const { id, old } = await reachHeldProof({ ...fastTiming, giveUpMs: 400 })
    expect(await run.waitFor(id, ended)).toMatchObject({
      end: 'failed',
      problem: { error: { kind: 'ROTATION', fault: 'new-key-unproven' } },
    })
    expect(run.environment('Dev').activeKeyId).toBe(old.id)
  })

  test('leaves the row of refusals as it is when the product ends', async () => {
    await reopen({ revokeDelayMs: 60_000 }, { ...fastTiming, slowMs: 10 })
    await run.addKey()
    const id = await start()
    await run.waitFor(id, ({ proof }) => proof.alive > 0)
    run.limiter.hold(run.environment('Sandbox').id, true)
    while (run.limiter.waiting().total === 0) await new Promise((done) => setImmediate(done))
    const { unknown } = findRotation(id).proof
    await run.rotations.close()
    expect(findRotation(id).proof.unknown).toBe(unknown)
  })
})
