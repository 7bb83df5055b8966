import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { openApiDocument } from './api-document.ts'
import { isLoopbackAddress, postToLoopback } from './loopback-post.ts'
import { type SandboxOptions, type SandboxServer, startSandbox } from './server.ts'
import type { DeliveryAttempt } from './webhook-delivery.ts'

const support = 'support-agent@sandbox.test'
const billing = 'billing-agent@sandbox.test'
const document = openApiDocument()

interface Delivery {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Receiver {
  readonly url: string
  readonly deliveries: Delivery[]
  /** Status of each next answer; 200 once it is used up. `null` never answers. */
  readonly answers: (number | null)[]
  /** Resolves once there are so many deliveries. */
  received(count: number): Promise<readonly Delivery[]>
}

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((done) => server.close(() => done()))
}

async function openReceiver(): Promise<Receiver> {
  const deliveries: Delivery[] = []
  const answers: (number | null)[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      deliveries.push({ headers: incoming.headers, body: Buffer.concat(chunks).toString() })
      const status = answers.shift()
      if (status !== null) outgoing.writeHead(status ?? 200).end('ok')
      for (const each of waiting) if (deliveries.length >= each.count) each.resolve()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  endings.push(() => closeServer(server))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    deliveries,
    answers,
    async received(count) {
      if (deliveries.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }))
      return deliveries
    },
  }
}

