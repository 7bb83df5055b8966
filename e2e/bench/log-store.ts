import { fork } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { callMigrations } from '../../src/main/adapters/call-schema.ts'
import { openCallTable } from '../../src/main/adapters/call-table.ts'
import { openCallStore } from '../../src/main/adapters/sqlite-call-store.ts'
import { openDatabase } from '../../src/main/adapters/sqlite-database.ts'
import { systemClock } from '../../src/main/adapters/system-clock.ts'
import { type ReadyFilter, readyFilter } from '../../src/shared/filter/evaluation.ts'
import { emptyVocabulary } from '../../src/shared/filter/filter.ts'
import { parseFilter } from '../../src/shared/filter/parser.ts'
import { type Bench, findElectron } from './electron-process.ts'
import { makeLoggedCall } from './logged-call.ts'

/** First argument of the process that measures the store. */
export const logArgument = '--measure-log'

/** What the store was measured at. Times in ms. */
export interface LogMeasures {
  readonly calls: number
  readonly appendMs: number
  /** Of the processor; less than `appendMs` on a machine that is shared. */
  readonly appendCpuMs: number
  readonly indexMs: number
  readonly bytes: number
  readonly firstPages: readonly number[]
  /** By filter text, the times of its first page. */
  readonly filters: Readonly<Record<string, readonly number[]>>
  /** By filter text, the calls of its first page. */
  readonly found: Readonly<Record<string, number>>
}

const callers = ['dev', 'staging', 'prod'].map((name, index) => ({
  environmentId: name,
  keyId: `key-${index}`,
  mask: `jsk_live_…k00${index}`,
}))
const filterTexts = [
  'env:prod',
  'status:429,503',
  'status:none',
  'waited:>10s',
  'took:>2s env:prod',
  'method:POST path:/emails/send after:-2d',
  'key:key-1 source:Console has:retry',
  '-has:error attempts:>1 before:-10d',
  'outcome:timeout or status:5xx',
  'refund 48213',
  '"ticket 5555"',
  'cause:retry-after after:-20d before:-15d',
]
const monthMs = 30 * 86_400_000
const appendAtOnce = 500
const rounds = 10

function ready(text: string): ReadyFilter {
  const parsed = parseFilter(text)
  if (!parsed.ok) throw new Error(`This filter cannot be read: ${text}`)
  return readyFilter(parsed.value, { nowMs: Date.now(), vocabulary: emptyVocabulary })
}

/** Indexes what the store has not come to yet; answers how long it takes for the whole file. */
async function indexAll(file: string): Promise<void> {
  const opened = await openDatabase({
    file,
    migrations: callMigrations,
    nowMs: Date.now(),
    durability: 'normal',
    check: 'cheap',
  })
  if (!opened.ok) throw new Error('The log could not be opened.')
  const table = openCallTable(opened.value.db)
  for (let more = true; more; ) {
    const done = table.indexNext()
    if (!done.ok) throw new Error(`The log could not be indexed: ${done.error.fault}`)
    more = done.value
  }
  opened.value.db.close()
}

/** Measures the store in this process and sends what it found to its parent. */
export async function runLogMeasures(options: string): Promise<void> {
  const { folder, calls } = JSON.parse(options) as { folder: string; calls: number }
  const file = join(folder, 'requests.db')
  const open = () =>
    openCallStore({ file, clock: systemClock, policy: {}, onNotice: ({ what }) => console.error(what) })
  let store = await open()
  const firstMs = Date.now() - monthMs
  let appendMs = 0
  let appendCpuMs = 0
  const cpuMs = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
  for (let index = 0; index < calls; ) {
    // The calls are made beforehand: what is measured is the log.
    const records = Array.from({ length: Math.min(appendAtOnce, calls - index) }, (_, step) => {
      const at = index + step
      const caller = callers[at % callers.length]
      if (caller === undefined) throw new Error('There is no caller.')
      return makeLoggedCall(at, firstMs + (at / calls) * monthMs, caller, 'https://api.jasni.ai')
    })
    const start = performance.now()
    const cpuStart = cpuMs()
    for (const record of records) store.append(record)
    store.flush()
    appendMs += performance.now() - start
    appendCpuMs += cpuMs() - cpuStart
    index += records.length
  }
  store.close()
  const indexStart = performance.now()
  await indexAll(file)
  const indexMs = performance.now() - indexStart

  store = await open()
  await wait(200)
  const time = (filter: ReadyFilter) => {
    const start = performance.now()
    const page = store.list({ before: null, after: null, limit: 100, filter })
    return { ms: performance.now() - start, count: page.calls.length }
  }
  const firstPages = Array.from({ length: 50 }, () => time(ready('')).ms)
  const filters: Record<string, number[]> = Object.fromEntries(filterTexts.map((text) => [text, []]))
  const found: Record<string, number> = {}
  for (let round = -1; round < rounds; round += 1) {
    for (const text of filterTexts) {
      const { ms, count } = time(ready(text))
      if (round >= 0) filters[text]?.push(ms)
      found[text] = count
    }
  }
  store.close()
  const measures: LogMeasures = {
    calls,
    appendMs,
    appendCpuMs,
    indexMs,
    bytes: statSync(file).size,
    firstPages,
    filters,
    found,
  }
  process.send?.(measures)
  process.disconnect?.()
}

/** Measures the store in the runtime of the app, on a file of its own that stays in `folder`. */
export function measureLogStore(bench: Bench, script: string, folder: string, calls: number): Promise<LogMeasures> {
  const child = fork(script, [logArgument, JSON.stringify({ folder, calls })], {
    execPath: findElectron(bench),
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  })
  return new Promise((done, fail) => {
    child.once('message', (message) => done(message as LogMeasures))
    child.once('exit', (code) => fail(new Error(`The measurement ended with code ${code}.`)))
  })
}
