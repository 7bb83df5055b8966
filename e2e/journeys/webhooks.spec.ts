import { createHmac } from 'node:crypto'
import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures/app.ts'
import { keychainServiceOf } from '../fixtures/keychain-service.ts'
import { callSuccessfully } from '../security/hands.ts'
import { findProblems } from './axe.ts'
import { closeKeyDialog, openScreen, pasteKey, pointEnvironment, switchEnvironment } from './hands.ts'

/** A secret as it could lie in a file: plain, as UTF-16, and in the three alignments of Base64. */
function encodingsOf(secret: string): Buffer[] {
  const aligned = [0, 1, 2].map((skip) => Buffer.from(Buffer.from(secret.slice(skip)).toString('base64').slice(0, 32)))
  return [Buffer.from(secret), Buffer.from(secret, 'utf16le'), ...aligned]
}

/** Sends a mail from one account of the Sandbox to another. */
async function sendMail(window: Page, subject: string): Promise<void> {
  const { currentEnvironmentId: environmentId } = await callSuccessfully(window, 'app.load', {})
  const mail = { from: 'support-agent@sandbox.test', to: ['billing-agent@sandbox.test'], subject, text: subject }
  const request = { operation: 'sendEmail' as const, parameters: {}, body: JSON.stringify(mail) }
  await callSuccessfully(window, 'console.send', { ticket: `mail-${subject}`, environmentId, request })
}

test('a webhook is created, delivered to, verified, tried again, paused and deleted, and its secret lies only in the keychain', async ({
  launchApp,
  desktop,
}) => {
  const running = await launchApp({ args: ['--webhook-speed=20'] })
  const { window } = running
  await openScreen(window, 'Webhooks')
  await expect(window.getByText('No webhook in Sandbox')).toBeVisible()
  await expect(window.getByText('The receiver is off')).toBeVisible()
  expect(await findProblems(window), 'Webhooks, empty').toEqual([])

  await window.getByRole('button', { name: 'Start receiver' }).click()
  const url = (await window.getByText(/^http:\/\/127\.0\.0\.1:\d+\/hook-/).textContent()) ?? ''
  await window.getByRole('button', { name: 'Create webhook' }).first().click()
  await expect(window.getByRole('textbox', { name: 'Address' })).toHaveValue(url)
  await window.getByRole('textbox', { name: 'Address' }).fill('ftp://nowhere')
  await window.getByRole('dialog').getByRole('button', { name: 'Create webhook' }).click()
  await expect(window.getByText('Begin the address with https:// or http://.')).toBeVisible()
  await window.getByRole('button', { name: 'Use the receiver of this machine' }).click()
  await window.getByRole('checkbox', { name: /^email\.received/ }).uncheck()
  await window.getByRole('textbox', { name: 'Description' }).fill('Local agent')
  expect(await findProblems(window), 'Create a webhook').toEqual([])
  await window.getByRole('dialog').getByRole('button', { name: 'Create webhook' }).click()
  await expect(window.getByRole('dialog')).toBeHidden()
  const row = window.getByRole('table', { name: 'Webhooks' }).getByRole('row').filter({ hasText: 'Local agent' })
  await expect(row).toContainText('active')
  await expect(row).toContainText('whsec_…')

  const service = keychainServiceOf(running.profile)
  const secrets = (await desktop.findSecrets(service)).filter(({ secret }) => secret.startsWith('whsec_'))
  expect(secrets).toHaveLength(1)
  const secret = secrets[0]?.secret ?? ''

  await sendMail(window, 'first')
  const deliveries = window.getByRole('table', { name: 'Deliveries' }).getByRole('row')
  const first = deliveries.filter({ hasText: 'email.sent' }).first()
  await expect(first).toContainText('verified')
  await expect(row).toContainText('200')
  await first.click()
  const delivery = window.getByRole('complementary', { name: 'Delivery' })
  await expect(delivery.getByText('The signature is right')).toBeVisible()
  await delivery.getByRole('tab', { name: 'Headers' }).click()
  await expect(delivery.getByText('JasniAI-Webhooks/1.0')).toBeVisible()
  expect(await findProblems(window), 'A delivery').toEqual([])

  // What came is pasted as an endpoint would have logged it, with the line end that an editor adds.
  const { deliveries: came } = await callSuccessfully(window, 'receiver.state', {})
  const read = await callSuccessfully(window, 'receiver.read', { id: came[0]?.id ?? 0 })
  const pasted = `${read.headers.map((pair) => pair.join(': ')).join('\n')}\n\n${read.body}\n`
  const raw = pasted.replace(/^content-length:.*\n/im, '')
  await window.getByRole('button', { name: 'Verify a delivery' }).click()
  const box = window.getByRole('textbox', { name: 'Delivery' })
  await box.fill(`POST /hook HTTP/1.1\nno header\n\n${raw}`)
  await window.getByRole('button', { name: 'Verify', exact: true }).last().click()
  await expect(window.getByText('This line is no header')).toBeVisible()
  await expect(window.getByText('Line 2, column 10.')).toBeVisible()
  await box.fill(raw)
  await box.press('ControlOrMeta+Enter')
  await expect(window.getByText('The signature is right, for the body before it was pasted')).toBeVisible()
  await expect(window.getByText('The paste added a line end behind the body.')).toBeVisible()
  expect(await findProblems(window), 'Verify a delivery').toEqual([])
  await box.fill(raw.replace('first', 'forged'))
  await box.press('ControlOrMeta+Enter')
  await expect(window.getByText('The signature does not fit')).toBeVisible()
  await window.keyboard.press('Escape')
  await expect(window.getByRole('dialog')).toBeHidden()

  await window.getByRole('button', { name: '500', exact: true }).click()
  await sendMail(window, 'second')
  await expect(deliveries.filter({ hasText: '500' }).filter({ hasText: 'email.sent' })).toHaveCount(2)
  await window.getByRole('button', { name: '200', exact: true }).click()
  await expect(deliveries.filter({ hasText: 'email.sent' }).first()).toContainText('200')
  await expect(deliveries.filter({ hasText: 'email.sent' })).toHaveCount(4)
  await row.getByRole('button').click()
  const detail = window.getByRole('complementary', { name: 'Webhook' })
  await expect(detail.getByText('3 of 4')).toBeVisible()

  await detail.getByRole('button', { name: 'Copy secret' }).click()
  await expect(detail.getByText(/^Copied\. The clipboard clears in/)).toBeVisible()
  expect(await running.readClipboard()).toBe(secret)
  await running.writeClipboard('something else')

  await detail.getByRole('button', { name: 'Pause' }).click()
  await expect(row).toContainText('paused')
  await sendMail(window, 'third')
  await detail.getByRole('button', { name: 'Resume' }).click()
  await expect(row).toContainText('active')
  await sendMail(window, 'fourth')
  await expect(deliveries.filter({ hasText: 'email.sent' })).toHaveCount(5)

  await detail.getByRole('button', { name: 'Delete webhook' }).click()
  await expect(window.getByText('leaves the keychain for good')).toBeVisible()
  await window.getByRole('dialog').getByRole('button', { name: 'Delete webhook' }).click()
  await expect(window.getByText('No webhook in Sandbox')).toBeVisible()
  await expect
    .poll(async () => (await desktop.findSecrets(service)).filter((item) => item.secret.startsWith('whsec_')).length)
    .toBe(0)

  await running.close()
  for (const [name, bytes] of running.readProfile()) {
    for (const encoding of encodingsOf(secret)) expect(bytes.includes(encoding), `${name} holds a secret`).toBe(false)
  }
  expect(running.readOutput()).not.toContain(secret)
})