/** A server whose pauses end when the test says so, and which tells of its attempts. */
async function openSandbox(options: Partial<SandboxOptions> = {}) {
  const pauses: { readonly ms: number; readonly end: () => void }[] = []
  const attempts: DeliveryAttempt[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  let nowMs = Date.parse('2026-01-15T10:30:00Z')
  const server: SandboxServer = await startSandbox({
    port: 0,
    plan: 100_000,
    windowMs: 60_000,
    limitBy: 'key',
    headers: 'none',
    statePath: null,
    issuerToken: 'issuer-token-of-this-test',
    seed: 'jasni',
    nowMs: () => nowMs,
    ...options,
    webhooks: {
      sleep: (ms, signal) =>
        new Promise((end) => {
          const finish = (): void => {
            nowMs += ms
            end()
          }
          if (ms === 0 || signal.aborted) return end()
          signal.addEventListener('abort', () => end(), { once: true })
          pauses.push({ ms, end: finish })
        }),
      ...options.webhooks,
    },
    onDelivery(attempt) {
      attempts.push(attempt)
      for (const each of waiting) if (attempts.length >= each.count) each.resolve()
    },
  })
  endings.push(() => server.close())
  const { key } = server.issueKey('webhooks')
  async function call(method: string, path: string, body: object | null = null): Promise<Record<string, unknown>> {
    const answer = await fetch(`${server.baseUrl}${path}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    })
    expect(answer.ok, `${method} ${path}`).toBe(true)
    const json = (await answer.json()) as { data: Record<string, unknown> }
    return json.data
  }
  return {
    server,
    attempts,
    pauses,
    call,
    nowMs: () => nowMs,
    async subscribe(url: string, events: readonly string[]) {
      const { webhook } = await call('POST', '/webhooks', { url, events })
      return webhook as { id: string; secret: string }
    },
    sendMail: () => call('POST', '/emails/send', { from: support, to: billing, subject: 'Grüße', text: 'Hi – 🙂' }),
    async attempted(count: number) {
      if (attempts.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }))
    },
  }
}

function expectSigned({ headers, body }: Delivery, secret: string): void {
  const expected = createHmac('sha256', secret).update(Buffer.from(body)).digest('hex')
  expect(headers['x-webhook-signature']).toBe(expected)
}

describe('deliveries', () => {
  test('carry the documented payload, headers and signature for each event', async () => {
    const receiver = await openReceiver()
    const sandbox = await openSandbox()
    const all = ['email.received', 'email.sent', 'email.deleted']
    const { secret } = await sandbox.subscribe(receiver.url, all)
    await sandbox.sendMail()
    const [first, second] = await receiver.received(2)
    const received = JSON.parse(first?.body ?? '').event === 'email.received' ? first : second
    const { data } = JSON.parse(received?.body ?? '')
    await sandbox.call('DELETE', `/emails/${data.id}?account=${billing}`)
    const deliveries = await receiver.received(3)
    expect(deliveries.map(({ body }) => JSON.parse(body).event).sort()).toEqual([...all].sort())
    for (const delivery of deliveries) {
      const payload = JSON.parse(delivery.body)
      expect(document.checkEvent(payload.event, payload)).toEqual([])
      expect(delivery.headers).toMatchObject({
        'content-type': 'application/json',
        'user-agent': 'JasniAI-Webhooks/1.0',
        'x-webhook-event': payload.event,
        'x-webhook-timestamp': String(sandbox.nowMs() / 1000),
      })
      expect(delivery.headers['x-jasni-signature']).toBeUndefined()
      expectSigned(delivery, secret)
    }
    expect(data).toMatchObject({ account: billing, folder: 'INBOX', subject: 'Grüße', from: support })
  })

  test('carry the signature of the SDK when the server is told so', async () => {
    const receiver = await openReceiver()
    const sandbox = await openSandbox({ webhooks: { signatures: 'sdk' } })
    const { secret } = await sandbox.subscribe(receiver.url, ['email.sent'])
    await sandbox.sendMail()
    const [delivery] = await receiver.received(1)
    const seconds = sandbox.nowMs() / 1000
    const expected = createHmac('sha256', secret).update(`${seconds}.${delivery?.body}`).digest('hex')
    expect(delivery?.headers['x-jasni-signature']).toBe(`t=${seconds},v1=${expected}`)
    expect(delivery?.headers['x-webhook-signature']).toBeUndefined()
  })

  test('are tried four times, after 0 s, 10 s, 60 s and 5 min, then dropped, and the webhook stays', async () => {
    const receiver = await openReceiver()
    receiver.answers.push(500, 302, 404, 503)
    const sandbox = await openSandbox()
    const { id, secret } = await sandbox.subscribe(receiver.url, ['email.sent'])
    await sandbox.sendMail()
    for (let count = 1; count <= 4; count += 1) {
      await sandbox.attempted(count)
      await expect.poll(() => sandbox.pauses.length).toBe(Math.min(count, 3))
      sandbox.pauses[count - 1]?.end()
    }
    expect(sandbox.pauses.map(({ ms }) => ms)).toEqual([10_000, 60_000, 300_000])
    expect(sandbox.attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, { kind: 'answered', status: 500 }],
      [2, { kind: 'answered', status: 302 }],
      [3, { kind: 'answered', status: 404 }],
      [4, { kind: 'answered', status: 503 }],
    ])
    expect(sandbox.attempts.map(({ nextAtMs, atMs }) => (nextAtMs ?? atMs) - atMs)).toEqual([
      10_000, 60_000, 300_000, 0,
    ])
    const [first] = receiver.deliveries
    for (const delivery of receiver.deliveries) {
      expect(delivery.body).toBe(first?.body)
      expectSigned(delivery, secret)
    }
    const times = receiver.deliveries.map(({ headers }) => Number(headers['x-webhook-timestamp']))
    expect(
      times.map((time) => time - (times[0] ?? 0)),
      'each attempt has its own time',
    ).toEqual([0, 10, 70, 370])
    expect(await sandbox.call('GET', `/webhooks/${id}`)).toMatchObject({ webhook: { active: true } })
  })

  test('end with the first 2xx', async () => {
    const receiver = await openReceiver()
    receiver.answers.push(500, 204)
    const sandbox = await openSandbox()
    await sandbox.subscribe(receiver.url, ['email.sent'])
    await sandbox.sendMail()
    await expect.poll(() => sandbox.pauses.length).toBe(1)
    sandbox.pauses[0]?.end()
    await sandbox.attempted(2)
    expect(sandbox.attempts.map(({ nextAtMs }) => nextAtMs === null)).toEqual([false, true])
    expect(sandbox.server.deliveries()).toEqual(sandbox.attempts)
  })

  test('an endpoint that does not answer in time counts as failed', async () => {
    const receiver = await openReceiver()
    receiver.answers.push(null)
    const sandbox = await openSandbox({ webhooks: { timeoutMs: 20 } })
    await sandbox.subscribe(receiver.url, ['email.sent'])
    await sandbox.sendMail()
    await sandbox.attempted(1)
    expect(sandbox.attempts[0]?.outcome).toEqual({ kind: 'timeout' })
  })

  test.each([
    ['deleted', 'DELETE', (id: string) => `/webhooks?id=${id}`, () => null],
    ['paused', 'PATCH', () => '/webhooks', (id: string) => ({ id, active: false })],
  ])('a retry of a webhook that was %s is not sent', async (_what, method, path, body) => {
    const receiver = await openReceiver()
    receiver.answers.push(500)
    const sandbox = await openSandbox()
    const { id } = await sandbox.subscribe(receiver.url, ['email.sent'])
    await sandbox.sendMail()
    await expect.poll(() => sandbox.pauses.length).toBe(1)
    await sandbox.call(method, path(id), body(id))
    sandbox.pauses[0]?.end()
    await sandbox.sendMail()
    await sandbox.server.close()
    expect(receiver.deliveries).toHaveLength(1)
  })

  test('closing the server ends what waits and what is on its way', async () => {
    const receiver = await openReceiver()
    receiver.answers.push(500, null)
    const sandbox = await openSandbox()
    await sandbox.subscribe(receiver.url, ['email.sent'])
    await sandbox.sendMail()
    await expect.poll(() => sandbox.pauses.length).toBe(1)
    await sandbox.sendMail()
    await receiver.received(2)
    await sandbox.server.close()
    expect(sandbox.attempts.at(-1)?.outcome).toEqual({ kind: 'cancelled' })
  })

  test('the attempts are listed for the holder of the token', async () => {
    const receiver = await openReceiver()
    const sandbox = await openSandbox()
    await sandbox.subscribe(receiver.url, ['email.sent'])
    await sandbox.sendMail()
    await sandbox.attempted(1)
    const list = (token: string) =>
      fetch(`${sandbox.server.origin}/_deliveries`, { headers: { Authorization: `Bearer ${token}` } })
    expect((await list('wrong')).status).toBe(401)
    const { data } = (await (await list('issuer-token-of-this-test')).json()) as { data: { attempts: unknown[] } }
    expect(data.attempts).toMatchObject([{ event: 'email.sent', attempt: 1, outcome: { status: 200 } }])
  })
})

describe('the way to an endpoint', () => {
  const post = (url: string, addresses: readonly string[] = ['127.0.0.1']) =>
    postToLoopback(
      { url, headers: {}, body: '{}', timeoutMs: 5000, signal: new AbortController().signal },
      async () => addresses,
    )

  test.each(['127.0.0.1', '127.9.8.7', '::1', '::ffff:127.0.0.1'])('%s is of this machine', (address) => {
    expect(isLoopbackAddress(address)).toBe(true)
  })

  test.each(['0.0.0.0', '10.0.0.1', '128.0.0.1', '::', '::2', '::ffff:10.0.0.1', 'localhost', ''])(
    '%s is not',
    (address) => expect(isLoopbackAddress(address)).toBe(false),
  )

  test('a name is judged by every address that it resolves to, not by itself', async () => {
    const receiver = await openReceiver()
    const named = receiver.url.replace('127.0.0.1', 'hooks.example.com')
    expect(await post(named)).toEqual({ kind: 'answered', status: 200 })
    expect(await post(named, ['127.0.0.1', '192.0.2.1'])).toEqual({ kind: 'not-loopback' })
    expect(await post(receiver.url.replace('127.0.0.1', 'localhost'), ['192.0.2.1'])).toEqual({ kind: 'not-loopback' })
    expect(await post('http://192.0.2.1/hook')).toEqual({ kind: 'not-loopback' })
    expect(await post('http://[::ffff:192.0.2.1]/hook')).toEqual({ kind: 'not-loopback' })
    expect(await post('http://3221225985/hook'), '192.0.2.1 as one number').toEqual({ kind: 'not-loopback' })
    expect(await post(named, [])).toEqual({ kind: 'network', code: 'ENOTFOUND' })
    expect(receiver.deliveries).toHaveLength(1)
  })

  test('a closed port and no URL at all are failures like any other', async () => {
    const { port } = await new Promise<AddressInfo>((done) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address() as AddressInfo
        server.close(() => done(address))
      })
    })
    expect(await post(`http://127.0.0.1:${port}/`)).toEqual({ kind: 'network', code: 'ECONNREFUSED' })
    expect(await post('no url')).toEqual({ kind: 'network', code: 'ERR_INVALID_URL' })
  })
})
