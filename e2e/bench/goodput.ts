import { setMaxListeners } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from './electron-process.ts'
import { type Figure, formatTable, judge, type Report } from './figures.ts'
import { type Contender, type ContenderName, type Course, contenders } from './goodput-contenders.ts'
import { startPeer } from './peer.ts'

/** The Pro plan, with its minute scaled to six seconds. */
const plan = 1000
const windowMs = 6000
const windows = 3
const workers = 20
/** What the limit lets through in that many windows. */
const allowed = plan * windows

/** What a contender came to in its windows. */
interface Outcome {
  readonly accepted: number
  readonly refused: number
  /** Calls that it gave back as failed. */
  readonly failed: number
}

const peers: readonly ContenderName[] = ['no retry', 'p-retry', 'bottleneck', 'openai retry']

/** Twenty workers, each with its next call as soon as the last one came back, until the windows are over. */
async function measureContender(contender: Contender): Promise<Outcome> {
  const over = new AbortController()
  setMaxListeners(workers * 2, over.signal)
  let failed = 0
  const work = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const succeeded = await contender.call(over.signal)
      if (!succeeded && !over.signal.aborted) failed += 1
    }
  }
  const working = Promise.all(Array.from({ length: workers }, work))
  await sleep(windows * windowMs)
  const { accepted, refused } = contender.traffic
  const outcome = { accepted, refused, failed }
  over.abort()
  // A peer may leave workers in a queue for good: they end with the process.
  await Promise.race([working, sleep(1000)])
  return outcome
}

/** Two hundred calls of a contender on a key of their own, so that none is measured cold. */
async function warmUp(contender: Contender): Promise<void> {
  const never = new AbortController().signal
  const work = async (): Promise<void> => {
    for (let call = 0; call < 10; call += 1) await contender.call(never)
  }
  await Promise.all(Array.from({ length: workers }, work))
  await contender.close()
}

function describeOutcomes(outcomes: ReadonlyMap<ContenderName, Outcome>): string {
  return formatTable([
    ['policy', 'accepted', 'goodput', '429s', 'failed calls'],
    ...[...outcomes].map(([name, { accepted, refused, failed }]) => [
      name,
      String(accepted),
      (accepted / allowed).toFixed(3),
      String(refused),
      String(failed),
    ]),
  ])
}

/**
 * Refusals against those of the best peer: the one with the most accepted requests, and of equals the one with the
 * fewest refusals. Nothing of nothing is 0.
 */
function compareRefusals(outcomes: ReadonlyMap<ContenderName, Outcome>, own: Outcome): Figure {
  const rivals = peers.flatMap((name) => outcomes.get(name) ?? [])
  const best = rivals.sort((one, other) => other.accepted - one.accepted || one.refused - other.refused)[0]
  const ratio = own.refused === 0 ? 0 : own.refused / (best?.refused ?? 0)
  return judge(ratio, 'ratio', ['<=', 0.1])
}

/** How much of a plan twenty workers get through, with how many refusals, by each way to meet the limit. */
export async function measureGoodput(bench: Bench): Promise<Report> {
  const names = Object.keys(contenders) as ContenderName[]
  const server = await startPeer(process.argv[1] ?? '', { plan, windowMs, keys: names.length * 2 })
  const outcomes = new Map<ContenderName, Outcome>()
  try {
    for (const [index, name] of names.entries()) {
      const createCourse = (key: string | undefined): Course => ({
        baseUrl: server.baseUrl,
        key: key ?? '',
        plan,
        windowMs,
        workers,
        folder: mkdtempSync(join(bench.folder, 'goodput-')),
      })
      await warmUp(await contenders[name](createCourse(server.keys[names.length + index])))
      const contender = await contenders[name](createCourse(server.keys[index]))
      outcomes.set(name, await measureContender(contender))
      await contender.close()
    }
  } finally {
    server.close()
  }
  console.log(describeOutcomes(outcomes))
  const none: Outcome = { accepted: 0, refused: Number.NaN, failed: 0 }
  const paced = outcomes.get('ours, pacing') ?? none
  const unpaced = outcomes.get('ours, pacing off') ?? none
  return {
    bench: 'goodput',
    figures: {
      goodput: judge(paced.accepted / allowed, 'ratio', ['>=', 0.98]),
      refused: judge(paced.refused, 'requests', ['=', 0]),
      refused_vs_best_peer: compareRefusals(outcomes, unpaced),
    },
    baseline: 'no retry, p-retry, a bottleneck reservoir and the documented retry of the openai SDK, each in its turn',
    runtime: `node ${process.versions.node}`,
    runs: 1,
  }
}
