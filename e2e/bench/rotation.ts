import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { nodeRandom } from '../../src/main/adapters/node-random.ts'
import { systemClock } from '../../src/main/adapters/system-clock.ts'
import { createUndiciHttp } from '../../src/main/adapters/undici-http.ts'
import { createPolicies } from '../../src/main/core/rotation/policies.ts'
import { type SandboxServer, startSandbox } from '../../src/main/sandbox/server.ts'
import { defaultRotationPolicy } from '../../src/shared/model/defaults.ts'
import { type Bench, nameRuntime, startElectron } from './electron-process.ts'
import { describeSamples, judge, type Report } from './figures.ts'
import { connectPage, type MeasuredPage } from './page.ts'
import { expectValue, openVault } from './profile.ts'

const rotations = Number(process.env.JASNI_ROTATIONS ?? 20)
const callsPerSecond = 50
/** A revoked key dies after up to five minutes at the service; here a hundredth of that. */
const deathMsMax = 3000

interface Peer {
  readonly server: SandboxServer
  /** Epoch ms from which on a revoked key is refused, by its name. */
  readonly deaths: Map<string, number>
}

async function startPeer(): Promise<Peer> {
  const deaths = new Map<string, number>()
  const server = await startSandbox({
    port: 0,
    plan: 1_000_000,
    windowMs: 60_000,
    limitBy: 'key',
    headers: 'none',
    statePath: null,
    issuerToken: randomUUID(),
    seed: 'bench',
    revokeDelayMs(id) {
      const delayMs = Math.random() * deathMsMax
      if (!deaths.has(id)) deaths.set(id, Date.now() + delayMs)
      return delayMs
    },
  })
  return { server, deaths }
}

/** A profile whose Dev environment gets its keys from the bench's server, as from a company's broker. */
async function fillProfile(folder: string, server: SandboxServer): Promise<string> {
  const { vault, close } = await openVault(folder)
  const dev = vault.environments().find(({ name }) => name === 'Dev')
  if (dev === undefined) throw new Error('The profile has no Dev.')
  const plan = { kind: 'enterprise', perMinute: 1_000_000 } as const
  expectValue(vault.updateEnvironment(dev.id, { ...dev, plan, baseUrl: server.baseUrl }))
  const { key, id } = server.issueKey('first')
  const input = { environmentId: dev.id, text: key, label: null, source: 'clipboard', allowTestKey: true } as const
  expectValue(await vault.addKey({ ...input, issuerKeyId: id }))
  const http = createUndiciHttp()
  const policies = createPolicies({
    custody: vault.custody,
    http,
    random: nodeRandom,
    clock: systemClock,
    localIssuer: () => null,
    onChange: () => undefined,
  })
  const issuer = {
    kind: 'automatic',
    createMethod: 'POST',
    createUrl: `${server.origin}/_issuer/keys`,
    keyPath: 'data.key',
    idPath: 'data.id',
    revokeMethod: 'DELETE',
    revokeUrl: `${server.origin}/_issuer/keys/{id}`,
  } as const
  expectValue(policies.set(dev.id, { ...defaultRotationPolicy, issuer }))
  expectValue(await policies.setCredential(dev.id, server.issuerToken))
  expectValue(vault.switchEnvironment(dev.id))
  close()
  await http.close()
  return dev.id
}

interface AppRun {
  readonly calls: number
  readonly failed: Readonly<Record<string, number>>
  readonly rotations: readonly {
    readonly end: string | null
    readonly deadAtMs: number | null
    readonly startedAtMs: number
    readonly endedAtMs: number | null
    readonly oldIssuerKeyId: string | null
    readonly retriedCalls: number
  }[]
  /** Names, at the issuer, of the keys that the app holds and has proven after all. */
  readonly held: readonly string[]
}

/** Rotates under traffic, all of it from the page as a person's window would. */
async function rotateInApp(page: MeasuredPage, environmentId: string): Promise<AppRun> {
  const answer = await page.evaluate(`(async () => {
    const environmentId = ${JSON.stringify(environmentId)}
    const ask = async (name, input) => {
      const answer = await window.bridge.call(name, input)
      if (!answer.ok) throw new Error(name + ' ' + JSON.stringify(answer.error))
      return answer.value
    }
    const failed = {}
    const open = new Set()
    let calls = 0
    let begun = 0
    const startMs = performance.now()
    // By the clock and not by the tick: a late timer must not thin the traffic.
    const timer = setInterval(() => {
      while (begun < ((performance.now() - startMs) * ${callsPerSecond}) / 1000) callOnce()
    }, ${1000 / callsPerSecond})
    const callOnce = () => {
      begun += 1
      const call = window.bridge.call('mail.labels', { environmentId }).then((answer) => {
        calls += 1
        if (!answer.ok) failed[answer.error.kind] = (failed[answer.error.kind] ?? 0) + 1
        open.delete(call)
      })
      open.add(call)
    }
    const done = []
    for (let count = 0; count < ${rotations}; count += 1) {
      const before = (await ask('app.load', {})).keys
      const { id, oldKey } = await ask('rotation.start', { environmentId })
      const rotation = await new Promise((resolve) => {
        const look = async () => {
          const now = (await ask('rotation.list', {})).find((one) => one.id === id)
          if (now.end !== null) resolve(now)
        }
        const leave = window.bridge.on('rotation.changed', (now) => {
          if (now.id === id && now.end !== null) { leave(); resolve(now) }
        })
        look()
      })
      const old = before.find((key) => key.id === oldKey.id)
      const { end, deadAtMs, startedAtMs, endedAtMs, retriedCalls } = rotation
      done.push({ end, deadAtMs, startedAtMs, endedAtMs, retriedCalls, oldIssuerKeyId: old?.issuerKeyId ?? null })
    }
    clearInterval(timer)
    await Promise.all(open)
    const held = []
    for (const key of (await ask('app.load', {})).keys) {
      if (key.environmentId !== environmentId || key.state === 'dead') continue
      const proven = await ask('keys.prove', { id: key.id })
      if (proven.state === 'active' && key.issuerKeyId !== undefined) held.push(key.issuerKeyId)
    }
    return { calls, failed, rotations: done, held }
  })()`)
  return answer as AppRun
}

