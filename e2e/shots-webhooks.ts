import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from './fixtures/app.ts'
import { openScreen } from './journeys/hands.ts'
import { callSuccessfully } from './security/hands.ts'

const folder = resolve(import.meta.dirname, '../docs/screenshots')
const size = { width: 1280, height: 800 }

for (const theme of ['dark', 'light'] as const) {
  test(`pictures of webhooks, ${theme}`, async ({ launchApp }) => {
    mkdirSync(folder, { recursive: true })
    const { app, window } = await launchApp({ args: [`--theme=${theme}`] })
    await app.evaluate(({ BrowserWindow }, { width, height }) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(width, height)
    }, size)
    await window.waitForFunction(({ width, height }) => innerWidth === width && innerHeight === height, size)
    const shoot = async (name: string) => {
      await window.mouse.move(640, 799)
      await window.screenshot({ path: join(folder, `${name}-${theme}.png`), animations: 'disabled', caret: 'hide' })
    }
    const { currentEnvironmentId: environmentId } = await callSuccessfully(window, 'app.load', {})
    const sendMail = async (subject: string) => {
      const mail = { from: 'support-agent@sandbox.test', to: ['billing-agent@sandbox.test'], subject, text: subject }
      const request = { operation: 'sendEmail' as const, parameters: {}, body: JSON.stringify(mail) }
      await callSuccessfully(window, 'console.send', { ticket: 'mail', environmentId, request })
    }

    await openScreen(window, 'Webhooks')
    await window.getByText('No webhook in Sandbox').waitFor()
    await shoot('webhooks-empty')
    const { url } = await callSuccessfully(window, 'receiver.start', {})
    const events = ['email.received', 'email.sent', 'email.deleted']
    const create = (input: { url: string; events: string[]; description: string }) =>
      callSuccessfully(window, 'webhooks.create', { environmentId, input })
    await create({ url: 'https://hooks.example.com/jasni/production', events: ['email.received'], description: '' })
    const paused = await create({ url: 'http://localhost:9/closed', events, description: 'Old agent' })
    await callSuccessfully(window, 'webhooks.setActive', { environmentId, id: paused.id, active: false })
    await create({ url, events, description: 'Local agent' })
    await sendMail('Refund for order 1042')
    await callSuccessfully(window, 'receiver.answerWith', { answer: 'failure' })
    await sendMail('Invoice 77')
    await window.keyboard.press('r')
    const deliveries = window.getByRole('table', { name: 'Deliveries' }).getByRole('row')
    await deliveries.nth(4).waitFor()
    await window.getByText('Local agent').first().click()
    await window.getByText('1 of 4').first().waitFor()
    await shoot('webhooks')
    await deliveries.nth(1).getByRole('button').click()
    await window.getByText('The signature is right').waitFor()
    await shoot('webhooks-delivery')
    await window.keyboard.press('v')
    await window
      .getByRole('textbox', { name: 'Delivery' })
      .fill('X-Webhook-Signature: sha256=00\n\n{"event":"email.sent"}')
    await window.getByRole('textbox', { name: 'Delivery' }).press('ControlOrMeta+Enter')
    await window.getByText('The signature cannot be read').waitFor()
    await shoot('webhooks-verify')
    await window.keyboard.press('Escape')
    await window.getByRole('button', { name: 'Create webhook' }).click()
    await window.getByRole('textbox', { name: 'Address' }).fill('https://hooks.example.com')
    await shoot('webhooks-create')
  })
}
