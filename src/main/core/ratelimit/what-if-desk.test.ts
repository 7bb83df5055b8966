import { describe, expect, test } from 'vitest'
import type { AppError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import type { Attempt, CallDetail, CallSummary } from '../../../shared/model/call.ts'
import { defaultRatePolicy } from '../../../shared/model/defaults.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { WhatIfInput } from '../../../shared/model/what-if.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { createLimiter } from './limiter.ts'
import { createWhatIfDesk, type WhatIfDeskDeps } from './what-if-desk.ts'

const startMs = 1_700_000_000_000

function summaryOf(id: number, changes: Partial<CallSummary> = {}): CallSummary {
  return {
    id,
    startedAtMs: startMs + id,
    environmentId: 'dev',
    keyId: 'key-1',
    operation: 'listEmails',
    method: 'GET',
    path: '/emails',
    status: 200,
    outcome: 'ok',
    attempts: 1,
    waitedMs: 0,
    tookMs: 10,
    source: 'Inbox',
    ...changes,
  }
}

function environmentOf(id: string, perMinute: number, rateGroup: string | null = null): Environment {
  return {
    id,
    kind: 'remote',
    name: id,
    mark: 'neutral',
    baseUrl: 'https://api.jasni.ai/api/v1',
    plan: { kind: 'enterprise', perMinute },
    rateGroup,
    protected: false,
    position: 0,
    activeKeyId: null,
  }
}

const breathe = () => new Promise<void>((done) => void setImmediate(done))

/** A log of these calls, newest first, in pages as the real one answers them. */
function build(log: readonly CallSummary[], changes: Partial<WhatIfDeskDeps> = {}) {
  const asked: { readonly filter: string; readonly before: number | null }[] = []
  const environments = [
    environmentOf('dev', 50),
    environmentOf('stage', 70, 'shared'),
    environmentOf('prod', 70, 'shared'),
  ]
  const desk = createWhatIfDesk({
    list(filter, before, limit) {
      asked.push({ filter, before })
      const older = log.filter(({ id }) => before === null || id < before).sort((one, other) => other.id - one.id)
      const calls = older.slice(0, limit)
      const next = older.length > limit ? (calls.at(-1)?.id ?? null) : null
      return succeed({ calls, next, total: log.length, scanned: calls.length })
    },
    get: () => null,
    environment: (id) => environments.find((each) => each.id === id) ?? null,
    policy: () => defaultRatePolicy,
    breathe,
    createLimiter,
    ...changes,
  })
  return { desk, asked }
}

const ask = (changes: Partial<WhatIfInput> = {}): WhatIfInput => ({
  stretch: { filter: '' },
  perWindow: null,
  policies: ['none'],
  attemptsMax: 3,
  ...changes,
})

async function open<T>(result: Promise<Result<T>>): Promise<T> {
  const made = await result
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  return made.value
}

const cancelled: Result<never, AppError> = { ok: false, error: { kind: 'CANCELLED', callId: null } }
const many = (count: number) => Array.from({ length: count }, (_, index) => summaryOf(index + 1))

describe('what is replayed', () => {
  test('is every page of the filter, with the span and the limit of its environment', async () => {
    const { desk, asked } = build(many(450))
    const answer = await open(desk.run(ask({ stretch: { filter: 'source:Inbox' } })))
    expect(answer).toMatchObject({
      calls: 450,
      fromMs: startMs + 1,
      toMs: startMs + 450,
      cut: false,
      perWindow: [50],
      windowMs: limits.windowMs,
      attemptsMax: 3,
    })
    expect(answer.rows.map(({ policy }) => policy)).toEqual(['none'])
    expect(asked).toEqual([null, 251, 51].map((before) => ({ filter: 'source:Inbox', before })))
  })

  test('is the newest part of a stretch that is too long, and the answer says so', async () => {
    const log = Array.from({ length: limits.whatIfCallsMax + 500 }, (_, index) => summaryOf(index + 1))
    let pages = 0
    const { desk } = build([], {
      list(_, before, limit) {
        pages += 1
        const end = before === null ? log.length : before - 1
        return succeed({
          calls: log.slice(Math.max(0, end - limit), end).reverse(),
          next: end - limit + 1,
          total: log.length,
          scanned: limit,
        })
      },
    })
    const answer = await open(desk.run(ask({ perWindow: limits.planPerMinuteMax })))
    expect(answer).toMatchObject({ calls: limits.whatIfCallsMax, cut: true, fromMs: startMs + 501 })
    expect(pages).toBe(limits.whatIfCallsMax / limits.requestPageMax + 1)
  })

  test('are the chosen calls that the log still has, with their attempts', async () => {
    const summary = summaryOf(7, { attempts: 2, status: 200, waitedMs: 900, tookMs: 1000 })
    const attempt = (status: 200 | 429, atMs: number): Attempt => ({
      startedAtMs: summary.startedAtMs + atMs,
      tookMs: 5,
      status,
      outcome: status === 200 ? 'ok' : 'RATE_LIMITED',
      timings: { dnsMs: null, tlsMs: null, connectMs: null, firstByteMs: 4, bodyMs: 1 },
      requestHeaders: [],
      responseHeaders: [],
      responseBytes: 0,
    })
    const detail: CallDetail = {
      summary,
      origin: 'https://api.jasni.ai',
      keyMask: null,
      attempts: [attempt(429, 0), attempt(200, 905)],
      waits: [],
      stop: null,
      requestBody: null,
      responseBody: null,
    }
    const { desk, asked } = build([], { get: (id) => (id === 7 ? detail : null) })
    const answer = await open(desk.run(ask({ stretch: { ids: [7, 8] } })))
    expect(answer).toMatchObject({ calls: 1, recorded: { attempts: 2, refusals: 1, failed: 0 } })
    expect(asked).toEqual([])
  })

  test('may be nothing: no row, and no time', async () => {
    const answer = await open(build([]).desk.run(ask()))
    expect(answer).toMatchObject({ calls: 0, rows: [], fromMs: 0, toMs: 0, perWindow: [] })
  })

  test('counts once for each rate group, and as a free plan where the environment is gone', async () => {
    const log = ['dev', 'stage', 'prod', 'gone'].map((environmentId, index) => summaryOf(index + 1, { environmentId }))
    const { perWindow } = await open(build(log).desk.run(ask()))
    expect([...perWindow].sort((one, other) => one - other)).toEqual([50, 70, 100])
    expect((await open(build(log).desk.run(ask({ perWindow: 9 })))).perWindow).toEqual([9, 9, 9])
  })

  test('meets the limit that is asked for, with the attempts that are asked for, once for each policy', async () => {
    const { rows } = await open(
      build(many(40)).desk.run(ask({ perWindow: 10, policies: ['none', 'pacing', 'none'], attemptsMax: 1 })),
    )
    expect(rows.map(({ policy }) => policy)).toEqual(['none', 'pacing'])
    const [none, pacing] = rows
    expect(none?.median).toMatchObject({ attempts: 40, refusals: 30, failed: 30 })
    expect(pacing?.median).toMatchObject({ attempts: 40, refusals: 0, failed: 0 })
  })
})

describe('a run', () => {
  test('tells how far it is, never backwards, up to the whole', async () => {
    const told: number[] = []
    await open(
      build(many(400), { onProgress: (share) => told.push(share) }).desk.run(
        ask({ policies: ['none', 'full'], perWindow: 20 }),
      ),
    )
    expect(told.length).toBeGreaterThan(0)
    expect(told).toEqual([...told].sort((one, other) => one - other))
    expect(told.at(-1)).toBe(1)
  })

  test('ends as cancelled while it reads, and while it replays', async () => {
    const reading = build(many(900), { breathe: async () => reading.desk.cancel() })
    expect(await reading.desk.run(ask())).toEqual(cancelled)
    expect(reading.asked).toHaveLength(1)

    const replaying = build(many(100), { onProgress: () => replaying.desk.cancel() })
    expect(await replaying.desk.run(ask({ policies: ['none', 'full', 'pacing'], perWindow: 5 }))).toEqual(cancelled)

    const chosen = build([], { get: () => null, breathe: async () => chosen.desk.cancel() })
    expect(await chosen.desk.run(ask({ stretch: { ids: [1] } }))).toEqual(cancelled)
  })

  test('ends the one before, and is itself left alone by its end', async () => {
    const { desk } = build(many(600))
    const [first, second, third] = await Promise.all([desk.run(ask()), desk.run(ask()), desk.run(ask())])
    expect([first, second]).toEqual([cancelled, cancelled])
    expect(third).toMatchObject({ ok: true, value: { calls: 600 } })
    desk.cancel()
    expect(await desk.run(ask())).toMatchObject({ ok: true })
  })

  test('answers what the log refuses', async () => {
    const refusal = fail<AppError>({ kind: 'NOT_FOUND', what: 'call' })
    expect(await build([], { list: () => refusal }).desk.run(ask())).toEqual(refusal)
  })

  test('is over also when something breaks, so that the next one runs', async () => {
    let broken = true
    const { desk } = build(many(3), {
      breathe() {
        if (broken) throw new Error('broken')
        return breathe()
      },
    })
    await expect(desk.run(ask())).rejects.toThrow('broken')
    broken = false
    expect(await desk.run(ask())).toMatchObject({ ok: true })
  })
})
