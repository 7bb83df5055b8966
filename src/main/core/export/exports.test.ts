import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ReadyFilter, readyEverything } from '../../../shared/filter/evaluation.ts'
import type { ExportJob } from '../../../shared/model/export.ts'
import { createExportFile } from '../../adapters/export-file.ts'
import { buildCallRecord } from '../../adapters/fixtures/call-record.ts'
import { loadHarCheck } from '../../adapters/fixtures/har-check.ts'
import { nodeRandom } from '../../adapters/node-random.ts'
import { openCallStore } from '../../adapters/sqlite-call-store.ts'
import { systemClock } from '../../adapters/system-clock.ts'
import type { CallStore, ExportDesk, ExportFile } from '../ports.ts'
import { createExports, type ExportOrder, type Exports } from './exports.ts'

const checkHar = loadHarCheck()
const everything = { filter: readyEverything }
const refused: ReadyFilter = {
  kind: 'test',
  not: false,
  test: { kind: 'outcome', words: ['UNAUTHORIZED', 'FORBIDDEN', 'RATE_LIMITED'] },
}
const har: ExportOrder = { what: 'har', selection: everything, includeBodies: false }

let folder: string
let store: CallStore
let jobs: ExportJob[]
let revealed: string[]
let onJob: (job: ExportJob) => void

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-exports-'))
  store = await openCallStore({
    file: join(folder, 'requests.db'),
    clock: systemClock,
    onNotice: () => undefined,
    policy: { daysMax: 3650 },
  })
  jobs = []
  revealed = []
  onJob = () => undefined
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const outFiles = () => readdirSync(folder).filter((name) => !name.startsWith('requests.db'))

function build(changes: Partial<ExportDesk> = {}, calls: Parameters<typeof createExports>[0]['calls'] = store) {
  const desk: ExportDesk = {
    chooseFile: async (name) => join(folder, name),
    create: (path) => createExportFile(path, 'part'),
    reveal: (path) => void revealed.push(path),
    ...changes,
  }
  return createExports({
    calls,
    desk,
    clock: { ...systemClock, nowMs: () => new Date(2026, 10, 24, 12).getTime() },
    random: nodeRandom,
    log: { info: () => undefined, warn: () => undefined, error: () => '' },
    version: '1.0.0',
    environment: () => ({ name: 'Dev', baseUrl: 'https://api.jasni.ai/api/v1' }),
    onChange(job) {
      jobs.push(job)
      onJob(job)
    },
  })
}

/** Starts an export and waits for its end. */
async function runExport(exports: Exports, order: ExportOrder = har): Promise<ExportJob> {
  const ended = new Promise<ExportJob>((resolve) => {
    const before = onJob
    onJob = (job) => {
      before(job)
      if (job.state !== 'running') resolve(job)
    }
  })
  const started = await exports.start(order)
  if (!started.ok || started.value === null) throw new Error(JSON.stringify(started))
  return ended
}

const fill = (count: number) => {
  for (let index = 0; index < count; index += 1)
    store.append(
      buildCallRecord({ status: index % 2 === 0 ? 200 : 429, outcome: index % 2 === 0 ? 'ok' : 'RATE_LIMITED' }),
    )
}
const readHar = (name = 'jasni-requests-2026-11-24.har') => JSON.parse(readFileSync(join(folder, name), 'utf8'))
const idsIn = (file: { log: { entries: { _callId: number }[] } }) => file.log.entries.map(({ _callId }) => _callId)

