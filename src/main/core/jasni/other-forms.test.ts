import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseBaseUrl } from '../../../shared/base-url.ts'
import type { ApiForm } from '../../../shared/model/api-form.ts'
import type { CallSummary } from '../../../shared/model/call.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { WebhookSecretRecord } from '../../../shared/model/webhook.ts'
import { succeed } from '../../../shared/result.ts'
import { nodeMac } from '../../adapters/node-mac.ts'
import { systemClock } from '../../adapters/system-clock.ts'
import { createUndiciHttp } from '../../adapters/undici-http.ts'
import { createPipeline, type Pipeline } from '../pipeline/pipeline.ts'
import type { VaultChange } from '../ports.ts'
import { createCallLimits } from '../ratelimit/fixtures/call-limits.ts'
import { Secret } from '../vault/secret.ts'
import { createSecretKeeper } from '../webhooks/secret-keeper.ts'
import { createWebhooks, type Webhooks } from '../webhooks/webhooks.ts'
import { type ApiForms, type BothForms, createApiForms } from './api-forms.ts'
import { createMailClient, type MailClient } from './mail-client.ts'
import { createMailboxClient, type MailboxClient } from './mailbox-client.ts'
import { fillPath, operations } from './operations.ts'

/**
 * A server that answers each disagreement of the API reference, section 13, in the form that the
 * sandbox does not: that of the guides, the concept pages or the SDK types.
 */
const secret = 'whsec_other_forms_0123456789abcdef'
const mail = {
  uid: '41',
  messageId: '<m-41@example.com>',
  from: { address: 'alice@example.com', name: 'Alice' },
  to: [{ address: 'agent@example.org' }, 'bob@example.com'],
  subject: 'Kick-off',
  date: 'Mon, 15 Jan 2024 10:30:00 +0000',
  seen: false,
  hasAttachments: true,
  snippet: 'Notes from today',
  unknown: { member: true },
}
type Forms = 'concept' | 'sdk' | 'both' | 'none'
let draftForms: Forms = 'concept'

function answerOtherwise(method: string, path: string, query: URLSearchParams): readonly [number, object] {
  const data = (value: object, status = 200) => [status, { success: true, data: value }] as const
  const missing = [404, { success: false, error: 'Resource not found' }] as const
  const hasDraft = query.get('uid') !== '99' && !path.endsWith('/99')
  switch (`${method} ${path.replace(/\/\d+(?=\/|$)/, '/:id')}`) {
    case 'GET /emails':
      return data({
        emails: [mail, { ...mail, uid: 41 }, { uid: 42, date: 'never', flags: [] }],
        pagination: { page: 1 },
      })
    case 'GET /emails/:id':
      return data({ email: { ...mail, bcc: [], replyTo: { address: 'list@example.com' }, text: 'Notes' } })
    case 'DELETE /emails/:id':
      return [200, { success: true, message: 'Email moved to Trash' }]
    case 'GET /accounts':
      return data({ accounts: [{ email: 'agent@example.org', provider: 'jasni', status: 'active' }] })
    case 'POST /labels':
      return data({ label: { id: 7, name: 'Urgent', color: '#ef4444' }, message: 'Label created successfully' }, 200)
    case 'GET /webhooks':
      return data({
        webhooks: [{ id: 'wh_7', url: 'http://hooks.example.com', events: ['domain.verified', 'email.opened'] }],
      })
    case 'POST /webhooks':
      return data({
        webhook: { id: 'wh_8', url: 'https://hooks.example.com', events: ['email.sent'], active: true },
        secret,
      })
    case 'PUT /emails/drafts/:id':
    case 'DELETE /emails/drafts/:id':
      return draftForms === 'concept' || draftForms === 'both'
        ? hasDraft
          ? data({ uid: 12, account: 'agent@example.org' })
          : missing
        : [404, { success: false, error: 'Not found' }]
    case 'PUT /emails/drafts':
    case 'DELETE /emails/drafts':
      if (draftForms !== 'sdk' && draftForms !== 'both') return [405, { success: false, error: 'Method not allowed' }]
      return hasDraft ? data({ uid: 12 }) : missing
    default:
      return missing
  }
}

const http = createUndiciHttp()
const asked: string[] = []
let server: Server
let environment: Environment
let pipeline: Pipeline
let client: MailClient
let mailbox: MailboxClient
let webhooks: Webhooks
let forms: ApiForms
const kept: { apiForms: readonly ApiForm[]; webhookSecrets: readonly WebhookSecretRecord[] } = {
  apiForms: [],
  webhookSecrets: [],
}
const items = new Map<string, Secret>()
const bodies: string[] = []

