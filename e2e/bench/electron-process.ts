import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the bench runs, and with what. Its environment is a private session's. */
export interface Bench {
  /** Folder of the repository. */
  readonly root: string
  /** Flags that Electron should get in this session. */
  readonly flags: readonly string[]
  /** Folder for this run's files; removed at its end. */
  readonly folder: string
}

/** A running Electron that was started to be measured. */
export interface MeasuredProcess {
  readonly pid: number
  /** From just before the process was made until its line that says interactive. */
  readonly startedInMs: number
  /** Address of the page's debugging protocol, once asked for by `--remote-debugging-port`. */
  readonly devtoolsUrl: string | null
  /** Asks it to end, and ends it hard after five seconds. */
  close(): Promise<void>
  /** Ends it at once, as a crash would, and waits for the end. */
  kill(): Promise<void>
}

const startLimitMs = 60_000

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = ''
  child.stderr?.on('data', (part: Buffer) => {
    const lines = (rest + part.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
}

function isInteractiveLine(line: string): boolean {
  try {
    const parsed: unknown = JSON.parse(line)
    return typeof parsed === 'object' && parsed !== null && 'event' in parsed && parsed.event === 'interactive'
  } catch {
    return false
  }
}

/** Starts the baseline, an empty window, with a new profile. */
export function startEmptyWindow(bench: Bench): Promise<MeasuredProcess> {
  const profile = mkdtempSync(join(bench.folder, 'empty-'))
  return startElectron(bench, join(bench.root, 'e2e/bench/empty-window'), [`--user-data-dir=${profile}`])
}

/** Path of the runtime's executable. */
export function findElectron({ root }: Bench): string {
  return join(root, 'node_modules/electron/dist', readFileSync(join(root, 'node_modules/electron/path.txt'), 'utf8'))
}

/** Name and version of the runtime, for the report. */
export function nameRuntime({ root }: Bench): string {
  return `electron ${readFileSync(join(root, 'node_modules/electron/dist/version'), 'utf8').trim().replace(/^v/, '')}`
}

/** Starts an app folder under Electron and waits until it says on standard error that it is interactive. */
export function startElectron(bench: Bench, folder: string, args: readonly string[]): Promise<MeasuredProcess> {
  const rootFlags = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const startMs = performance.now()
  const child = spawn(findElectron(bench), [...bench.flags, ...rootFlags, folder, ...args], {
    cwd: bench.root,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  return new Promise((done, fail) => {
    let devtoolsUrl: string | null = null
    const tail: string[] = []
    const giveUp = (reason: string) => {
      child.kill('SIGKILL')
      fail(new Error(`${folder} ${reason}\n${tail.join('\n')}`))
    }
    const timer = setTimeout(() => giveUp('did not become interactive in time.'), startLimitMs)
    const onExit = () => giveUp('ended before it was interactive.')
    child.once('exit', onExit)
    readLines(child, (line) => {
      tail.push(line)
      if (tail.length > 20) tail.shift()
      devtoolsUrl ??= /^DevTools listening on (ws:\S+)/.exec(line)?.[1] ?? null
      if (!isInteractiveLine(line)) return
      const startedInMs = performance.now() - startMs
      clearTimeout(timer)
      child.off('exit', onExit)
      done({
        pid: child.pid ?? 0,
        startedInMs,
        devtoolsUrl,
        kill: async () => {
          child.kill('SIGKILL')
          await ended
        },
        close: async () => {
          child.kill('SIGTERM')
          const hard = setTimeout(() => child.kill('SIGKILL'), 5000)
          await ended
          clearTimeout(hard)
        },
      })
    })
  })
}

function listChildren(): Map<number, number[]> {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const parent = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1])
      children.set(parent, [...(children.get(parent) ?? []), Number(name)])
    } catch {
      // It ended meanwhile.
    }
  }
  return children
}

/** Proportional set size of a process and everything below it, in MB (10^6 bytes). Linux only. */
export function measureTreeMegabytes(pid: number): number {
  const children = listChildren()
  const tree = [pid]
  for (const member of tree) tree.push(...(children.get(member) ?? []))
  const kilobytes = tree.map((member) => {
    const text = readFileSync(`/proc/${member}/smaps_rollup`, 'utf8')
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1])
  })
  return (kilobytes.reduce((sum, part) => sum + part, 0) * 1024) / 1_000_000
}
