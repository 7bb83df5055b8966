import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConsoleRequest } from '../../../shared/model/console.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import { OperationId } from '../../../shared/model/operation.ts'
import { openCallStore } from '../../adapters/sqlite-call-store.ts'
import { systemClock } from '../../adapters/system-clock.ts'
import { createUndiciHttp } from '../../adapters/undici-http.ts'
import { openApiDocument } from '../../sandbox/api-document.ts'
import { type SandboxServer, startSandbox } from '../../sandbox/server.ts'
import { createPipeline } from '../pipeline/pipeline.ts'
import type { CallStore, Http } from '../ports.ts'
import { createCallLimits } from '../ratelimit/fixtures/call-limits.ts'
import { Secret } from '../vault/secret.ts'
import { type Console, createConsole } from './console.ts'

const folder = mkdtempSync(join(tmpdir(), 'console-peer-'))
const support = 'support-agent@sandbox.test'
const billing = 'billing-agent@sandbox.test'
const document = openApiDocument()
const wire = createUndiciHttp()
const judged = new Set<string>()
let sandbox: SandboxServer
let calls: CallStore
let desk: Console

/** Stands between client and server and holds both against the OpenAPI file. */
const judgingHttp: Http = {
  async send(request, signal) {
    const target = request.url.slice(sandbox.baseUrl.length)
    const path = target.split('?')[0] ?? ''
    const body: unknown = request.body === null ? null : JSON.parse(request.body)
    expect(document.checkRequest(request.method, target, body), `${request.method} ${target}`).toEqual([])
    const answer = await wire.send(request, signal)
    if (answer.end.kind !== 'answered') throw new Error('there was no answer')
    const answered: unknown = JSON.parse(new TextDecoder().decode(answer.end.body))
    expect(document.checkAnswer(request.method, path, answer.status ?? 0, answered), path).toEqual([])
    const id = document.nameOperation(request.method, path)
    if (id !== null) judged.add(id)
    return answer
  },
}

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
  const environment: Environment = {
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
    http: judgingHttp,
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
  desk = createConsole({ pipeline, vault: { environment: () => environment, environments: () => [environment] } })
})
afterAll(async () => {
  calls.close()
  await wire.close()
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Members of answers that the test reads. */
interface AnswerData {
  readonly uid: number
  readonly emails: readonly { readonly uid: number; readonly messageId: string }[]
  readonly threads: readonly { readonly threadId: string }[]
  readonly label: { readonly id: string }
  readonly webhook: { readonly id: string }
}

async function send(
  operation: OperationId,
  parameters: ConsoleRequest['parameters'] = {},
  body: unknown = null,
): Promise<AnswerData> {
  const request = { operation, parameters, body: body === null ? null : JSON.stringify(body) }
  const answer = await desk.send('ticket-1', 'sandbox', request)
  if (!answer.ok) throw new Error(`${operation}: ${JSON.stringify(answer.error)}`)
  expect(calls.get(answer.value.callId)?.summary).toMatchObject({ operation, source: 'Console' })
  const slice = desk.body(answer.value.callId, 0)
  if (!slice.ok) throw new Error(`${operation}: the answer is gone`)
  return (JSON.parse(slice.value.text) as { data?: AnswerData }).data ?? ({} as AnswerData)
}

test('all operations run from the console, requests and answers as the OpenAPI file says', async () => {
  const at = { account: support }
  await send('listAccounts')
  await send('createAccount', {}, { username: 'returns', name: 'Returns' })
  await send('updateAccount', {}, { email: 'returns@sandbox.test', name: 'Returns desk' })
  await send('deleteAccount', { email: 'returns@sandbox.test' })

  const { label } = await send('createLabel', {}, { name: 'Journey', color: '#22c55e' })
  await send('listLabels', { include_count: true })

  const mail = { from: billing, to: support, subject: 'Journey', text: 'Hello' }
  const content = { filename: 'note.txt', contentType: 'text/plain', content: 'aGVsbG8=' }
  await send('sendEmail', {}, { ...mail, attachments: [content] })
  const [email] = (await send('listEmails', { ...at, limit: 1 })).emails
  if (email === undefined) throw new Error('the message did not arrive')
  const one = { ...at, id: email.uid }
  await send('getEmail', one)
  await send('updateEmail', one, { action: 'read' })
  await send('assignEmailLabels', { ...at, id: String(email.uid) }, { label_ids: [label.id] })
  await send('listEmailLabels', { ...at, id: email.messageId })
  await send('removeEmailLabels', { ...at, id: String(email.uid), label_ids: label.id })
  await send('deleteLabel', { id: label.id })
  await send('listAttachments', one)
  await send('getAttachment', { ...one, attachment: 'note.txt' })
  await send('getRawEmail', one)
  await send('replyToEmail', one, { text: 'Thanks' })
  await send('forwardEmail', one, { to: billing, text: 'For you' })
  const { threads } = await send('listThreads', at)
  await send('getThread', { ...at, threadId: threads[0]?.threadId ?? '' })
  await send('deleteEmail', one)

  const draft = { account: support, to: [billing], subject: 'Draft', text: 'First' }
  const { uid } = await send('createDraft', {}, draft)
  await send('listDrafts', at)
  await send('updateDraft', { draftId: uid }, { ...draft, text: 'Second' })
  await send('updateDraftByBody', {}, { ...draft, uid, text: 'Third' })
  await send('sendDraft', { draftId: uid }, { account: support })
  const two = [await send('createDraft', {}, draft), await send('createDraft', {}, draft)]
  await send('deleteDraft', { ...at, draftId: two[0]?.uid ?? 0 })
  await send('deleteDraftByQuery', { ...at, uid: two[1]?.uid ?? 0 })

  const hook = { url: 'https://hooks.example.com/jasni', events: ['email.received'] }
  const { webhook } = await send('createWebhook', {}, hook)
  expect(JSON.stringify(webhook), 'the secret of a webhook is masked').not.toMatch(/whsec_[0-9a-f]{8}/)
  await send('listWebhooks')
  await send('getWebhook', { webhookId: webhook.id })
  await send('updateWebhook', {}, { id: webhook.id, active: false })
  await send('deleteWebhook', { id: webhook.id })

  process.stdout.write(`Operations run from the console with validation on both sides: ${judged.size} of 34\n`)
  expect([...judged].sort()).toEqual([...OperationId.options].sort())
})