const store = {
  apiForms: () => kept.apiForms,
  webhookSecrets: () => kept.webhookSecrets,
  commit(changes: readonly VaultChange[]) {
    for (const change of changes) {
      if (change.what === 'put-api-forms') kept.apiForms = change.apiForms
      if (change.what === 'put-webhook-secrets') kept.webhookSecrets = change.webhookSecrets
    }
    return succeed(null)
  },
}

beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://peer.invalid')
    const path = url.pathname.replace(/^\/api\/v1/, '')
    asked.push(`${incoming.method} ${path}`)
    const [status, body] = answerOtherwise(incoming.method ?? '', path, url.searchParams)
    incoming.resume()
    outgoing.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  // The host alone, as the SDK has it: the API on it is meant.
  const baseUrl = parseBaseUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  if (!baseUrl.ok) throw new Error(baseUrl.error)
  environment = {
    id: 'dev',
    kind: 'remote',
    name: 'Dev',
    mark: 'blue',
    baseUrl: baseUrl.value,
    plan: { kind: 'free', perMinute: 100 },
    rateGroup: null,
    protected: false,
    position: 0,
    activeKeyId: 'key-1',
  }
  const log = { info() {}, warn() {}, error: () => 'reference' }
  const keeper = createSecretKeeper({
    store,
    custody: {
      look: async (id) => succeed(items.get(id) ?? null),
      warm: async (id) => succeed(items.get(id) ?? null),
      write: async (id, value) => {
        items.set(id, value)
        return succeed(null)
      },
      remove: async (id) => {
        items.delete(id)
        return succeed(null)
      },
    },
    keychain: () => ({ status: 'ready', backend: 'test' }),
    clock: systemClock,
    random: { id: () => `record-${kept.webhookSecrets.length}` },
    log,
  })
  pipeline = createPipeline({
    http,
    calls: {
      append(record) {
        bodies.push(record.responseBody?.text ?? '')
        return { ...record, id: 1 } as unknown as CallSummary
      },
    },
    clock: systemClock,
    log,
    userAgent: 'Jasni Vault/test',
    ...createCallLimits(systemClock),
    onRecorded() {},
    watch: keeper.watch,
    vault: {
      environment: () => environment,
      resolveKey: async () =>
        succeed({ keyId: 'key-1', mask: 'jsk_live_…', secret: new Secret('jsk_live_0123456789abcdef') }),
      noteUse() {},
    },
  })
  client = createMailClient({ pipeline, publishHtml: () => null })
  mailbox = createMailboxClient({ pipeline })
  webhooks = createWebhooks({ pipeline, keeper, mac: nodeMac, clock: systemClock })
  forms = createApiForms({ pipeline, store, vault: { environment: () => environment } })
})
afterAll(async () => {
  await http.close()
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
})
beforeEach(() => {
  asked.splice(0)
  kept.apiForms = []
})

const place = { environmentId: 'dev', account: 'agent@example.org', folder: 'INBOX' }

