import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type SandboxServer, startSandbox } from '../../src/main/sandbox/server.ts'
import type { AppState } from '../../src/shared/model/app.ts'
import type { KeySummary } from '../../src/shared/model/key.ts'
import type { Rotation } from '../../src/shared/model/rotation.ts'
import { keychainServiceOf } from '../fixtures/keychain-service.ts'
import { type Bench, findElectron, type MeasuredProcess, nameRuntime, startElectron } from './electron-process.ts'
import { formatTable, judge, type Report } from './figures.ts'
import { connectPage, type MeasuredPage } from './page.ts'
import { expectValue, openVault } from './profile.ts'

const run = promisify(execFile)
const defaultKills = 300
/** Most kills come in the first moments of an operation, where its quick steps are; the others at any time of it. */
const quickShare = 0.6
const quickMs = 300
const killWithinMs = 5000
const settleEvery = 15
const settleMsMax = 90_000

type Operation = 'add' | 'rotate' | 'revoke' | 'panic' | 'delete'
const operations: readonly Operation[] = [
  'add',
  'add',
  'rotate',
  'rotate',
  'rotate',
  'rotate',
  'revoke',
  'panic',
  'delete',
]

interface Found {
  lost: number
  stuck: number
  orphans: number
}

/** What was being done when the app went. */
interface Interrupted {
  readonly operation: Operation
  readonly atMs: number
  /** The key that a person asked to take away. */
  readonly takenId: string | null
  /** The key that an addition was answered with, once it was. */
  addedId: string | null
}

