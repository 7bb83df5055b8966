import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Clock } from '../core/ports.ts'
import { type FileLog, openFileLog } from './file-log.ts'
import { nodeRandom } from './node-random.ts'

const key = 'jsk_live_SyntheticKeyForTests0001'
let home: string
let nowMs = 0
const clock: Clock = { nowMs: () => 1_700_000_000_000 + nowMs, monotonicMs: () => nowMs, sleep: async () => {} }
const logs: FileLog[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'file-log-'))
  nowMs = 0
})
afterEach(() => {
  for (const log of logs.splice(0)) log.close()
  rmSync(home, { recursive: true, force: true })
})

function open(folder = join(home, 'logs'), fileBytesMax?: number): FileLog {
  const size = fileBytesMax === undefined ? {} : { fileBytesMax }
  const log = openFileLog({ folder, clock, random: nodeRandom, toStderr: false, ...size })
  logs.push(log)
  return log
}

const readLines = (file = join(home, 'logs', 'main.log')) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

const readAll = () =>
  readdirSync(join(home, 'logs'))
    .map((name) => readFileSync(join(home, 'logs', name), 'utf8'))
    .join('')

describe('a line', () => {
  test('is JSON with time, level, event and fields', () => {
    open().info('app.started', { version: '1.2.3' })
    expect(readLines()).toEqual([
      { at: '2023-11-14T22:13:20.000Z', level: 'info', event: 'app.started', version: '1.2.3' },
    ])
  })

  test('of an error has the reference that the person is given', () => {
    const reference = open().error('call.failed', new Error('x'))
    expect(reference).toMatch(/^[a-z0-9-]{8}$/)
    expect(readLines()[0]).toMatchObject({ level: 'error', reference, cause: { message: 'x' } })
  })

  test('cannot be forged by its content', () => {
    open().warn('a\nb', { text: '\n{"level":"error"}\r\n' })
    expect(readLines()).toHaveLength(1)
  })

  test('of a megabyte is cut and stays JSON', () => {
    open().info('big', { text: 'x'.repeat(1024 * 1024) })
    expect(statSync(join(home, 'logs', 'main.log')).size).toBeLessThan(20 * 1024)
    expect(readLines()[0]).toMatchObject({ event: 'big' })
  })

  test('comes of any fields', () => {
    const log = open()
    fc.assert(
      fc.property(
        fc.string(),
        fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }),
        (event, any) => {
          log.info(event, { any })
          log.error(event, any)
        },
      ),
    )
    const refuse = () => {
      throw new Error(key)
    }
    log.info('hostile', new Proxy({}, { ownKeys: refuse }))
    expect(readAll()).toContain('"event":"hostile","unreadable":true')
    expect(readAll()).not.toContain(key)
  })
})

describe('a key', () => {
  test.each([
    ['in the event', (log: FileLog) => log.info(key)],
    ['in a URL', (log: FileLog) => log.info('x', { url: `https://h/?a=1&key=${key}&b=2` })],
    ['in a header', (log: FileLog) => log.info('x', { headers: [['Authorization', `Bearer ${key}`]] })],
    ['in a header of another kind', (log: FileLog) => log.info('x', { headers: { 'x-note': key } })],
    ['in an error', (log: FileLog) => log.error('x', new Error(`failed with ${key}`))],
    ['in the cause of an error', (log: FileLog) => log.error('x', new Error('a', { cause: new Error(key) }))],
    ['in a thrown text', (log: FileLog) => log.error('x', key)],
    ['in a nested object', (log: FileLog) => log.info('x', { a: [{ b: { c: [key] } }] })],
    ['as a name', (log: FileLog) => log.info('x', { [key]: 1 })],
    ['in a stack', (log: FileLog) => log.error('x', Object.assign(new Error('a'), { stack: `at ${key}:1:1` }))],
    ['at the cut of a long line', (log: FileLog) => log.info('x', { text: 'x'.repeat(15_000), a: key.repeat(200) })],
  ])('%s appears in no file', (_, write) => {
    const log = open()
    write(log)
    const output = readAll()
    expect(output).not.toContain(key)
    expect(output).not.toContain('KeyForTests0001')
  })

  test('split over two lines is nowhere whole', () => {
    const log = open()
    log.info('first', { text: key.slice(0, 16) })
    log.info('second', { text: key.slice(16) })
    expect(readAll().replaceAll(/\s/g, '')).not.toContain(key)
    expect(readAll()).not.toContain(key.slice(0, 16))
  })
})

