import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAnswerCheck } from './api-document.ts'
import { headerDialects } from './header-dialect.ts'
import { type SandboxNotice, type SandboxOptions, type SandboxServer, startSandbox } from './server.ts'

const support = 'support-agent@sandbox.test'
const issuerToken = 'issuer-token-of-this-test'
const servers: SandboxServer[] = []
let folder = ''
let nowMs = 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-server-'))
  nowMs = new Date(2026, 2, 17, 14, 32).getTime()
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
  rmSync(folder, { recursive: true, force: true })
})

async function start(options: Partial<SandboxOptions> = {}): Promise<SandboxServer> {
  const server = await startSandbox({
    port: 0,
    plan: 1000,
    windowMs: 60_000,
    limitBy: 'key',
    headers: 'none',
    statePath: null,
    issuerToken,
    seed: 'jasni',
    nowMs: () => nowMs,
    ...options,
  })
  servers.push(server)
  return server
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: unknown
}

interface Sending {
  readonly method?: string
  readonly key?: string | null
  readonly headers?: Record<string, string>
  readonly body?: string
}

// Node's own client: it lets a test set Host and Origin, and follows no redirect.
function send(server: SandboxServer, path: string, { method = 'GET', key = null, headers = {}, body }: Sending = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: server.port,
        path,
        method,
        agent: false,
        headers: { ...(key === null ? {} : { Authorization: `Bearer ${key}` }), ...headers },
      },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          let parsed: unknown
          try {
            parsed = JSON.parse(text)
          } catch {
            parsed = undefined
          }
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, body: parsed })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

const check = createAnswerCheck()

/** Sends below the base URL and holds the answer against the description of the API. */
async function call(server: SandboxServer, path: string, sending: Sending = {}): Promise<Answer> {
  const answer = await send(server, `/api/v1${path}`, sending)
  expect(check(sending.method ?? 'GET', path.split('?')[0] ?? '', answer.status, answer.body)).toEqual([])
  expect(answer.headers['content-type']).toContain('application/json')
  return answer
}

const unauthorized = { success: false, error: 'Unauthorized. Please provide a valid API key.' }
const forbidden = { success: false, error: 'Forbidden. Your API key does not have access to this resource.' }
const rateLimited = { success: false, error: 'Rate limit exceeded. Please try again later.' }

function dataOf<Data>(answer: Answer): Data {
  return (answer.body as { data: Data }).data
}

interface EmailBody {
  readonly uid: number
  readonly messageId: string
  readonly from: string | { readonly address: string; readonly name: string }
  readonly to: ReadonlyArray<string | { readonly address: string }>
  readonly subject: string
  readonly seen: boolean
  readonly flags: readonly string[]
  readonly html?: string | null
}

