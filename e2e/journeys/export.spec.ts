import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildAttempt } from '../../src/main/adapters/fixtures/call-record.ts'
import { loadHarCheck } from '../../src/main/adapters/fixtures/har-check.ts'
import { test as base, expect, type RunningApp } from '../fixtures/app.ts'
import { fillCallLog } from '../fixtures/call-log.ts'
import { callSuccessfully } from '../security/hands.ts'
import { findProblems } from './axe.ts'
import { closeKeyDialog, openScreen, pasteKey, pointEnvironment, switchEnvironment } from './hands.ts'

const planted = 'jsk_live_PlantedInAMail0123456789'

const test = base.extend<{ folder: string }>({
  folder: async ({ browserName: _none }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'jasni-vault-export-'))
    mkdirSync(join(folder, 'profile'))
    mkdirSync(join(folder, 'out'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  },
})

/** Answers the desktop's own dialog with this place, and keeps what is shown in its folder. */
async function answerSaveDialog({ app }: RunningApp, path: string | null): Promise<void> {
  await app.evaluate(({ dialog, shell }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: filePath === null, filePath: filePath ?? '' })
    shell.showItemInFolder = (shown: string) => {
      process.env.SHOWN_IN_FOLDER = shown
    }
  }, path)
}

async function openExport({ window }: RunningApp): Promise<void> {
  await openScreen(window, 'Requests')
  await window.getByRole('button', { name: 'Export', exact: true }).click()
  await expect(window.getByRole('dialog', { name: /^Export/ })).toBeVisible()
}

const goOn = ({ window }: RunningApp) => window.getByRole('button', { name: 'Choose file and export' }).click()

function readEntries(file: string): { readonly har: unknown; readonly entries: Record<string, unknown>[] } {
  const har = JSON.parse(readFileSync(file, 'utf8'))
  return { har, entries: har.log.entries }
}

test('a HAR of the log is valid for others, holds no key, and says what was taken out', async ({
  launchApp,
  startPeer,
  folder,
}) => {
  const profile = join(folder, 'profile')
  await fillCallLog(profile, 300, (index) => ({
    operation: 'getEmail',
    path: `/emails/${index}?account=support-agent%40mail.example`,
    responseBody: { text: `{"success":true,"data":{"text":"my key is ${planted}"}}`, bytes: 70, truncated: index < 10 },
    attempts: [
      buildAttempt({ status: 429, outcome: 'RATE_LIMITED', responseHeaders: [['set-cookie', 'session=1']] }),
      buildAttempt(),
    ],
  }))
  const peer = await startPeer()
  const { key } = peer.issueKey()
  const running = await launchApp({ profile })
  const { window, app } = running
  await pointEnvironment(window, 'Dev', peer.baseUrl)
  await switchEnvironment(window, 'Dev')
  await pasteKey(running, key)
  await expect(window.getByText('is stored and alive.')).toBeVisible()
  await closeKeyDialog(window)

  const file = join(folder, 'out', 'calls.har')
  await answerSaveDialog(running, file)
  await openExport(running)
  expect(await findProblems(window)).toEqual([])
  await window.getByRole('switch', { name: 'Include bodies' }).click()
  await goOn(running)
  await expect(window.getByRole('dialog', { name: 'Exported to calls.har' })).toBeVisible()
  expect(await findProblems(window)).toEqual([])
  await expect(window.getByText('10 bodies cut, as in the log')).toBeVisible()
  await window.getByRole('button', { name: 'Show in folder' }).click()
  await expect.poll(() => app.evaluate(() => process.env.SHOWN_IN_FOLDER)).toBe(file)

  const { har, entries } = readEntries(file)
  expect(loadHarCheck()(har)).toEqual([])
  // Of each filled call two attempts, and the calls that proved the key after them.
  expect(entries.length).toBeGreaterThan(600)
  expect(entries[1]).toMatchObject({ _attempt: 2, _attempts: 2, _operation: 'getEmail' })
  const text = readFileSync(file, 'utf8')
  expect(text).toContain('my key is jsk_[redacted]')
  for (const secret of [planted, planted.slice(9), key, key.slice(9), 'session=1', 'Bearer'])
    expect(text).not.toContain(secret)
  expect(text).not.toMatch(/"name":"(?:authorization|cookie|set-cookie)"/i)
  expect(readdirSync(join(folder, 'out'))).toEqual(['calls.har'])
})

test('a CSV has what the filter shows', async ({ launchApp, folder }) => {
  const profile = join(folder, 'profile')
  await fillCallLog(profile, 40, (index) =>
    index % 4 === 0 ? { status: 429, outcome: 'RATE_LIMITED', path: '/emails?q=%2Bcmd' } : {},
  )
  const running = await launchApp({ profile })
  const { window } = running
  const file = join(folder, 'out', 'calls.csv')
  await answerSaveDialog(running, file)
  await openScreen(window, 'Requests')
  await window.getByRole('button', { name: 'Refused' }).click()
  await expect(window.getByText('10 calls match')).toBeVisible()
  await openExport(running)
  await window.getByRole('button', { name: 'CSV' }).click()
  await expect(window.getByRole('switch', { name: 'Include bodies' })).toBeHidden()
  await goOn(running)
  await expect(window.getByRole('dialog', { name: 'Exported to calls.csv' })).toBeVisible()
  const lines = readFileSync(file, 'utf8').trimEnd().split('\r\n')
  expect(lines).toHaveLength(11)
  expect(lines.slice(1).every((line) => line.includes(',429,RATE_LIMITED,'))).toBe(true)
})

