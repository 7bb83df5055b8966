import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ConsoleRequest } from '../../../shared/model/console.ts'
import { defaultRatePolicy } from '../../../shared/model/defaults.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { Operation } from '../../../shared/model/operation.ts'
import type { Result } from '../../../shared/result.ts'
import { buildCallRecord } from '../../adapters/fixtures/call-record.ts'
import { nodeDigest } from '../../adapters/node-digest.ts'
import { nodeRandom } from '../../adapters/node-random.ts'
import { openCallStore } from '../../adapters/sqlite-call-store.ts'
import { systemClock } from '../../adapters/system-clock.ts'
import { createUndiciHttp } from '../../adapters/undici-http.ts'
import { type Console, createConsole } from '../console/console.ts'
import { checkConsoleRequest } from '../console/request.ts'
import { readReplay } from '../export/replay.ts'
import { operations } from '../jasni/operations.ts'
import { createPipeline, type Pipeline } from '../pipeline/pipeline.ts'
import { joinQuery } from '../pipeline/target.ts'
import type { CallStore, Clock } from '../ports.ts'
import { createCallLimits } from '../ratelimit/fixtures/call-limits.ts'
import { createLimiter } from '../ratelimit/limiter.ts'
import { Secret } from '../vault/secret.ts'
import { createGuard, type Guard } from './guard.ts'
import { createLosses, type Losses } from './losses.ts'

const all: readonly Operation[] = Object.values(operations)
const acting = all.filter(({ effect }) => effect !== 'read')
const destructive = acting.filter(({ effect }) => effect === 'destructive')
const harmless = acting.filter(({ effect }) => effect !== 'destructive')

const nameEach = (list: readonly Operation[]) => list.map((operation) => [operation.id, operation] as const)
const [actingRows, harmlessRows, destructiveRows] = [nameEach(acting), nameEach(harmless), nameEach(destructive)]

const http = createUndiciHttp()
const received: string[] = []
const folder = mkdtempSync(join(tmpdir(), 'jasni-guard-'))
let server: Server
let calls: CallStore
let monotonicMs = 0
let current = 'prod'
let world: Record<string, Environment>
let guard: Guard
let losses: Losses
let pipeline: Pipeline
let desk: Console

