import type { Page } from '@playwright/test'
import type { Bridge } from '../../src/shared/contract.ts'
import { expect, test } from '../fixtures/app.ts'
import { findProblems } from './axe.ts'
import { messagesOf } from './hands.ts'

declare global {
  interface Window {
    readonly bridge: Bridge
  }
}

/** Runs a command of the palette by keyboard. */
async function runCommand(window: Page, words: string): Promise<void> {
  await window.keyboard.press('ControlOrMeta+K')
  await expect(window.getByRole('combobox', { name: 'Search or run' })).toBeFocused()
  await window.keyboard.type(words)
  await expect(window.getByRole('listbox', { name: 'Commands' }).getByRole('option').first()).toContainText(words)
  await window.keyboard.press('Enter')
}

/** Sends a message in the Sandbox without the window's knowledge, as another agent would. */
async function sendMeanwhile(page: Page, from: string, to: string, subject: string): Promise<void> {
  await page.evaluate(
    async ([sender, recipient, line]) => {
      const app = await window.bridge.call('app.load', {})
      if (!app.ok) throw new Error(app.error.kind)
      const body = JSON.stringify({ from: sender, to: [recipient], subject: line, text: 'Sent meanwhile.' })
      const request = { operation: 'sendEmail' as const, parameters: {}, body }
      const { currentEnvironmentId: environmentId } = app.value
      const sent = await window.bridge.call('console.send', { ticket: crypto.randomUUID(), environmentId, request })
      if (!sent.ok) throw new Error(JSON.stringify(sent.error))
    },
    [from, to, subject] as const,
  )
}

test('a mailbox is kept by keyboard alone: ten messages, an account, and mail that comes meanwhile', async ({
  launchApp,
}) => {
  test.setTimeout(150_000)
  const { window } = await launchApp()
  const rows = messagesOf(window)
  await expect(rows.first()).toBeVisible()
  const press = (key: string) => window.keyboard.press(key)

  await press('j')
  await expect(window.getByRole('listbox', { name: 'Messages' })).toBeFocused()
  await press('x')
  await press('Shift+ArrowDown')
  await press('Shift+ArrowDown')
  const chosen = window.getByRole('toolbar', { name: 'Chosen messages' })
  await expect(chosen).toContainText('3 chosen')
  expect(await findProblems(window), 'Inbox, chosen messages').toEqual([])

  await press('l')
  const picker = window.getByRole('dialog', { name: 'Label 3 messages' })
  await expect(picker.getByRole('textbox')).toBeFocused()
  await picker.getByRole('textbox').fill('triaged by hand')
  expect(await findProblems(window), 'Label picker').toEqual([])
  await press('Enter')
  await expect(picker).toBeHidden()
  await expect(chosen).toBeHidden()
  await expect(rows.filter({ hasText: 'triaged by hand' })).toHaveCount(3)

  const first = (await rows.first().getAttribute('id')) ?? ''
  const row = window.locator(`#${first}`)
  await window.getByRole('listbox', { name: 'Messages' }).focus()
  await press('Home')
  await press('#')
  await expect(row).toBeHidden()
  await expect(window.getByRole('button', { name: /^Undo/ })).toBeVisible()
  await press('z')
  await expect(row).toBeVisible()

  // Four more are marked, and three deleted at once.
  await press('Home')
  await press('x')
  for (let more = 0; more < 3; more += 1) await press('Shift+ArrowDown')
  await expect(chosen).toContainText('4 chosen')
  await press('u')
  await expect(chosen).toBeHidden()
  await press('Home')
  await press('Delete')
  await expect(row).toBeHidden()
  await press('x')
  await press('Shift+ArrowDown')
  await press('Shift+ArrowDown')
  await expect(chosen).toContainText('3 chosen')
  await press('#')
  await expect(chosen).toBeHidden()
  await expect(window.getByText('Deleted 4 messages')).toBeVisible()
  await expect(window.getByText(/^DELETE \/emails\/\d+/).first()).toBeVisible({ timeout: 15_000 })
  await expect(row).toBeHidden()

  const pane = window.getByRole('navigation', { name: 'Accounts and folders' })
  const accounts = pane.getByRole('button', { expanded: true })
  const address = ((await accounts.first().getAttribute('title')) ?? '').replace(/^.*<(.*)>$/, '$1')
  await runCommand(window, 'Create account')
  const creating = window.getByRole('dialog', { name: /^Create an account in / })
  await expect(creating.getByRole('textbox', { name: 'User name' })).toBeFocused()
  await window.keyboard.type('keyboard-agent')
  expect(await findProblems(window), 'Create account').toEqual([])
  await press('Enter')
  await expect(creating).toBeHidden()
  await expect(accounts.filter({ hasText: 'keyboard-agent' })).toBeVisible()
  await expect(window.getByText('Inbox is empty')).toBeVisible()

  await runCommand(window, 'Delete account')
  const deleting = window.getByRole('dialog', { name: /^.*Delete an account of / })
  const typed = deleting.getByRole('textbox', { name: /^Type keyboard-agent@/ })
  await expect(typed).toBeFocused()
  await press('Enter')
  await expect(deleting).toBeVisible()
  await window.keyboard.type('keyboard-agent@sandbox.test')
  expect(await findProblems(window), 'Delete account').toEqual([])
  await press('Enter')
  await expect(deleting).toBeHidden()
  await expect(pane.getByRole('button', { name: 'keyboard-agent', exact: true })).toBeHidden()
  await expect(rows.first()).toBeVisible()
  await expect(accounts.first()).toHaveAttribute('title', new RegExp(address))

  const poll = pane.getByRole('switch', { name: 'Look for new mail' })
  await expect(poll).not.toBeChecked()
  await poll.press('Space')
  await expect(pane.getByText(/^Costs 2 requests a minute/)).toBeVisible()
  await pane.getByRole('combobox', { name: 'How often' }).press('Enter')
  await window.getByRole('option', { name: 'Every 15 s' }).press('Enter')
  await expect(pane.getByText(/^Costs 4 requests a minute/)).toBeVisible()
  // The list of intervals gives the focus back when it has closed.
  await expect(pane.getByRole('combobox', { name: 'How often' })).toBeFocused()
  const list = window.getByRole('listbox', { name: 'Messages' })
  await list.focus()
  await press('Home')
  await expect(list).toHaveAttribute('aria-activedescendant', /^message-/)
  const cursor = await list.getAttribute('aria-activedescendant')
  await sendMeanwhile(window, address, address, 'Came while nobody looked')
  await expect(rows.first()).toContainText('Came while nobody looked', { timeout: 45_000 })
  await expect(list).toHaveAttribute('aria-activedescendant', cursor ?? '')
})
