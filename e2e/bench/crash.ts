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
/** Longest time after an operation began at which the app is killed. */
const killWithinMs = 2500
const settleEvery = 15
const settleMsMax = 90_000

type Operation = 'add' | 'rotate' | 'revoke' | 'delete'
const operations: readonly Operation[] = ['add', 'rotate', 'rotate', 'revoke', 'delete']

interface Found {
  lost: number
  stuck: number
  orphans: number
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
  const endMs = performance.now() + 15_000
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
  const problems: string[] = []
  const killed: Record<Operation, number> = { add: 0, rotate: 0, revoke: 0, delete: 0 }
  const killedAt: Record<string, number> = {}
  try {
    const { vault, close } = await openVault(folder)
    const dev = vault.environments().find(({ name }) => name === 'Dev')
    const sandbox = vault.environments().find(({ kind }) => kind === 'sandbox')
    if (dev === undefined || sandbox === undefined) throw new Error('The profile is not whole.')
    expectValue(vault.updateEnvironment(dev.id, { ...dev, baseUrl: server.baseUrl }))
    const first = { environmentId: dev.id, label: null, source: 'clipboard', allowTestKey: true } as const
    const mainKey = expectValue(await vault.addKey({ ...first, text: server.issueKey('first').key }))
    close()

    /** Keys that must be there whatever happens, and the one that the last operation was to take away. */
    let safe = new Map<string, KeySummary>([[mainKey.id, mainKey]])
    let taken: string | null = null

    async function judgeState({ page }: AppRun, isSettled: boolean, sinceMs: number): Promise<void> {
      const { state, rotations } = await load(page)
      const note = (what: keyof Found, text: string) => {
        found[what] += 1
        problems.push(text)
      }
      const items = await listItems(service)
      const ids = new Set(state.keys.map(({ id }) => id))
      const open = rotations.filter(({ end }) => end === null)
      for (const [id, key] of safe) {
        if (id === taken || state.keys.find((now) => now.id === id)?.state === 'dead') continue
        const isLeaving = rotations.some(({ oldKey, newKey }) => oldKey.id === id || newKey?.id === id)
        if (!ids.has(id) && !isLeaving) note('lost', `${key.label} is gone`)
      }
      for (const key of state.keys) {
        // A key whose addition was cut off is still where it was copied from; its passport says `missing`.
        if (key.state === 'dead' || (key.state !== 'active' && !safe.has(key.id))) continue
        const isOpen = open.some(({ oldKey, newKey }) => oldKey.id === key.id || newKey?.id === key.id)
        if (items.get(`${key.id}.1`) !== key.fingerprint && !isOpen)
          note('lost', `${key.label} (${key.state}) has no secret`)
      }
      for (const item of items.keys()) {
        // The keychain's own mark has no version.
        if (item.endsWith('.1') && !ids.has(item.replace(/\.1$/, ''))) note('orphans', `item ${item}`)
      }
      const labels = await ask(page, 'mail.labels', { environmentId: dev?.id })
      if (!labels.ok) note('lost', `Dev: ${labels.error.kind}`)
      // A revocation that goes on in this run may take the key that the start found; the next start makes another.
      const isTaken = rotations.some(
        ({ kind, environmentId, lines }) =>
          kind === 'revoke' &&
          environmentId === sandbox?.id &&
          lines.some(({ what, atMs }) => what === 'resumed' && atMs >= sinceMs),
      )
      if (!isTaken && !(await waitForSandboxKey(page, sandbox?.id ?? '')))
        note('lost', `the sandbox has no key that works: ${open.map(({ kind, step }) => `${kind} ${step}`).join(', ')}`)
      if (isSettled) {
        const known = new Set((await load(page)).state.keys.map((key) => key.fingerprint))
        for (const key of listSandboxKeys(folder)) if (!known.has(key)) note('orphans', `key ${key} at the server`)
      }
      safe = new Map(state.keys.filter((key) => key.state === 'active').map((key) => [key.id, key]))
      taken = null
    }

    /** Where each rotation was that the last kill interrupted: the step at which it was resumed. */
    async function countSteps(page: MeasuredPage, sinceMs: number): Promise<void> {
      const { rotations } = await load(page)
      const steps = rotations.flatMap(({ lines }) =>
        lines.filter(({ what, atMs }) => what === 'resumed' && atMs >= sinceMs).map(({ step }) => step),
      )
      for (const step of steps.length === 0 ? ['none'] : steps) killedAt[step] = (killedAt[step] ?? 0) + 1
    }

    for (let kill = 0; kill < kills; kill += 1) {
      const startedAtMs = Date.now()
      const app = await startApp(bench, folder)
      if (kill > 0) await countSteps(app.page, startedAtMs)
      const isSettled = kill % settleEvery === settleEvery - 1
      if (isSettled) {
        const open = await settle(app.page)
        found.stuck += open.length
        for (const { step, waitsFor, environmentName } of open)
          problems.push(`stuck: ${environmentName} ${step} ${waitsFor}`)
      }
      await judgeState(app, isSettled, startedAtMs)
      const { state } = await load(app.page)
      const operation = operations[Math.floor(Math.random() * operations.length)] ?? 'add'
      const devKeys = state.keys.filter(({ environmentId, state: now }) => environmentId === dev.id && now !== 'dead')
      const spare = devKeys.find(({ id }) => id !== state.environments.find((one) => one.id === dev.id)?.activeKeyId)
      const sandboxKey = state.environments.find(({ id }) => id === sandbox.id)?.activeKeyId ?? ''
      let work: Promise<unknown>
      switch (operation) {
        case 'add': {
          await clipboard.write(server.issueKey(`added ${kill}`).key)
          work = ask(app.page, 'keys.addFromClipboard', { environmentId: dev.id, label: null, allowTestKey: true })
          break
        }
        case 'rotate':
          work = ask(app.page, 'rotation.start', { environmentId: sandbox.id })
          break
        case 'revoke':
          taken = sandboxKey
          work = ask(app.page, 'rotation.revoke', { id: sandboxKey, confirmation: null })
          break
        case 'delete':
          taken = spare?.id ?? null
          work = ask(app.page, 'keys.remove', { id: spare?.id ?? 'none' })
          break
      }
      // The app goes in the middle: nobody hears the answer.
      work.catch(() => undefined)
      killed[operation] += 1
      const atMs = Math.random() ** 2 * killWithinMs
      await new Promise((done) => setTimeout(done, atMs))
      app.page.close()
      await app.process.kill()
    }
    const lastStartMs = Date.now()
    const last = await startApp(bench, folder)
    const open = await settle(last.page)
    found.stuck += open.length
    await judgeState(last, true, lastStartMs)
    last.page.close()
    await last.process.close()
  } finally {
    clipboard.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
  console.log(
    formatTable([['operation', 'kills'], ...Object.entries(killed).map(([name, count]) => [name, String(count)])]),
  )
  console.log(
    formatTable([
      ['step of a rotation', 'kills'],
      ...Object.entries(killedAt).map(([name, count]) => [name, String(count)]),
    ]),
  )
  for (const problem of problems.slice(0, 20)) console.log(problem)
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
