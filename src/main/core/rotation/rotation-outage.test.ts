import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Rotation, type RotationStep, rotationSteps } from '../../../shared/model/rotation.ts'
import { fail } from '../../../shared/result.ts'
import { type LiveRun, openLiveParts } from '../../shell/fixtures/live-rotations.ts'
import type { HttpAnswer } from '../ports.ts'

// A port that fails for as long as a step needs it: the network is gone, the keychain locks, the disk is full.

let parts: Awaited<ReturnType<typeof openLiveParts>>
let run: LiveRun

beforeEach(async () => {
  parts = await openLiveParts()
  run = await parts.openRun()
})
afterEach(() => parts.close())

type Outage = 'network' | 'keychain' | 'disk'
const causes: Readonly<Record<Outage, readonly string[]>> = {
  network: ['ISSUER', 'ROTATION'],
  keychain: ['KEYCHAIN'],
  disk: ['STORAGE'],
}

/** Breaks a port, and answers what mends it. `met` is told of each call that it refuses. */
function breakPort(outage: Outage, met: () => void): () => void {
  const before = {
    send: parts.http.send,
    read: parts.secrets.read,
    write: parts.secrets.write,
    remove: parts.secrets.remove,
    commit: run.store.commit,
  }
  const gone: HttpAnswer = {
    end: { kind: 'network', reason: 'unreachable' },
    status: null,
    headers: [],
    timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null },
    bytes: 0,
  }
  const locked = async () => {
    met()
    return fail({ kind: 'KEYCHAIN', fault: 'locked' } as const)
  }
  if (outage === 'network') {
    Object.assign(parts.http, {
      send: async () => {
        met()
        return gone
      },
    })
  }
  if (outage === 'keychain') Object.assign(parts.secrets, { read: locked, write: locked, remove: locked })
  if (outage === 'disk') {
    Object.assign(run.store, {
      commit: () => {
        met()
        return fail({ kind: 'STORAGE', fault: 'full' } as const)
      },
    })
  }
  return () => {
    Object.assign(parts.http, { send: before.send })
    Object.assign(parts.secrets, { read: before.read, write: before.write, remove: before.remove })
    Object.assign(run.store, { commit: before.commit })
  }
}

/**
 * Steps at which an outage of the port is met, there or in a step after it. The network is needed
 * until the key is dead, the keychain and the disk until its secret is deleted.
 */
const needsPort: Readonly<Record<Outage, readonly RotationStep[]>> = {
  network: rotationSteps.filter((step) => step !== 'forget'),
  keychain: rotationSteps,
  disk: rotationSteps,
}

const cases = (['network', 'keychain', 'disk'] as const).flatMap((outage) =>
  rotationSteps.map((step) => ({ outage, step })),
)

test.each(cases)(
  '$outage gone at “$step”: a state that can be read, a working key, and an end once it is back',
  async ({ outage, step }) => {
    const old = await run.addKey()
    // A call has put the key into this run's memory, as under traffic.
    expect((await run.call()).ok).toBe(true)
    let mend: (() => void) | null = null
    let refusals = 0
    run.listen((rotation) => {
      if (mend === null && rotation.step === step && rotation.end === null)
        mend = breakPort(outage, () => (refusals += 1))
    })
    const started = await run.rotations.start(run.environment('Sandbox').id)
    const id = started.ok ? started.value.id : ''
    // Either the step, or one after it, meets the outage and says so; or nothing after it needs the port.
    const isTold = ({ problem, nextAtMs }: Rotation) => refusals > 1 && problem !== null && nextAtMs !== null
    const told = await run.waitFor(id, (rotation) => rotation.end !== null || isTold(rotation))
    expect(told.end === null, 'whether the outage was met').toBe(needsPort[outage].includes(step))
    if (told.end === null) {
      expect(causes[outage]).toContain(told.problem?.error.kind)
      expect(told.waitsFor, 'what it waits for').not.toBeNull()
      const used = run.environment('Sandbox').activeKeyId
      expect(run.vault.keys().find((key) => key.id === used)?.state, 'the key in use').toBe('active')
      if (outage !== 'network') expect((await run.call()).ok, 'calls go on').toBe(true)
    }
    ;(mend as (() => void) | null)?.()
    await run.rotations.retry(id)
    const done = await run.waitFor(id, ({ end }) => end !== null)
    expect(done).toMatchObject({ end: 'done', problem: null, leftBehind: [] })
    expect(run.vault.keys().find((key) => key.id === old.id)?.state).toBe('dead')
    expect((await run.call()).ok).toBe(true)
    expect(parts.server.listKeys().filter(({ revokedAtMs }) => revokedAtMs === null)).toHaveLength(1)
  },
)