interface BaselineRun {
  readonly calls: number
  readonly failed: number
  /** Rotations after which the old key still answered while it was counted as gone. */
  readonly falseDead: number
}

/** The order of aws-vault: the old key is deleted and counted as gone, then there is a new one. Bare fetch. */
async function rotateDeletingFirst(): Promise<BaselineRun> {
  const { server, deaths } = await startPeer()
  const headers = { Authorization: `Bearer ${server.issuerToken}`, 'Content-Type': 'application/json' }
  let current = server.issueKey('first')
  let calls = 0
  let failed = 0
  let falseDead = 0
  let begun = 0
  const startMs = performance.now()
  const open = new Set<Promise<void>>()
  const timer = setInterval(() => {
    while (begun < ((performance.now() - startMs) * callsPerSecond) / 1000) callOnce()
  }, 1000 / callsPerSecond)
  function callOnce(): void {
    begun += 1
    const call = fetch(`${server.baseUrl}/labels`, { headers: { Authorization: `Bearer ${current.key}` } }).then(
      async (answer) => {
        await answer.arrayBuffer()
        calls += 1
        if (answer.status !== 200) failed += 1
        open.delete(call)
      },
    )
    open.add(call)
  }
  for (let count = 0; count < rotations; count += 1) {
    await fetch(`${server.origin}/_issuer/keys/${current.id}`, { method: 'DELETE', headers })
    if ((deaths.get(current.id) ?? 0) > Date.now()) falseDead += 1
    // What a person's program needs until it has the new key in its store and its other half knows of it.
    await new Promise((done) => setTimeout(done, 500))
    const made = await fetch(`${server.origin}/_issuer/keys`, { method: 'POST', headers, body: '{}' })
    const { data } = (await made.json()) as { data: { id: string; key: string } }
    current = data
    await new Promise((done) => setTimeout(done, 500))
  }
  clearInterval(timer)
  await Promise.all(open)
  await server.close()
  return { calls, failed, falseDead }
}

/** 20 rotations under 50 calls a second in the built app, against a service that kills keys late. */
export async function measureRotation(bench: Bench): Promise<Report> {
  const baseline = await rotateDeletingFirst()
  const { server, deaths } = await startPeer()
  const folder = mkdtempSync(join(bench.folder, 'rotation-'))
  try {
    const environmentId = await fillProfile(folder, server)
    const args = [`--profile=${folder}`, '--sandbox-port=0', '--log=stderr', '--remote-debugging-port=0']
    const started = await startElectron(bench, bench.root, args)
    if (started.devtoolsUrl === null) throw new Error('The app did not open its debugging port.')
    const page = await connectPage(started.devtoolsUrl)
    const run = await rotateInApp(page, environmentId)
    page.close()
    await started.close()

    const failed = Object.values(run.failed).reduce((sum, count) => sum + count, 0)
    const falseDead = run.rotations.filter(
      ({ deadAtMs, oldIssuerKeyId }) =>
        deadAtMs !== null && deadAtMs < (deaths.get(oldIssuerKeyId ?? '') ?? Number.POSITIVE_INFINITY),
    ).length
    const living = server.listKeys().filter(({ revokedAtMs }) => revokedAtMs === null)
    const lost = living.filter(({ id }) => !run.held.includes(id)).length + (run.held.length === 0 ? 1 : 0)
    const unfinished = run.rotations.filter(({ end }) => end !== 'done').length
    console.log(
      describeSamples(
        { 'one rotation': run.rotations.map(({ startedAtMs, endedAtMs }) => (endedAtMs ?? Number.NaN) - startedAtMs) },
        'ms',
      ),
    )
    console.log(
      `app: ${run.calls} calls, ${failed} failed ${JSON.stringify(run.failed)}, ${run.rotations.reduce((sum, { retriedCalls }) => sum + retriedCalls, 0)} repeated on the new key`,
    )
    console.log(
      `delete first: ${baseline.calls} calls, ${baseline.failed} failed, ${baseline.falseDead} keys counted as gone that still answered`,
    )
    return {
      bench: 'rotation',
      figures: {
        failed_calls: judge(failed, 'calls', ['=', 0]),
        false_dead: judge(falseDead, 'keys', ['=', 0]),
        keys_lost: judge(lost, 'keys', ['=', 0]),
        unfinished: judge(unfinished, 'rotations', ['=', 0]),
        baseline_failed_calls: { value: baseline.failed, unit: 'calls', target: 'none', ok: true },
        baseline_false_dead: { value: baseline.falseDead, unit: 'keys', target: 'none', ok: true },
      },
      baseline:
        'delete the old key, then create the new one (as aws-vault orders it), half a second in between, bare fetch',
      runtime: nameRuntime(bench),
      runs: rotations,
    }
  } finally {
    await server.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}
