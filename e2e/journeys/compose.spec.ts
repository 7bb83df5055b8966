import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type RunningApp } from '../fixtures/app.ts'
import { addPeerEnvironment } from '../security/hands.ts'
import { findProblems } from './axe.ts'
import { messagesOf, switchEnvironment } from './hands.ts'

const test = base.extend<{ folder: string }>({
  folder: async ({ browserName: _none }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'jasni-vault-compose-'))
    mkdirSync(join(folder, 'profile'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  },
})

/** Answers the desktop's own dialog with this file. */
async function answerOpenDialog({ app }: RunningApp, path: string): Promise<void> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [filePath] })
  }, path)
}

for (const theme of ['dark', 'light'] as const) {
  test(`a reply is written, survives a crash, is sent and found in Requests, ${theme}`, async ({
    launchApp,
    folder,
  }) => {
    test.setTimeout(120_000)
    const file = join(folder, 'terms.txt')
    writeFileSync(file, 'Thirty days.')
    const profile = join(folder, 'profile')
    const first = await launchApp({ profile, args: [`--theme=${theme}`] })
    const { window } = first
    const press = (key: string) => window.keyboard.press(key)
    await expect(messagesOf(window).first()).toBeVisible()
    await press('j')
    await expect(window.getByRole('listbox', { name: 'Messages' })).toBeFocused()
    await press('Enter')
    await expect(window.getByRole('button', { name: 'Reply', exact: true })).toBeEnabled()

    await press('r')
    const panel = window.getByRole('region', { name: 'Reply' })
    const text = panel.getByRole('textbox', { name: 'Text' })
    await expect(text).toBeFocused()
    await expect(panel.getByText('Goes out as a reply, in the thread of the original.')).toBeVisible()
    await expect(panel.getByText('Nothing written yet')).toBeVisible()
    await window.keyboard.type('We agree to the terms.')
    await expect(panel.getByText(/^Kept (on this machine|here)/)).toBeVisible()
    await answerOpenDialog(first, file)
    await panel.getByRole('button', { name: 'Attach' }).press('Enter')
    await expect(panel.getByRole('list', { name: 'Files of this message' })).toContainText('terms.txt')
    await expect(panel.getByText('because the API’s reply takes no files')).toBeVisible()
    await panel.getByRole('textbox', { name: 'To' }).focus()
    await window.keyboard.type('nobody,')
    await expect(panel.getByText('nobody is no address')).toBeVisible()
    expect(await findProblems(window), 'Composing').toEqual([])
    await press('Backspace')
    await press('ControlOrMeta+A')
    await press('Backspace')
    await text.focus()
    await press('End')
    await window.keyboard.type(' Until Friday.')
    await expect(panel.getByText(/^Kept (on this machine|here)/)).toBeVisible()
    await first.kill()

    const second = await launchApp({ profile, args: [`--theme=${theme}`] })
    const { window: again } = second
    await again.getByRole('list', { name: 'Unsent messages' }).getByRole('button').press('Enter')
    const resumed = again.getByRole('region', { name: 'Reply' })
    await expect(resumed.getByRole('textbox', { name: 'Text' })).toHaveValue(/^We agree to the terms\. Until Friday\./)
    await expect(resumed.getByRole('list', { name: 'Files of this message' })).toContainText('terms.txt')

    await again.keyboard.press('Escape')
    await expect(resumed).toBeHidden()
    await expect(again.getByText('Kept as a draft')).toBeVisible()
    await again.getByRole('list', { name: 'Unsent messages' }).getByRole('button').press('Enter')
    await expect(resumed).toBeVisible()
    await again.keyboard.press('ControlOrMeta+Enter')
    await expect(resumed).toBeHidden()
    await again.getByRole('button', { name: 'Undo' }).press('Enter')
    await expect(resumed).toBeVisible()
    await again.keyboard.press('ControlOrMeta+Enter')
    await expect(resumed).toBeHidden()
    expect(await findProblems(again), 'Sending').toEqual([])
    await expect(again.getByText(/^Sent “Re: /)).toBeVisible({ timeout: 20_000 })
    await again.getByRole('button', { name: 'Show call' }).press('Enter')
    await expect(again.getByText('/emails/send').first()).toBeVisible()
    await expect(again.getByRole('list', { name: 'Unsent messages' })).toBeHidden()
  })
}

test('mail whose outcome is unknown is not sent again by itself, and a draft stays with its environment', async ({
  launchApp,
  startPeer,
}) => {
  test.setTimeout(120_000)
  const peer = await startPeer()
  const running = await launchApp()
  const { window } = running
  await addPeerEnvironment(running, peer)
  await switchEnvironment(window, 'Peer')
  const create = window.getByRole('button', { name: 'New message' })
  await expect(create).toBeEnabled()
  await expect(messagesOf(window).first()).toBeVisible()

  await window.keyboard.press('c')
  const panel = window.getByRole('region', { name: 'New message' })
  await expect(panel.getByRole('textbox', { name: 'To' })).toBeFocused()
  await window.keyboard.type('ann@example.com,')
  await panel.getByRole('textbox', { name: 'Subject' }).fill('Invoice 77')
  await window.keyboard.press('ControlOrMeta+Enter')
  await expect(panel.getByText('The message is empty')).toBeVisible()
  await expect(panel.getByRole('textbox', { name: 'Text' })).toBeFocused()
  await window.keyboard.type('Please find it attached.')
  await switchEnvironment(window, 'Sandbox')
  await expect(window.getByText('Your message stays as a draft of Peer')).toBeVisible()
  await expect(panel).toBeHidden()
  await switchEnvironment(window, 'Peer')
  await expect(panel).toBeHidden()
  await window.getByRole('list', { name: 'Unsent messages' }).getByRole('button').press('Enter')
  await expect(panel.getByRole('textbox', { name: 'Text' })).toHaveValue('Please find it attached.')

  peer.inject({ kind: 'cut-off' }, 1, { urlHas: '/emails/send' })
  await window.keyboard.press('ControlOrMeta+Enter')
  await expect(window.getByText('Nobody knows whether “Invoice 77” was sent')).toBeVisible({ timeout: 20_000 })
  expect(await findProblems(window), 'Outcome unknown').toEqual([])
  await window.getByRole('button', { name: 'Check Sent' }).press('Enter')
  await expect(window.getByText(/In Sent there is “Invoice 77”|Nothing like it is among/)).toBeVisible()
  await window.getByRole('button', { name: 'It was sent' }).press('Enter')
  await expect(window.getByText('Nobody knows whether')).toBeHidden()
  await expect(window.getByRole('list', { name: 'Unsent messages' })).toBeHidden()
})
