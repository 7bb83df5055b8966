// Running commands and speaking to the person, for the scripts. Node's own modules only.
import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

/** Folder of this repository. */
export const root = resolve(import.meta.dirname, '..')

/** Ends a script with its sentence and exit code 1, without a stack trace. */
export class Failure extends Error {}

/** Prints one line for the person. */
export function say(line) {
  process.stdout.write(`${line}\n`)
}

/**
 * Runs a script's main function and exits with the code that it answers. A `Failure` becomes its
 * sentence on standard error; anything else is a bug and keeps its stack.
 */
export function runMain(main) {
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])) {
    // Through `exit`, so that what must be tidied up is. A script that waits for a child hears it too, and decides.
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(code)
    })
  }
  main().then(
    (code) => process.exit(code ?? 0),
    (error) => {
      process.stderr.write(`${error instanceof Failure ? error.message : error.stack}\n`)
      process.exit(1)
    },
  )
}

/** Calls `run` with a new folder, `prefix` plus random letters, and removes it afterwards, whatever ends the run but a hard kill. */
export async function withFolder(prefix, run) {
  const folder = mkdtempSync(prefix)
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    return await run(folder)
  } finally {
    process.off('exit', remove)
    remove()
  }
}

/** True if `name` is an executable on the PATH. */
export function hasCommand(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Runs a short command to its end: its exit code (127 when it cannot start) and what it printed. */
export function runShort(command, args, options = {}) {
  const { status, stdout, error } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    ...options,
  })
  return { code: error === undefined ? (status ?? 1) : 127, output: stdout ?? '' }
}

/** On Windows npm is a script that only a shell can start. */
const needsShell = (command) => process.platform === 'win32' && (command === 'npm' || command === 'npx')

/** Runs a command to its end and keeps what it prints: exit code and output, both streams in one text. */
export function runKept(command, args, options = {}) {
  return new Promise((done) => {
    const child = spawnTied(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: needsShell(command),
      ...options,
    })
    const parts = []
    child.stdout.on('data', (part) => parts.push(part))
    child.stderr.on('data', (part) => parts.push(part))
    child.on('error', (error) => done({ code: 127, output: error.message }))
    child.on('close', (code) => done({ code: code ?? 1, output: Buffer.concat(parts).toString() }))
  })
}

/** Runs a command on this terminal: its exit code, or 128 plus the signal's usual place when killed. */
export function runShown(command, args, options = {}) {
  return new Promise((done) => {
    const child = spawnTied(command, args, { cwd: root, stdio: 'inherit', ...options })
    const forward = (signal) => child.kill(signal)
    // A terminal sends Ctrl+C to the whole group: the child has it already, and a second one ends it hard.
    const interrupt = process.stdin.isTTY ? () => {} : forward
    process.on('SIGTERM', forward)
    process.on('SIGHUP', forward)
    process.on('SIGINT', interrupt)
    child.on('error', () => done(127))
    child.on('close', (code, signal) => {
      process.off('SIGTERM', forward)
      process.off('SIGHUP', forward)
      process.off('SIGINT', interrupt)
      done(code ?? (signal === 'SIGINT' ? 130 : 143))
    })
  })
}

const canTie = process.platform === 'linux' && hasCommand('setpriv')

/**
 * Spawns a child that the kernel asks to end when this process ends, however that happens (Linux
 * with setpriv; elsewhere a plain spawn).
 */
export function spawnTied(command, args, options = {}) {
  if (!canTie || !hasCommand(command)) return spawn(command, args, options)
  return spawn('setpriv', ['--pdeathsig', 'TERM', '--', command, ...args], options)
}
