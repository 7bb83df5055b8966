import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGzip } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { limits } from '../../../shared/limits.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { RatePolicy } from '../../../shared/model/rate.ts'
import { fail, succeed } from '../../../shared/result.ts'
import { systemClock } from '../../adapters/system-clock.ts'
import { createUndiciHttp } from '../../adapters/undici-http.ts'
import { createProbe } from '../jasni/probe.ts'
import { forgetRegisteredSecrets } from '../log/redaction.ts'
import type { CallRecord, Log } from '../ports.ts'
import { createCallLimits } from '../ratelimit/fixtures/call-limits.ts'
import { Secret } from '../vault/secret.ts'
import type { ResolvedKey } from '../vault/vault.ts'
import { createKeyTraffic } from './key-traffic.ts'
import { type CallInput, createPipeline } from './pipeline.ts'

const key = 'jsk_live_SyntheticKeyForTests0001'
const otherKey = 'jsk_live_SyntheticKeyForTests0002'
const mebibyte = 1024 * 1024
const servers: Server[] = []
const http = createUndiciHttp()

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    }),
  )
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`
}

/** A server that gives one answer to everything and remembers what it was asked. */
async function answerWith(answer: (response: ServerResponse, request: IncomingMessage) => void) {
  const requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = []
  const baseUrl = await serve((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      requests.push({ method, url, headers, body: Buffer.concat(pieces).toString() })
      answer(response, request)
    })
  })
  return { baseUrl, requests }
}

const answerJson = (value: unknown, status = 200, headers: Record<string, string> = {}) =>
  answerWith((response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value))
  })

const answerText = (text: string | Buffer, status = 200) =>
  answerWith((response) => {
    response.writeHead(status).end(text)
  })

function buildEnvironment(baseUrl: string, changes: Partial<Environment> = {}): Environment {
  return {
    id: 'dev',
    kind: 'remote',
    name: 'Dev',
    mark: 'blue',
    baseUrl,
    plan: { kind: 'free', perMinute: 100 },
    rateGroup: null,
    protected: false,
    position: 1,
    activeKeyId: 'key-1',
    ...changes,
  }
}

interface Changes {
  readonly environment?: Partial<Environment>
  readonly key?: string
  readonly policy?: Partial<RatePolicy>
}

function build(baseUrl: string, changes: Changes = {}) {
  const environment = buildEnvironment(baseUrl, changes.environment)
  const resolved: ResolvedKey = { keyId: 'key-1', mask: 'jsk_live_…0001', secret: new Secret(changes.key ?? key) }
  const records: CallRecord[] = []
  const recordedIds: number[] = []
  const attempts: string[] = []
  const uses: string[] = []
  const logged: unknown[] = []
  const log: Log = {
    info: (...line) => void logged.push(line),
    warn: (...line) => void logged.push(line),
    error: (...line) => {
      logged.push(line)
      return 'reference'
    },
  }
  const deps = {
    http: {
      send(...request: Parameters<typeof http.send>) {
        attempts.push(request[0].method)
        return http.send(...request)
      },
    },
    clock: systemClock,
    log,
    userAgent: 'Jasni Vault/test',
    calls: {
      append(record: CallRecord) {
        records.push(record)
        const { origin: _origin, keyMask: _mask, requestBody: _request, responseBody: _response, ...rest } = record
        return { ...rest, id: records.length, attempts: record.attempts.length }
      },
    },
    // What is asked of one answer is asked of one attempt, unless a test is about several.
    ...createCallLimits(systemClock, { attemptsMax: 1, ...changes.policy }),
    onRecorded: ({ id }: { readonly id: number }) => void recordedIds.push(id),
  }
  const pipeline = createPipeline({
    ...deps,
    vault: {
      environment: (id) => (id === environment.id ? environment : null),
      resolveKey: async () => ({ ok: true, value: resolved }),
      noteUse: (keyId) => void uses.push(keyId),
    },
  })
  const probe = () => createProbe(deps)(environment, { id: 'key-1', mask: resolved.mask, secret: resolved.secret })
  return { pipeline, probe, records, recordedIds, attempts, uses, logged, environment, deps, resolved }
}

const input: CallInput = {
  environmentId: 'dev',
  operation: 'listEmails',
  effect: 'read',
  method: 'GET',
  path: '/emails',
  query: [],
  body: null,
  source: 'Inbox',
}

test('keys that are forgotten while an answer is on its way are redacted in it all the same', async () => {
  const odd = 'jsk_live_Odd(KeyForTests)0003'
  const { baseUrl } = await answerWith((response, request) => {
    forgetRegisteredSecrets()
    response.end(JSON.stringify({ success: true, echo: request.headers.authorization }))
  })
  const { pipeline, records } = build(baseUrl, { key: odd })
  expect((await pipeline.send(input)).ok).toBe(true)
  expect(JSON.stringify(records)).not.toContain('KeyForTests')
})

describe('the moment before a call leaves', () => {
  test('is told of before each attempt, and may stop it without a trace', async () => {
    const { baseUrl, requests } = await answerJson({ success: true })
    const { pipeline, records } = build(baseUrl)
    const seen: number[] = []
    const onWire = () => {
      seen.push(requests.length)
      return succeed(null)
    }
    expect((await pipeline.send({ ...input, onWire })).ok).toBe(true)
    expect(seen).toEqual([0])
    const error = { kind: 'STORAGE', fault: 'full' } as const
    expect(await pipeline.send({ ...input, onWire: () => fail(error) })).toEqual({ ok: false, error })
    expect({ requests: requests.length, records: records.length }).toEqual({ requests: 1, records: 1 })
  })
})

describe('an environment that changes while the keychain is asked', () => {
  /** A pipeline whose key is read only after `change` was applied to the environment, once. */
  function buildChanging(before: Environment, after: Environment | null, changes: Partial<CallInput> = {}) {
    const built = build(before.baseUrl)
    let now: Environment | null = before
    const pipeline = createPipeline({
      ...built.deps,
      vault: {
        environment: () => now,
        resolveKey: async () => {
          now = after
          return { ok: true, value: built.resolved }
        },
        noteUse: () => undefined,
      },
    })
    return { ...built, send: () => pipeline.send({ ...input, ...changes }) }
  }

  test('a new address: the call goes there, with the key that is in use there', async () => {
    const old = await answerJson({ success: true })
    const next = await answerJson({ success: true })
    const changing = buildChanging(buildEnvironment(old.baseUrl), buildEnvironment(next.baseUrl))
    expect((await changing.send()).ok).toBe(true)
    expect([old.requests.length, next.requests.length]).toEqual([0, 1])
    expect(changing.records.map(({ origin }) => origin)).toEqual([new URL(next.baseUrl).origin])
  })

  test('protected meanwhile: nothing but a read leaves', async () => {
    const { baseUrl, requests } = await answerJson({ success: true })
    const before = buildEnvironment(baseUrl)
    const changing = buildChanging(before, { ...before, protected: true }, { method: 'PATCH', effect: 'write' })
    expect(await changing.send()).toMatchObject({ ok: false, error: { kind: 'GUARDED', need: 'fallen' } })
    expect(requests).toEqual([])
  })

  test('removed meanwhile: nothing leaves', async () => {
    const { baseUrl, requests } = await answerJson({ success: true })
    const changing = buildChanging(buildEnvironment(baseUrl), null)
    expect(await changing.send()).toEqual({ ok: false, error: { kind: 'NOT_FOUND', what: 'environment' } })
    expect(requests).toEqual([])
  })
})

describe('a call that succeeds', () => {
  test('carries the key in one header, and path, query and body as given', async () => {
    const { baseUrl, requests } = await answerJson({ success: true, data: { a: 1 } })
    const { pipeline, recordedIds, attempts, uses } = build(baseUrl)
    const result = await pipeline.send({
      ...input,
      method: 'PATCH',
      effect: 'write',
      path: '/emails/7',
      query: [['account', 'a b+c@example.org']],
      body: { action: 'read' },
    })
    expect(result).toEqual({ ok: true, value: { callId: 1, status: 200, body: { success: true, data: { a: 1 } } } })
    expect(requests).toMatchObject([
      {
        method: 'PATCH',
        url: '/api/v1/emails/7?account=a%20b%2Bc%40example.org',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'user-agent': 'Jasni Vault/test',
        },
        body: '{"action":"read"}',
      },
    ])
    expect({ recordedIds, attempts, uses }).toEqual({ recordedIds: [1], attempts: ['PATCH'], uses: ['key-1'] })
  })

  test('is recorded with attempt, timings, headers and bodies, and without the key', async () => {
    const { baseUrl } = await answerWith((response, request) => {
      response.writeHead(200, { 'X-Echo': request.headers.authorization ?? '', 'Set-Cookie': 'session=1' })
      response.end(JSON.stringify({ success: true, echo: request.headers.authorization, other: otherKey }))
    })
    const { pipeline, records } = build(baseUrl)
    const result = await pipeline.send({ ...input, query: [['folder', 'INBOX']] })
    expect(JSON.stringify(result)).not.toContain('SyntheticKey')
    expect(JSON.stringify(records)).not.toContain('SyntheticKey')
    const [record] = records
    expect(record).toMatchObject({
      environmentId: 'dev',
      keyId: 'key-1',
      keyMask: 'jsk_live_…0001',
      origin: new URL(baseUrl).origin,
      operation: 'listEmails',
      method: 'GET',
      path: '/emails?folder=INBOX',
      status: 200,
      outcome: 'ok',
      waitedMs: 0,
      source: 'Inbox',
      requestBody: null,
    })
    expect(record?.attempts).toHaveLength(1)
    const [attempt] = record?.attempts ?? []
    expect(attempt?.timings.firstByteMs).toBeGreaterThanOrEqual(0)
    expect(attempt?.requestHeaders).toContainEqual(['authorization', '[redacted]'])
    expect(attempt?.responseHeaders).toContainEqual(['set-cookie', '[redacted]'])
    expect(attempt?.responseHeaders).toContainEqual(['x-echo', 'Bearer jsk_[redacted]'])
    expect(record?.responseBody?.text).toContain('"success":true')
  })

  test('never shows a key of unusual characters either', async () => {
    const unusual = 'jsk_live_a"b\\c<d>e,f;g{h}i[j]'
    const { baseUrl, requests } = await answerWith((response, request) => {
      response.end(JSON.stringify({ success: true, echo: request.headers.authorization }))
    })
    const { pipeline, records } = build(baseUrl, { key: unusual })
    const result = await pipeline.send(input)
    expect(requests[0]?.headers.authorization).toBe(`Bearer ${unusual}`)
    expect(result).toMatchObject({ ok: true, value: { body: { echo: 'Bearer [redacted]' } } })
    expect(JSON.stringify(records)).not.toContain('g{h}i[j]')
  })

  test('keeps at most the cap of a large body in the log, with its full size', async () => {
    const value = { success: true, text: 'é'.repeat(100_000) }
    const { baseUrl } = await answerJson(value)
    const { pipeline, records } = build(baseUrl)
    expect(await pipeline.send(input)).toMatchObject({ ok: true, value: { body: value } })
    const body = records[0]?.responseBody
    expect(body).toMatchObject({ bytes: Buffer.byteLength(JSON.stringify(value)), truncated: true })
    expect(Buffer.byteLength(body?.text ?? '')).toBeLessThanOrEqual(limits.loggedBodyBytesMax)
    expect(Buffer.byteLength(body?.text ?? '')).toBeGreaterThan(limits.loggedBodyBytesMax - 4)
  })

  test('tears no key in two at the cap of the log', async () => {
    for (let shift = 0; shift < key.length; shift += 5) {
      const head = 'x'.repeat(limits.loggedBodyBytesMax - 25 - shift)
      const { baseUrl } = await answerJson({ success: true, text: `${head}${key} ${'y'.repeat(9000)}` })
      const { pipeline, records } = build(baseUrl)
      await pipeline.send(input)
      expect(records[0]?.responseBody?.text).not.toContain('Synthetic')
    }
  })
})

describe('the guard', () => {
  test.each([
    ['write', 'PATCH'],
    ['outbound', 'POST'],
    ['destructive', 'DELETE'],
    ['read', 'POST'],
  ] as const)('a call of effect %s by %s does not leave for a protected environment', async (effect, method) => {
    const { baseUrl, requests } = await answerJson({ success: true })
    const { pipeline, records, attempts } = build(baseUrl, { environment: { protected: true, name: 'Prod' } })
    const result = await pipeline.send({ ...input, effect, method })
    expect(result).toMatchObject({ ok: false, error: { kind: 'GUARDED', environmentName: 'Prod', need: 'arm' } })
    expect({ requests, records, attempts }).toEqual({ requests: [], records: [], attempts: [] })
  })

  test('a read leaves for a protected environment', async () => {
    const { baseUrl } = await answerJson({ success: true })
    const { pipeline } = build(baseUrl, { environment: { protected: true } })
    expect((await pipeline.send(input)).ok).toBe(true)
  })

  test('an unknown environment is not found', async () => {
    const { pipeline } = build('https://api.jasni.ai/api/v1')
    const result = await pipeline.send({ ...input, environmentId: 'gone' })
    expect(result).toEqual({ ok: false, error: { kind: 'NOT_FOUND', what: 'environment' } })
  })
})

describe('the key', () => {
  test.each([301, 302, 303, 307, 308])('does not follow a redirect with %i to another origin', async (status) => {
    const elsewhere = await answerJson({ success: true })
    const { baseUrl } = await answerWith((response) => {
      response.writeHead(status, { Location: `${elsewhere.baseUrl}/emails?x=1` }).end()
    })
    const { pipeline, records } = build(baseUrl)
    const result = await pipeline.send(input)
    expect(result).toEqual({
      ok: false,
      error: { kind: 'REDIRECTED', toOrigin: new URL(elsewhere.baseUrl).origin, callId: 1 },
    })
    expect(elsewhere.requests).toEqual([])
    expect(records).toMatchObject([{ status, outcome: 'REDIRECTED' }])
  })

  test('does not follow a redirect within its origin, which is told apart by the origin that is named', async () => {
    const { baseUrl, requests } = await answerWith((response) => {
      response.writeHead(307, { Location: '/api/v2/emails' }).end()
    })
    const result = await build(baseUrl).pipeline.send(input)
    expect(result).toMatchObject({ error: { kind: 'REDIRECTED', toOrigin: new URL(baseUrl).origin } })
    expect(requests).toHaveLength(1)
  })

  test.each([
    ['http://api.jasni.ai/api/v1', { kind: 'BASE_URL', fault: 'plain-http' }],
    ['http://127.0.0.1.example.org/', { kind: 'BASE_URL', fault: 'plain-http' }],
    ['https://user:pass@api.jasni.ai/', { kind: 'BASE_URL', fault: 'credentials' }],
    ['https://api.jasni.ai/?a=b', { kind: 'BASE_URL', fault: 'query' }],
    ['ftp://api.jasni.ai/', { kind: 'BASE_URL', fault: 'scheme' }],
    ['api.jasni.ai', { kind: 'BASE_URL', fault: 'not-a-url' }],
  ])('is not sent to %s', async (baseUrl, error) => {
    const { pipeline, attempts } = build(baseUrl)
    expect(await pipeline.send(input)).toEqual({ ok: false, error })
    expect(attempts).toEqual([])
  })

  test.each([
    'emails',
    '@evil.example/',
    '//evil.example/x/../../..',
    '/../v2/x',
    '/%2e%2e/x',
    '/a?b',
    '/a#b',
    '/a\\b',
    '/ä',
    '/a\nb',
  ])('does not leave the base URL by the path %j', async (path) => {
    const { baseUrl, requests } = await answerJson({ success: true })
    const { pipeline } = build(baseUrl)
    expect(await pipeline.send({ ...input, path })).toEqual({
      ok: false,
      error: { kind: 'BAD_REQUEST', field: 'path' },
    })
    expect(requests).toEqual([])
  })

  test('is refused inside a URL', async () => {
    const { baseUrl, requests } = await answerJson({ success: true })
    const { pipeline, records } = build(baseUrl)
    const error = { kind: 'KEY_IN_TEXT', field: 'path' }
    expect(await pipeline.send({ ...input, path: `/emails/${key}` })).toEqual({ ok: false, error })
    expect(await pipeline.send({ ...input, query: [['account', key]] })).toEqual({ ok: false, error })
    expect({ requests, records }).toEqual({ requests: [], records: [] })
  })

  test('that the vault cannot give ends the call before it is sent', async () => {
    const { baseUrl, requests } = await answerJson({ success: true })
    const { environment } = build(baseUrl)
    const refusing = createPipeline({
      http,
      clock: systemClock,
      log: { info() {}, warn() {}, error: () => 'reference' },
      userAgent: 'test',
      calls: { append: () => expect.unreachable() },
      ...createCallLimits(systemClock),
      onRecorded: () => expect.unreachable(),
      vault: {
        environment: () => environment,
        resolveKey: async () => ({ ok: false, error: { kind: 'NO_KEY', environmentName: 'Dev' } }),
        noteUse: () => expect.unreachable(),
      },
    })
    expect(await refusing.send(input)).toEqual({ ok: false, error: { kind: 'NO_KEY', environmentName: 'Dev' } })
    expect(requests).toEqual([])
  })
})

describe('an answer that refuses', () => {
  const refuse = (error: string) => ({ success: false, error })

  test.each([
    [401, { kind: 'UNAUTHORIZED' }],
    [403, { kind: 'FORBIDDEN' }],
    [404, { kind: 'API_NOT_FOUND' }],
    [400, { kind: 'API_REFUSED', status: 400 }],
    [409, { kind: 'API_REFUSED', status: 409 }],
    [418, { kind: 'API_REFUSED', status: 418 }],
    [500, { kind: 'SERVER_ERROR', status: 500 }],
    [503, { kind: 'SERVER_ERROR', status: 503 }],
    [200, { kind: 'BAD_ANSWER', reason: 'success-false', status: 200 }],
  ])('with %i is %o', async (status, error) => {
    const { baseUrl } = await answerJson(refuse(`No.\n  ${otherKey}`), status)
    const { pipeline, records } = build(baseUrl)
    const expected = { ...error, apiMessage: 'No. jsk_[redacted]', callId: 1 }
    expect(await pipeline.send(input)).toEqual({ ok: false, error: expected })
    expect(records).toMatchObject([{ status, outcome: error.kind, attempts: [{ status, outcome: error.kind }] }])
  })

  test.each([401, 403, 404, 429, 400, 502])('with %i counts by its status when its body is a page', async (status) => {
    const { baseUrl } = await answerText('<html><h1>No</h1></html>', status)
    const { pipeline, records } = build(baseUrl)
    expect(await pipeline.send(input)).toMatchObject({ ok: false, error: { apiMessage: '' } })
    expect(records).toMatchObject([{ status }])
    expect(records[0]?.outcome).not.toBe('BAD_ANSWER')
  })

  test.each([
    [{}, null],
    [{ 'Retry-After': '7' }, 7000],
    [{ 'Retry-After': ' 0 ' }, 0],
    [{ 'Retry-After': '-1' }, null],
    [{ 'Retry-After': 'soon' }, null],
    [{ 'Retry-After': 'Sun, 06 Nov 1994 08:49:37 GMT', Date: 'Sun, 06 Nov 1994 08:49:00 GMT' }, 37_000],
    [{ 'Retry-After': 'Sun, 06 Nov 1994 08:49:37 GMT', Date: 'Sun, 06 Nov 1994 08:50:00 GMT' }, 0],
  ])('with 429 and %o asks to wait %s ms', async (headers: Record<string, string>, retryAfterMs) => {
    const { baseUrl } = await answerJson(refuse('Rate limit exceeded. Please try again later.'), 429, headers)
    expect(await build(baseUrl).pipeline.send(input)).toEqual({
      ok: false,
      error: {
        kind: 'RATE_LIMITED',
        apiMessage: 'Rate limit exceeded. Please try again later.',
        retryAfterMs,
        callId: 1,
      },
    })
  })
})

describe('an answer that is none', () => {
  const bad = (reason: string, status = 200) => ({ kind: 'BAD_ANSWER', reason, status, apiMessage: '', callId: 1 })

  test.each([
    ['nothing', '', bad('empty')],
    ['blanks', ' \r\n', bad('empty')],
    ['a page', '<!doctype html><title>Sign in</title>', bad('not-json')],
    ['half of JSON', '{"success":tr', bad('not-json')],
    ['JSON in another encoding', Buffer.from('{"a":"\xe4"}', 'latin1'), bad('not-json')],
    ['a list', '[]', bad('unexpected')],
    ['a text', '"ok"', bad('unexpected')],
    ['null', 'null', bad('unexpected')],
  ])('%s', async (_, text, error) => {
    const { baseUrl } = await answerText(text)
    const { pipeline, records } = build(baseUrl)
    expect(await pipeline.send(input)).toEqual({ ok: false, error })
    expect(records).toMatchObject([{ status: 200, outcome: 'BAD_ANSWER' }])
  })

  test('204', async () => {
    const { baseUrl } = await answerText('', 204)
    expect(await build(baseUrl).pipeline.send(input)).toEqual({ ok: false, error: bad('empty', 204) })
  })

  test('a redirect to nowhere', async () => {
    const { baseUrl } = await answerText('', 304)
    expect(await build(baseUrl).pipeline.send(input)).toEqual({ ok: false, error: bad('unexpected', 304) })
  })

  test('a body cut off', async () => {
    const { baseUrl } = await answerWith((response) => {
      response.writeHead(200, { 'Content-Length': '100' })
      response.write('{"success":true', () => response.destroy())
    })
    const { pipeline, records } = build(baseUrl)
    expect(await pipeline.send(input)).toEqual({ ok: false, error: bad('cut-off') })
    expect(records[0]?.responseBody).toEqual({ text: '', bytes: 15, truncated: true })
  })

  test('50 MB on one line', async () => {
    const { baseUrl } = await answerWith((response) => {
      response.writeHead(200)
      const piece = Buffer.alloc(mebibyte, 'x')
      let left = 50
      const write = () => {
        while (left > 0 && !response.destroyed) {
          left -= 1
          if (!response.write(piece)) return response.once('drain', write)
        }
        return response.end()
      }
      write()
    })
    const { pipeline, records } = build(baseUrl)
    expect(await pipeline.send(input)).toEqual({
      ok: false,
      error: { kind: 'ANSWER_TOO_LARGE', bytesMax: limits.responseBytesMax, callId: 1 },
    })
    expect(records).toMatchObject([{ status: 200, outcome: 'ANSWER_TOO_LARGE' }])
    expect(JSON.stringify(records).length).toBeLessThan(10_000)
  })

  test('a gzip bomb', async () => {
    const { baseUrl } = await answerWith((response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' })
      const bomb = createGzip()
      bomb.pipe(response)
      bomb.end(Buffer.alloc(100 * mebibyte))
    })
    expect(await build(baseUrl).pipeline.send(input)).toMatchObject({ error: { kind: 'ANSWER_TOO_LARGE' } })
  })

  test('a million nested lists', async () => {
    const { baseUrl } = await answerText(`{"jsk_":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`)
    expect((await build(baseUrl).pipeline.send(input)).ok).toBe(true)
  })

  test('a flood of headers', async () => {
    const { baseUrl } = await answerWith((response) => {
      const names = Array.from({ length: 2000 }, (_, index) => [`x-${index}`, 'y'.repeat(100)] as const)
      response.writeHead(200, Object.fromEntries(names)).end('{}')
    })
    expect(await build(baseUrl).pipeline.send(input)).toMatchObject({ error: { kind: 'ANSWER_TOO_LARGE' } })
  })

  test('a closed port', async () => {
    const { pipeline, records } = build('http://127.0.0.1:1/api/v1')
    expect(await pipeline.send(input)).toEqual({ ok: false, error: { kind: 'NETWORK', reason: 'refused', callId: 1 } })
    expect(records).toMatchObject([
      { status: null, outcome: 'NETWORK', attempts: [{ networkFault: 'refused' }], responseBody: null },
    ])
  })

  test('a closed port of the local server, which says so', async () => {
    const { pipeline, records } = build('http://127.0.0.1:1/api/v1', { environment: { kind: 'sandbox' } })
    expect(await pipeline.send(input)).toEqual({ ok: false, error: { kind: 'SANDBOX_DOWN' } })
    expect(records).toMatchObject([{ outcome: 'NETWORK' }])
    const without = build('', { environment: { kind: 'sandbox' } })
    expect(await without.pipeline.send(input)).toEqual({ ok: false, error: { kind: 'SANDBOX_DOWN' } })
  })
})

describe('a call that is cancelled', () => {
  test('while it waits for the answer ends at once and is recorded', async () => {
    const cancel = new AbortController()
    const { baseUrl } = await answerWith(() => cancel.abort())
    const { pipeline, records } = build(baseUrl)
    expect(await pipeline.send(input, cancel.signal)).toEqual({ ok: false, error: { kind: 'CANCELLED', callId: 1 } })
    expect(records).toMatchObject([{ outcome: 'CANCELLED', status: null }])
  })

  test.each(['POST', 'PATCH'] as const)(
    'rule 6: a %s that was on the wire may have been carried out: it is shown so',
    async (method) => {
      const cancel = new AbortController()
      const { baseUrl } = await answerWith(() => cancel.abort())
      const { pipeline, records } = build(baseUrl)
      const result = await pipeline.send({ ...input, method, effect: 'outbound', body: {} }, cancel.signal)
      expect(result).toEqual({ ok: false, error: { kind: 'UNKNOWN_OUTCOME', status: null, callId: 1 } })
      expect(records).toMatchObject([{ outcome: 'CANCELLED', stop: 'unknown-outcome', status: null }])
    },
  )

  test('rule 6: a POST that is on the wire when all calls are stopped is recorded as unknown', async () => {
    let stop = (): void => undefined
    const { baseUrl } = await answerWith(() => stop())
    const { pipeline, records, deps } = build(baseUrl)
    stop = () => deps.limiter.stop()
    await pipeline.send({ ...input, method: 'POST', effect: 'outbound', body: {} })
    expect(records).toMatchObject([{ stop: 'unknown-outcome', attempts: [{ outcome: 'CANCELLED' }] }])
  })

  test('rule 7: while its key is fetched ends at once, and a key that comes later is given back', async () => {
    const { baseUrl, requests } = await answerJson({ success: true })
    const { deps, environment, resolved, records } = build(baseUrl)
    const traffic = createKeyTraffic(() => 0)
    let asked = (): void => undefined
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve
    })
    let unlock = (): void => undefined
    const locked = new Promise<void>((resolve) => {
      unlock = resolve
    })
    const pipeline = createPipeline({
      ...deps,
      traffic,
      vault: {
        environment: () => environment,
        resolveKey: async () => {
          asked()
          await locked
          return { ok: true, value: resolved }
        },
        noteUse: () => undefined,
      },
    })
    const cancel = new AbortController()
    const call = pipeline.send(input, cancel.signal)
    await isAsked
    cancel.abort()
    expect(await call).toEqual({ ok: false, error: { kind: 'CANCELLED', callId: 1 } })
    expect(records).toMatchObject([{ stop: 'cancelled', attempts: [] }])
    const isEnded = new Promise<void>((resolve) => {
      traffic.watch(() => resolve())
    })
    unlock()
    await isEnded
    expect(traffic.inFlight('key-1')).toBe(0)
    expect(requests).toEqual([])
  })

  test('before it is sent, is not sent, and is recorded without an attempt', async () => {
    const { baseUrl, requests } = await answerJson({ success: true })
    const { pipeline, records } = build(baseUrl)
    const result = await pipeline.send(input, AbortSignal.abort())
    expect(result).toEqual({ ok: false, error: { kind: 'CANCELLED', callId: 1 } })
    expect(requests).toEqual([])
    expect(records).toMatchObject([
      { outcome: 'CANCELLED', stop: 'cancelled', status: null, keyId: null, attempts: [], waits: [] },
    ])
  })
})

describe('attempts', () => {
  const thrice = { policy: { attemptsMax: 3 } }

  test.each([408, 429, 500, 502, 503, 504])('rule 6: %i is repeated, and each wait is recorded', async (status) => {
    let left = 2
    const { baseUrl } = await answerWith((response) => {
      left -= 1
      response.writeHead(left >= 0 ? status : 200).end('{"success":true}')
    })
    const { pipeline, records, attempts } = build(baseUrl, thrice)
    expect((await pipeline.send(input)).ok).toBe(true)
    expect(attempts).toHaveLength(3)
    const [record] = records
    expect(record?.attempts.map((attempt) => attempt.status)).toEqual([status, status, 200])
    expect(record).toMatchObject({ outcome: 'ok', stop: null })
    const backoffs = (record?.waits ?? []).filter(({ cause }) => cause === 'full-jitter')
    const baseMs = status === 429 ? 4 : 2
    expect(backoffs).toMatchObject([
      { beforeAttempt: 1, baseMs, capMs: 20_000, exponent: 0, draw: 0.5, plannedMs: baseMs / 2 },
      { beforeAttempt: 2, baseMs, capMs: 20_000, exponent: 1, draw: 0.5, plannedMs: baseMs },
    ])
    for (const { tookMs, plannedMs } of backoffs) expect(tookMs).toBeGreaterThanOrEqual(plannedMs ?? Number.NaN)
    const sum = (record?.waits ?? []).reduce((total, { tookMs }) => total + tookMs, 0)
    expect(record?.waitedMs).toBeCloseTo(sum, 1)
  })

  test.each([400, 401, 403, 404, 409, 422])('rule 6: %i is never repeated', async (status) => {
    const { baseUrl, requests } = await answerJson({ success: false }, status, { 'x-should-retry': 'true' })
    const { pipeline, records } = build(baseUrl, thrice)
    expect((await pipeline.send(input)).ok).toBe(false)
    expect(requests).toHaveLength(1)
    expect(records).toMatchObject([{ stop: 'final', waits: [] }])
  })

  test('rule 6: a lost connection is repeated for a read', async () => {
    const { baseUrl, requests } = await answerWith((response) => response.destroy())
    const { pipeline, records } = build(baseUrl, thrice)
    expect(await pipeline.send(input)).toMatchObject({ error: { kind: 'NETWORK' } })
    expect(requests).toHaveLength(3)
    expect(records).toMatchObject([{ stop: 'attempts-used' }])
  })

  test.each(['POST', 'PATCH'] as const)(
    'rule 6: a %s that was refused before it was sent is repeated',
    async (method) => {
      const { pipeline, records } = build('http://127.0.0.1:1/api/v1', thrice)
      await pipeline.send({ ...input, method, effect: 'outbound', body: {} })
      expect(records).toMatchObject([{ stop: 'attempts-used', attempts: [{}, {}, {}] }])
    },
  )

  test('rule 6: a POST that met 429 was certainly not processed, and is repeated', async () => {
    let left = 1
    const { baseUrl, requests } = await answerWith((response) => {
      left -= 1
      response.writeHead(left >= 0 ? 429 : 200).end('{"success":true}')
    })
    const { pipeline } = build(baseUrl, thrice)
    expect((await pipeline.send({ ...input, method: 'POST', effect: 'outbound', body: {} })).ok).toBe(true)
    expect(requests).toHaveLength(2)
  })

  test.each([
    ['POST', 500],
    ['POST', 408],
    ['PATCH', 503],
  ] as const)(
    'rule 6: a %s that met %i may have been carried out: it is shown so and not repeated',
    async (method, status) => {
      const { baseUrl, requests } = await answerJson({ success: false }, status)
      const { pipeline, records } = build(baseUrl, thrice)
      const result = await pipeline.send({ ...input, method, effect: 'outbound', body: {} })
      expect(result).toEqual({ ok: false, error: { kind: 'UNKNOWN_OUTCOME', status, callId: 1 } })
      expect(requests).toHaveLength(1)
      expect(records).toMatchObject([{ stop: 'unknown-outcome', waits: [] }])
    },
  )

  test('rule 6: a POST whose connection was lost is not repeated', async () => {
    const { baseUrl, requests } = await answerWith((response) => response.destroy())
    const { pipeline } = build(baseUrl, thrice)
    const result = await pipeline.send({ ...input, method: 'POST', effect: 'outbound', body: {} })
    expect(result).toEqual({ ok: false, error: { kind: 'UNKNOWN_OUTCOME', status: null, callId: 1 } })
    expect(requests).toHaveLength(1)
  })

  test('an x-should-retry of false is obeyed', async () => {
    const { baseUrl, requests } = await answerJson({}, 503, { 'x-should-retry': 'false' })
    const { pipeline, records } = build(baseUrl, thrice)
    await pipeline.send(input)
    expect(requests).toHaveLength(1)
    expect(records).toMatchObject([{ stop: 'final' }])
  })

  test('rule 5: end with an empty retry budget, which is named', async () => {
    const { baseUrl, requests } = await answerJson({}, 503)
    const { pipeline, records } = build(baseUrl, { policy: { attemptsMax: 3, budgetFloor: 1 } })
    await pipeline.send(input)
    expect(requests).toHaveLength(2)
    expect(records).toMatchObject([{ stop: 'budget', attempts: [{}, {}] }])
  })

  test('of a server that always answers 429 are bounded', async () => {
    const { baseUrl, requests } = await answerJson({}, 429)
    const { pipeline, records } = build(baseUrl, { policy: { attemptsMax: 3, budgetFloor: 3 } })
    await Promise.all(Array.from({ length: 10 }, () => pipeline.send(input)))
    expect(requests).toHaveLength(13)
    expect(records).toHaveLength(10)
    expect(records.every(({ stop }) => stop === 'budget' || stop === 'attempts-used')).toBe(true)
  })

  test('end when the call is cancelled in a wait', async () => {
    const cancel = new AbortController()
    const { baseUrl, requests } = await answerWith((response) => {
      response.writeHead(503, { 'Retry-After': '60' }).end('{}')
    })
    const { pipeline, records, deps } = build(baseUrl, thrice)
    const call = pipeline.send(input, cancel.signal)
    while (deps.limiter.waiting().calls[0]?.cause !== 'retry-after') await new Promise(setImmediate)
    cancel.abort()
    expect(await call).toMatchObject({ error: { kind: 'CANCELLED' } })
    expect(requests).toHaveLength(1)
    expect(records).toMatchObject([
      { stop: 'cancelled', status: 503, waits: [{ cause: 'retry-after', toldMs: 60_000, beforeAttempt: 1 }] },
    ])
  })

  test('rule 1: a wait above the interactive cap parks the call, and the person may give up', async () => {
    const { baseUrl } = await answerJson({}, 429, { 'Retry-After': '3600' })
    const { pipeline, records, deps } = build(baseUrl, thrice)
    const call = pipeline.send(input)
    const other = (async () => {
      while (deps.limiter.waiting().calls[0]?.cause !== 'parked') await new Promise(setImmediate)
      return deps.limiter.waiting()
    })()
    const [waiting] = (await other).calls
    expect(waiting).toMatchObject({ cause: 'parked', environmentId: 'dev', priority: 'person' })
    expect((waiting?.untilMs ?? 0) - (waiting?.sinceMs ?? 0)).toBeGreaterThanOrEqual(3_600_000 - 1)
    expect(deps.limiter.cancel(waiting?.ticket ?? '')).toBe(true)
    expect(await call).toMatchObject({ error: { kind: 'RATE_LIMITED', retryAfterMs: 3_600_000 } })
    expect(records).toMatchObject([{ stop: 'gave-up', waits: [{ cause: 'parked', toldMs: 3_600_000 }] }])
  })
})

describe('a bug', () => {
  test('becomes INTERNAL with the reference of the log', async () => {
    const { baseUrl } = await answerJson({ success: true })
    const circular: Record<string, unknown> = {}
    circular.self = circular
    const { pipeline, logged } = build(baseUrl)
    const result = await pipeline.send({ ...input, method: 'POST', effect: 'write', body: circular })
    expect(result).toEqual({ ok: false, error: { kind: 'INTERNAL', reference: 'reference' } })
    expect(logged).toHaveLength(1)
  })
})

describe('the probe', () => {
  const refusal = { success: false, error: 'Unauthorized. Please provide a valid API key.' }

  test('asks for the labels with the key, and is recorded', async () => {
    const { baseUrl, requests } = await answerJson({ success: true, data: { labels: [] } })
    const { probe, records } = build(baseUrl)
    expect(await probe()).toEqual({ kind: 'alive', narrow: false })
    expect(requests).toMatchObject([{ url: '/api/v1/labels', headers: { authorization: `Bearer ${key}` } }])
    expect(records).toMatchObject([{ source: 'Probe', operation: 'listLabels' }])
  })

  test.each([
    ['200', () => answerJson({ success: true }), { kind: 'alive', narrow: false }],
    ['403', () => answerJson({ success: false, error: 'Forbidden.' }, 403), { kind: 'alive', narrow: true }],
    ['401', () => answerJson(refusal, 401), { kind: 'refused', signature: `401 ${refusal.error}` }],
    ['429', () => answerJson(refusal, 429), { kind: 'unknown', reason: 'RATE_LIMITED' }],
    ['500', () => answerJson(refusal, 500), { kind: 'unknown', reason: 'SERVER_ERROR' }],
    ['404', () => answerJson(refusal, 404), { kind: 'unknown', reason: 'API_NOT_FOUND' }],
    ['200 with a page', () => answerText('<html>'), { kind: 'unknown', reason: 'BAD_ANSWER' }],
    ['401 of a proxy', () => answerText('<html>', 401), { kind: 'unknown', reason: 'UNAUTHORIZED' }],
    ['403 of a proxy', () => answerText('<html>', 403), { kind: 'unknown', reason: 'FORBIDDEN' }],
  ])('answered with %s', async (_, start, outcome) => {
    expect(await build((await start()).baseUrl).probe()).toEqual(outcome)
  })

  test('without an answer learns nothing', async () => {
    expect(await build('http://127.0.0.1:1').probe()).toEqual({ kind: 'unknown', reason: 'NETWORK' })
    expect(await build('http://example.org').probe()).toEqual({ kind: 'unknown', reason: 'BASE_URL' })
  })
})