test('a cancelled export leaves no file, the app answers meanwhile, and giving up the place begins nothing', async ({
  launchApp,
  folder,
}) => {
  const profile = join(folder, 'profile')
  await fillCallLog(profile, 40_000, () => ({}))
  const running = await launchApp({ profile })
  const { window } = running
  const file = join(folder, 'out', 'calls.har')
  writeFileSync(file, 'old')

  await answerSaveDialog(running, null)
  await openExport(running)
  await goOn(running)
  await expect(window.getByRole('button', { name: 'Choose file and export' })).toBeEnabled()
  await expect(window.getByRole('dialog', { name: /^Export 40,\d{3} calls/ })).toBeVisible()

  await answerSaveDialog(running, file)
  await goOn(running)
  await window.getByRole('button', { name: 'Cancel export' }).click()
  await expect(window.getByRole('dialog', { name: 'The export was cancelled' })).toBeVisible()
  expect(readdirSync(join(folder, 'out'))).toEqual(['calls.har'])
  expect(readFileSync(file, 'utf8')).toBe('old')

  await window.getByRole('button', { name: 'Export again' }).click()
  await goOn(running)
  await expect(window.getByRole('progressbar', { name: 'Progress of the export' })).toBeVisible()
  await callSuccessfully(window, 'app.load', {})
  await window.getByRole('button', { name: 'Close' }).click()
  await expect(window.getByText(/^40,\d{3} calls exported to calls\.har$/)).toBeVisible({ timeout: 20_000 })
  expect(readEntries(file).entries.length).toBeGreaterThanOrEqual(40_000)
})

test('a place that cannot be written to gives a sentence and leaves nothing', async ({ launchApp, folder }) => {
  const profile = join(folder, 'profile')
  await fillCallLog(profile, 5, () => ({}))
  const running = await launchApp({ profile })
  const { window } = running
  await answerSaveDialog(running, join(folder, 'out', 'gone', 'calls.har'))
  await openExport(running)
  await goOn(running)
  await expect(window.getByRole('alert')).toContainText('That file or folder is no longer there')
  mkdirSync(join(folder, 'out', 'calls.har', 'inner'), { recursive: true })
  await answerSaveDialog(running, join(folder, 'out', 'calls.har'))
  await goOn(running)
  await expect(window.getByRole('dialog')).toContainText(/cannot be written to|could not be written/)
  expect(readdirSync(join(folder, 'out'))).toEqual(['calls.har'])
})

test('a call is copied as cURL without its key, and replayed once it is confirmed', async ({ launchApp }) => {
  const running = await launchApp()
  const { window } = running
  const { currentEnvironmentId: environmentId } = await callSuccessfully(window, 'app.load', {})
  const [account] = await callSuccessfully(window, 'mail.accounts', { environmentId })
  const place = { environmentId, account: account?.email ?? '', folder: 'INBOX' }
  const { messages } = await callSuccessfully(window, 'mail.list', { ...place, label: null })
  await callSuccessfully(window, 'mail.mark', { ...place, uid: messages[0]?.uid ?? 0, action: 'read' })

  await openScreen(window, 'Requests')
  await window.getByRole('grid', { name: 'Calls' }).getByText('PATCH').first().click()
  const pane = window.getByRole('region', { name: 'Call', exact: true })
  await pane.getByRole('button', { name: 'Copy as cURL' }).click()
  await expect(window.getByText('Copied as cURL')).toBeVisible()
  const command = await running.readClipboard()
  expect(command).toContain('curl --request PATCH')
  expect(command).toContain('"Authorization: Bearer $JASNI_API_KEY"')
  expect(command).toContain(`--data-raw '{"action":"read"}'`)

  await pane.getByRole('button', { name: 'Replay' }).click()
  const question = window.getByRole('dialog', { name: 'This call changes something' })
  await expect(question).toBeVisible()
  expect(await findProblems(window)).toEqual([])
  await question.getByRole('button', { name: 'Do not send' }).click()
  await expect(question).toBeHidden()
  await pane.getByRole('button', { name: 'Replay' }).click()
  await question.getByRole('button', { name: 'Send call again' }).click()
  await expect(window.getByText('Sent again')).toBeVisible()
  const newest = await callSuccessfully(window, 'requests.list', { before: null, after: null, limit: 1, filter: '' })
  expect(newest.calls[0]).toMatchObject({ source: 'Replay', method: 'PATCH', outcome: 'ok' })
})
