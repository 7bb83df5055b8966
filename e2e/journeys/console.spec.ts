import type { Page } from '@playwright/test'
import type { ConsoleRequest } from '../../src/shared/model/console.ts'
import { OperationId } from '../../src/shared/model/operation.ts'
import { expect, test } from '../fixtures/app.ts'
import { callBridge, callSuccessfully } from '../security/hands.ts'
import { openScreen } from './hands.ts'

const support = 'support-agent@sandbox.test'
const billing = 'billing-agent@sandbox.test'

/** Members of answers that the journey reads. */
interface AnswerData {
  readonly uid: number
  readonly emails: readonly { readonly uid: number; readonly messageId: string; readonly hasAttachments: boolean }[]
  readonly threads: readonly { readonly threadId: string }[]
  readonly label: { readonly id: string }
  readonly webhook: { readonly id: string }
}

/** Sends as the console does and reads the answer as the console does. */
async function send(
  page: Page,
  environmentId: string,
  done: Set<string>,
  operation: OperationId,
  parameters: ConsoleRequest['parameters'] = {},
  body: unknown = null,
): Promise<AnswerData> {
  const request = { operation, parameters, body: body === null ? null : JSON.stringify(body) }
  const answer = await callBridge(page, 'console.send', {
    ticket: `journey-${done.size}`,
    environmentId,
    request,
  })
  if (!answer.ok) throw new Error(`${operation}: ${JSON.stringify(answer.error)}`)
  const slice = await callBridge(page, 'console.body', { callId: answer.value.callId, from: 0 })
  if (!slice.ok) throw new Error(`${operation}: the answer is gone`)
  const whole = JSON.parse(slice.value.text) as { success: boolean; data?: AnswerData }
  expect(whole.success, operation).toBe(true)
  done.add(operation)
  return whole.data ?? ({} as AnswerData)
}

function chooseOperation(page: Page, name: string): Promise<void> {
  return page.getByRole('region', { name: 'Operations' }).getByRole('button', { name, exact: false }).first().click()
}

const answerPane = (page: Page) => page.getByRole('region', { name: 'Answer' })

test('every operation runs from the console against the local server', async ({ launchApp }) => {
  test.setTimeout(120_000)
  const { window } = await launchApp()
  const { currentEnvironmentId: sandbox } = await callSuccessfully(window, 'app.load', {})
  const done = new Set<string>()
  const at = { account: support }

  await send(window, sandbox, done, 'listAccounts')
  await send(window, sandbox, done, 'createAccount', {}, { username: 'returns', name: 'Returns' })
  await send(window, sandbox, done, 'updateAccount', {}, { email: 'returns@sandbox.test', name: 'Returns desk' })
  await send(window, sandbox, done, 'deleteAccount', { email: 'returns@sandbox.test' })

  const { label } = await send(window, sandbox, done, 'createLabel', {}, { name: 'Journey', color: '#22c55e' })
  await send(window, sandbox, done, 'listLabels', { include_count: true })

  const mail = { from: billing, to: support, subject: 'Journey', text: 'Hello' }
  const content = { filename: 'note.txt', contentType: 'text/plain', content: 'aGVsbG8=' }
  await send(window, sandbox, done, 'sendEmail', {}, { ...mail, attachments: [content] })
  const [email] = (await send(window, sandbox, done, 'listEmails', { ...at, limit: 1 })).emails
  if (email === undefined) throw new Error('the message did not arrive')
  const one = { ...at, id: email.uid }
  await send(window, sandbox, done, 'getEmail', one)
  await send(window, sandbox, done, 'updateEmail', one, { action: 'read' })
  await send(window, sandbox, done, 'assignEmailLabels', { ...at, id: String(email.uid) }, { label_ids: [label.id] })
  await send(window, sandbox, done, 'listEmailLabels', { ...at, id: email.messageId })
  await send(window, sandbox, done, 'removeEmailLabels', { ...at, id: String(email.uid), label_ids: label.id })
  await send(window, sandbox, done, 'deleteLabel', { id: label.id })
  await send(window, sandbox, done, 'listAttachments', one)
  await send(window, sandbox, done, 'getAttachment', { ...one, attachment: 'note.txt' })
  await send(window, sandbox, done, 'getRawEmail', one)
  await send(window, sandbox, done, 'replyToEmail', one, { text: 'Thanks' })
  await send(window, sandbox, done, 'forwardEmail', one, { to: billing, text: 'For you' })
  const { threads } = await send(window, sandbox, done, 'listThreads', at)
  await send(window, sandbox, done, 'getThread', { ...at, threadId: threads[0]?.threadId ?? '' })
  await send(window, sandbox, done, 'deleteEmail', one)

  const draft = { account: support, to: [billing], subject: 'Draft', text: 'First' }
  const { uid } = await send(window, sandbox, done, 'createDraft', {}, draft)
  await send(window, sandbox, done, 'listDrafts', at)
  await send(window, sandbox, done, 'updateDraft', { draftId: uid }, { ...draft, text: 'Second' })
  await send(window, sandbox, done, 'updateDraftByBody', {}, { ...draft, uid, text: 'Third' })
  await send(window, sandbox, done, 'sendDraft', { draftId: uid }, { account: support })
  const two = [
    await send(window, sandbox, done, 'createDraft', {}, draft),
    await send(window, sandbox, done, 'createDraft', {}, draft),
  ]
  await send(window, sandbox, done, 'deleteDraft', { ...at, draftId: two[0]?.uid ?? 0 })
  await send(window, sandbox, done, 'deleteDraftByQuery', { ...at, uid: two[1]?.uid ?? 0 })

  const hook = { url: 'https://hooks.example.com/jasni', events: ['email.received'] }
  const { webhook } = await send(window, sandbox, done, 'createWebhook', {}, hook)
  expect(JSON.stringify(webhook), 'the secret of a webhook is masked').not.toMatch(/whsec_[0-9a-f]{8}/)
  await send(window, sandbox, done, 'listWebhooks')
  await send(window, sandbox, done, 'getWebhook', { webhookId: webhook.id })
  await send(window, sandbox, done, 'updateWebhook', {}, { id: webhook.id, active: false })
  await send(window, sandbox, done, 'deleteWebhook', { id: webhook.id })

  process.stdout.write(`Operations run from the console: ${done.size} of ${OperationId.options.length}\n`)
  expect([...done].sort()).toEqual([...OperationId.options].sort())
})

