import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Bottleneck from 'bottleneck'
import pRetry from 'p-retry'
import { nodeRandom } from '../../src/main/adapters/node-random.ts'
import { openCallStore } from '../../src/main/adapters/sqlite-call-store.ts'
import { systemClock } from '../../src/main/adapters/system-clock.ts'
import { createUndiciHttp } from '../../src/main/adapters/undici-http.ts'
import { createPipeline } from '../../src/main/core/pipeline/pipeline.ts'
import type { Log } from '../../src/main/core/ports.ts'
import { createLimiter } from '../../src/main/core/ratelimit/limiter.ts'
import { Secret } from '../../src/main/core/vault/secret.ts'
import { defaultRatePolicy } from '../../src/shared/model/defaults.ts'
import type { Environment } from '../../src/shared/model/environment.ts'
import type { RatePolicy } from '../../src/shared/model/rate.ts'

/** Answers of the server to one contender. */
export interface Traffic {
  note(status: number | null): void
  readonly accepted: number
  readonly refused: number
}

/** Someone who makes calls under a limit. */
export interface Contender {
  readonly traffic: Traffic
  /** One logical call, with whatever repeats this contender makes; false when it failed after all. */
  call(signal: AbortSignal): Promise<boolean>
  close(): Promise<void>
}

/** Where a contender's calls go, and the limit that it may be told of. */
export interface Course {
  readonly baseUrl: string
  readonly key: string
  readonly plan: number
  readonly windowMs: number
  /** Calls at the same time. */
  readonly workers: number
  /** For files of this contender. */
  readonly folder: string
}

/** Makes a contender for one course. */
export type StartContender = (course: Course) => Promise<Contender>

function createTraffic(): Traffic {
  let accepted = 0
  let refused = 0
  return {
    note(status) {
      if (status === 200) accepted += 1
      if (status === 429) refused += 1
    },
    get accepted() {
      return accepted
    },
    get refused() {
      return refused
    },
  }
}

class Refusal extends Error {
  readonly status: number
  readonly retryAfter: string | null
  constructor(answer: Response) {
    super(`status ${answer.status}`)
    this.status = answer.status
    this.retryAfter = answer.headers.get('retry-after')
  }
}

/** A bare client: one request, a rejection for anything but success. */
async function requestOnce({ baseUrl, key }: Course, traffic: Traffic): Promise<void> {
  const answer = await fetch(`${baseUrl}/labels`, { headers: { Authorization: `Bearer ${key}` } })
  await answer.arrayBuffer()
  traffic.note(answer.status)
  if (!answer.ok) throw new Refusal(answer)
}

/** A peer: something around the bare client. */
function createPeer(wrap: (course: Course) => (request: () => Promise<void>, signal: AbortSignal) => Promise<void>) {
  return async (course: Course): Promise<Contender> => {
    const traffic = createTraffic()
    const run = wrap(course)
    return {
      traffic,
      call: (signal) =>
        run(() => requestOnce(course, traffic), signal).then(
          () => true,
          () => false,
        ),
      close: () => Promise.resolve(),
    }
  }
}

/**
 * What the documentation of that SDK says of its retries: two of them, for 408, 409, 429, 5xx and lost connections,
 * after `Retry-After` when it is at most 60 s, else after 0.5 s doubling to 8 s, less up to a quarter at random.
 */
async function retryAsOpenAi(request: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let retries = 0; ; retries += 1) {
    try {
      await request()
      return
    } catch (error) {
      const status = error instanceof Refusal ? error.status : null
      const passing = status === null || status === 408 || status === 409 || status === 429 || status >= 500
      if (retries >= 2 || !passing || signal.aborted) throw error
      const told = error instanceof Refusal ? Number(error.retryAfter ?? Number.NaN) * 1000 : Number.NaN
      const computed = Math.min(500 * 2 ** retries, 8000) * (1 - Math.random() * 0.25)
      await sleep(told >= 0 && told <= 60_000 ? told : computed)
    }
  }
}

const quietLog: Log = { info: () => undefined, warn: () => undefined, error: () => '' }

/** The product: its pipeline, limiter, HTTP client and request log. */
function createOurs(rate: Partial<RatePolicy>): StartContender {
  return async ({ baseUrl, key, plan, windowMs, folder }) => {
    const traffic = createTraffic()
    const policy = { ...defaultRatePolicy, ...rate }
    const environment: Environment = {
      id: 'bench',
      kind: 'remote',
      name: 'Bench',
      mark: 'blue',
      baseUrl,
      plan: { kind: 'enterprise', perMinute: plan },
      rateGroup: null,
      protected: false,
      position: 0,
      activeKeyId: 'key',
    }
    const resolved = { keyId: 'key', mask: 'jsk_live_…', secret: new Secret(key) }
    const http = createUndiciHttp()
    const calls = await openCallStore({
      file: join(folder, 'requests.db'),
      clock: systemClock,
      policy: {},
      onNotice: () => undefined,
    })
    const limiter = createLimiter({
      clock: systemClock,
      policy: () => policy,
      members: () => [environment],
      windowMs,
    })
    const pipeline = createPipeline({
      http: {
        async send(request, signal) {
          const answer = await http.send(request, signal)
          traffic.note(answer.status)
          return answer
        },
      },
      calls,
      clock: systemClock,
      random: nodeRandom,
      log: quietLog,
      userAgent: 'jasni-vault-bench',
      limiter,
      ratePolicy: () => policy,
      onRecorded: () => undefined,
      vault: {
        environment: () => environment,
        resolveKey: () => Promise.resolve({ ok: true, value: resolved }),
        noteUse: () => undefined,
      },
    })
    return {
      traffic,
      async call(signal) {
        const input = {
          environmentId: environment.id,
          operation: 'listLabels',
          effect: 'read',
          method: 'GET',
          path: '/labels',
          query: [],
          body: null,
          source: 'Console',
        } as const
        return (await pipeline.send(input, signal)).ok
      },
      async close() {
        calls.close()
        await http.close()
      },
    }
  }
}

/** Everyone who is measured, by name. The peers know as much of the limit as their documentation lets one say. */
export const contenders = {
  'ours, pacing': createOurs({ pacing: true }),
  'ours, pacing off': createOurs({ pacing: false }),
  'no retry': createPeer(() => (request) => request()),
  'p-retry': createPeer(() => (request, signal) => pRetry(request, { shouldRetry: () => !signal.aborted })),
  bottleneck: createPeer(({ plan, windowMs, workers }) => {
    const limiter = new Bottleneck({
      reservoir: plan,
      reservoirRefreshAmount: plan,
      reservoirRefreshInterval: windowMs,
      maxConcurrent: workers,
    })
    return (request) => limiter.schedule(request)
  }),
  'openai retry': createPeer(() => retryAsOpenAi),
} as const satisfies Record<string, StartContender>

/** Name of a contender. */
export type ContenderName = keyof typeof contenders