const clock: Clock = { ...systemClock, monotonicMs: () => monotonicMs }
const log = { info() {}, warn() {}, error: () => 'reference' }
/** What reached the server and does something. The guard may read, to say what would be lost. */
const acts = () => received.filter((line) => !line.startsWith('GET '))

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      received.push(`${request.method} ${request.url}`)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"success":true,"data":{}}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  calls = await openCallStore({
    file: join(folder, 'requests.db'),
    clock: systemClock,
    onNotice: () => {},
    policy: { daysMax: 3650 },
  })
})
afterAll(async () => {
  calls.close()
  await http.close()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

function buildEnvironment(id: string): Environment {
  return {
    id,
    kind: 'remote',
    name: id,
    mark: 'crimson',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`,
    plan: { kind: 'free', perMinute: 100 },
    rateGroup: null,
    protected: true,
    position: 0,
    activeKeyId: 'key-1',
  }
}

function buildPipeline(
  limits: Pick<Parameters<typeof createPipeline>[0], 'limiter' | 'ratePolicy' | 'random'>,
): Pipeline {
  return createPipeline({
    http,
    calls,
    clock: systemClock,
    log,
    userAgent: 'test',
    onRecorded() {},
    ...limits,
    gate: guard,
    vault: {
      environment: (id) => world[id] ?? null,
      resolveKey: async () => ({
        ok: true,
        value: { keyId: 'key-1', mask: 'jsk_test_…', secret: new Secret('jsk_test_0123456789abcdef') },
      }),
      noteUse() {},
    },
  })
}

beforeEach(() => {
  received.length = 0
  current = 'prod'
  world = { prod: buildEnvironment('prod'), live: buildEnvironment('live') }
  guard = createGuard({
    vault: { environment: (id) => world[id] ?? null, currentEnvironmentId: () => current },
    clock,
    random: nodeRandom,
    digest: nodeDigest,
    log,
    idleMs: () => 120_000,
    onChange() {},
  })
  pipeline = buildPipeline(createCallLimits(systemClock))
  losses = createLosses({ guard, pipeline, vault: { environment: (id) => world[id] ?? null }, clock: systemClock })
  desk = createConsole({ pipeline, vault: { environment: (id) => world[id] ?? null, environments: () => [] } })
})
afterEach(() => guard.close())

/** A request that the operation allows, made from what the OpenAPI file says of it. */
function buildRequest({ id, parameters, body }: Operation): ConsoleRequest {
  const values = parameters
    .filter(({ required }) => required)
    .map(({ name, schema }) => {
      const value = schema.type === 'integer' ? 7 : (schema.enum?.[0] ?? 'agent@example.org')
      return [name, value] as const
    })
  return {
    operation: id,
    parameters: Object.fromEntries(values),
    body: body === null ? null : JSON.stringify(body.example),
  }
}

function readRequest(operation: Operation) {
  const checked = checkConsoleRequest(buildRequest(operation))
  if (!checked.ok) throw new Error(`${operation.id}: ${JSON.stringify(checked.error)}`)
  return checked.value
}

const ways: readonly (readonly [string, (operation: Operation, environmentId?: string) => Promise<Result<unknown>>])[] =
  [
    ['the console', (operation, at = 'prod') => desk.send('ticket', at, buildRequest(operation))],
    [
      'a replay',
      async (operation, at = 'prod') => {
        const { path, query, body } = readRequest(operation)
        const text = body === null ? null : JSON.stringify(body)
        const { id } = calls.append(
          buildCallRecord({
            environmentId: at,
            operation: operation.id,
            method: operation.method,
            path: joinQuery(path, query),
            requestBody: text === null ? null : { text, bytes: text.length, truncated: false },
          }),
        )
        const call = calls.get(id)
        const input = call === null ? null : readReplay(call, true)
        if (input?.ok !== true) throw new Error(`${operation.id} cannot be replayed: ${JSON.stringify(input)}`)
        return pipeline.send(input.value)
      },
    ],
    [
      // As mail, outbox and webhooks do, but with the worst that a caller could say of itself.
      'a caller that says it only reads',
      (operation, at = 'prod') => {
        const { path, query, body } = readRequest(operation)
        const { method } = operation
        const call = { operation: 'listEmails', effect: 'read', method, path, query, body, source: 'Inbox' } as const
        return pipeline.send({ environmentId: at, ...call })
      },
    ],
  ]

function arm(environmentId = 'prod'): void {
  expect(guard.armByName(environmentId, environmentId).ok).toBe(true)
}

/** The question that a call was refused with. */
function questionOf(result: Result<unknown>): string {
  if (result.ok || result.error.kind !== 'GUARDED' || result.error.need !== 'consent') {
    throw new Error(`no question was asked: ${JSON.stringify(result)}`)
  }
  return result.error.questionId
}

/** Lets the loss be told and agrees to it, as a person does. */
async function agree(questionId: string): Promise<void> {
  const loss = await losses.describe(questionId)
  if (!loss.ok) throw new Error(JSON.stringify(loss.error))
  expect(guard.agree(questionId, loss.value.confirmation).ok).toBe(true)
}

test('every operation that is no read is tried, in every way', () => {
  process.stdout.write(
    `Operations held back by the guard: ${acting.length} of ${all.length} (${destructive.length} destructive), in ${ways.length} ways each\n`,
  )
  expect(acting.length).toBe(all.length - all.filter(({ method }) => method === 'GET').length)
  expect(destructive.length).toBeGreaterThan(0)
})

describe.each(ways)('by %s', (_way, send) => {
  test.each(actingRows)('%s does not leave a protected environment that is not armed', async (_id, operation) => {
    expect(await send(operation)).toMatchObject({ ok: false, error: { kind: 'GUARDED', need: 'arm' } })
    expect(received).toEqual([])
  })

  test.each(harmlessRows)('%s leaves an armed environment once', async (_id, operation) => {
    arm()
    expect(await send(operation)).toMatchObject({ ok: true })
    expect(acts()).toHaveLength(1)
  })

  test.each(destructiveRows)(
    '%s leaves once for each agreement to its loss, and never without',
    async (_id, operation) => {
      arm()
      const questionId = questionOf(await send(operation))
      expect(guard.agree(questionId, null), 'nobody was told yet').toMatchObject({ ok: false })
      expect(guard.agree('made-up', null)).toMatchObject({ ok: false, error: { kind: 'NOT_FOUND' } })
      questionOf(await send(operation))
      expect(acts()).toEqual([])
      await agree(questionOf(await send(operation)))
      expect(await send(operation)).toMatchObject({ ok: true })
      expect(acts()).toHaveLength(1)
      questionOf(await send(operation))
      expect(acts()).toHaveLength(1)
    },
  )
})

const [, sendByConsole] = ways[0] ?? ['', async () => ({ ok: false, error: { kind: 'WRONG_SENDER' } }) as const]
const outbound = operations.sendEmail
const loss = operations.deleteLabel

describe('nothing leaves', () => {
  test.each<readonly [string, () => void]>([
    ['its five minutes are over', () => (monotonicMs += 300_000)],
    ['nobody was there for the time that was chosen', () => (monotonicMs += 120_000)],
    ['the environment was switched', () => (current = 'live')],
    ['the machine was locked', () => guard.end('locked')],
    ['the window is gone', () => guard.end('window')],
    ['it was disarmed by hand', () => guard.end('by-hand')],
    ['its address changed', () => (world.prod = { ...buildEnvironment('prod'), baseUrl: 'http://127.0.0.1:9/api/v1' })],
  ])('once %s', async (_why, change) => {
    arm()
    change()
    expect(await sendByConsole(outbound)).toMatchObject({ ok: false, error: { kind: 'GUARDED' } })
    expect(received).toEqual([])
  })

  test('for one environment by the arming of another', async () => {
    arm()
    expect(await sendByConsole(outbound, 'live')).toMatchObject({ error: { kind: 'GUARDED', need: 'switch' } })
    expect(guard.armByName('live', 'live')).toMatchObject({ error: { kind: 'GUARDED', need: 'switch' } })
    expect(received).toEqual([])
  })

  test('by an agreement that is a minute old', async () => {
    arm()
    await agree(questionOf(await sendByConsole(loss)))
    monotonicMs += 60_000
    questionOf(await sendByConsole(loss))
    expect(acts()).toEqual([])
  })

  test('by an agreement to another loss, or of an arming before', async () => {
    arm()
    await agree(questionOf(await sendByConsole(loss)))
    const other = { ...buildRequest(loss), parameters: { id: 'another' } }
    questionOf(await desk.send('ticket', 'prod', other))
    guard.end('by-hand')
    arm()
    questionOf(await sendByConsole(loss))
    expect(acts()).toEqual([])
  })

  test('of a call that waited for its slot while the guard fell, even when it is armed again', async () => {
    const limiter = createLimiter({ clock: systemClock, policy: () => defaultRatePolicy, members: () => [] })
    pipeline = buildPipeline({ limiter, ratePolicy: () => defaultRatePolicy, random: { next: () => 0.5 } })
    desk = createConsole({ pipeline, vault: { environment: (id) => world[id] ?? null, environments: () => [] } })
    arm()
    limiter.hold('prod', true)
    const waiting = sendByConsole(outbound)
    expect(limiter.waiting().total).toBe(1)
    guard.end('by-hand')
    arm()
    limiter.hold('prod', false)
    expect(await waiting).toMatchObject({ ok: false, error: { kind: 'GUARDED', need: 'fallen' } })
    expect(received).toEqual([])
    limiter.stop()
  })
})