test('a filter is written over many pages, oldest call first, with progress, and can be shown', async () => {
  fill(1001)
  const exports = build()
  const job = await runExport(exports)
  expect(job).toMatchObject({
    state: 'done',
    done: 1001,
    total: 1001,
    fileName: 'jasni-requests-2026-11-24.har',
    fault: null,
    manifest: { calls: 1001, attempts: 1001, bodiesLeftOut: 1001 },
  })
  expect(checkHar(readHar())).toEqual([])
  expect(idsIn(readHar())).toEqual(Array.from({ length: 1001 }, (_, index) => index + 1))
  expect(outFiles()).toEqual(['jasni-requests-2026-11-24.har'])
  expect(exports.reveal(job.jobId).ok).toBe(true)
  expect(revealed).toEqual([join(folder, job.fileName)])
  expect(exports.reveal('other')).toEqual({ ok: false, error: { kind: 'EXPORT', fault: 'gone' } })
})

test('only what the filter shows is written', async () => {
  fill(10)
  await runExport(build(), { ...har, selection: { filter: refused } })
  expect(idsIn(readHar())).toEqual([2, 4, 6, 8, 10])
})

test('chosen calls are written once each, and those that are gone left out', async () => {
  fill(3)
  const job = await runExport(build(), { ...har, selection: { ids: [3, 1, 3, 99] } })
  expect(idsIn(readHar())).toEqual([1, 3])
  expect(job.manifest.calls).toBe(2)
})

test('calls that come meanwhile are no part of it', async () => {
  fill(250)
  const create: ExportDesk['create'] = async (path) => {
    const made = await createExportFile(path, 'part')
    if (!made.ok) return made
    const write: ExportFile['write'] = (...texts) => {
      fill(1)
      return made.value.write(...texts)
    }
    return { ok: true, value: { ...made.value, write } }
  }
  await runExport(build({ create }))
  expect(idsIn(readHar())).toEqual(Array.from({ length: 250 }, (_, index) => index + 1))
})

test('CSV has a line per call', async () => {
  fill(3)
  await runExport(build(), { ...har, what: 'csv' })
  expect(readFileSync(join(folder, 'jasni-requests-2026-11-24.csv'), 'utf8').split('\r\n')).toHaveLength(5)
})

test('one at a time: a second one is refused, while asked for the place and while it runs', async () => {
  fill(1)
  let choose: (path: string) => void = () => undefined
  const exports = build({
    chooseFile: () =>
      new Promise((resolve) => {
        choose = resolve
      }),
  })
  const busy = { ok: false, error: { kind: 'EXPORT', fault: 'busy' } }
  const first = runExport(exports)
  expect(await exports.start(har)).toEqual(busy)
  choose(join(folder, 'a.har'))
  await Promise.resolve()
  expect(await exports.start(har)).toEqual(busy)
  expect(await first).toMatchObject({ state: 'done' })
})

test('giving up the question begins nothing, and the next can be asked', async () => {
  let path: string | null = null
  const exports = build({ chooseFile: async () => path })
  expect(await exports.start(har)).toEqual({ ok: true, value: null })
  expect(outFiles()).toEqual([])
  path = join(folder, 'b.har')
  expect(await runExport(exports)).toMatchObject({ state: 'done', fileName: 'b.har' })
})

test('a cancelled one leaves no file, and an older one as it was', async () => {
  fill(2000)
  writeFileSync(join(folder, 'jasni-requests-2026-11-24.har'), 'old')
  const create: ExportDesk['create'] = async (path) => {
    const made = await createExportFile(path, 'part')
    if (!made.ok) return made
    let writes = 0
    const write: ExportFile['write'] = (...texts) => {
      writes += 1
      if (writes === 3) for (const jobId of started) exports.cancel(jobId)
      return made.value.write(...texts)
    }
    return { ok: true, value: { ...made.value, write } }
  }
  const started: string[] = []
  const exports = build({ create })
  const ended = new Promise<ExportJob>((resolve) => {
    onJob = (job) => void (job.state !== 'running' && resolve(job))
  })
  const job = await exports.start(har)
  if (job.ok && job.value !== null) started.push(job.value.jobId)
  expect(await ended).toMatchObject({ state: 'cancelled', fault: null })
  expect(outFiles()).toEqual(['jasni-requests-2026-11-24.har'])
  expect(readFileSync(join(folder, 'jasni-requests-2026-11-24.har'), 'utf8')).toBe('old')
  expect(await runExport(exports)).toMatchObject({ state: 'done' })
})

