import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import Libsql from 'libsql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wantedFuses } from '../../build/fuses.mjs'
import { root, runKept } from '../command.mjs'
import { makeDeb } from '../linux-package.mjs'
import { readAppVersion, runBuilder } from '../packaging.mjs'
import { installPackages, runApt } from '../system-packages.mjs'
import { withUserPlace } from '../unprivileged.mjs'
import { copyAsVersion } from './former-version.mjs'
import { findObstacle, listInstalled } from './machine.mjs'

// In order: a former version is installed, used by an ordinary user, attacked, upgraded, removed and purged.

const formerVersion = '0.0.9'
const installed = '/usr/lib/jasni-vault'
const binary = join(installed, 'jasni-vault')

interface Visit {
  readonly exit: number | string
  readonly output: string
  readonly secrets: Readonly<Record<string, string>>
  readonly labels: readonly string[]
  readonly seen: {
    readonly types: readonly string[]
    readonly rendererSeccomp: readonly number[]
    readonly coreLimits: readonly string[]
    readonly unsandboxed: boolean
    readonly hearsInspectorSignal: boolean
    readonly listening: readonly string[]
  } | null
}

interface Place {
  readonly place: string
  readonly home: string
  readonly node: string
  readonly options: {
    readonly cwd: string
    readonly env: NodeJS.ProcessEnv
    readonly uid: number
    readonly gid: number
  }
}

/** A fuse in the binary is a digit. */
const fuseStates = new Map([...'01'].map((digit, on) => [digit.charCodeAt(0), on === 1 ? 'on' : 'off']))

/** 127.0.0.1 as the kernel writes it. */
const loopback = '0100007F'

const findKeys = ({ secrets }: Visit): string[] => Object.values(secrets).filter((secret) => secret.startsWith('jsk_'))

const profileOf = ({ home }: Place): string => join(home, '.config/Jasni Vault')

const requestsOf = (place: Place): string => join(profileOf(place), 'requests.db')

/** Calls with a key since a moment that were answered well, as the log holds them. */
function countAnswered(file: string, sinceMs: number): number {
  const log = new Libsql(`${pathToFileURL(file).href}?mode=ro`)
  try {
    return log
      .prepare("SELECT id FROM call WHERE started_at_ms >= ? AND key_id IS NOT NULL AND outcome = 'ok'")
      .all(sinceMs).length
  } finally {
    log.close()
  }
}

const obstacle = findObstacle()

