import { type Bench, nameRuntime, startElectron } from './electron-process.ts'
import { describeSamples, findQuantile, judge, type Report } from './figures.ts'
import { connectPage, type MeasuredPage } from './page.ts'
import { appArguments, type FilledProfile, withFilledProfile } from './profile.ts'

const calls = 2000
const block = 100

/** Times each of `count` calls, one after the other, in ms. The page's clock has steps of 0.1 ms. */
async function timeBridge(page: MeasuredPage, environmentId: string, count: number): Promise<readonly number[]> {
  const answer = await page.evaluate(`(async () => {
    const samples = []
    for (let call = 0; call < ${count}; call += 1) {
      const start = performance.now()
      const answer = await window.bridge.call('mail.labels', { environmentId: ${JSON.stringify(environmentId)} })
      if (!answer.ok) throw new Error(answer.error.kind)
      samples.push(performance.now() - start)
    }
    return samples
  })()`)
  if (!Array.isArray(answer)) throw new Error('The page answered no samples.')
  return answer.map(Number)
}

async function timeFetch({ baseUrl, key }: FilledProfile, count: number): Promise<readonly number[]> {
  const samples: number[] = []
  for (let call = 0; call < count; call += 1) {
    const start = performance.now()
    const answer = await fetch(`${baseUrl}/labels`, { headers: { Authorization: `Bearer ${key}` } })
    await answer.json()
    samples.push(performance.now() - start)
    if (answer.status !== 200) throw new Error(`The server answered ${answer.status}.`)
  }
  return samples
}

/** What a call costs from the page through bridge, pipeline, log and back, against bare fetch in Node. */
export async function measureOverhead(bench: Bench): Promise<Report> {
  const samples = await withFilledProfile(bench, async (profile) => {
    const started = await startElectron(bench, bench.root, [...appArguments(profile), '--remote-debugging-port=0'])
    if (started.devtoolsUrl === null) throw new Error('The app did not open its debugging port.')
    const page = await connectPage(started.devtoolsUrl)
    const app: number[] = []
    const bare: number[] = []
    await timeFetch(profile, block)
    await timeBridge(page, profile.environmentId, block)
    for (let done = 0; done < calls; done += block) {
      bare.push(...(await timeFetch(profile, block)))
      app.push(...(await timeBridge(page, profile.environmentId, block)))
    }
    page.close()
    await started.close()
    return { app, bare }
  })
  console.log(describeSamples({ 'bare fetch': samples.bare, app: samples.app }, 'ms'))
  const added = (part: number) => findQuantile(samples.app, part) - findQuantile(samples.bare, part)
  return {
    bench: 'overhead',
    figures: {
      p50_added_ms: judge(added(0.5), 'ms', ['<=', 1]),
      p95_added_ms: judge(added(0.95), 'ms', ['<=', 3]),
    },
    baseline: 'the same calls with bare fetch in Node, in blocks of 100 in turn',
    runtime: nameRuntime(bench),
    runs: calls,
  }
}