describe('a server that speaks the other form', () => {
  test('base URL: the host alone means the API on it', async () => {
    expect(environment.baseUrl).toMatch(/\/api\/v1$/)
    expect((await client.accounts('dev')).ok).toBe(true)
  })

  test('list: uids as text, objects as addresses, seen and snippet, no total, a uid twice, a date that is none', async () => {
    const list = await client.list({ ...place, label: null })
    expect(list).toMatchObject({ ok: true, value: { total: 2 } })
    expect(list.ok && list.value.messages).toMatchObject([
      {
        uid: 41,
        from: { address: 'alice@example.com', name: 'Alice' },
        unread: true,
        hasAttachments: true,
        snippet: 'Notes from today',
      },
      { uid: 42, dateMs: null, subject: '', unread: true },
    ])
    expect(list.ok && list.value.messages[0]?.to.map(({ address }) => address)).toEqual([
      'agent@example.org',
      'bob@example.com',
    ])
  })

  test('message: an object as reply-to, no HTML', async () => {
    expect(await client.read({ ...place, uid: 41 })).toMatchObject({
      ok: true,
      value: { uid: 41, replyTo: 'list@example.com', text: 'Notes', htmlUrl: null },
    })
  })

  test('deletion: to Trash instead of for good', async () => {
    expect(await mailbox.deleteMessage({ ...place, uid: 41 })).toEqual({ ok: true, value: null })
  })

  test('accounts: provider and status instead of id and name', async () => {
    expect(await client.accounts('dev')).toEqual({ ok: true, value: [{ email: 'agent@example.org', name: '' }] })
  })

  test('label: its message inside the data, 200 instead of 201, a number as id', async () => {
    expect(await mailbox.createLabel('dev', { name: 'Urgent', color: null })).toMatchObject({
      ok: true,
      value: { id: '7', name: 'Urgent' },
    })
  })

  test('webhooks: wh_ ids, events that nobody documented, no active member, plain http', async () => {
    expect(await webhooks.list('dev')).toMatchObject({
      ok: true,
      value: [{ id: 'wh_7', active: true, events: ['domain.verified', 'email.opened'], secret: { state: 'none' } }],
    })
  })

  test('a secret beside the webhook is taken all the same, and is in no record', async () => {
    const created = await webhooks.create('dev', {
      url: 'https://hooks.example.com',
      events: ['email.sent'],
      description: '',
    })
    expect(created).toMatchObject({ ok: true, value: { id: 'wh_8', secret: { state: 'stored' } } })
    expect([...items.values()].map((item) => item.reveal())).toEqual([secret])
    expect(bodies.join('\n')).not.toContain(secret)
    const body = '{"event":"email.sent"}'
    const seconds = Math.floor(Date.now() / 1000)
    const v1 = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
    const report = await webhooks.verifyText('dev', 'wh_8', `X-Jasni-Signature: t=${seconds},v1=${v1}\n\n${body}`)
    expect(report).toMatchObject({
      ok: true,
      value: { verification: { verdict: 'verified', checks: [{ scheme: 'sdk' }] } },
    })
  })
})

describe('a request with two forms', () => {
  const input = (
    operation: (typeof operations)[keyof typeof operations],
    id: number | null,
    uid: number,
  ): BothForms['sdk'] => ({
    environmentId: 'dev',
    operation: operation.id,
    effect: operation.effect,
    method: operation.method,
    path: fillPath(operation, id === null ? {} : { draftId: id }),
    query: id === null && operation.method === 'DELETE' ? [['uid', String(uid)]] : [],
    body: operation.method === 'PUT' ? { account: 'agent@example.org', ...(id === null ? { uid } : {}) } : null,
    source: 'Inbox',
  })
  const replaceDraft = (uid: number): BothForms => ({
    sdk: input(operations.updateDraftByBody, null, uid),
    concept: input(operations.updateDraft, uid, uid),
  })
  const deleteDraft = (uid: number): BothForms => ({
    sdk: input(operations.deleteDraftByQuery, null, uid),
    concept: input(operations.deleteDraft, uid, uid),
  })

  test('is tried in the other one where the first is unknown, and from then on in that one', async () => {
    draftForms = 'concept'
    expect(await forms.send('draft-replace', replaceDraft(12))).toMatchObject({ ok: true })
    expect(await forms.send('draft-replace', replaceDraft(12))).toMatchObject({ ok: true })
    expect(asked).toEqual(['PUT /emails/drafts', 'PUT /emails/drafts/12', 'PUT /emails/drafts/12'])
    expect(forms.known('dev', 'draft-replace')).toBe('concept')
    expect(forms.known('dev', 'draft-delete')).toBeNull()
  })

  test('is remembered by another start, and forgotten when the base URL changes', async () => {
    draftForms = 'concept'
    await forms.send('draft-delete', deleteDraft(12))
    const again = createApiForms({ pipeline, store, vault: { environment: () => environment } })
    expect(again.known('dev', 'draft-delete')).toBe('concept')
    const moved = { ...environment, baseUrl: 'https://api.jasni.ai/api/v1' }
    expect(
      createApiForms({ pipeline, store, vault: { environment: () => moved } }).known('dev', 'draft-delete'),
    ).toBeNull()
  })

  test('goes back to the first form when the server changes its mind', async () => {
    draftForms = 'concept'
    await forms.send('draft-replace', replaceDraft(12))
    draftForms = 'sdk'
    expect(await forms.send('draft-replace', replaceDraft(12))).toMatchObject({ ok: true })
    expect(forms.known('dev', 'draft-replace')).toBe('sdk')
  })

  test.each(['both', 'sdk', 'concept', 'none'] as const)(
    'a draft that is not there is not found where the server knows %s, and nothing is learned of it',
    async (known) => {
      draftForms = known
      const answer = await forms.send('draft-delete', deleteDraft(99))
      expect(answer).toMatchObject({ ok: false, error: { kind: 'API_NOT_FOUND' } })
      expect(asked).toHaveLength(2)
      expect(kept.apiForms).toEqual([])
    },
  )
})
