import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'

const script = join(import.meta.dirname, 'session.mjs')

let runner: ChildProcess | undefined
afterEach(() => {
  runner?.kill('SIGKILL')
})

interface Process {
  readonly pid: number
  readonly parent: number
  readonly name: string
}

/** Living processes; one that ended and only waits to be collected does not count. */
function listProcesses(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [, name = '', state = '', parent = ''] =
          /\((.*)\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
        return state === 'Z' ? [] : [{ pid: Number(pid), parent: Number(parent), name }]
      } catch {
        return []
      }
    })
}

/** Starts a command in a private session; resolves with what it first printed. */
function startSession(command: string): Promise<string> {
  const child = spawn(process.execPath, [script, 'sh', '-c', command], { stdio: ['ignore', 'pipe', 'inherit'] })
  runner = child
  return new Promise((done, fail) => {
    child.stdout.once('data', (part: Buffer) => done(part.toString().trim()))
    child.once('exit', (code) => fail(new Error(`The session ended with code ${code}`)))
  })
}

async function expectAllGone(processes: readonly Process[], folder: string | null): Promise<void> {
  await vi.waitFor(() => {
    const alive = new Set(listProcesses().map(({ pid }) => pid))
    expect(processes.filter(({ pid }) => alive.has(pid))).toEqual([])
    if (folder !== null) expect(existsSync(folder)).toBe(false)
  }, 5000)
}

describe.skipIf(process.platform !== 'linux')('a private session (Linux only: there is none elsewhere)', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'ends with its parent on %s, leaving no process',
    async (signal) => {
      const folder = await startSession('echo $XDG_RUNTIME_DIR; exec sleep 600')
      const listChildren = () => listProcesses().filter(({ parent }) => parent === runner?.pid)
      // The line is out a moment before the shell has become the command.
      const names = ['Xvfb', 'dbus-daemon', 'gnome-keyring-d', 'sleep']
      await vi.waitFor(
        () =>
          expect(
            listChildren()
              .map(({ name }) => name)
              .sort(),
          ).toEqual(names),
        5000,
      )
      const children = listChildren()
      expect(folder).toContain('jasni-vault-session-')

      runner?.kill(signal)
      // A process that is killed hard cannot tidy up its folder; the next session does.
      await expectAllGone(children, signal === 'SIGKILL' ? null : folder)
    },
  )

  test('the next session removes the folder of one that was killed', async () => {
    const folder = await startSession('echo $XDG_RUNTIME_DIR; exec sleep 600')
    const killed = runner
    const ended = new Promise((done) => killed?.once('exit', done))
    killed?.kill('SIGKILL')
    await ended
    await startSession('echo ready; exec sleep 600')
    expect(existsSync(folder)).toBe(false)
  })

  test('has a keyring that keeps a secret, and a display of its own', async () => {
    const printed = await startSession(
      'printf secret | secret-tool store --label=test service s account a && echo "$(secret-tool lookup service s account a) $DISPLAY"',
    )
    expect(printed).toMatch(/^secret :\d+$/)
    expect(printed).not.toBe(`secret ${process.env.DISPLAY}`)
  })
})
