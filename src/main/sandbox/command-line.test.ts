import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatRequestLine, parseCommandLine, runCommand, usage } from './command-line.ts'

describe('flags', () => {
  test('defaults', () => {
    expect(parseCommandLine([])).toEqual({
      read: 'options',
      options: {
        port: 4810,
        plan: 100,
        windowMs: 60_000,
        headers: 'none',
        refuseAll: false,
        limitBy: 'key',
        webhookSpeed: 1,
        seed: 'jasni',
        statePath: null,
      },
    })
  })

  test('every flag', () => {
    const argv =
      '--port 0 --plan pro --window-ms 1000 --headers ietf-list --refuse-all --limit-by account --webhook-speed 60 --seed x --state s.json'
    expect(parseCommandLine(argv.split(' '))).toEqual({
      read: 'options',
      options: {
        port: 0,
        plan: 1000,
        windowMs: 1000,
        headers: 'ietf-list',
        refuseAll: true,
        limitBy: 'account',
        webhookSpeed: 60,
        seed: 'x',
        statePath: 's.json',
      },
    })
    expect(parseCommandLine(['--plan=250'])).toMatchObject({ options: { plan: 250 } })
  })

  test.each([
    ['--port', '65536'],
    ['--port', '-1'],
    ['--port', 'x'],
    ['--port'],
    ['--plan', '0'],
    ['--plan', 'gold'],
    ['--plan', '1.5'],
    ['--plan', 'toString'],
    ['--window-ms', '0'],
    ['--headers', 'both'],
    ['--headers', 'toString'],
    ['--refuse-all=yes'],
    ['--limit-by', 'ip'],
    ['--webhook-speed', '0'],
    ['--state', ''],
    ['--port', '1', '--port', '2'],
    ['--verbose'],
    ['extra'],
  ])('%s %s is wrong', (...argv) => {
    expect(parseCommandLine(argv)).toMatchObject({ read: 'wrong' })
  })

  test('wrong flags end with code 2 and the usage, help with 0', async () => {
    const written: string[] = []
    const surroundings = {
      writeOut: (text: string) => written.push(`out ${text}`),
      writeError: (text: string) => written.push(`error ${text}`),
      ended: Promise.resolve(),
    }
    expect(await runCommand(['--plan', 'gold'], surroundings)).toBe(2)
    expect(written.at(-1)).toMatch(/^error --plan must be free/)
    expect(written.at(-1)).toContain(usage)
    expect(await runCommand(['--help'], surroundings)).toBe(0)
    expect(written.at(-1)).toBe(`out ${usage}`)
  })

  test('a request line has no key, only its id', () => {
    const line = formatRequestLine({
      atMs: 0,
      method: 'GET',
      path: '/api/v1/labels',
      query: '?a=1',
      status: 200,
      tookMs: 1.26,
      authorized: true,
      keyId: 'key-1',
    })
    expect(line).toBe('1970-01-01T00:00:00.000Z GET /api/v1/labels?a=1 200 1.3 ms key-1')
  })
})

describe('the built command on plain Node', () => {
  let folder = ''
  let command = ''
  const children: ChildProcess[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sandbox-command-'))
    command = join(folder, 'sandbox.cjs')
    await build({
      configFile: false,
      logLevel: 'error',
      ssr: { noExternal: true },
      build: {
        ssr: true,
        target: 'node18',
        outDir: folder,
        rollupOptions: {
          input: { sandbox: resolve(import.meta.dirname, 'command.ts') },
          output: { format: 'cjs', entryFileNames: '[name].cjs' },
        },
      },
    })
  })
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  function run(...argv: string[]) {
    const child = spawn(process.execPath, [command, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    const lines: string[] = []
    const waiting: { pattern: RegExp; found: (line: string) => void }[] = []
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      for (const { pattern, found } of waiting) if (pattern.test(line)) found(line)
    })
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8')
    })
    const exit = new Promise<number | null>((settle) => child.once('close', settle))
    const lineLike = (pattern: RegExp) =>
      new Promise<string>((found, failed) => {
        const existing = lines.find((line) => pattern.test(line))
        if (existing !== undefined) return found(existing)
        waiting.push({ pattern, found })
        void exit.then((code) => failed(new Error(`ended with ${code}: ${errors}`)))
      })
    return { child, lines, exit, lineLike, errors: () => errors }
  }

  test.each(['SIGINT', 'SIGTERM'] as const)('serves, logs one line per request, ends cleanly on %s', async (signal) => {
    const running = run('--port', '0', '--plan', '2', '--headers', 'retry-after')
    const baseUrl = (await running.lineLike(/^Base URL/)).split(/\s+/)[2] ?? ''
    const key = (await running.lineLike(/^Key/)).split(/\s+/)[1] ?? ''
    await running.lineLike(/lives only as long as this process/)
    expect(key).toMatch(/^jsk_live_/)
    const headers = { Authorization: `Bearer ${key}` }
    const statuses: number[] = []
    for (let i = 0; i < 3; i += 1) statuses.push((await fetch(`${baseUrl}/labels`, { headers })).status)
    expect(statuses).toEqual([200, 200, 429])
    await fetch(`${baseUrl}/labels?key=${key}`)
    await running.lineLike(/\/labels\?key=jsk_… 401 .* no key$/)
    running.child.kill(signal)
    expect(await running.exit).toBe(0)
    expect(running.errors()).toBe('')
    expect(running.lines.filter((line) => line.includes('GET /api/v1/labels'))).toHaveLength(4)
    expect(running.lines.filter((line) => line.includes(key))).toHaveLength(1)
  })

  test('a key outlives the process with --state', async () => {
    const state = join(folder, 'state.json')
    const first = run('--port', '0', '--state', state)
    const key = (await first.lineLike(/^Key/)).split(/\s+/)[1] ?? ''
    await first.lineLike(/outlives this process/)
    first.child.kill('SIGTERM')
    await first.exit
    const second = run('--port', '0', '--state', state)
    const baseUrl = (await second.lineLike(/^Base URL/)).split(/\s+/)[2] ?? ''
    expect((await fetch(`${baseUrl}/labels`, { headers: { Authorization: `Bearer ${key}` } })).status).toBe(200)
    second.child.kill('SIGTERM')
    expect(await second.exit).toBe(0)
  })

  test('wrong flags end with 2, a taken port with 1', async () => {
    const wrong = run('--plan', 'gold')
    expect(await wrong.exit).toBe(2)
    expect(wrong.errors()).toContain('Usage: npm run sandbox')
    const first = run('--port', '0')
    const port = /:(\d+)\//.exec(await first.lineLike(/^Base URL/))?.[1] ?? ''
    const second = run('--port', port)
    expect(await second.exit).toBe(1)
    expect(second.errors()).toContain('EADDRINUSE')
    first.child.kill('SIGTERM')
    expect(await first.exit).toBe(0)
  })
})
