import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Environment } from '../../../shared/model/environment.ts'
import { openCallStore } from '../../adapters/sqlite-call-store.ts'
import { systemClock } from '../../adapters/system-clock.ts'
import { createUndiciHttp } from '../../adapters/undici-http.ts'
import { type SandboxServer, startSandbox } from '../../sandbox/server.ts'
import { createPipeline } from '../pipeline/pipeline.ts'
import type { CallStore } from '../ports.ts'
import { createCallLimits } from '../ratelimit/fixtures/call-limits.ts'
import { Secret } from '../vault/secret.ts'
import { createMailClient, type MailClient } from './mail-client.ts'
import { createMailboxClient, type MailboxClient } from './mailbox-client.ts'
import { createProbe } from './probe.ts'

const http = createUndiciHttp()
const folder = mkdtempSync(join(tmpdir(), 'jasni-peer-'))
const account = 'support-agent@sandbox.test'
let sandbox: SandboxServer
let calls: CallStore
let mail: MailClient
let mailbox: MailboxClient
let environment: Environment
let probeKey: (key: string) => ReturnType<ReturnType<typeof createProbe>>

beforeAll(async () => {
  sandbox = await startSandbox({
    port: 0,
    plan: 10_000,
    windowMs: 60_000,
    limitBy: 'key',
    headers: 'none',
    statePath: null,
    issuerToken: 'issuer-token-for-tests',
    seed: 'peer',
  })
  const { key } = sandbox.issueKey()
  environment = {
    id: 'sandbox',
    kind: 'sandbox',
    name: 'Sandbox',
    mark: 'neutral',
    baseUrl: sandbox.baseUrl,
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
  const deps = {
    http,
    calls,
    clock: systemClock,
    log: { info() {}, warn() {}, error: () => 'reference' },
    userAgent: 'Jasni Vault/test',
    ...createCallLimits(systemClock),
    onRecorded() {},
  }
  const pipeline = createPipeline({
    ...deps,
    vault: {
      environment: () => environment,
      resolveKey: async () => ({ ok: true, value: { keyId: 'key-1', mask: 'jsk_live_…', secret: new Secret(key) } }),
      noteUse() {},
    },
  })
  mailbox = createMailboxClient({ pipeline })
  mail = createMailClient({ pipeline, publishHtml: () => 'app://mail/1' })
  probeKey = (text) => createProbe(deps)(environment, { id: 'key-1', mask: 'jsk_live_…', secret: new Secret(text) })
})
afterAll(async () => {
  calls.close()
  await http.close()
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

const place = () => ({ environmentId: 'sandbox', account, folder: 'INBOX' })

test('every message of the local server can be listed and read', async () => {
  const accounts = await mail.accounts('sandbox')
  expect(accounts.ok && accounts.value.map(({ email }) => email)).toContain(account)
  const labels = await mail.labels('sandbox')
  expect(labels.ok && labels.value.length).toBeGreaterThan(0)
  const list = await mail.list({ ...place(), label: null })
  if (!list.ok) throw new Error(list.error.kind)
  expect(list.value.messages.length).toBeGreaterThan(20)
  expect(list.value.total).toBe(list.value.messages.length)
  const dates = list.value.messages.map(({ dateMs }) => dateMs ?? 0)
  expect(dates).toEqual([...dates].sort((a, b) => b - a))
  const messages = await Promise.all(list.value.messages.map(({ uid }) => mail.read({ ...place(), uid })))
  const read = messages.flatMap((message) => (message.ok ? [message.value] : []))
  expect(read).toHaveLength(list.value.messages.length)
  expect(read.some(({ htmlUrl }) => htmlUrl !== null)).toBe(true)
  expect(read.some(({ htmlHasRemoteContent }) => htmlHasRemoteContent)).toBe(true)
})

test('a mark is kept', async () => {
  const isUnread = async (uid: number) => {
    const list = await mail.list({ ...place(), label: null })
    return list.ok && list.value.messages.find((message) => message.uid === uid)?.unread
  }
  const list = await mail.list({ ...place(), label: null })
  const uid = (list.ok && list.value.messages[0]?.uid) || 0
  for (const action of ['read', 'unread', 'read'] as const) {
    expect(await mail.mark({ ...place(), uid, action })).toEqual({ ok: true, value: null })
    expect(await isUnread(uid)).toBe(action === 'unread')
  }
})

test('a label narrows the list', async () => {
  const labels = await mail.labels('sandbox')
  const name = (labels.ok && labels.value[0]?.name) || ''
  const all = await mail.list({ ...place(), label: null })
  const some = await mail.list({ ...place(), label: name })
  expect(some.ok && all.ok && some.value.messages.length < all.value.messages.length).toBe(true)
})

test('what is missing is not found, and recorded', async () => {
  const result = await mail.read({ ...place(), uid: 999_999 })
  expect(result).toMatchObject({ ok: false, error: { kind: 'API_NOT_FOUND', apiMessage: 'Resource not found' } })
  const [newest] = calls.list({
    before: null,
    after: null,
    limit: 1,
    filter: { kind: 'test', not: false, test: { kind: 'error' } },
  }).calls
  expect(newest).toMatchObject({ operation: 'getEmail', status: 404, outcome: 'API_NOT_FOUND', source: 'Inbox' })
})

test.each([
  ['html', { kind: 'html' }, { kind: 'BAD_ANSWER', reason: 'not-json' }],
  ['50 MB', { kind: 'huge' }, { kind: 'ANSWER_TOO_LARGE' }],
  ['a reset', { kind: 'reset' }, { kind: 'NETWORK', reason: 'reset' }],
  ['a cut', { kind: 'cut-off' }, { kind: 'BAD_ANSWER', reason: 'cut-off' }],
  ['a redirect', { kind: 'redirect', location: 'https://evil.example/x' }, { kind: 'REDIRECTED' }],
  ['503', { kind: 'status', status: 503 }, { kind: 'SERVER_ERROR', status: 503 }],
] as const)('answered by %s the inbox gets a typed error', async (_, fault, error) => {
  // Once for each attempt: what passes by itself is asked again.
  sandbox.inject(fault, 3)
  expect(await mail.list({ ...place(), label: null })).toMatchObject({ ok: false, error })
  sandbox.clearFaults()
})

test('rule 8: the probe tells a live key, a narrow one, a wrong one and a revoked one', async () => {
  const issued = sandbox.issueKey()
  expect(await probeKey(issued.key)).toEqual({ kind: 'alive', narrow: false })
  expect(await probeKey(sandbox.issueKey({ scopes: ['emails'] }).key)).toEqual({ kind: 'alive', narrow: true })
  const refused = { kind: 'refused', signature: '401 Unauthorized. Please provide a valid API key.' }
  expect(await probeKey('jsk_live_SyntheticKeyForTests0001')).toEqual(refused)
  sandbox.revokeKey(issued.id)
  expect(await probeKey(issued.key)).toEqual(refused)
  sandbox.inject({ kind: 'status', status: 500 })
  expect(await probeKey(issued.key)).toEqual({ kind: 'unknown', reason: 'SERVER_ERROR' })
})

test('accounts, labels and messages of the local server can be changed', async () => {
  const value = <T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T => {
    if (!result.ok) throw new Error(JSON.stringify(result.error))
    return result.value
  }
  const created = value(await mailbox.createAccount('sandbox', { username: 'triage', name: 'Triage' }))
  expect(created).toEqual({ email: 'triage@sandbox.test', name: 'Triage' })
  expect(await mailbox.createAccount('sandbox', { username: 'triage', name: null })).toMatchObject({
    ok: false,
    error: { kind: 'API_REFUSED', status: 409 },
  })
  expect(value(await mailbox.renameAccount('sandbox', { email: created.email, name: 'Scout' })).name).toBe('Scout')
  expect(await mailbox.deleteAccount('sandbox', created.email)).toEqual({ ok: true, value: null })
  expect(await mail.list({ ...place(), account: created.email, label: null })).toMatchObject({ ok: false })

  const label = value(await mailbox.createLabel('sandbox', { name: 'to do', color: '#22c55e' }))
  expect(label).toMatchObject({ name: 'to do', color: '#22c55e' })
  const [newest] = value(await mail.list({ ...place(), label: null })).messages
  if (newest === undefined) throw new Error('no message')
  const message = { ...place(), uid: newest.uid }
  const before = value(await mailbox.messageLabels(message))
  expect(value(await mailbox.assignLabels({ ...message, labelIds: [label.id] }))).toEqual([...before, 'to do'])
  expect(await mailbox.removeLabels({ ...message, labelIds: [label.id] })).toEqual({ ok: true, value: null })
  expect(value(await mailbox.messageLabels(message))).toEqual(before)
  expect(await mailbox.deleteLabel('sandbox', label.id)).toEqual({ ok: true, value: null })

  expect(await mailbox.deleteMessage(message)).toEqual({ ok: true, value: null })
  expect(await mailbox.deleteMessage(message)).toMatchObject({ ok: false, error: { kind: 'API_NOT_FOUND' } })
})
