import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApiDocument } from './api-document.ts'
import { type SandboxServer, startSandbox } from './server.ts'

const support = 'support-agent@sandbox.test'
const billing = 'billing-agent@sandbox.test'
const document = openApiDocument()
const served = new Set<string>()
let server: SandboxServer
let key = ''

beforeAll(async () => {
  server = await startSandbox({
    port: 0,
    plan: 100_000,
    windowMs: 60_000,
    limitBy: 'key',
    headers: 'none',
    statePath: null,
    issuerToken: 'issuer-token-of-this-test',
    seed: 'jasni',
  })
  key = server.issueKey('all operations').key
})
afterAll(() => server.close())

interface ListedEmail {
  readonly uid: number
  readonly messageId: string
  readonly subject: string
  readonly text: string
  readonly hasAttachments: boolean
}

interface ListedLabel {
  readonly id: string
  readonly name: string
}

/** Members of answers that these tests read. */
interface AnswerData {
  readonly uid: number
  readonly messageId: string
  readonly raw: string
  readonly email: object
  readonly emails: readonly ListedEmail[]
  readonly threads: readonly object[]
  readonly attachments: readonly { readonly size: number; readonly content: string }[]
  readonly label: ListedLabel
  readonly labels: readonly ListedLabel[]
  readonly created_labels: readonly ListedLabel[]
  readonly webhook: { readonly id: string; readonly secret: string }
}

interface Answer {
  readonly status: number
  readonly data: AnswerData
  readonly body: Record<string, unknown>
}