test('a secret that was made elsewhere is added from the clipboard, and one that a crash lost is called lost', async ({
  launchApp,
  startPeer,
  desktop,
}) => {
  const peer = await startPeer()
  const { key } = peer.issueKey()
  const api = async (method: string, body: object): Promise<{ id: string; secret: string }> => {
    const answer = await fetch(`${peer.baseUrl}/webhooks`, {
      method,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    const { data } = (await answer.json()) as { data: { webhook: { id: string; secret: string } } }
    return data.webhook
  }
  const elsewhere = await api('POST', { url: 'https://hooks.example.com/elsewhere', events: ['email.sent'] })

  const first = await launchApp()
  const { window } = first
  await pointEnvironment(window, 'Dev', peer.baseUrl)
  await switchEnvironment(window, 'Dev')
  await pasteKey(first, key)
  await expect(window.getByText('is stored and alive.')).toBeVisible()
  await closeKeyDialog(window)
  await openScreen(window, 'Webhooks')
  const detail = window.getByRole('complementary', { name: 'Webhook' })
  await expect(detail.getByText('The secret of this webhook is not kept here')).toBeVisible()
  await first.writeClipboard(key)
  await detail.getByRole('button', { name: 'Take from clipboard' }).click()
  await expect(window.getByText('This is a key, not a webhook secret')).toBeVisible()
  await first.writeClipboard(elsewhere.secret)
  await detail.getByRole('button', { name: 'Take from clipboard' }).click()
  await expect(detail.getByText(/^whsec_…/)).toBeVisible()
  expect(await first.readClipboard()).not.toContain(elsewhere.secret)

  const body = '{"event":"email.sent"}'
  const signed = `X-Webhook-Signature: ${createHmac('sha256', elsewhere.secret).update(body).digest('hex')}\n\n${body}`
  await detail.getByRole('button', { name: 'Verify' }).click()
  await window.getByRole('textbox', { name: 'Delivery' }).fill(signed)
  await window.getByRole('textbox', { name: 'Delivery' }).press('ControlOrMeta+Enter')
  await expect(window.getByText('The signature is right', { exact: true })).toBeVisible()
  await window.keyboard.press('Escape')

  // The answer is on its way when the app ends: the server made the webhook, and nobody kept its secret.
  peer.inject({ kind: 'hang' })
  await window.getByRole('button', { name: 'Create webhook' }).click()
  await window.getByRole('textbox', { name: 'Address' }).fill('https://hooks.example.com/crash')
  await window.getByRole('dialog').getByRole('button', { name: 'Create webhook' }).click()
  await expect
    .poll(() =>
      [...first.readProfile()].some(([name, bytes]) => /^vault\.db/.test(name) && bytes.includes('.com/crash')),
    )
    .toBe(true)
  await first.kill()
  await api('POST', { url: 'https://hooks.example.com/crash', events: ['email.sent'] })

  const second = await launchApp({ profile: first.profile })
  await openScreen(second.window, 'Webhooks')
  const lost = second.window.getByRole('row').filter({ hasText: 'hooks.example.com/crash' })
  await expect(lost).toContainText('not kept')
  await lost.getByRole('button').click()
  const after = second.window.getByRole('complementary', { name: 'Webhook' })
  await expect(after.getByText('The secret of this webhook could not be kept')).toBeVisible()
  await expect(after.getByRole('button', { name: 'Delete and create again' })).toBeVisible()
  const kept = await desktop.findSecrets(keychainServiceOf(first.profile))
  expect(kept.filter(({ secret }) => secret === elsewhere.secret)).toHaveLength(1)
})
