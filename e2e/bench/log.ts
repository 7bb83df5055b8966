import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Bench, nameRuntime, startElectron } from './electron-process.ts'
import { describeSamples, findQuantile, formatTable, judge, type Report } from './figures.ts'
import { measureLogStore } from './log-store.ts'
import { connectPage } from './page.ts'

const slowFrameMs = 32

/** Calls of the log; fewer than a million are for work on this bench. */
const callsOf = () => Number(process.env.JASNI_BENCH_CALLS ?? 1_000_000)
const scrollMsOf = () => Number(process.env.JASNI_BENCH_SCROLL_MS ?? 60_000)

interface Scrolled {
  readonly frames: number
  readonly slow: number
  readonly grownMb: number
  readonly rows: number
}

/** Opens the list of calls and scrolls on and on, as a held wheel does; tells frames and the growth of the heap. */
const scrollScript = (ms: number) => `(async () => {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms))
  const item = [...document.querySelectorAll('nav button, nav a')].find((one) => /^Requests/.test(one.textContent))
  item?.click()
  let list = null
  for (let tries = 0; tries < 200 && list === null; tries += 1) {
    await wait(50)
    list = document.querySelector('[role="grid"][aria-label="Calls"]')
  }
  if (list === null) throw new Error('The list of calls did not come.')
  await wait(1000)
  const heap = () => performance.memory.usedJSHeapSize / 1e6
  const scroll = async (until) => {
    let [frames, slow, last] = [0, 0, performance.now()]
    while (performance.now() < until) {
      const now = await new Promise((done) => requestAnimationFrame(done))
      if (now - last > ${slowFrameMs}) slow += 1
      frames += 1
      last = now
      list.scrollTop += 120
    }
    return { frames, slow }
  }
  await scroll(performance.now() + ${Math.min(ms / 4, 5000)})
  globalThis.gc?.()
  const before = heap()
  const { frames, slow } = await scroll(performance.now() + ${ms})
  globalThis.gc?.()
  await wait(500)
  return { frames, slow, grownMb: heap() - before, rows: Math.round(list.scrollTop / 28) }
})()`

async function scrollWindow(bench: Bench, folder: string): Promise<Scrolled> {
  const flags = ['--remote-debugging-port=0', '--js-flags=--expose-gc', '--enable-precise-memory-info']
  const args = [`--profile=${folder}`, '--sandbox-port=0', '--log=stderr', ...flags]
  const started = await startElectron(bench, bench.root, args)
  try {
    if (started.devtoolsUrl === null) throw new Error('The app did not open its debugging port.')
    const page = await connectPage(started.devtoolsUrl)
    const scrolled = (await page.evaluate(scrollScript(scrollMsOf()))) as Scrolled
    page.close()
    return scrolled
  } finally {
    await started.close()
  }
}

/** A log of a million calls: append, twelve filters, the first page, and a minute of scrolling in the real window. */
export async function measureLog(bench: Bench): Promise<Report> {
  const folder = mkdtempSync(join(bench.folder, 'log-'))
  try {
    const store = await measureLogStore(bench, process.argv[1] ?? '', folder, callsOf())
    const filters = Object.values(store.filters).flat()
    console.log(
      formatTable([
        ['filter', 'found', 'p95, ms'],
        ...Object.entries(store.filters).map(([text, times]) => [
          text,
          String(store.found[text] ?? 0),
          findQuantile(times, 0.95).toFixed(2),
        ]),
      ]),
    )
    console.log(describeSamples({ 'first page': store.firstPages, 'all filters': filters }, 'ms'))
    console.log(
      `${store.calls} calls, ${(store.bytes / 1e6).toFixed(0)} MB; made searchable in ${(store.indexMs / 1000).toFixed(1)} s beside them`,
    )
    const scrolled = await scrollWindow(bench, folder)
    console.log(`${scrolled.frames} frames, ${scrolled.rows} rows scrolled over`)
    return {
      bench: 'log',
      figures: {
        append_per_s: judge(Math.round((store.calls / store.appendMs) * 1000), 'calls/s', ['>=', 20_000]),
        filter_p95_ms: judge(findQuantile(filters, 0.95), 'ms', ['<=', 30]),
        first_page_ms: judge(findQuantile(store.firstPages, 0.95), 'ms', ['<=', 15]),
        slow_frames: judge(scrolled.slow, 'frames', ['=', 0]),
        renderer_growth_mb: judge(scrolled.grownMb, 'MB', ['<=', 15]),
      },
      baseline: 'none',
      runtime: nameRuntime(bench),
      runs: 1,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}