describe('size', () => {
  test('five files of bounded size are kept, newest first', () => {
    const log = open(join(home, 'logs'), 1000)
    for (let count = 0; count < 200; count += 1) log.info('line', { count })
    const names = readdirSync(join(home, 'logs')).sort()
    expect(names).toEqual(['main.1.log', 'main.2.log', 'main.3.log', 'main.4.log', 'main.log'])
    for (const name of names) expect(statSync(join(home, 'logs', name)).size).toBeLessThanOrEqual(1000)
    expect(readLines().at(-1)).toMatchObject({ count: 199 })
    expect(readLines(join(home, 'logs', 'main.1.log')).at(-1)).toMatchObject({
      count: Number(readLines()[0]?.count) - 1,
    })
  })

  test('a file from an earlier run is continued', () => {
    const first = open()
    first.info('first')
    first.close()
    open().info('second')
    expect(readLines().map(({ event }) => event)).toEqual(['first', 'second'])
  })
})

describe('a disk that refuses', () => {
  test('a folder that cannot be made costs nothing: the lines wait for it', () => {
    writeFileSync(join(home, 'blocked'), '')
    const log = open(join(home, 'blocked'))
    log.info('kept')
    expect(log.error('kept too', 'x')).not.toBe('')
    unlinkSync(join(home, 'blocked'))
    nowMs += 5000
    log.info('later')
    expect(readLines(join(home, 'blocked', 'main.log')).map(({ event }) => event)).toEqual([
      'kept',
      'kept too',
      'later',
    ])
  })

  test('lines wait while it is full, and the lost ones are counted', () => {
    mkdirSync(join(home, 'logs'))
    // Every write to this device fails as on a full disk.
    symlinkSync('/dev/full', join(home, 'logs', 'main.log'))
    const log = open()
    for (let count = 0; count < 250; count += 1) log.info('line', { count })
    unlinkSync(join(home, 'logs', 'main.log'))
    nowMs += 5000
    log.info('after')
    const lines = readLines()
    expect(lines[0]).toMatchObject({ event: 'log.dropped', lines: 50 })
    expect(lines[1]).toMatchObject({ event: 'line', count: 50 })
    expect(lines.at(-1)).toMatchObject({ event: 'after' })
    expect(lines).toHaveLength(202)
  })

  test('a file deleted while in use is begun anew', () => {
    const log = open()
    log.info('first')
    rmSync(join(home, 'logs'), { recursive: true })
    log.info('second')
    expect(readLines().map(({ event }) => event)).toEqual(['second'])
  })

  test.each([
    ['that is full', () => openSync('/dev/full', 'w')],
    ['that is closed', () => 9999],
  ])('an error output %s costs nothing but its lines', (_, openOutput) => {
    const stderrDescriptor = openOutput()
    const log = openFileLog({ folder: join(home, 'logs'), clock, random: nodeRandom, toStderr: true, stderrDescriptor })
    logs.push(log)
    log.info('line')
    expect(readLines()).toHaveLength(1)
  })

  test('the error output gets every line', () => {
    const output = join(home, 'stderr')
    const stderrDescriptor = openSync(output, 'w')
    const log = openFileLog({ folder: join(home, 'logs'), clock, random: nodeRandom, toStderr: true, stderrDescriptor })
    logs.push(log)
    log.info('line', { key })
    closeSync(stderrDescriptor)
    expect(readLines(output)).toEqual(readLines())
    expect(readFileSync(output, 'utf8')).not.toContain(key)
  })
})
