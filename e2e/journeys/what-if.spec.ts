import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { buildAttempt } from '../../src/main/adapters/fixtures/call-record.ts'
import { test as base, expect } from '../fixtures/app.ts'
import { fillCallLog } from '../fixtures/call-log.ts'
import { callSuccessfully } from '../security/hands.ts'
import { findProblems } from './axe.ts'
import { openScreen } from './hands.ts'

const test = base.extend<{ profile: string }>({
  profile: async ({ browserName: _none }, use) => {
    const profile = mkdtempSync(join(tmpdir(), 'jasni-vault-what-if-'))
    await use(profile)
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  },
})

/** A burst of calls of an environment that is gone: it counts as a free plan, so a hundred of them fit a minute. */
const fillBurst = (profile: string, count: number) =>
  fillCallLog(profile, count, (index) => ({
    method: index % 2 === 0 ? 'GET' : 'PATCH',
    ...(index < 100
      ? {}
      : { status: 429, outcome: 'RATE_LIMITED', attempts: [buildAttempt({ status: 429, outcome: 'RATE_LIMITED' })] }),
  }))

const dialogOf = (window: Page) => window.getByRole('dialog', { name: 'What if' })
const rowsOf = (window: Page) => dialogOf(window).getByRole('rowheader')
const policies = [
  'As recorded',
  'Pacing',
  'Full jitter',
  'Equal jitter',
  'Decorrelated jitter',
  'Exponential',
  'At once',
]

async function openFromPalette(window: Page, words: string): Promise<void> {
  await window.keyboard.press('ControlOrMeta+K')
  await expect(window.getByRole('dialog').getByRole('combobox')).toBeFocused()
  await window.keyboard.type(words)
  await window.getByRole('option', { name: /Try another retry policy/ }).waitFor()
  await window.keyboard.press('Enter')
}

test('recorded calls are compared from Requests: a sentence, a table, another limit, and nothing is sent', async ({
  launchApp,
  profile,
}) => {
  await fillBurst(profile, 150)
  const { window } = await launchApp({ profile })
  await openScreen(window, 'Requests')
  const { total } = await callSuccessfully(window, 'requests.list', { before: null, after: null, limit: 1, filter: '' })
  await window.getByRole('button', { name: 'What if' }).click()
  const dialog = dialogOf(window)
  await expect(dialog).toBeVisible()
  await expect(rowsOf(window)).toHaveText(policies)
  await expect(dialog.getByRole('status')).toContainText(/^Pacing would have sent .* with no refusal/)
  await expect(dialog).toContainText('Nothing is sent.')
  const recorded = dialog.getByRole('row', { name: /^As recorded/ })
  await expect(recorded.getByRole('cell').nth(1)).toHaveText('50')
  await expect(recorded.getByRole('cell').nth(2)).toHaveText('50')
  expect(await findProblems(window)).toEqual([])

  await dialog.getByRole('textbox', { name: 'Requests per minute' }).fill('0')
  await expect(dialog.getByText('A whole number from 1 to 1,000,000.')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Replay' })).toBeDisabled()
  expect(await findProblems(window)).toEqual([])
  await dialog.getByRole('textbox', { name: 'Requests per minute' }).fill('1,000')
  await dialog.getByRole('button', { name: 'Replay' }).click()
  await expect(dialog).toContainText('1,000 requests per minute')
  await expect(
    dialog
      .getByRole('row', { name: /^At once/ })
      .getByRole('cell')
      .nth(1),
  ).toHaveText('0')
  await dialog.getByText('A simulation, not a promise').click()
  await expect(dialog.getByText('Calls arrive when they arrived')).toBeVisible()
  expect(await findProblems(window)).toEqual([])
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect(dialog).toBeHidden()
  const after = await callSuccessfully(window, 'requests.list', { before: null, after: null, limit: 1, filter: '' })
  expect(after.total).toBe(total)
})

test('the palette opens it, and the keyboard alone is enough', async ({ launchApp, profile }) => {
  await fillBurst(profile, 120)
  const { window } = await launchApp({ profile })
  await openFromPalette(window, 'retry policy')
  const dialog = dialogOf(window)
  await expect(rowsOf(window)).toHaveText(policies)
  const limit = dialog.getByRole('textbox', { name: 'Requests per minute' })
  await expect(limit).toBeFocused()
  await window.keyboard.type('200')
  await window.keyboard.press('Enter')
  await expect(dialog).toContainText('200 requests per minute')
  await window.keyboard.press('Tab')
  const attempts = dialog.getByRole('combobox', { name: 'Attempts of one call' })
  await expect(attempts).toBeFocused()
  await window.keyboard.press('Enter')
  await window.getByRole('option', { name: '1', exact: true }).waitFor()
  await window.keyboard.press('Home')
  await window.keyboard.press('Enter')
  await expect(attempts).toHaveText('1')
  await expect(window.getByRole('listbox')).toHaveCount(0)
  await expect(attempts).toBeFocused()
  await expect(dialog.getByText('A call is sent at most 1 time.')).toBeAttached()
  await window.keyboard.press('Tab')
  await expect(dialog.getByRole('button', { name: 'Replay' })).toBeFocused()
  await window.keyboard.press('Tab')
  await expect(dialog.getByRole('region', { name: 'Policies side by side' })).toBeFocused()
  await window.keyboard.press('Tab')
  await window.keyboard.press('Enter')
  await expect(dialog.getByText('Calls arrive when they arrived')).toBeVisible()
  await window.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
})

test('a long replay tells how far it is, is stopped, and begins again; closing ends it', async ({
  launchApp,
  profile,
}) => {
  test.setTimeout(120_000)
  await fillBurst(profile, 20_000)
  const { window } = await launchApp({ profile })
  await openScreen(window, 'Requests')
  await window.getByRole('button', { name: 'What if' }).click()
  const dialog = dialogOf(window)
  const progress = dialog.getByRole('progressbar', { name: 'Replaying the recorded calls' })
  await expect(progress).toBeVisible()
  expect(await findProblems(window)).toEqual([])
  await dialog.getByRole('button', { name: 'Stop' }).click()
  await expect(dialog.getByText('The replay was stopped')).toBeVisible()
  await expect(progress).toBeHidden()
  expect(await findProblems(window)).toEqual([])
  await dialog.getByRole('button', { name: 'Run again' }).click()
  await expect(progress).toBeVisible()
  await window.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await callSuccessfully(window, 'app.load', {})
})

test('a filter that shows nothing leaves nothing to replay, and the dialog says so', async ({ launchApp, profile }) => {
  await fillBurst(profile, 5)
  const { window } = await launchApp({ profile })
  await openScreen(window, 'Requests')
  await window.getByRole('combobox', { name: 'Filter calls' }).fill('method:DELETE')
  await expect(window.getByText('No call matches this filter')).toBeVisible()
  await expect(window.getByRole('button', { name: 'What if' })).toBeDisabled()
  await openFromPalette(window, 'retry policy')
  await expect(dialogOf(window).getByText('No call to replay')).toBeVisible()
  expect(await findProblems(window)).toEqual([])
})
