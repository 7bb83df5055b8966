import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CallSummary } from '../../shared/model/call.ts'
import type { Environment } from '../../shared/model/environment.ts'
import { buildCallRecord } from '../adapters/fixtures/call-record.ts'
import { openCallStore } from '../adapters/sqlite-call-store.ts'
import { systemClock } from '../adapters/system-clock.ts'
import { createUndiciHttp } from '../adapters/undici-http.ts'
import { createPipeline } from '../core/pipeline/pipeline.ts'
import type { CallStore } from '../core/ports.ts'
import { createCallLimits } from '../core/ratelimit/fixtures/call-limits.ts'
import { Secret } from '../core/vault/secret.ts'
import { createExportHandlers, type ExportHandlers } from './exports.ts'

const http = createUndiciHttp()
const received: { readonly method: string; readonly url: string; readonly body: string }[] = []
let status = 200
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (piece: Buffer) => {
    body += piece.toString()
  })
  request.on('end', () => {
    received.push({ method: request.method ?? '', url: request.url ?? '', body })
    response.writeHead(status).end('{"success":true,"data":{}}')
  })
})
let folder: string
let calls: CallStore
let environment: Environment
let handlers: ExportHandlers
let copied: string[]

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(async () => {
  await http.close()
  await new Promise((resolve) => server.close(resolve))
})
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-replay-'))
  received.length = 0
  copied = []
  status = 200
  environment = {
    id: 'dev',
    kind: 'remote',
    name: 'Dev',
    mark: 'blue',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`,
    plan: { kind: 'free', perMinute: 100 },
    rateGroup: null,
    protected: false,
    position: 0,
    activeKeyId: 'key-1',
  }
  calls = await openCallStore({
    file: join(folder, 'requests.db'),
    clock: systemClock,
    onNotice: () => {},
    policy: { daysMax: 3650 },
  })
  const vault = {
    environment: (id: string) => (id === environment.id ? environment : null),
    environments: () => [environment],
    keys: () => [],
    resolveKey: async () => ({
      ok: true as const,
      value: { keyId: 'key-1', mask: 'jsk_test_…', secret: new Secret('jsk_test_0123456789abcdef') },
    }),
    noteUse() {},
  }
  handlers = createExportHandlers({
    calls,
    vault,
    clock: systemClock,
    clipboard: { readText: async () => '', writeText: async (text) => void copied.push(text), clear: () => undefined },
    pipeline: createPipeline({
      http,
      calls,
      clock: systemClock,
      log: { info() {}, warn() {}, error: () => 'reference' },
      userAgent: 'test',
      ...createCallLimits(systemClock),
      onRecorded() {},
      vault,
    }),
    exports: {
      start: async () => ({ ok: true, value: null }),
      cancel: () => ({ ok: true, value: null }),
      reveal: () => ({ ok: true, value: null }),
      close: async () => undefined,
    },
  })
})
afterEach(() => {
  calls.close()
  rmSync(folder, { recursive: true, force: true })
})

const send = { operation: 'sendEmail', method: 'POST', path: '/emails/send' } as const
const body = (text: string, truncated = false) => ({ text, bytes: text.length, truncated })
const replay = (call: CallSummary, confirmed = false) => handlers['requests.replay']({ id: call.id, confirmed })

describe('a replay', () => {
  test('of a read is a call of its own, with the same address, and the log tells them apart', async () => {
    const call = calls.append(buildCallRecord({ path: '/emails?account=agent%40example.org&q=a%26b%3Dc' }))
    const made = await replay(call)
    expect(made).toMatchObject({ ok: true, value: { source: 'Replay', status: 200, path: call.path } })
    expect(made.ok && made.value.id).toBeGreaterThan(call.id)
    expect(received).toEqual([{ method: 'GET', url: `/api/v1${call.path}`, body: '' }])
  })

  test('of a call that sends mail waits until it is confirmed, and then sends the same body', async () => {
    const call = calls.append(buildCallRecord({ ...send, requestBody: body('{"to":["a@example.org"],"subject":"é"}') }))
    expect(await replay(call)).toEqual({ ok: false, error: { kind: 'REPLAY', fault: 'sends-again' } })
    expect(received).toEqual([])
    expect((await replay(call, true)).ok).toBe(true)
    expect(received.map(({ body }) => body)).toEqual(['{"to":["a@example.org"],"subject":"é"}'])
  })

  test.each(['updateEmail', 'deleteEmail'])('of %s waits as well', async (operation) => {
    const call = calls.append(buildCallRecord({ operation, method: 'DELETE', path: '/emails/1' }))
    expect(await replay(call)).toEqual({ ok: false, error: { kind: 'REPLAY', fault: 'changes-again' } })
  })

  test('of an operation that nobody knows is taken for a send', async () => {
    const call = calls.append(buildCallRecord({ operation: 'somethingNew', method: 'POST', path: '/new' }))
    expect(await replay(call)).toEqual({ ok: false, error: { kind: 'REPLAY', fault: 'sends-again' } })
  })

  test.each([
    ['a cut body', { requestBody: body('{"to":["a@exa', true) }, 'cut'],
    ['a body that lost a key', { requestBody: body('{"text":"jsk_[redacted]"}') }, 'redacted'],
    ['an address that lost a key', { path: '/emails/jsk_[redacted]' }, 'redacted'],
    ['a body that is no JSON', { requestBody: body('to=a') }, 'redacted'],
  ])('of %s is refused, even when it is confirmed', async (_, changes, fault) => {
    const call = calls.append(buildCallRecord({ ...send, ...changes }))
    expect(await replay(call, true)).toEqual({ ok: false, error: { kind: 'REPLAY', fault } })
    expect(received).toEqual([])
  })

  test('in a protected environment meets the guard, unless it is a read', async () => {
    environment = { ...environment, protected: true }
    const sent = calls.append(buildCallRecord({ ...send, requestBody: body('{}') }))
    expect(await replay(sent, true)).toMatchObject({ ok: false, error: { kind: 'GUARDED', need: 'arm' } })
    expect((await replay(calls.append(buildCallRecord()))).ok).toBe(true)
    expect(received.map(({ method }) => method)).toEqual(['GET'])
  })

  test('that the server refuses is a call all the same', async () => {
    status = 404
    expect(await replay(calls.append(buildCallRecord()))).toMatchObject({
      ok: true,
      value: { source: 'Replay', status: 404, outcome: 'API_NOT_FOUND' },
    })
  })

  test('of a call or in an environment that is gone is not found', async () => {
    const call = calls.append(buildCallRecord({ environmentId: 'gone' }))
    expect(await replay(call)).toEqual({ ok: false, error: { kind: 'NOT_FOUND', what: 'environment' } })
    expect(await handlers['requests.replay']({ id: 99, confirmed: true })).toEqual({
      ok: false,
      error: { kind: 'NOT_FOUND', what: 'call' },
    })
  })
})

describe('a command line', () => {
  test('is copied with the address of the environment, and says what is missing', async () => {
    const origin = new URL(environment.baseUrl).origin
    const call = calls.append(buildCallRecord({ ...send, origin, requestBody: body('{"a":', true) }))
    expect(await handlers['requests.copyCurl']({ id: call.id })).toEqual({
      ok: true,
      value: { bodyCut: true, redacted: false, urlGuessed: false },
    })
    expect(copied[0]).toContain(`--url '${environment.baseUrl}/emails/send'`)
    expect(copied[0]).toContain('$JASNI_API_KEY')
  })

  test('of an unknown call copies nothing', async () => {
    expect(await handlers['requests.copyCurl']({ id: 99 })).toMatchObject({ ok: false })
    expect(copied).toEqual([])
  })
})