describe('reads against the description of the API', () => {
  test('GET /accounts', async () => {
    const server = await start()
    const answer = await call(server, '/accounts', { key: server.issueKey().key })
    expect(answer.status).toBe(200)
    expect(dataOf<{ accounts: { email: string }[]; total: number }>(answer)).toMatchObject({
      accounts: [{ email: support }, { email: 'billing-agent@sandbox.test' }, { email: 'scout-eu@sandbox.test' }],
      total: 3,
    })
  })

  test('GET /labels, with counts only when asked for', async () => {
    const server = await start()
    const { key } = server.issueKey()
    const plain = dataOf<{ labels: Record<string, unknown>[] }>(await call(server, '/labels', { key }))
    expect(plain.labels.map(({ name }) => name)).toEqual(['auto-replied', 'invoice', 'needs-human', 'refund', 'vendor'])
    expect(plain.labels.some((label) => 'email_count' in label)).toBe(false)
    const counted = await call(server, '/labels?include_count=true', { key })
    expect(dataOf<{ labels: { email_count: number }[] }>(counted).labels.map(({ email_count }) => email_count)).toEqual(
      [31, 8, 4, 6, 3],
    )
  })

  test('GET /emails: 50 by default, newest first, in both forms that the schema allows', async () => {
    const server = await start()
    const answer = await call(server, `/emails?account=${support}`, { key: server.issueKey().key })
    const data = dataOf<{ emails: EmailBody[]; folder: string; total: number; account: string }>(answer)
    expect(data).toMatchObject({ folder: 'INBOX', total: 50, account: support })
    expect(data.emails).toHaveLength(50)
    expect(data.emails[0]).toMatchObject({
      from: { address: 'priya.raman@example.com', name: 'Priya Raman' },
      to: [support],
      flags: [],
      seen: false,
      hasAttachments: true,
    })
    expect(data.emails.some(({ from }) => typeof from === 'string')).toBe(true)
  })

  test('GET /emails: every folder of every account, at the largest limit', async () => {
    const server = await start()
    const { key } = server.issueKey()
    let total = 0
    for (const account of [support, 'billing-agent@sandbox.test', 'scout-eu@sandbox.test']) {
      for (const folderName of ['INBOX', 'sent', 'Drafts', 'Junk', 'Trash', 'Archive']) {
        const answer = await call(server, `/emails?account=${account}&folder=${folderName}&limit=100`, { key })
        expect(answer.status).toBe(200)
        total += dataOf<{ total: number }>(answer).total
      }
    }
    expect(total).toBe(150)
  })

  test('GET /emails: label_ids and labels must all be on a message', async () => {
    const server = await start()
    const { key } = server.issueKey()
    const { labels } = dataOf<{ labels: { id: string; name: string }[] }>(await call(server, '/labels', { key }))
    const refund = labels.find(({ name }) => name === 'refund')?.id ?? ''
    const total = async (query: string) =>
      dataOf<{ total: number }>(await call(server, `/emails?account=${support}&${query}`, { key })).total
    expect(await total('labels=refund')).toBe(5)
    expect(await total(`label_ids=${refund}`)).toBe(5)
    expect(await total('labels=refund,needs-human')).toBe(1)
    expect(await total(`label_ids=${refund}&labels=vendor`)).toBe(0)
  })

  test.each(['0', '101', '-1', '1.5', 'ten', '', '1e2'])('GET /emails: limit %j is refused', async (limit) => {
    const server = await start()
    const answer = await call(server, `/emails?account=${support}&limit=${limit}`, { key: server.issueKey().key })
    expect(answer.status).toBe(400)
  })

  test('GET /emails/{id}: every message of the mailbox, all parts', async () => {
    const server = await start()
    const { key } = server.issueKey()
    const list = await call(server, `/emails?account=${support}&limit=100`, { key })
    for (const preview of dataOf<{ emails: EmailBody[] }>(list).emails) {
      const answer = await call(server, `/emails/${preview.uid}?account=${support}`, { key })
      const { email } = dataOf<{ email: EmailBody }>(answer)
      expect(email.subject).toBe(preview.subject)
      expect(email.seen).toBe(preview.seen)
    }
  })

  test('GET /emails/{id} does not mark the message as read', async () => {
    const server = await start()
    const { key } = server.issueKey()
    for (let i = 0; i < 2; i += 1) {
      const answer = await call(server, `/emails/4832?account=${support}`, { key })
      expect(dataOf<{ email: EmailBody }>(answer).email.seen).toBe(false)
    }
  })

  test('GET /emails/{id}/labels: by uid and by Message-ID', async () => {
    const server = await start()
    const { key } = server.issueKey()
    const answer = await call(server, `/emails/4832/labels?account=${support}`, { key })
    const data = dataOf<{ labels: { name: string; applied_by: string }[]; message_id: string }>(answer)
    expect(data.labels).toMatchObject([{ name: 'refund', applied_by: 'triage-agent' }])
    const byMessageId = await call(
      server,
      `/emails/${encodeURIComponent(data.message_id)}/labels?account=${support}&folder=INBOX`,
      { key },
    )
    expect(byMessageId.body).toEqual(answer.body)
    expect((await call(server, `/emails/1/labels?account=${support}`, { key })).status).toBe(404)
    expect((await call(server, '/emails/4832/labels', { key })).status).toBe(400)
  })
})

