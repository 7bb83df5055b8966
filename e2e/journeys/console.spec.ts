import type { Page } from '@playwright/test'
import type { ConsoleRequest } from '../../src/shared/model/console.ts'
import { OperationId } from '../../src/shared/model/operation.ts'
import { expect, test } from '../fixtures/app.ts'
import { callBridge, callSuccessfully } from '../security/hands.ts'
import { findProblems } from './axe.ts'
import { openScreen, readGauge } from './hands.ts'

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

test('forms are filled in, checked and sent by keyboard, in step with the JSON', async ({ launchApp }) => {
  const running = await launchApp()
  const { window } = running
  await window.keyboard.press('g')
  await window.keyboard.press('c')
  await expect(window.getByRole('heading', { level: 1, name: '/emails' })).toBeVisible()
  await expect(window.getByRole('combobox', { name: 'account required' })).toHaveValue(support)

  // 1: a read, from a search.
  await window.keyboard.press('/')
  await window.keyboard.type('list labels')
  await window.keyboard.press('Enter')
  await window.keyboard.press('ControlOrMeta+Enter')
  const tree = answerPane(window).getByRole('tree')
  await expect(tree).toContainText('"total": 5')
  await expect(answerPane(window).getByRole('status').first()).toContainText('200')
  await window.getByRole('textbox', { name: 'Search operations' }).fill('')

  // 2: what is missing is told at its field, and nothing leaves.
  const before = await readGauge(window)
  await chooseOperation(window, 'Send a message')
  await window.keyboard.press('ControlOrMeta+Enter')
  await expect(window.getByRole('combobox', { name: 'to required' })).toBeFocused()
  await expect(window.getByText('This is required.')).toHaveCount(2)
  await expect(window.getByText('Fill in text or html: at least one is required.')).toBeVisible()
  expect(await readGauge(window)).toBe(before)
  expect(await findProblems(window), 'Console, faults').toEqual([])

  // 3: form and JSON in step, both ways.
  await window.getByRole('combobox', { name: 'to required' }).fill(`${billing}, alice@example.com`)
  await window.getByRole('textbox', { name: 'subject required' }).fill('From the form')
  const editor = window.getByRole('textbox', { name: 'Body as JSON' })
  await expect(editor).toContainText('"alice@example.com"')
  await editor.click()
  await window.keyboard.press('ControlOrMeta+A')
  await running.writeClipboard(`{"from": "${support}", "to": "${billing}", "subject": "From the JSON", "text": "Hi"}`)
  await window.keyboard.press('ControlOrMeta+V')
  await expect(window.getByRole('textbox', { name: 'subject required' })).toHaveValue('From the JSON')
  await expect(window.getByText('matches the schema')).toBeVisible()
  await window.keyboard.press('ControlOrMeta+Enter')
  await expect(tree).toContainText('"savedToSent": true')
  await window.keyboard.press('ControlOrMeta+A')
  await window.keyboard.type('{"from": ')
  await expect(window.getByText(/The JSON has a mistake/)).toBeVisible()
  await expect(window.getByText('no JSON yet')).toBeVisible()

  // 4: what the server refuses is explained, with its body.
  await chooseOperation(window, 'Read one message')
  await window.getByRole('textbox', { name: 'id required' }).fill('999999')
  await window.keyboard.press('ControlOrMeta+Enter')
  await expect(answerPane(window)).toContainText('404')
  await expect(tree).toContainText('"Resource not found"')
  await window.getByRole('textbox', { name: 'id required' }).fill('many')
  await window.keyboard.press('ControlOrMeta+Enter')
  await expect(window.getByText('This must be a whole number.')).toBeVisible()

  // 5: a choice and a list.
  await chooseOperation(window, 'Create a webhook')
  await window.getByRole('textbox', { name: 'url required' }).fill('https://hooks.example.com/jasni')
  await window.getByLabel('email.received').check()
  await window.keyboard.press('ControlOrMeta+Enter')
  await expect(tree).toContainText('"secret": "whsec_[redacted]"')
})

test('a request is copied, kept over a restart and repeated, and the gauge counts each', async ({ launchApp }) => {
  const running = await launchApp()
  const { window } = running
  await openScreen(window, 'Console')
  await expect(window.getByRole('combobox', { name: 'account required' })).toHaveValue(support)

  await chooseOperation(window, 'Create a draft')
  await window.getByRole('textbox', { name: 'subject', exact: true }).fill("It's a draft")
  await window.keyboard.press('ControlOrMeta+Enter')
  await expect(answerPane(window).getByRole('tree')).toContainText('"Draft saved"')
  await window.getByRole('button', { name: 'Copy as' }).click()
  await window.getByRole('menuitem', { name: 'cURL' }).click()
  await expect(window.getByText('Copied as cURL')).toBeVisible()
  const command = await running.readClipboard()
  expect(command).toContain('"Authorization: Bearer $JASNI_API_KEY"')
  expect(command).toContain("It'\\''s a draft")
  await window.getByRole('button', { name: 'Saved' }).click()
  await window.getByRole('menuitem', { name: 'Save this request' }).click()
  await window.getByRole('textbox', { name: 'Name' }).fill('My draft')
  await window.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(window.getByText('Saved as My draft')).toBeVisible()

  // Repeated from the kept request, after a restart.
  const next = await running.restart()
  await openScreen(next.window, 'Console')
  await next.window.getByRole('button', { name: 'Saved' }).click()
  await next.window.getByRole('menuitem', { name: 'My draft Create a draft' }).click()
  await expect(next.window.getByRole('textbox', { name: 'subject', exact: true })).toHaveValue("It's a draft")
  // Nothing is sent before the account is known, nor while the menu takes the keys.
  await expect(next.window.getByRole('combobox', { name: 'account required' })).toHaveValue(support)
  await expect(next.window.getByRole('menu')).toBeHidden()
  const gauge = await readGauge(next.window)
  for (let count = 1; count <= 5; count += 1) {
    // The gauge moves when a request goes out; the next one is taken once its answer is in.
    await expect(next.window.getByRole('button', { name: /^Send to / })).toBeVisible()
    await next.window.keyboard.press('ControlOrMeta+Enter')
    // At least: a call of another screen may come in between.
    await expect.poll(() => readGauge(next.window)).toBeGreaterThanOrEqual(gauge + count)
  }
  await next.window.getByRole('button', { name: 'History' }).click()
  await expect(next.window.getByRole('heading', { level: 1, name: 'Requests' })).toBeVisible()
  const drafts = next.window.getByRole('grid', { name: 'Calls' }).getByRole('row').filter({ hasText: '/emails/drafts' })
  await expect(drafts).toHaveCount(6)
})

test('in a protected environment only reads can be sent before it is armed', async ({ launchApp, startPeer }) => {
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
  await expect(window.getByRole('button', { name: /^Arm Prod to send/ })).toBeVisible()
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
