import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { _electron as electron } from '@playwright/test'
import { loadHarCheck } from '../../src/main/adapters/fixtures/har-check.ts'
import { fillCallLog } from '../fixtures/call-log.ts'
import { type Bench, nameRuntime } from './electron-process.ts'
import { describeSamples, findMedian, judge, type Report } from './figures.ts'

const calls = 50_000
const runs = 3
const idleMs = 3000
const sampleMs = 20
const profileParts = { operation: 'listEmails', path: '/emails?account=support-agent%40mail.example&folder=INBOX' }
/** As long as the answers of a real list are: a page of ten messages. */
const answer = JSON.stringify({
  success: true,
  data: { emails: Array.from({ length: 10 }, (_, uid) => ({ uid, subject: 'Re: Refund for order 48213' })) },
})

interface Exported {
  readonly seconds: number
  /** Longest time that a call of the bridge took meanwhile. */
  readonly slowestCallMs: number
  readonly state: string
}

/** Exports from the page, as its dialog does, and asks main for something else all the time meanwhile. */
const exportScript = `(async () => {
  const startedMs = performance.now()
  let ended = null
  const stop = window.bridge.on('export.changed', (job) => { if (job.state !== 'running') ended = job })
  const answer = await window.bridge.call('requests.export', { what: 'har', selection: { filter: '' }, includeBodies: true })
  if (!answer.ok) throw new Error(JSON.stringify(answer.error))
  let slowestCallMs = 0
  while (ended === null) {
    const askedMs = performance.now()
    await window.bridge.call('policy.list', {})
    slowestCallMs = Math.max(slowestCallMs, performance.now() - askedMs)
    await new Promise((done) => setTimeout(done, 10))
  }
  stop()
  return { seconds: (performance.now() - startedMs) / 1000, slowestCallMs, state: ended.state }
})()`

function readResidentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return (Number(kilobytes) * 1024) / 1_000_000
}

/** The most memory that the main process holds while `work` runs, above what it held before, in MB. */
async function measureGrowth<T>(pid: number, work: () => Promise<T>): Promise<{ result: T; megabytes: number }> {
  const before = readResidentMegabytes(pid)
  let most = before
  let running = true
  const watching = (async () => {
    while (running) {
      most = Math.max(most, readResidentMegabytes(pid))
      await wait(sampleMs)
    }
  })()
  const result = await work()
  running = false
  await watching
  return { result, megabytes: most - before }
}

/** One export in a fresh app, whose save dialog answers with the file at once. */
async function measureRun(bench: Bench, profile: string, file: string) {
  const app = await electron.launch({
    args: [...bench.flags, bench.root, `--profile=${profile}`, '--sandbox-port=0'],
    cwd: bench.root,
    env: Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    chromiumSandbox: process.getuid?.() !== 0,
  })
  try {
    const page = await app.firstWindow()
    await page.locator('html[data-ready="true"]').waitFor({ state: 'attached' })
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath })
    }, file)
    await wait(idleMs)
    return await measureGrowth(app.process().pid ?? 0, () => page.evaluate<Exported>(exportScript))
  } finally {
    await app.close()
  }
}

/** A HAR of 50,000 calls with their bodies: time, memory of the main process, and whether others can read it. */
export async function measureHar(bench: Bench): Promise<Report> {
  const folder = mkdtempSync(join(bench.folder, 'profile-'))
  const file = join(bench.folder, 'calls.har')
  await fillCallLog(folder, calls, () => ({
    ...profileParts,
    responseBody: { text: answer, bytes: answer.length, truncated: false },
  }))
  const seconds: number[] = []
  const growth: number[] = []
  const slowest: number[] = []
  for (let run = 0; run < runs; run += 1) {
    rmSync(file, { force: true })
    const { result, megabytes } = await measureRun(bench, folder, file)
    if (result.state !== 'done') throw new Error(`The export ended as ${result.state}.`)
    seconds.push(result.seconds)
    growth.push(megabytes)
    slowest.push(result.slowestCallMs)
  }
  const har: { readonly log: { readonly entries: readonly unknown[] } } = JSON.parse(readFileSync(file, 'utf8'))
  const problems = loadHarCheck()(har)
  for (const problem of problems) console.log(problem)
  console.log(describeSamples({ 'export, s': seconds, 'added memory, MB': growth, 'slowest call, ms': slowest }, ''))
  const valid = problems.length === 0 && har.log.entries.length >= calls
  return {
    bench: 'har',
    figures: {
      seconds: judge(findMedian(seconds), 's', ['<=', 2.5]),
      extra_rss_mb: judge(Math.max(...growth), 'MB', ['<=', 40]),
      valid: { value: valid, unit: '', target: '=true', ok: valid },
    },
    baseline: 'none; memory: the same process before the export',
    runtime: nameRuntime(bench),
    runs,
  }
}