describe.skipIf(obstacle !== null)('the installed package', () => {
  let work = ''
  let user: Place
  let leave = (): void => undefined
  let left: Promise<void>
  const version = readAppVersion()
  const debs = { former: '', current: '' }
  /** Packages of this machine before the first one of ours. */
  let before: ReadonlySet<string>
  const findBrought = () => [...listInstalled()].filter((name) => !before.has(name))

  /** Runs a command as the ordinary user. */
  const runAsUser = (command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runKept(command, args, { ...user.options, env: { ...user.options.env, ...env } })

  const visit = async (request: object): Promise<Visit> => {
    const { output } = await runAsUser(user.node, [
      join(user.place, 'scripts/install/visit.mjs'),
      JSON.stringify(request),
    ])
    try {
      return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')
    } catch {
      throw new Error(`The visit saw nothing:\n${output}`)
    }
  }
  const linesOf = ({ output }: Visit, event: string): Record<string, unknown>[] =>
    output
      .split('\n')
      .filter((line) => line.includes(`"event":"${event}"`))
      .map((line) => JSON.parse(line))

  beforeAll(async () => {
    before = listInstalled()
    work = mkdtempSync('/var/tmp/jasni-vault-install-')
    await runBuilder(work, ['--linux', 'dir'])
    const app = join(work, 'linux-unpacked')
    const former = join(work, 'former')
    await copyAsVersion(app, former, formerVersion)
    const date = new Date()
    debs.former = join(work, 'former.deb')
    debs.current = join(work, 'current.deb')
    await makeDeb({ app: former, file: debs.former, version: formerVersion, date, compression: 'none' })
    await makeDeb({ app, file: debs.current, version, date, compression: 'none' })
    await new Promise<void>((entered) => {
      left = withUserPlace((given: Place) => {
        user = given
        entered()
        return new Promise<void>((done) => {
          leave = done
        })
      })
    })
    mkdirSync(join(user.place, 'scripts'))
    cpSync(join(root, 'scripts'), join(user.place, 'scripts'), { recursive: true })
  })

  afterAll(async () => {
    // What a failed test left.
    const brought = findBrought()
    if (brought.length > 0) await runApt(['purge', '-y', ...brought])
    leave()
    await left
    rmSync(work, { recursive: true, force: true })
  })

  test('a former version is installed by apt-get, with what it depends on', async () => {
    const { code, output } = await installPackages([debs.former])
    expect(output).toMatch(/Setting up jasni-vault/)
    expect(code).toBe(0)
    const helper = statSync('/usr/lib/jasni-vault/chrome-sandbox')
    expect([helper.uid, helper.mode & 0o7777]).toEqual([0, 0o4755])
  })

  let first: Visit
  test('an ordinary user starts it with the sandbox on, and the first key lies in the keyring', async () => {
    first = await visit({ waitForKey: true })
    expect(first.output).toMatch(/"event":"interactive"/)
    expect(first.exit).toBe(0)
    expect(linesOf(first, 'start')).toMatchObject([{ app: formerVersion, sandboxed: true }])
    expect(Object.keys(first.secrets)).toContain('canary')
    expect(findKeys(first)).toHaveLength(1)
  })

  test('nothing but this app put anything into the keyring', () => {
    expect(first.labels.length).toBeGreaterThan(0)
    expect(first.labels.filter((label) => !label.startsWith('ai.jasni.vault/'))).toEqual([])
  })

  test('the kernel holds its renderer in a sandbox, and no process leaves a core dump', () => {
    expect(first.seen).toMatchObject({ unsandboxed: false, coreLimits: ['0'] })
    expect(first.seen?.types).toEqual(expect.arrayContaining(['main', 'renderer', 'zygote']))
    expect(first.seen?.rendererSeccomp.length).toBeGreaterThan(0)
    // 2 is a filter, as in proc(5).
    expect(first.seen?.rendererSeccomp.filter((mode) => mode !== 2)).toEqual([])
  })

  test('it listens on loopback alone, and no signal opens an inspector', () => {
    expect(first.seen?.hearsInspectorSignal).toBe(false)
    expect(first.seen?.listening.filter((address) => address !== loopback)).toEqual([])
  })

  test('the fuses of the installed binary are set', async () => {
    const electronMajor = Number(/^\d+/.exec(String(linesOf(first, 'start')[0]?.electron))?.[0])
    const wanted = wantedFuses({ electronMajor, platform: process.platform })
    const wire: Readonly<Record<string, unknown>> = { ...(await getCurrentFuseWire(binary)) }
    const indexOf = new Map(Object.entries(FuseV1Options).map(([name, index]) => [name.toLowerCase(), String(index)]))
    const table = Object.entries(wanted).map(([fuse, on]) => ({
      fuse,
      wanted: on ? 'on' : 'off',
      found: fuseStates.get(Number(wire[indexOf.get(fuse.toLowerCase()) ?? ''])) ?? 'absent',
    }))
    console.table(table)
    expect(table.filter((row) => row.wanted !== row.found)).toEqual([])
    expect(table.length).toBeGreaterThan(6)
  })

  test.each([
    '--no-sandbox',
    '--remote-debugging-port=0',
    '--remote-debugging-pipe',
    '--inspect=0',
    '--inspect-brk=0',
    '--js-flags=--expose-gc',
    '--require=/etc/hostname',
  ])('a start with %s is refused with a sentence', async (argument) => {
    const { code, output } = await runAsUser('jasni-vault', [argument])
    expect(output).toContain(`The switch ${argument.replace(/=.*$/, '')} is refused`)
    expect(output).not.toMatch(/DevTools listening|Debugger listening/)
    expect(code).toBe(64)
  })

  test('root is refused with an explanation, by the launcher and by the app itself', async () => {
    for (const command of ['/usr/bin/jasni-vault', binary]) {
      const { code, output } = await runKept(command, ['--no-sandbox'])
      expect(output).toContain('Jasni Vault does not run as root')
      expect(code).toBe(77)
    }
  })

  test('its environment makes it no Node and loads no code into it', async () => {
    const marker = join(user.home, 'marker')
    const hook = join(user.place, 'hook.cjs')
    writeFileSync(hook, `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '')`)
    // The same hook does write in a Node that reads the variable.
    const { code } = await runAsUser(user.node, ['-e', '0'], { NODE_OPTIONS: `--require=${hook}` })
    expect([code, existsSync(marker)]).toEqual([0, true])
    rmSync(marker)
    const attacked = await visit({
      args: ['-e', `require(${JSON.stringify(hook)})`],
      env: { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: `--require=${hook}` },
    })
    expect(attacked.output).toMatch(/"event":"interactive"/)
    expect([attacked.exit, existsSync(marker)]).toEqual([0, false])
  })

  test('an upgrade keeps the profile: the same key, once, without a prompt, and the inbox is usable', async () => {
    const { code, output } = await installPackages([debs.current])
    expect(output).toContain(`over (${formerVersion})`)
    expect(code).toBe(0)
    // The visit ends once the log holds a call of this start that was answered to the old key.
    const seen = join(user.place, 'answered')
    const sinceMs = Date.now()
    const going = visit({ until: seen })
    await expect
      .poll(() => countAnswered(requestsOf(user), sinceMs), { timeout: 150_000, interval: 200 })
      .toBeGreaterThan(0)
    writeFileSync(seen, '')
    const upgraded = await going
    expect(linesOf(upgraded, 'start')).toMatchObject([{ app: version, sandboxed: true }])
    expect(upgraded.output).toMatch(/"event":"interactive"/)
    expect(upgraded.exit).toBe(0)
    expect(upgraded.output).not.toMatch(/keychain|unreadable/)
    expect(upgraded.secrets).toEqual(first.secrets)
    expect(upgraded.labels).toEqual(first.labels)
  })

  test('removing it takes the program away and leaves profile and keys', async () => {
    expect(await runApt(['remove', '-y', 'jasni-vault'])).toMatchObject({ code: 0 })
    expect(['/usr/bin/jasni-vault', installed].filter((path) => existsSync(path))).toEqual([])
    expect(readdirSync(profileOf(user))).toEqual(expect.arrayContaining(['vault.db', 'requests.db']))
  })

  test('purging it says that the keys stay, and they do', async () => {
    const { code, output } = await runApt(['purge', '-y', 'jasni-vault'])
    expect(output).toContain('the keys stay where they are')
    expect(code).toBe(0)
    const after = await visit({ onlyKeyring: true })
    expect(after.secrets).toEqual(first.secrets)
    expect(existsSync(join(profileOf(user), 'vault.db'))).toBe(true)
  })

  test('no file of the profile holds the key', () => {
    const [key = ''] = findKeys(first)
    expect(key).toMatch(/^jsk_/)
    const files = readdirSync(profileOf(user), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    const holders = files.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(key))
    expect(files.length).toBeGreaterThan(2)
    expect(holders.map(({ name }) => name)).toEqual([])
  })

  test('nothing stays installed that was not there before', async () => {
    const brought = findBrought()
    if (brought.length > 0) await runApt(['purge', '-y', ...brought])
    expect(findBrought()).toEqual([])
  })
})
