import { setMaxListeners } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { defaultRatePolicy } from '../../../shared/model/defaults.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { CallPriority } from '../../../shared/model/rate.ts'
import { systemClock } from '../../adapters/system-clock.ts'
import { createUndiciHttp } from '../../adapters/undici-http.ts'
import type { HeaderDialect } from '../../sandbox/header-dialect.ts'
import { startSandbox } from '../../sandbox/server.ts'
import { performCall } from '../pipeline/call.ts'
import type { CallRecord } from '../ports.ts'
import { Secret } from '../vault/secret.ts'
import { createLimiter } from './limiter.ts'

const windowMs = 4000
const limit = 100
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** Twenty workers against the local server for some windows, in real time. */
async function work(headers: HeaderDialect, priority: CallPriority, windows: number) {
  const sandbox = await startSandbox({
    port: 0,
    plan: limit,
    windowMs,
    limitBy: 'key',
    headers,
    statePath: null,
    issuerToken: 'issuer-token-for-tests',
    seed: 'limit',
  })
  const http = createUndiciHttp()
  closers.push(
    () => sandbox.close(),
    () => http.close(),
  )
  const environment: Environment = {
    id: 'dev',
    kind: 'remote',
    name: 'Dev',
    mark: 'blue',
    baseUrl: sandbox.baseUrl,
    plan: { kind: 'enterprise', perMinute: limit },
    rateGroup: null,
    protected: false,
    position: 0,
    activeKeyId: 'key-1',
  }
  const policy = () => defaultRatePolicy
  const limiter = createLimiter({ clock: systemClock, policy, members: () => [environment], windowMs })
  const records: CallRecord[] = []
  const deps = {
    http,
    calls: {
      append(record: CallRecord) {
        records.push(record)
        return { ...record, id: records.length, attempts: record.attempts.length }
      },
    },
    clock: systemClock,
    random: { next: Math.random },
    log: { info() {}, warn() {}, error: () => 'reference' },
    userAgent: 'test',
    limiter,
    ratePolicy: policy,
    onRecorded() {},
  }
  const key = { keyId: 'key-1', mask: 'jsk_test_…', secret: new Secret(sandbox.issueKey().key) }
  const input = { operation: 'listLabels', method: 'GET', path: '/labels', query: [], body: null } as const
  const plan = {
    environment,
    takeKey: async () => ({ ok: true, value: { environment, key, end: () => undefined } }) as const,
    input: { ...input, source: 'Console', priority } as const,
  }
  // The first call makes the mailbox and loads the client.
  const first = await performCall(deps, plan)
  expect(first.ok).toBe(true)
  const endsAtMs = systemClock.nowMs() + windows * windowMs
  const ends = new AbortController()
  setMaxListeners(0, ends.signal)
  const workers = Array.from({ length: 20 }, async () => {
    while (!ends.signal.aborted) await performCall(deps, plan, ends.signal)
  })
  await systemClock.sleep(endsAtMs - systemClock.nowMs())
  ends.abort()
  await Promise.all(workers)
  const answered = records.flatMap(({ attempts }) => attempts).filter(({ status }) => status !== null)
  return {
    refused: answered.filter(({ status }) => status === 429).length,
    accepted: answered.filter(({ status, startedAtMs }) => status === 200 && startedAtMs < endsAtMs).length,
    headroom: limiter.headroom('dev'),
  }
}

// The windows are real time: a machine under load takes from what is accepted, never from the refusals.
test('with pacing the local server refuses nothing over three windows, which are used again and again', async () => {
  const { refused, accepted, headroom } = await work('none', 'person', 3)
  expect(refused).toBe(0)
  // How much of them is used is measured by a bench, and in simulated time.
  expect(accepted).toBeGreaterThan(limit)
  expect(headroom.basis).toBe('count')
}, 30_000)

test.each([
  ['ietf', 'person'],
  ['legacy', 'poll'],
  ['retry-after', 'replay'],
] as const)(
  'nothing is refused with the headers %s, for a %s',
  async (headers, priority) => {
    const { refused, accepted, headroom } = await work(headers, priority, 1.2)
    expect(refused).toBe(0)
    expect(accepted).toBeGreaterThan(0)
    expect(headroom.limit).toBe(limit)
    expect(headroom.basis).toBe(headers === 'retry-after' ? 'count' : 'headers')
  },
  30_000,
)