describe('marks', () => {
  test('PATCH /emails/{id} sets and clears the Seen flag', async () => {
    const server = await start()
    const { key } = server.issueKey()
    const path = `/emails/4832?account=${support}`
    const read = await call(server, path, { key, method: 'PATCH', body: '{"action":"read"}' })
    expect(read.body).toEqual({ success: true, message: 'Email marked as read' })
    expect(dataOf<{ email: EmailBody }>(await call(server, path, { key })).email.flags).toEqual(['\\Seen'])
    const unread = await call(server, path, { key, method: 'PATCH', body: '{"action":"unread"}' })
    expect(unread.body).toEqual({ success: true, message: 'Email marked as unread' })
    expect(dataOf<{ email: EmailBody }>(await call(server, path, { key })).email.flags).toEqual([])
  })

  test.each(['', '{', '[]', 'null', '{"action":"delete"}', '{"action":1}', '"read"', '\ufffd{}'])(
    'PATCH /emails/{id} refuses the body %j',
    async (body) => {
      const server = await start()
      const answer = await call(server, `/emails/4832?account=${support}`, {
        key: server.issueKey().key,
        method: 'PATCH',
        body,
      })
      expect(answer.status).toBe(400)
    },
  )

  test('a body beyond the maximum is refused before it is read', async () => {
    const server = await start()
    const answer = await send(server, `/api/v1/emails/4832?account=${support}`, {
      key: server.issueKey().key,
      method: 'PATCH',
      headers: { 'Content-Length': String(17 * 1024 * 1024), Expect: '100-continue' },
    }).catch((error: Error) => error)
    expect(answer).toMatchObject({ status: 413, body: { success: false } })
  })
})