test('in a protected environment only reads can be sent', async ({ launchApp, startPeer }) => {
  const running = await launchApp()
  const { window } = running
  const peer = await startPeer()
  const { environments } = await callSuccessfully(window, 'app.load', {})
  const prod = environments.find(({ name }) => name === 'Prod')
  if (prod === undefined) throw new Error('there is no Prod')
  const { name, mark, plan, rateGroup } = prod
  const input = { name, mark, plan, rateGroup, protected: true, baseUrl: peer.baseUrl }
  await callSuccessfully(window, 'environments.update', { id: prod.id, input })
  await running.writeClipboard(peer.issueKey('prod').key)
  await callSuccessfully(window, 'keys.addFromClipboard', { environmentId: prod.id, label: null, allowTestKey: true })
  const request = { operation: 'createLabel' as const, parameters: {}, body: '{"name":"x"}' }
  const refused = await callBridge(window, 'console.send', { ticket: 'p-1', environmentId: prod.id, request })
  expect(refused).toMatchObject({ ok: false, error: { kind: 'GUARDED' } })
  expect(peer.countRequests('/api/v1/labels', 'POST')).toBe(0)

  await window.keyboard.press('Control+4')
  await openScreen(window, 'Console')
  await chooseOperation(window, 'Create a label')
  await expect(window.getByText('Prod is protected.')).toBeVisible()
  await expect(window.getByRole('button', { name: /^Send to Prod/ })).toHaveAttribute('aria-disabled', 'true')
  await chooseOperation(window, 'List labels')
  await window.keyboard.press('ControlOrMeta+Enter')
  await expect(answerPane(window)).toContainText('200')
})

test('an answer of 20 MB is shown, and its rows stay few', async ({ launchApp, startPeer }) => {
  test.setTimeout(120_000)
  const running = await launchApp()
  const { window } = running
  const peer = await startPeer()
  const { environments } = await callSuccessfully(window, 'app.load', {})
  const id = environments.find(({ name }) => name === 'Dev')?.id ?? ''
  const input = {
    name: 'Dev',
    mark: 'blue' as const,
    plan: { kind: 'free' as const, perMinute: 100 },
    rateGroup: null,
    protected: false,
    baseUrl: peer.baseUrl,
  }
  await callSuccessfully(window, 'environments.update', { id, input })
  await running.writeClipboard(peer.issueKey('dev').key)
  await callSuccessfully(window, 'keys.addFromClipboard', { environmentId: id, label: null, allowTestKey: true })
  await window.keyboard.press('Control+2')
  await openScreen(window, 'Console')
  await expect(window.getByRole('combobox', { name: 'account required' })).toHaveValue(support)
  await chooseOperation(window, 'List labels')
  const email = { subject: 'x'.repeat(80), text: 'Lorem ipsum dolor sit amet. '.repeat(6), flags: ['\\Seen'], uid: 1 }
  const emails = Array.from({ length: 62_000 }, (_none, uid) => ({ ...email, uid }))
  const body = JSON.stringify({ success: true, data: { emails } })
  expect(body.length).toBeGreaterThan(18_000_000)
  peer.inject({ kind: 'status', status: 200, body })
  const startedAt = Date.now()
  await window.keyboard.press('ControlOrMeta+Enter')
  const tree = answerPane(window).getByRole('tree')
  await expect(tree).toContainText('"emails"', { timeout: 30_000 })
  const shownMs = Date.now() - startedAt
  await tree.focus()
  const frames = await window.evaluate(async () => {
    const scroller = document.querySelector('.json-tree')
    const gaps: number[] = []
    let last = performance.now()
    for (let frame = 0; frame < 60; frame += 1) {
      scroller?.scrollBy(0, 400)
      await new Promise((resolve) => requestAnimationFrame(resolve))
      gaps.push(performance.now() - last)
      last = performance.now()
    }
    return { worst: Math.max(...gaps), rows: document.querySelectorAll('.tree-row').length }
  })
  process.stdout.write(
    `An answer of ${(body.length / 1e6).toFixed(1)} MB: shown after ${shownMs} ms, longest frame ${frames.worst.toFixed(0)} ms, ${frames.rows} rows drawn\n`,
  )
  expect(frames.rows).toBeLessThan(120)
  await answerPane(window).getByText('Raw', { exact: true }).click()
  await expect(answerPane(window).getByRole('region', { name: 'Answer as it came' })).toBeVisible()
})
