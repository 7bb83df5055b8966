import { setTimeout as wait } from 'node:timers/promises'
import { alternate } from './alternation.ts'
import {
  type Bench,
  type MeasuredProcess,
  measureTreeMegabytes,
  nameRuntime,
  startElectron,
  startEmptyWindow,
} from './electron-process.ts'
import { describeSamples, findMedian, judge, type Report } from './figures.ts'
import { connectPage } from './page.ts'
import { appArguments, withFilledProfile } from './profile.ts'

const idleMs = 10_000
const runs = 3
const furtherCalls = 100_000
const workers = 8

/** Makes the further calls from the page, as the interface would: through the bridge, a few at a time. */
function furtherCallsScript(environmentId: string): string {
  return `(async () => {
    let left = ${furtherCalls}
    let failed = 0
    const work = async () => {
      while (left > 0) {
        left -= 1
        const answer = await window.bridge.call('mail.labels', { environmentId: ${JSON.stringify(environmentId)} })
        if (!answer.ok) failed += 1
      }
    }
    await Promise.all(Array.from({ length: ${workers} }, work))
    return failed
  })()`
}

/** Memory of the whole process tree, idle against an empty window, and its growth after 100,000 further calls. */
export async function measureMemory(bench: Bench): Promise<Report> {
  const measureIdle = async (starting: Promise<MeasuredProcess>) => {
    const started = await starting
    await wait(idleMs)
    const megabytes = measureTreeMegabytes(started.pid)
    await started.close()
    return megabytes
  }

  const { idle, growth } = await withFilledProfile(bench, async (profile) => {
    const idle = await alternate(
      {
        empty: () => measureIdle(startEmptyWindow(bench)),
        app: () => measureIdle(startElectron(bench, bench.root, appArguments(profile))),
      },
      { runs, warmUps: 1 },
    )
    const started = await startElectron(bench, bench.root, [...appArguments(profile), '--remote-debugging-port=0'])
    if (started.devtoolsUrl === null) throw new Error('The app did not open its debugging port.')
    await wait(idleMs)
    const before = measureTreeMegabytes(started.pid)
    const page = await connectPage(started.devtoolsUrl)
    const failed = await page.evaluate(furtherCallsScript(profile.environmentId))
    page.close()
    if (failed !== 0) throw new Error(`${failed} of the further calls failed.`)
    await wait(idleMs)
    const after = measureTreeMegabytes(started.pid)
    await started.close()
    return { idle, growth: { before, after } }
  })

  console.log(describeSamples({ 'empty window, idle': idle.empty, 'app, idle': idle.app }, 'MB'))
  console.log(`${furtherCalls} further calls: from ${growth.before.toFixed(1)} MB to ${growth.after.toFixed(1)} MB`)
  return {
    bench: 'memory',
    figures: {
      idle_added_mb: judge(findMedian(idle.app) - findMedian(idle.empty), 'MB', ['<=', 60]),
      growth_mb: judge(growth.after - growth.before, 'MB', ['<=', 30]),
    },
    baseline: 'an empty window of the same runtime, 10 s after its load event; growth: the app itself before',
    runtime: nameRuntime(bench),
    runs,
  }
}
