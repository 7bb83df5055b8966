import { alternate } from './alternation.ts'
import { type Bench, type MeasuredProcess, nameRuntime, startElectron, startEmptyWindow } from './electron-process.ts'
import { describeSamples, findMedian, judge, type Report } from './figures.ts'
import { appArguments, withFilledProfile } from './profile.ts'

const runs = 10
const warmUps = 2

/** Time from spawn until the last environment's inbox is interactive, against an empty window's load event. */
export async function measureStartup(bench: Bench): Promise<Report> {
  const measure = async (starting: Promise<MeasuredProcess>) => {
    const started = await starting
    await started.close()
    return started.startedInMs
  }
  const samples = await withFilledProfile(bench, (profile) =>
    alternate(
      {
        empty: () => measure(startEmptyWindow(bench)),
        app: () => measure(startElectron(bench, bench.root, appArguments(profile))),
      },
      { runs, warmUps },
    ),
  )
  console.log(describeSamples({ 'empty window': samples.empty, app: samples.app }, 'ms'))
  const empty = findMedian(samples.empty)
  const app = findMedian(samples.app)
  return {
    bench: 'startup',
    figures: {
      ratio: judge(app / empty, 'ratio', ['<=', 1.6]),
      added_ms: judge(app - empty, 'ms', ['<=', 250]),
    },
    baseline: 'an empty window of the same runtime, until its load event',
    runtime: nameRuntime(bench),
    runs,
  }
}
