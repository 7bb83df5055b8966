import { expect, test } from '../fixtures/app.ts'
import { findProblems } from './axe.ts'
import { messagesOf } from './hands.ts'

test('messages are triaged by keyboard alone: chosen, labelled, deleted, taken back', async ({ launchApp }) => {
  test.setTimeout(90_000)
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

  await press('Home')
  await press('Delete')
  await expect(row).toBeHidden()
  await expect(window.getByText(/^DELETE \/emails\/\d+/).first()).toBeVisible({ timeout: 15_000 })
  await expect(row).toBeHidden()
})