test('a disk that is full in the middle leaves no file, and says so', async () => {
  fill(500)
  let discarded = 0
  const create: ExportDesk['create'] = async (path) => {
    const made = await createExportFile(path, 'part')
    if (!made.ok) return made
    let writes = 0
    const write: ExportFile['write'] = async (...texts) => {
      writes += 1
      return writes === 3 ? { ok: false, error: 'full' } : made.value.write(...texts)
    }
    const discard = () => {
      discarded += 1
      return made.value.discard()
    }
    return { ok: true, value: { ...made.value, write, discard } }
  }
  expect(await runExport(build({ create }))).toMatchObject({ state: 'failed', fault: 'full', done: 100 })
  expect(discarded).toBe(1)
  expect(outFiles()).toEqual([])
})

test('a folder that is gone is told before anything begins', async () => {
  const exports = build({ chooseFile: async () => join(folder, 'none', 'a.har') })
  expect(await exports.start(har)).toEqual({ ok: false, error: { kind: 'EXPORT', fault: 'gone' } })
  expect(jobs).toEqual([])
})

test('a log that cannot be read in the middle leaves no file', async () => {
  fill(500)
  let pages = 0
  const scan: CallStore['scan'] = (asked) => {
    pages += 1
    return pages === 2 ? null : store.scan(asked)
  }
  expect(await runExport(build({}, { ...store, scan }))).toMatchObject({
    state: 'failed',
    fault: 'log',
  })
  expect(outFiles()).toEqual([])
})

/** A place for files that does something once, after the first page was written. */
const interruptAfterPage =
  (interrupt: () => void): ExportDesk['create'] =>
  async (path) => {
    const made = await createExportFile(path, 'part')
    if (!made.ok) return made
    let writes = 0
    const write: ExportFile['write'] = async (...texts) => {
      const written = await made.value.write(...texts)
      writes += 1
      if (writes === 2) interrupt()
      return written
    }
    return { ok: true, value: { ...made.value, write } }
  }

test.each([
  ['a filter', everything],
  ['chosen calls', { ids: Array.from({ length: 2500 }, (_, index) => index + 1) }],
] as const)('a log that is lost in the middle and begun anew leaves no file of %s', async (_name, selection) => {
  fill(2500)
  store.flush()
  const create = interruptAfterPage(() => {
    rmSync(join(folder, 'requests.db'))
    fill(1)
    store.flush()
  })
  expect(await runExport(build({ create }), { ...har, selection })).toMatchObject({ state: 'failed', fault: 'log' })
  expect(outFiles()).toEqual([])
  // What is left of the log can be exported.
  await vi.waitFor(() => expect(store.generation()).not.toBeNull())
  expect(await runExport(build())).toMatchObject({ state: 'done', done: 1001 })
})

test('closing while it is asked where to begins nothing', async () => {
  fill(1)
  let choose: (path: string) => void = () => undefined
  const exports = build({
    chooseFile: () =>
      new Promise((resolve) => {
        choose = resolve
      }),
  })
  const started = exports.start(har)
  await exports.close()
  choose(join(folder, 'a.har'))
  expect(await started).toEqual({ ok: true, value: null })
  expect(outFiles()).toEqual([])
})

test('closing while the file is begun waits until nothing is left of it', async () => {
  fill(1)
  const exports = build()
  const started = exports.start(har)
  await Promise.resolve()
  await exports.close()
  expect(outFiles()).toEqual([])
  expect(await started).toEqual({ ok: true, value: null })
})

test('closing ends one that runs and waits until nothing is left of it', async () => {
  fill(2000)
  const exports = build()
  expect((await exports.start(har)).ok).toBe(true)
  await exports.close()
  expect(jobs.at(-1)).toMatchObject({ state: 'cancelled' })
  expect(outFiles()).toEqual([])
})
