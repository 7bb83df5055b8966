import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasCommand, root, runKept, runShort } from '../command.mjs'
import { makeDeb } from '../linux-package.mjs'
import { readAppVersion, runBuilder } from '../packaging.mjs'
import { isRoot } from '../rights.mjs'
import { installPackages, runApt } from '../system-packages.mjs'
import { withUserPlace } from '../unprivileged.mjs'
import { copyAsVersion } from './former-version.mjs'

// In order: a former version is installed, and used by an ordinary user.

const formerVersion = '0.0.9'

/** Why it cannot run here, or null. */
function findObstacle(): string | null {
  if (process.platform !== 'linux' || !hasCommand('dpkg-deb') || !hasCommand('apt-get')) return 'no dpkg here'
  if (!isRoot) return 'installing needs root'
  const { output } = runShort('dpkg-query', ['--show', '--showformat=${Status}', 'jasni-vault'])
  return output.startsWith('install') ? 'a Jasni Vault of this machine is installed, and would be replaced' : null
}

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

const obstacle = findObstacle()

describe.skipIf(obstacle !== null)('the installed package', () => {
  let work = ''
  let user: Place
  let leave = (): void => undefined
  let left: Promise<void>
  const version = readAppVersion()
  const debs = { former: '', current: '' }

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
    await runApt(['purge', '-y', 'jasni-vault'])
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
    expect(Object.values(first.secrets).filter((secret) => secret.startsWith('jsk_'))).toHaveLength(1)
  })
})