/** Sends without holding the request against the description: for what must be refused. */
async function send(method: string, target: string, body: unknown = null, bearer = key): Promise<Answer> {
  const answer = await fetch(`${server.baseUrl}${target}`, {
    method,
    headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' },
    ...(body === null ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const json = (await answer.json()) as Record<string, unknown>
  const path = target.split('?')[0] ?? ''
  expect(document.checkAnswer(method, path, answer.status, json), `${method} ${target} ${answer.status}`).toEqual([])
  const id = document.nameOperation(method, path)
  if (answer.status < 300 && id !== null) served.add(id)
  return { status: answer.status, body: json, data: (json.data ?? {}) as AnswerData }
}

/** Sends what the description allows, and holds the answer against it. */
async function call(method: string, target: string, body: unknown = null): Promise<Answer> {
  expect(document.checkRequest(method, target, body), `${method} ${target}`).toEqual([])
  return send(method, target, body)
}

const at = (account: string, more = '') => `account=${encodeURIComponent(account)}${more}`

async function newest(account: string, folder: string): Promise<ListedEmail> {
  const { data } = await call('GET', `/emails?${at(account, `&folder=${folder}&limit=1`)}`)
  const [email] = data.emails
  if (email === undefined) throw new Error(`${folder} of ${account} is empty`)
  return email
}

describe('accounts', () => {
  test('can be created, renamed and deleted with all their mail', async () => {
    const created = await call('POST', '/accounts', { username: 'Returns', name: 'Returns desk' })
    expect(created).toMatchObject({ status: 201, data: { account: { email: 'returns@sandbox.test' } } })
    expect((await call('POST', '/accounts', { username: 'returns' })).status).toBe(409)
    expect((await call('POST', '/accounts')).data).toMatchObject({
      account: { email: expect.stringMatching(/^agent-/) },
    })
    const renamed = await call('PATCH', '/accounts', { email: 'returns@sandbox.test', name: 'Returns' })
    expect(renamed.data).toMatchObject({ account: { name: 'Returns' } })
    await call('POST', '/emails/send', { from: support, to: 'returns@sandbox.test', subject: 'Hi', text: 'Hello' })
    expect(await newest('returns@sandbox.test', 'INBOX')).toMatchObject({ subject: 'Hi', seen: false })
    const deleted = await call('DELETE', '/accounts?email=returns%40sandbox.test')
    expect(deleted.data).toMatchObject({ deleted_email: 'returns@sandbox.test' })
    expect((await call('GET', `/emails?${at('returns@sandbox.test')}`)).status).toBe(403)
    expect((await call('DELETE', '/accounts?email=returns%40sandbox.test')).status).toBe(404)
    expect((await call('PATCH', '/accounts', { email: 'returns@sandbox.test', name: 'x' })).status).toBe(404)
    expect((await call('GET', '/accounts')).data).toMatchObject({ total: 4 })
  })
})

describe('sending', () => {
  test('keeps a copy in Sent and delivers to accounts of this server', async () => {
    const content = Buffer.from('hello, attachment').toString('base64')
    const sent = await call('POST', '/emails/send', {
      from: support,
      to: ['Billing <billing-agent@sandbox.test>', 'alice@example.com'],
      cc: 'carol@example.com',
      bcc: ['scout-eu@sandbox.test'],
      subject: 'Invoice',
      text: 'As attached',
      attachments: [{ filename: 'a note.txt', content, contentType: 'text/plain' }],
    })
    expect(sent).toMatchObject({
      status: 200,
      data: { from: support, to: [billing, 'alice@example.com'], subject: 'Invoice', savedToSent: true },
    })
    const copy = await newest(support, 'Sent')
    expect(copy).toMatchObject({ messageId: sent.data.messageId, seen: true, hasAttachments: true })
    const received = await newest(billing, 'INBOX')
    expect(received).toMatchObject({ messageId: sent.data.messageId, seen: false })
    const whole = await call('GET', `/emails/${received.uid}?${at(billing)}`)
    expect(whole.data.email).not.toHaveProperty('bcc')
    expect(whole.data.email).toMatchObject({ attachments: [{ filename: 'a note.txt', size: 17 }] })
    expect(JSON.stringify(whole.data)).not.toContain(content)
    for (const name of ['0', encodeURIComponent('a note.txt')]) {
      const one = await call('GET', `/emails/${received.uid}/attachments/${name}?${at(billing)}`)
      expect(one.data).toMatchObject({ attachment: { content, size: 17 } })
    }
    expect((await call('GET', `/emails/${received.uid}/attachments/2?${at(billing)}`)).status).toBe(404)
    const raw = await call('GET', `/emails/${received.uid}/raw?${at(billing)}`)
    expect(raw.data.raw).toContain('Subject: Invoice\r\n')
    expect(raw.data.raw).toContain(`filename="a note.txt"\r\n\r\n${content}`)
  })

  test.each([
    ['no recipient', { from: support, subject: 'x', text: 'x' }, 400],
    ['an empty list of recipients', { from: support, to: [], subject: 'x', text: 'x' }, 400],
    ['no address', { from: support, to: 'alice', subject: 'x', text: 'x' }, 400],
    ['neither text nor html', { from: support, to: 'a@example.com', subject: 'x' }, 400],
    ['no subject', { from: support, to: 'a@example.com', text: 'x' }, 400],
    ['a subject that is a number', { from: support, to: 'a@example.com', subject: 1, text: 'x' }, 400],
    [
      'content that is not Base64',
      {
        from: support,
        to: 'a@example.com',
        subject: 'x',
        text: 'x',
        attachments: [{ filename: 'a', content: 'not base64!' }],
      },
      400,
    ],
    ['an account of someone else', { from: 'else@example.com', to: 'a@example.com', subject: 'x', text: 'x' }, 403],
    ['no JSON', '{', 400],
    ['a list', '[]', 400],
  ])('refuses %s', async (_what, body, status) => {
    expect((await send('POST', '/emails/send', body)).status).toBe(status)
  })

  test('a reply goes to the sender, quotes, marks as answered and joins the conversation', async () => {
    const { messageId } = (
      await call('POST', '/emails/send', {
        from: billing,
        to: support,
        cc: ['carol@example.com', support],
        subject: 'Numbers',
        text: 'Which ones?',
      })
    ).data
    const original = await newest(support, 'INBOX')
    const reply = await call('POST', `/emails/${original.uid}/reply?${at(support)}`, { text: 'These', replyAll: true })
    expect(reply.data).toMatchObject({
      to: [billing],
      cc: ['carol@example.com'],
      subject: 'Re: Numbers',
      inReplyTo: messageId,
      references: messageId,
    })
    const plain = { text: 'And these', includeOriginal: false }
    const second = await call('POST', `/emails/${original.uid}/reply?${at(support)}`, plain)
    expect(second.data).not.toHaveProperty('cc')
    const [alone, quoting] = (await call('GET', `/emails?${at(support, '&folder=Sent&limit=2')}`)).data.emails
    expect(alone?.text).toBe('And these')
    expect(quoting?.text).toContain('> Which ones?')
    expect((await call('GET', `/emails/${original.uid}?${at(support)}`)).data.email).toMatchObject({
      flags: ['\\Answered'],
    })
    const threads = await call('GET', `/emails/threads?${at(billing, '&limit=10')}`)
    expect(threads.data.threads[0]).toMatchObject({ threadId: messageId, messageCount: 2, unreadCount: 2 })
    const thread = await call('GET', `/emails/threads/${encodeURIComponent(messageId)}?${at(billing)}`)
    expect(thread.data).toMatchObject({ subject: 'Re: Numbers', messageCount: 2 })
    expect((await call('GET', `/emails/threads/nothing?${at(billing)}`)).status).toBe(404)
    expect((await call('POST', `/emails/999999/reply?${at(support)}`, plain)).status).toBe(404)
  })

  test('a forward carries the original and its attachments', async () => {
    const { emails } = (await call('GET', `/emails?${at(support, '&limit=100')}`)).data
    const original = emails.find(({ hasAttachments }) => hasAttachments)
    if (original === undefined) throw new Error('no message has an attachment')
    const { uid, subject } = original
    const forward = await call('POST', `/emails/${uid}/forward?${at(support)}`, { to: billing, text: 'For you' })
    expect(forward.data).toMatchObject({ subject: `Fwd: ${subject}`, forwardedFrom: { uid, subject } })
    const all = await call('GET', `/emails/${uid}/attachments?${at(support)}`)
    const received = await newest(billing, 'INBOX')
    const forwarded = await call('GET', `/emails/${received.uid}/attachments?${at(billing)}`)
    expect(forwarded.data.attachments).toEqual(all.data.attachments)
    for (const { size, content } of all.data.attachments) expect(Buffer.from(content, 'base64')).toHaveLength(size)
  })
})

describe('messages', () => {
  test('can be marked and deleted for good', async () => {
    const { uid } = await newest(support, 'INBOX')
    expect((await call('PATCH', `/emails/${uid}?${at(support)}`, { action: 'read' })).body).toEqual({
      success: true,
      message: 'Email marked as read',
    })
    expect((await call('DELETE', `/emails/${uid}?${at(support)}`)).body).toEqual({
      success: true,
      message: 'Email deleted successfully',
    })
    expect((await call('DELETE', `/emails/${uid}?${at(support)}`)).status).toBe(404)
    expect((await send('DELETE', `/emails/x?${at(support)}`)).status).toBe(400)
  })

  test('a uid is never given twice', async () => {
    const mail = { from: billing, to: support, subject: 'x', text: 'x' }
    await call('POST', '/emails/send', mail)
    const { uid } = await newest(support, 'INBOX')
    await call('DELETE', `/emails/${uid}?${at(support)}`)
    await call('POST', '/emails/send', mail)
    expect((await newest(support, 'INBOX')).uid).toBe(uid + 1)
  })
})

describe('drafts', () => {
  test('can be saved, listed, replaced and deleted in both forms, and sent', async () => {
    const created = await call('POST', '/emails/drafts', { account: support, subject: 'Proposal', text: 'First' })
    expect(created.status).toBe(201)
    const uid: number = created.data.uid
    const form = { account: support, to: [billing], subject: 'Proposal v2', text: 'Second' }
    expect((await call('PUT', `/emails/drafts/${uid}`, form)).data).toMatchObject({ uid, account: support })
    expect((await call('PUT', '/emails/drafts', { ...form, uid, text: 'Third' })).data).toMatchObject({ uid })
    const listed = await call('GET', `/emails/drafts?${at(support, '&limit=1')}`)
    expect(listed.data).toMatchObject({ total: 1, drafts: [{ uid, subject: 'Proposal v2', text: 'Third' }] })
    const sent = await call('POST', `/emails/drafts/${uid}/send`, { account: support })
    expect(sent.data).toMatchObject({ to: [billing], subject: 'Proposal v2', savedToSent: true })
    expect((await call('POST', `/emails/drafts/${uid}/send`, { account: support })).status).toBe(404)
    expect(await newest(support, 'Sent')).toMatchObject({ subject: 'Proposal v2', flags: ['\\Seen'] })
    expect(await newest(billing, 'INBOX')).toMatchObject({ subject: 'Proposal v2' })

    const empty = (await call('POST', '/emails/drafts', { account: support })).data.uid
    expect((await call('POST', `/emails/drafts/${empty}/send`, { account: support })).status).toBe(400)
    expect((await call('DELETE', `/emails/drafts/${empty}?${at(support)}`)).status).toBe(200)
    const other = (await call('POST', '/emails/drafts', { account: support })).data.uid
    expect((await call('DELETE', `/emails/drafts?${at(support, `&uid=${other}`)}`)).status).toBe(200)
    expect((await call('DELETE', `/emails/drafts?${at(support, `&uid=${other}`)}`)).status).toBe(404)
    expect((await call('PUT', '/emails/drafts', { account: support, uid: other })).status).toBe(404)
    expect((await send('PUT', '/emails/drafts', { account: support })).status).toBe(400)
    expect((await send('POST', '/emails/drafts', { subject: 'x' })).status).toBe(400)
  })
})

describe('labels', () => {
  test('can be created once, put on a message, taken off and deleted everywhere', async () => {
    const created = await call('POST', '/labels', { name: 'Urgent', color: '#ef4444', description: 'Today' })
    expect(created).toMatchObject({ status: 201, body: { message: 'Label created successfully' } })
    const { id } = created.data.label
    expect((await call('POST', '/labels', { name: 'urgent' })).status).toBe(409)
    expect((await send('POST', '/labels', { name: 'x'.repeat(51) })).status).toBe(400)
    expect((await send('POST', '/labels', { name: 'x', color: 'red' })).status).toBe(400)

    const { uid, messageId } = await newest(support, 'Sent')
    const target = `/emails/${uid}/labels?${at(support, '&folder=Sent')}`
    const assigned = await call('POST', target, {
      label_ids: [id],
      labels: ['Made here', 'refund'],
      agent_name: 'triage',
      metadata: { sure: 0.9 },
    })
    expect(assigned.data.created_labels).toMatchObject([{ name: 'Made here' }])
    expect(assigned.data.labels.map(({ name }) => name)).toEqual(['Urgent', 'Made here', 'refund'])
    const byMessageId = `/emails/${encodeURIComponent(messageId)}/labels?${at(support, '&folder=Sent')}`
    expect((await call('GET', byMessageId)).data).toMatchObject({
      labels: [{ applied_by: 'triage', metadata: { sure: 0.9 } }, {}, {}],
    })
    expect((await call('POST', target, { label_ids: ['nothing'] })).status).toBe(404)
    expect((await call('POST', target, {})).status).toBe(400)
    expect((await call('GET', `/emails?${at(support, `&folder=Sent&label_ids=${id}`)}`)).data).toMatchObject({
      total: 1,
    })
    const removed = await call('DELETE', `${target}&label_ids=${id}`)
    expect(removed.data).toMatchObject({ removed_count: 1 })
    const made = assigned.data.created_labels[0]?.id
    expect((await call('DELETE', `/labels?id=${made}`)).data).toMatchObject({ deleted_name: 'Made here' })
    expect((await call('GET', target)).data.labels).toMatchObject([{ name: 'refund' }])
    expect((await call('DELETE', `/labels?id=${made}`)).status).toBe(404)
    expect((await call('GET', '/labels?include_count=true')).data).toMatchObject({ total: 6 })
  })
})

describe('webhooks', () => {
  test('give their secret once, can be changed, and are ten at most', async () => {
    const input = { url: 'https://hooks.example.com/jasni', events: ['email.received', 'email.sent'] }
    const created = await call('POST', '/webhooks', { ...input, description: 'Production' })
    expect(created.status).toBe(201)
    const { id, secret } = created.data.webhook
    expect(secret).toMatch(/^whsec_[0-9a-f]{48}$/)
    const paused = await call('PATCH', '/webhooks', { id, active: false })
    expect(paused.data.webhook).toMatchObject({ id, active: false, ...input })
    for (const text of [paused, await call('GET', '/webhooks'), await call('GET', `/webhooks/${id}`)])
      expect(JSON.stringify(text)).not.toContain('whsec_')
    for (let count = 1; count < 10; count += 1) await call('POST', '/webhooks', input)
    expect((await call('POST', '/webhooks', input)).status).toBe(400)
    expect((await call('DELETE', `/webhooks?id=${id}`)).body).toEqual({ success: true, message: 'Webhook deleted' })
    expect((await call('GET', `/webhooks/${id}`)).status).toBe(404)
    expect((await call('PATCH', '/webhooks', { id, active: true })).status).toBe(404)
    expect((await send('POST', '/webhooks', { ...input, url: 'ftp://example.com' })).status).toBe(400)
    expect((await send('POST', '/webhooks', { ...input, events: [] })).status).toBe(400)
    expect((await send('POST', '/webhooks', { ...input, events: ['nothing'] })).status).toBe(400)
  })
})

describe('narrowed keys', () => {
  test.each([
    ['POST', '/accounts', {}],
    ['PATCH', '/accounts', { email: support, name: 'x' }],
    ['DELETE', `/accounts?email=${support}`, null],
    ['POST', '/emails/send', { from: support, to: billing, subject: 'x', text: 'x' }],
    ['DELETE', `/emails/1?${at(support)}`, null],
    ['POST', '/emails/drafts', { account: support }],
    ['POST', '/emails/drafts/1/send', { account: support }],
    ['GET', `/emails/threads?${at(support)}`, null],
    ['GET', `/emails/1/raw?${at(support)}`, null],
    ['POST', '/webhooks', {}],
    ['GET', '/webhooks/1', null],
  ])('are refused %s %s', async (method, target, body) => {
    const { key: narrow } = server.issueKey({ label: 'narrow', scopes: ['labels'] })
    expect((await send(method, target, body, narrow)).status).toBe(403)
  })

  test('reach no other account', async () => {
    const { key: narrow } = server.issueKey({ label: 'one account', accounts: [billing] })
    const mail = { from: support, to: billing, subject: 'x', text: 'x' }
    expect((await send('POST', '/emails/send', mail, narrow)).status).toBe(403)
    expect((await send('POST', '/accounts', { username: 'x' }, narrow)).status).toBe(403)
    expect((await send('DELETE', `/accounts?email=${support}`, null, narrow)).status).toBe(404)
  })
})

test('every operation of the OpenAPI file was served, requests and answers as it says', async () => {
  await call('GET', `/emails?${at(support)}`)
  await call('GET', `/emails/${(await newest(support, 'Sent')).uid}?${at(support, '&folder=Sent')}`)
  process.stdout.write(`Operations of the local server held against the OpenAPI file: ${served.size} of 34\n`)
  expect([...served].sort()).toEqual([...document.operationIds].sort())
  expect(served.size).toBe(34)
})