describe('wrong calls', () => {
  test.each([
    [`/emails/x?account=${support}`, 400],
    [`/emails/0?account=${support}`, 400],
    [`/emails/1.5?account=${support}`, 400],
    [`/emails/1?account=${support}`, 404],
    [`/emails/4832?account=${support}&folder=Nowhere`, 404],
    ['/emails', 400],
    ['/emails?account=', 400],
    ['/emails/4832', 400],
  ])('%s answers %d', async (path, status) => {
    const server = await start()
    const answer = await call(server, path, { key: server.issueKey().key })
    expect(answer.status).toBe(status)
  })

  test('unknown paths answer 404, wrong methods 405, both in the envelope', async () => {
    const server = await start()
    const { key } = server.issueKey()
    for (const path of [
      '/api/v1/nothing',
      '/api/v1/labels/',
      '/',
      '/api/v2/labels',
      '/favicon.ico',
      '/_issuer/nothing',
    ]) {
      const headers = path.startsWith('/_issuer') ? { Authorization: `Bearer ${issuerToken}` } : {}
      const answer = await send(server, path, { key: path.startsWith('/api/v1') ? key : null, headers })
      expect([path, answer.status, answer.body]).toEqual([path, 404, { success: false, error: 'Resource not found' }])
    }
    const wrong = await send(server, '/api/v1/accounts', { key, method: 'PUT' })
    expect(wrong).toMatchObject({ status: 405, body: { success: false } })
    expect(wrong.headers.allow).toBe('GET, POST, PATCH, DELETE')
    const options = await send(server, '/api/v1/labels', { key, method: 'OPTIONS' })
    expect(options.status).toBe(405)
    expect(Object.keys(options.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('a request target for proxies answers 400', async () => {
    const server = await start()
    const { key } = server.issueKey()
    for (const target of ['http://evil.example/api/v1/labels', '*']) {
      const answer = await send(server, target, { key, method: target === '*' ? 'OPTIONS' : 'GET' })
      expect([answer.status, answer.body]).toEqual([400, { success: false, error: 'Invalid request' }])
    }
  })

  test('a path that cannot be decoded does not break the server', async () => {
    const server = await start()
    const { key } = server.issueKey()
    const answer = await send(server, `/api/v1/emails/%E0%A4%A/labels?account=${support}`, { key })
    expect(answer.status).toBeLessThan(500)
    expect(answer.body).toMatchObject({ success: false })
    expect((await call(server, '/labels', { key })).status).toBe(200)
  })
})

describe('keys', () => {
  test.each([null, '', 'jsk_live_wrong', 'a b'])('key %j answers 401, word for word', async (key) => {
    const server = await start()
    server.issueKey()
    const answer = await call(server, '/labels', { key })
    expect([answer.status, answer.body]).toEqual([401, unauthorized])
  })

  test('a key in another scheme is no key', async () => {
    const server = await start()
    const { key } = server.issueKey()
    const answer = await call(server, '/labels', { headers: { Authorization: `Basic ${key}` } })
    expect(answer.status).toBe(401)
  })

  test('a revoked key answers 401 once the delay has passed', async () => {
    const server = await start({ revokeDelayMs: 5000 })
    const { id, key } = server.issueKey('short-lived')
    expect(server.revokeKey(id)).toBe(true)
    expect((await call(server, '/labels', { key })).status).toBe(200)
    nowMs += 5000
    expect((await call(server, '/labels', { key })).body).toEqual(unauthorized)
    expect(server.listKeys()).toMatchObject([{ id, label: 'short-lived', revokedAtMs: nowMs - 5000 }])
  })

  test('a key narrowed to some resources answers 403 on the others, word for word', async () => {
    const server = await start()
    const { key } = server.issueKey({ scopes: ['emails'] })
    for (const path of ['/labels', '/accounts', `/emails/4832/labels?account=${support}`]) {
      const answer = await call(server, path, { key })
      expect([answer.status, answer.body]).toEqual([403, forbidden])
    }
    expect((await call(server, `/emails?account=${support}`, { key })).status).toBe(200)
    const labelsOnly = server.issueKey({ scopes: ['labels'] })
    expect((await call(server, `/emails?account=${support}`, { key: labelsOnly.key })).status).toBe(403)
  })

  test('an account that the key does not own answers 403, whether it exists or not', async () => {
    const server = await start()
    const { key } = server.issueKey({ accounts: ['Billing-Agent@sandbox.test'] })
    for (const account of [support, 'nobody@sandbox.test']) {
      for (const method of ['GET', 'PATCH']) {
        const body = method === 'PATCH' ? { body: '{"action":"read"}' } : {}
        const answer = await call(server, `/emails/4832?account=${account}`, { key, method, ...body })
        expect([answer.status, answer.body]).toEqual([403, forbidden])
      }
    }
    expect(dataOf<{ total: number }>(await call(server, '/accounts', { key })).total).toBe(1)
    expect((await call(server, '/emails?account=BILLING-AGENT@sandbox.test', { key })).status).toBe(200)
  })

  test('the issuer creates, lists and revokes, and never shows a key again', async () => {
    const server = await start()
    const headers = { Authorization: `Bearer ${issuerToken}` }
    const created = await send(server, '/_issuer/keys', { method: 'POST', headers, body: '{"label":"ci"}' })
    expect(created.status).toBe(201)
    const { id, key } = dataOf<{ id: string; key: string }>(created)
    expect(created.body).toEqual({ success: true, data: { id, key } })
    expect((await call(server, '/labels', { key })).status).toBe(200)

    const listed = await send(server, '/_issuer/keys', { headers })
    expect(listed.text).not.toContain(key)
    expect(dataOf<{ keys: unknown[] }>(listed).keys).toEqual([
      {
        id,
        label: 'ci',
        mask: `jsk_live_…${key.slice(-4)}`,
        createdAt: new Date(nowMs).toISOString(),
        revokedAt: null,
      },
    ])

    for (let i = 0; i < 2; i += 1) {
      const revoked = await send(server, `/_issuer/keys/${id}`, { method: 'DELETE', headers })
      expect([revoked.status, revoked.body]).toEqual([200, { success: true, message: 'Key revoked' }])
    }
    expect((await call(server, '/labels', { key })).status).toBe(401)
    expect((await send(server, '/_issuer/keys/key-0', { method: 'DELETE', headers })).status).toBe(404)
  })

  test('the issuer refuses without its token and with a malformed body', async () => {
    const server = await start()
    const { key } = server.issueKey()
    for (const authorization of ['', 'Bearer ', `Bearer ${key}`, `Bearer ${issuerToken}x`, issuerToken]) {
      const answer = await send(server, '/_issuer/keys', { method: 'POST', headers: { Authorization: authorization } })
      expect([answer.status, answer.body]).toEqual([401, unauthorized])
    }
    const headers = { Authorization: `Bearer ${issuerToken}` }
    for (const body of ['{', '[]', '{"label":1}', '{"scopes":["everything"]}', '{"accounts":"x"}']) {
      expect((await send(server, '/_issuer/keys', { method: 'POST', headers, body })).status).toBe(400)
    }
    expect(server.listKeys()).toHaveLength(1)
  })
})

describe('limit', () => {
  test('one more than the plan answers 429, word for word, until a slot frees', async () => {
    const server = await start({ plan: 3, windowMs: 1000 })
    const { key } = server.issueKey()
    for (let i = 0; i < 3; i += 1) {
      expect((await call(server, '/labels', { key })).status).toBe(200)
      nowMs += 10
    }
    const refused = await call(server, '/labels', { key })
    expect([refused.status, refused.body]).toEqual([429, rateLimited])
    // Refused calls count as spent: the first slot has left, the refused call stands in its place.
    nowMs += 975
    expect((await call(server, '/labels', { key })).status).toBe(429)
    nowMs += 1000
    expect((await call(server, '/labels', { key })).status).toBe(200)
  })

  test('by key each key has its own window; by account they share one', async () => {
    for (const [limitBy, expected] of [
      ['key', 200],
      ['account', 429],
    ] as const) {
      const server = await start({ plan: 1, limitBy })
      expect((await call(server, '/labels', { key: server.issueKey().key })).status).toBe(200)
      expect((await call(server, '/labels', { key: server.issueKey().key })).status).toBe(expected)
    }
  })

  test('calls that fail with a living key count, calls without one do not', async () => {
    const server = await start({ plan: 2 })
    const { key } = server.issueKey()
    for (let i = 0; i < 5; i += 1) await call(server, '/labels')
    expect((await call(server, '/emails', { key })).status).toBe(400)
    expect((await send(server, '/api/v1/nothing', { key })).status).toBe(404)
    expect((await call(server, '/labels', { key })).status).toBe(429)
  })

  test('simultaneous calls: exactly as many as the plan are accepted', async () => {
    const server = await start({ plan: 20 })
    const { key } = server.issueKey()
    const answers = await Promise.all(Array.from({ length: 60 }, () => call(server, '/labels', { key })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(40)
  })

  test('each dialect has its headers, on accepted and refused calls', async () => {
    const seen: Record<string, unknown[]> = {}
    for (const headers of ['none', 'legacy', 'ietf', 'retry-after'] as const) {
      const server = await start({ plan: 1, headers })
      const { key } = server.issueKey()
      const answers = [await call(server, '/labels', { key }), await call(server, '/labels', { key })]
      expect(answers.map(({ status }) => status)).toEqual([200, 429])
      seen[headers] = answers.map((answer) =>
        Object.fromEntries(Object.entries(answer.headers).filter(([name]) => /rate-?limit|retry/.test(name))),
      )
    }
    const reset = String(Math.ceil((nowMs + 60_000) / 1000))
    const policy = '"default";q=1;w=60'
    expect(seen).toEqual({
      none: [{}, {}],
      legacy: [
        { 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
        { 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
      ],
      ietf: [
        { 'ratelimit-policy': policy, ratelimit: '"default";r=0;t=60' },
        { 'ratelimit-policy': policy, ratelimit: '"default";r=0;t=60' },
      ],
      'retry-after': [{}, { 'retry-after': '60' }],
    })
  })

  test('every dialect, the lying ones too, comes over the wire with the same window behind it', async () => {
    const server = await start({ plan: 3 })
    const { key } = server.issueKey()
    for (const headers of headerDialects) {
      server.changeLimit({ plan: 2 })
      server.changeLimit({ plan: 3, headers })
      const statuses: number[] = []
      for (let i = 0; i < 4; i += 1) statuses.push((await call(server, '/labels', { key })).status)
      expect([headers, statuses]).toEqual([headers, [200, 200, 200, 429]])
    }
  })

  test('a server that always refuses', async () => {
    const server = await start({ refuseAll: true, headers: 'retry-after' })
    const { key } = server.issueKey()
    for (let i = 0; i < 3; i += 1) {
      const answer = await call(server, '/labels', { key })
      expect([answer.status, answer.headers['retry-after'], answer.body]).toEqual([429, '60', rateLimited])
      nowMs += 60_001
    }
    server.changeLimit({ refuseAll: false })
    expect((await call(server, '/labels', { key })).status).toBe(200)
  })

  test('/_limit shows and changes the limit, with the issuer token only', async () => {
    const server = await start({ plan: 1 })
    const { key } = server.issueKey()
    const headers = { Authorization: `Bearer ${issuerToken}` }
    const rules = { plan: 1, windowMs: 60_000, headers: 'none', refuseAll: false }
    expect((await send(server, '/_limit', { headers })).body).toEqual({ success: true, data: rules })
    for (const wrong of [null, key]) expect((await send(server, '/_limit', { key: wrong })).status).toBe(401)
    const changes = { plan: 2, headers: 'ietf' }
    const changed = await send(server, '/_limit', { method: 'PATCH', headers, body: JSON.stringify(changes) })
    expect(changed.body).toEqual({ success: true, data: { ...rules, ...changes } })
    expect(server.limitRules()).toEqual({ ...rules, ...changes })
    expect((await call(server, '/labels', { key })).headers.ratelimit).toBe('"default";r=1;t=60')
  })

  test.each([
    '',
    '[]',
    '{"plan":0}',
    '{"plan":"free"}',
    '{"plan":1.5}',
    '{"windowMs":0}',
    '{"windowMs":86400001}',
    '{"headers":"all"}',
    '{"headers":"toString"}',
    '{"refuseAll":1}',
    '{"limitBy":"key"}',
  ])('/_limit refuses %j and changes nothing', async (body) => {
    const server = await start()
    const before = server.limitRules()
    const headers = { Authorization: `Bearer ${issuerToken}` }
    expect((await send(server, '/_limit', { method: 'PATCH', headers, body })).status).toBe(400)
    expect(server.limitRules()).toEqual(before)
  })
})

describe('who may reach it', () => {
  test('only the loopback address, under its own names', async () => {
    const server = await start()
    const { key } = server.issueKey()
    for (const host of [`127.0.0.1:${server.port}`, `localhost:${server.port}`]) {
      expect((await send(server, '/api/v1/labels', { key, headers: { Host: host } })).status).toBe(200)
    }
    for (const host of [
      '127.0.0.1',
      'localhost',
      'evil.example',
      `evil.example:${server.port}`,
      `LOCALHOST:${server.port}`,
      '127.0.0.1:1',
    ]) {
      const answer = await send(server, '/api/v1/labels', { key, headers: { Host: host } })
      expect([host, answer.status]).toEqual([host, 421])
      expect(answer.body).toMatchObject({ success: false })
    }
  })

  test('a request without a Host is refused', async () => {
    const server = await start()
    const socket = connect(server.port, '127.0.0.1')
    socket.write(`GET /api/v1/labels HTTP/1.0\r\nAuthorization: Bearer ${server.issueKey().key}\r\n\r\n`)
    let answer = ''
    for await (const chunk of socket) answer += String(chunk)
    expect(answer).toMatch(/^HTTP\/1\.1 421 /)
  })

  test('no web page, whatever its origin, and not the issuer either', async () => {
    const server = await start()
    const { key } = server.issueKey()
    for (const headers of [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: server.origin },
      { 'Sec-Fetch-Site': 'cross-site' },
    ]) {
      const answer = await send(server, '/api/v1/labels', { key, headers })
      expect([answer.status, Object.keys(answer.headers).some((name) => name.startsWith('access-control'))]).toEqual([
        403,
        false,
      ])
      const issuer = await send(server, '/_issuer/keys', {
        method: 'POST',
        headers: { ...headers, Authorization: `Bearer ${issuerToken}` },
      })
      expect(issuer.status).toBe(403)
    }
    expect(server.listKeys()).toHaveLength(1)
  })

  test('a taken port is an error, or gives way to a free one when allowed', async () => {
    const first = await start()
    await expect(start({ port: first.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    const second = await start({ port: first.port, portFallback: true })
    expect(second.port).not.toBe(first.port)
    expect(second.baseUrl).toBe(`http://127.0.0.1:${second.port}/api/v1`)
    expect((await call(second, '/labels', { key: second.issueKey().key })).status).toBe(200)
  })
})

describe('what outlives a restart', () => {
  test('keys, revocations and read marks', async () => {
    const statePath = join(folder, 'sandbox.json')
    const first = await start({ statePath })
    const kept = first.issueKey({ label: 'kept', scopes: ['emails'] })
    const revoked = first.issueKey('revoked')
    first.revokeKey(revoked.id)
    await call(first, `/emails/4832?account=${support}`, { key: kept.key, method: 'PATCH', body: '{"action":"read"}' })
    await first.close()

    nowMs += 3_600_000
    const second = await start({ statePath })
    expect((await call(second, '/labels', { key: kept.key })).status).toBe(403)
    expect((await call(second, '/labels', { key: revoked.key })).status).toBe(401)
    const answer = await call(second, `/emails/4832?account=${support}`, { key: kept.key })
    expect(dataOf<{ email: EmailBody }>(answer).email).toMatchObject({
      subject: 'Re: Refund for order 48213',
      seen: true,
    })
    expect(second.listKeys().map(({ label }) => label)).toEqual(['kept', 'revoked'])
  })

  test('a new key is on disk at once, as a hash only', async () => {
    const statePath = join(folder, 'sandbox.json')
    const server = await start({ statePath })
    const { id, key } = server.issueKey()
    const text = readFileSync(statePath, 'utf8')
    expect(text).toContain(id)
    expect(text).not.toContain(key.slice('jsk_live_'.length))
    const parsed: unknown = JSON.parse(text)
    expect(parsed).toMatchObject({ version: 1 })
  })

  test('read marks survive a restart that never opened the mailbox', async () => {
    const statePath = join(folder, 'sandbox.json')
    const first = await start({ statePath })
    const { key } = first.issueKey()
    await call(first, `/emails/4832?account=${support}`, { key, method: 'PATCH', body: '{"action":"read"}' })
    await first.close()
    const second = await start({ statePath })
    second.issueKey()
    await second.close()
    const third = await start({ statePath })
    const answer = await call(third, `/emails/4832?account=${support}`, { key })
    expect(dataOf<{ email: EmailBody }>(answer).email.seen).toBe(true)
  })

  test('a damaged file is moved aside and said', async () => {
    const statePath = join(folder, 'sandbox.json')
    writeFileSync(statePath, 'not a state')
    const notices: SandboxNotice[] = []
    const server = await start({ statePath, onNotice: (notice) => notices.push(notice) })
    expect(notices).toEqual([{ what: 'state-damaged', detail: `${statePath}.damaged-${nowMs}` }])
    expect((await call(server, '/labels', { key: server.issueKey().key })).status).toBe(200)
    expect(readdirSync(folder).sort()).toEqual(['sandbox.json', `sandbox.json.damaged-${nowMs}`])
  })

  test('a place that cannot be written is said, and the server goes on', async () => {
    const notices: SandboxNotice[] = []
    const statePath = join(folder, 'missing', 'sandbox.json')
    const server = await start({ statePath, onNotice: (notice) => notices.push(notice) })
    const { key } = server.issueKey()
    expect(notices).toEqual([{ what: 'state-not-saved', detail: 'ENOENT' }])
    expect((await call(server, '/labels', { key })).status).toBe(200)
  })
})

describe('faults', () => {
  test('a status, an HTML page, a redirect: once, then all is well again', async () => {
    const server = await start()
    const { key } = server.issueKey()
    server.inject({ kind: 'status', status: 503 })
    server.inject({ kind: 'status', status: 500, body: '', contentType: 'text/plain' })
    server.inject({ kind: 'html', status: 502 })
    server.inject({ kind: 'redirect', location: 'http://127.0.0.1:1/elsewhere' })
    const broken = await send(server, '/api/v1/labels', { key })
    expect(broken).toMatchObject({ status: 503, body: { success: false } })
    expect(await send(server, '/api/v1/labels', { key })).toMatchObject({ status: 500, text: '' })
    const page = await send(server, '/api/v1/labels', { key })
    expect([page.status, page.headers['content-type'], page.text.slice(0, 15)]).toEqual([
      502,
      'text/html; charset=utf-8',
      '<!doctype html>',
    ])
    const redirect = await send(server, '/api/v1/labels', { key })
    expect([redirect.status, redirect.headers.location]).toEqual([302, 'http://127.0.0.1:1/elsewhere'])
    expect((await call(server, '/labels', { key })).status).toBe(200)
  })

  test('faults repeat as often as asked and can be dropped', async () => {
    const server = await start()
    const { key } = server.issueKey()
    server.inject({ kind: 'status', status: 500 }, 2)
    server.inject({ kind: 'status', status: 502 }, 5)
    expect((await send(server, '/api/v1/labels', { key })).status).toBe(500)
    expect((await send(server, '/api/v1/labels', { key })).status).toBe(500)
    expect((await send(server, '/api/v1/labels', { key })).status).toBe(502)
    server.clearFaults()
    expect((await send(server, '/api/v1/labels', { key })).status).toBe(200)
  })

  test('a delay answers rightly, after a later request that has none', async () => {
    const server = await start()
    const { key } = server.issueKey()
    const ended: string[] = []
    server.inject({ kind: 'delay', delayMs: 300 })
    const delayed = call(server, '/labels', { key }).then(({ status }) => ended.push(`delayed ${status}`))
    // The issuer takes no fault: when it has answered, the call before it has arrived and taken the delay.
    await send(server, '/_issuer/keys')
    await call(server, '/accounts', { key }).then(({ status }) => ended.push(`prompt ${status}`))
    await delayed
    expect(ended).toEqual(['prompt 200', 'delayed 200'])
  })

  test('a huge answer is streamed whole and is JSON', async () => {
    const server = await start()
    server.inject({ kind: 'huge', bytes: 3_000_000 })
    const answer = await send(server, '/api/v1/labels', { key: server.issueKey().key })
    expect([answer.status, answer.text.length]).toEqual([200, 3_000_000])
    expect(answer.body).toMatchObject({ success: true })
  })

  test('a reset and a cut-off body are connection errors', async () => {
    const server = await start()
    const { key } = server.issueKey()
    server.inject({ kind: 'reset' })
    await expect(send(server, '/api/v1/labels', { key })).rejects.toMatchObject({ code: 'ECONNRESET' })
    server.inject({ kind: 'cut-off' })
    await expect(send(server, '/api/v1/labels', { key })).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect((await call(server, '/labels', { key })).status).toBe(200)
  })

  test('a hanging request ends when the server closes', async () => {
    const server = await start()
    server.inject({ kind: 'hang' })
    const hanging = send(server, '/api/v1/labels', { key: server.issueKey().key })
    const outcome = expect(hanging).rejects.toMatchObject({ code: 'ECONNRESET' })
    // A second request shows that the first one has arrived: connections are accepted in order.
    await send(server, '/_issuer/keys')
    await server.close()
    await outcome
    expect(server.requests().find(({ path }) => path === '/api/v1/labels')?.status).toBeNull()
  })

  test('faults spare the issuer', async () => {
    const server = await start()
    server.inject({ kind: 'status', status: 500 })
    const headers = { Authorization: `Bearer ${issuerToken}` }
    expect((await send(server, '/_issuer/keys', { headers })).status).toBe(200)
  })
})

describe('request log', () => {
  test('counts by path and method, knows the key by id only', async () => {
    const ended: string[] = []
    const server = await start({ onRequest: ({ method, path }) => ended.push(`${method} ${path}`) })
    const { id, key } = server.issueKey()
    await call(server, `/emails?account=${support}`, { key })
    await call(server, `/emails/4832?account=${support}`, { key, method: 'PATCH', body: '{"action":"read"}' })
    await call(server, '/labels', { key: 'jsk_live_wrong' })
    await call(server, '/labels')
    await server.close()
    expect(server.countRequests('/api/v1/labels')).toBe(2)
    expect(server.countRequests('/api/v1/emails/4832', 'PATCH')).toBe(1)
    expect(server.countRequests('/api/v1/emails/4832', 'GET')).toBe(0)
    expect(ended).toHaveLength(4)
    expect(server.requests().map(({ status, authorized, keyId }) => [status, authorized, keyId])).toEqual([
      [200, true, id],
      [200, true, id],
      [401, true, null],
      [401, false, null],
    ])
    expect(server.requests()[0]?.query).toBe(`?account=${support}`)
    expect(JSON.stringify(server.requests())).not.toContain('jsk_')
  })

  test('closing twice is fine', async () => {
    const server = await start()
    await Promise.all([server.close(), server.close()])
    await server.close()
  })
})