/** Fingerprints of all secrets of a keychain service, by item. */
async function listItems(service: string): Promise<ReadonlyMap<string, string>> {
  const script = 'secret-tool search --all service "$1" 2>&1 || true'
  const { stdout } = await run('sh', ['-c', script, 'sh', service])
  const items = new Map<string, string>()
  for (const block of stdout.split(/^\[\/.*\]$/m)) {
    const account = /^attribute\.account = (.*)$/m.exec(block)?.[1]
    const secret = /^secret = (.*)$/m.exec(block)?.[1]
    if (account !== undefined && secret !== undefined) items.set(account, fingerprint(secret))
  }
  return items
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

/** Fingerprints of the keys that live at the app's own server, from its file. */
function listSandboxKeys(folder: string): readonly string[] {
  const state = JSON.parse(readFileSync(join(folder, 'sandbox.json'), 'utf8')) as {
    keys: readonly { hash: string; revokedAtMs: number | null }[]
  }
  return state.keys.filter(({ revokedAtMs }) => revokedAtMs === null).map(({ hash }) => hash.slice(0, 12))
}

/** The clipboard of this desktop, in the hands of another program. */
function startClipboard(bench: Bench): { write(text: string): Promise<void>; close(): void } {
  const rootFlags = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const folder = join(bench.root, 'e2e/bench/clipboard-writer')
  const child: ChildProcess = spawn(findElectron(bench), [...bench.flags, ...rootFlags, folder], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  return {
    write: (text) =>
      new Promise((done) => {
        child.stdout?.once('data', () => done())
        child.stdin?.write(`${text}\n`)
      }),
    close: () => void child.kill('SIGKILL'),
  }
}

interface AppRun {
  readonly process: MeasuredProcess
  readonly page: MeasuredPage
}

async function startApp(bench: Bench, folder: string): Promise<AppRun> {
  const args = [`--profile=${folder}`, '--sandbox-port=0', '--log=stderr', '--remote-debugging-port=0']
  const started = await startElectron(bench, bench.root, args)
  if (started.devtoolsUrl === null) throw new Error('The app did not open its debugging port.')
  return { process: started, page: await connectPage(started.devtoolsUrl) }
}

const ask = (page: MeasuredPage, name: string, input: unknown) =>
  page.evaluate(`window.bridge.call(${JSON.stringify(name)}, ${JSON.stringify(input)})`) as Promise<
    { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: { readonly kind: string } }
  >

async function load(page: MeasuredPage): Promise<{ state: AppState; rotations: readonly Rotation[] }> {
  const state = await ask(page, 'app.load', {})
  const rotations = await ask(page, 'rotation.list', {})
  if (!state.ok || !rotations.ok) throw new Error('The app does not answer.')
  return { state: state.value as AppState, rotations: rotations.value as readonly Rotation[] }
}

/** Waits until the sandbox has a key that works, as the app makes sure of at its start. */
async function waitForSandboxKey(page: MeasuredPage, environmentId: string): Promise<boolean> {
  const endMs = performance.now() + 30_000
  while (performance.now() < endMs) {
    const answer = await ask(page, 'mail.labels', { environmentId })
    if (answer.ok) return true
    await new Promise((done) => setTimeout(done, 100))
  }
  return false
}

async function settle(page: MeasuredPage): Promise<readonly Rotation[]> {
  const endMs = performance.now() + settleMsMax
  for (;;) {
    const open = (await load(page)).rotations.filter(({ end }) => end === null)
    if (open.length === 0 || performance.now() > endMs) return open
    await new Promise((done) => setTimeout(done, 250))
  }
}

function pickKillMs(): number {
  return Math.random() < quickShare ? Math.random() * quickMs : Math.random() * killWithinMs
}

/** Kills the app at random instants of its work with keys, and looks at what is left. */
export async function measureCrash(bench: Bench): Promise<Report> {
  const kills = Number(process.env.JASNI_CRASH_KILLS ?? defaultKills)
  const folder = mkdtempSync(join(bench.folder, 'crash-'))
  const service = keychainServiceOf(folder)
  const server: SandboxServer = await startSandbox({
    port: 0,
    plan: 1_000_000,
    windowMs: 60_000,
    limitBy: 'key',
    headers: 'none',
    statePath: null,
    issuerToken: randomUUID(),
    seed: 'bench',
  })
  const clipboard = startClipboard(bench)
  const found: Found = { lost: 0, stuck: 0, orphans: 0 }
  const problems = new Set<string>()
  const killed: Record<string, number> = {}
  const killedAt: Record<string, number> = {}
  const count = (counts: Record<string, number>, name: string) => {
    counts[name] = (counts[name] ?? 0) + 1
  }
  /** Each problem counts once, at the start that shows it first. */
  function note(what: keyof Found, text: string): void {
    if (problems.has(text)) return
    problems.add(text)
    found[what] += 1
    console.log(`  ${what}: ${text}`)
  }

  try {
    const { vault, close } = await openVault(folder)
    const dev = vault.environments().find(({ name }) => name === 'Dev')
    const sandbox = vault.environments().find(({ kind }) => kind === 'sandbox')
    if (dev === undefined || sandbox === undefined) throw new Error('The profile is not whole.')
    expectValue(vault.updateEnvironment(dev.id, { ...dev, baseUrl: server.baseUrl }))
    const first = { environmentId: dev.id, label: null, source: 'clipboard', allowTestKey: true } as const
    const mainKey = expectValue(await vault.addKey({ ...first, text: server.issueKey('first').key }))
    close()

    /** Every key that a person was told is kept, and is not known to be dead or deleted since. */
    const kept = new Map<string, KeySummary>([[mainKey.id, mainKey]])
    let last: Interrupted | null = null

    /** A deletion that was cut off: its key is missing at worst, and deleting it again ends it. */
    async function deleteAgain(page: MeasuredPage, id: string, keys: readonly KeySummary[]): Promise<void> {
      kept.delete(id)
      if (keys.find((key) => key.id === id)?.state !== 'missing') return
      const again = await ask(page, 'keys.remove', { id })
      if (!again.ok) note('stuck', `a key whose deletion was cut off: ${again.error.kind}`)
    }

    async function judgeState({ page }: AppRun, isSettled: boolean): Promise<void> {
      await ask(page, 'keychain.check', {})
      if (last?.operation === 'delete' && last.takenId !== null) {
        await deleteAgain(page, last.takenId, (await load(page)).state.keys)
      }
      if (!(await waitForSandboxKey(page, sandbox?.id ?? ''))) note('lost', `no sandbox key after ${nameKill(last)}`)
      const labels = await ask(page, 'mail.labels', { environmentId: dev?.id })
      if (!labels.ok) note('lost', `Dev: ${labels.error.kind} after ${nameKill(last)}`)

      // The keychain is read between two equal pictures of the app, which goes on with its work meanwhile.
      let { state, rotations } = await load(page)
      let items = await listItems(service)
      for (let tries = 0; tries < 20; tries += 1) {
        const before = JSON.stringify([state.keys, rotations.map(({ step, end }) => [step, end])])
        const next = await load(page)
        if (JSON.stringify([next.state.keys, next.rotations.map(({ step, end }) => [step, end])]) === before) break
        state = next.state
        rotations = next.rotations
        items = await listItems(service)
      }
      const open = rotations.filter(({ end }) => end === null)
      const isOpen = (id: string) => open.some(({ oldKey, newKey }) => oldKey.id === id || newKey?.id === id)
      const keys = new Map(state.keys.map((key) => [key.id, key]))
      if (last !== null && last.addedId !== null && !keys.has(last.addedId))
        note('lost', 'a key that was said to be stored')
      for (const [id, key] of kept) {
        const now = keys.get(id)
        if (now === undefined) note('lost', `the passport of ${key.mask} after ${nameKill(last)}`)
        else if (
          now.state === 'dead' &&
          !rotations.some(({ oldKey, deadAtMs }) => oldKey.id === id && deadAtMs !== null)
        )
          note('lost', `${key.mask} is called dead and no rotation ended it`)
      }
      for (const key of state.keys) {
        if (key.state === 'dead' || isOpen(key.id)) continue
        if (items.get(`${key.id}.1`) !== key.fingerprint || key.state === 'missing')
          note('lost', `${key.mask} (${key.state}) has no secret after ${nameKill(last)}`)
      }
      for (const item of items.keys()) {
        // The keychain's own mark has no version.
        const owner = item.endsWith('.1') ? item.replace(/\.1$/, '') : null
        const isSpent = owner !== null && keys.get(owner)?.state === 'dead' && !isOpen(owner)
        if (owner !== null && (!keys.has(owner) || isSpent)) note('orphans', `item ${item} after ${nameKill(last)}`)
      }
      if (isSettled) {
        const known = new Set((await load(page)).state.keys.map((key) => key.fingerprint))
        for (const key of listSandboxKeys(folder)) if (!known.has(key)) note('orphans', `key ${key} at the server`)
      }
      kept.clear()
      for (const key of state.keys) if (key.state !== 'dead') kept.set(key.id, key)
    }

    /** Where the last kill fell, as the journal says: the step at which each rotation was resumed. */
    async function nameSteps(page: MeasuredPage, sinceMs: number): Promise<void> {
      const { rotations } = await load(page)
      const steps = rotations.flatMap(({ kind, lines }) =>
        lines.filter(({ what, atMs }) => what === 'resumed' && atMs >= sinceMs).map(({ step }) => `${kind}: ${step}`),
      )
      for (const step of steps.length === 0 ? ['no rotation'] : steps) count(killedAt, step)
      console.log(`kill ${nameKill(last)}: ${steps.length === 0 ? 'no rotation' : steps.join(', ')}`)
    }

    async function settleAll(page: MeasuredPage): Promise<void> {
      const open = await settle(page)
      for (const { id, step, waitsFor, environmentName } of open)
        note('stuck', `${environmentName} ${step} ${waitsFor} ${id}`)
    }

    async function work(page: MeasuredPage, operation: Operation, number: number): Promise<Interrupted> {
      const { state } = await load(page)
      const activeOf = (id: string) => state.environments.find((one) => one.id === id)?.activeKeyId ?? null
      const devKeys = state.keys.filter(({ environmentId, state: now }) => environmentId === dev?.id && now !== 'dead')
      const spareId = devKeys.find(({ id }) => id !== activeOf(dev?.id ?? ''))?.id ?? null
      const sandboxKeyId = activeOf(sandbox?.id ?? '')
      const begun: Interrupted = {
        operation,
        atMs: pickKillMs(),
        takenId: operation === 'delete' ? spareId : null,
        addedId: null,
      }
      if (operation === 'add') await clipboard.write(server.issueKey(`added ${number}`).key)
      const [name, input] = {
        add: ['keys.addFromClipboard', { environmentId: dev?.id, label: null, allowTestKey: true }],
        rotate: ['rotation.start', { environmentId: sandbox?.id }],
        revoke: ['rotation.revoke', { id: sandboxKeyId ?? 'none', confirmation: null }],
        panic: ['rotation.panic', { environmentId: sandbox?.id, confirmation: sandbox?.name }],
        delete: ['keys.remove', { id: spareId ?? 'none' }],
      }[operation] as [string, unknown]
      // The app goes in the middle: mostly nobody hears the answer.
      ask(page, name, input).then(
        (answer) => {
          if (operation === 'add' && answer.ok) begun.addedId = (answer.value as KeySummary).id
        },
        () => undefined,
      )
      await new Promise((done) => setTimeout(done, begun.atMs))
      return begun
    }

    for (let number = 0; number < kills; number += 1) {
      const startedAtMs = Date.now()
      const app = await startApp(bench, folder)
      if (number > 0) await nameSteps(app.page, startedAtMs)
      const isSettled = number % settleEvery === settleEvery - 1
      if (isSettled) await settleAll(app.page)
      await judgeState(app, isSettled)
      const operation = operations[Math.floor(Math.random() * operations.length)] ?? 'add'
      // One that still runs would refuse another: a rotation is to be met in its own first steps.
      if (operation === 'rotate' || operation === 'revoke') await settleAll(app.page)
      last = await work(app.page, operation, number)
      count(killed, operation)
      app.page.close()
      await app.process.kill()
    }
    const lastStartMs = Date.now()
    const end = await startApp(bench, folder)
    await nameSteps(end.page, lastStartMs)
    await settleAll(end.page)
    await judgeState(end, true)
    end.page.close()
    await end.process.close()
  } finally {
    clipboard.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
  const listCounts = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([name, times]) => [name, String(times)])
  console.log(formatTable([['operation', 'kills'], ...listCounts(killed)]))
  console.log(formatTable([['step of a rotation', 'kills'], ...listCounts(killedAt)]))
  return {
    bench: 'crash',
    figures: {
      keys_lost: judge(found.lost, 'keys', ['=', 0]),
      stuck: judge(found.stuck, 'rotations', ['=', 0]),
      orphans: judge(found.orphans, 'items', ['=', 0]),
    },
    baseline: 'none',
    runtime: nameRuntime(bench),
    runs: kills,
  }
}

function nameKill(last: Interrupted | null): string {
  return last === null ? 'the first start' : `${last.operation} at ${Math.round(last.atMs)} ms`
}
