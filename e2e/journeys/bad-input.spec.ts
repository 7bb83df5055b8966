import { randomBytes } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '../fixtures/app.ts'
import {
  closeKeyDialog,
  messagesOf,
  openEnvironmentSettings,
  openScreen,
  pasteKey,
  pointEnvironment,
  switchEnvironment,
} from './hands.ts'

const shaped = () => `jsk_live_${randomBytes(16).toString('hex')}`

test('text that is no key is refused with a sentence each', async ({ launchApp }) => {
  const running = await launchApp()
  const { window } = running
  await switchEnvironment(window, 'Dev')
  const cases: readonly (readonly [string, RegExp])[] = [
    ['hello', /holds no key/],
    ['jsk_abc', /too short/],
    [`jsk_live_${'a'.repeat(600)}`, /too long/],
    ['jsk_live_abc def ghi jkl', /no spaces or line breaks/],
    ['jsk_live_abcdefgh\nijklmnop', /no spaces or line breaks/],
    [`my key is ${shaped()}`, /more than a key/],
    ['x'.repeat(10 * 1024 * 1024), /too long|holds no key/],
  ]
  for (const [text, sentence] of cases) {
    await pasteKey(running, text)
    await expect(window.getByText(sentence).first()).toBeVisible()
    await closeKeyDialog(window)
  }
  await expect(window.getByText(/Dev/).first()).toBeVisible()
})

test('a typed key never reaches the field', async ({ launchApp }) => {
  const { window } = await launchApp()
  await switchEnvironment(window, 'Dev')
  await openScreen(window, 'Keys')
  await window.getByRole('button', { name: 'Add key' }).first().click()
  const field = window.getByRole('textbox', { name: /paste it$/ })
  await field.pressSequentially('jsk_live_x')
  await expect(field).toHaveValue('')
  await expect(field).toHaveAttribute('aria-invalid', 'true')
})

test('a key that another environment holds is refused with its name, and a refused one says so', async ({
  launchApp,
  startPeer,
}) => {
  const peer = await startPeer()
  const { key } = peer.issueKey()
  const running = await launchApp()
  const { window } = running
  await pointEnvironment(window, 'Dev', peer.baseUrl)
  await pointEnvironment(window, 'Staging', peer.baseUrl)
  await switchEnvironment(window, 'Dev')
  await pasteKey(running, key)
  await expect(window.getByText('is stored and alive.')).toBeVisible()
  await closeKeyDialog(window)
  await switchEnvironment(window, 'Staging')
  await pasteKey(running, key)
  await expect(window.getByText('This key is already stored under Dev')).toBeVisible()
  await closeKeyDialog(window)
  await pasteKey(running, shaped())
  await expect(window.getByText(/the server refuses it/)).toBeVisible()
})

test('base URLs that a key may not go to are refused in the form', async ({ launchApp }) => {
  const { window } = await launchApp()
  await openEnvironmentSettings(window, 'Dev')
  const field = window.getByRole('textbox', { name: 'Base URL' })
  for (const [text, sentence] of [
    ['not a url', /no web address/],
    ['http://mail.example/api/v1', /Plain http shows the key/],
    ['https://me:secret@mail.example/api/v1', /user name or a password/],
    ['ftp://mail.example', /Only https/],
  ] as const) {
    await field.fill(text)
    await expect(window.getByText(sentence)).toBeVisible()
    await expect(window.getByRole('button', { name: 'Save' })).toBeDisabled()
  }
})

test('a server that answers wrongly gets a sentence, and the app goes on', async ({ launchApp, startPeer }) => {
  test.setTimeout(120_000)
  const peer = await startPeer()
  const { key } = peer.issueKey()
  const running = await launchApp()
  const { window } = running
  await pointEnvironment(window, 'Dev', peer.baseUrl)
  await switchEnvironment(window, 'Dev')
  await pasteKey(running, key)
  await expect(window.getByText('is stored and alive.')).toBeVisible()
  await closeKeyDialog(window)
  await openScreen(window, 'Inbox')
  await expect(messagesOf(window).first()).toBeVisible()

  const refresh = window.getByRole('button', { name: 'Refresh messages' })
  const cases = [
    [{ kind: 'html' }, /something that is not JSON/],
    [{ kind: 'huge' }, /sent too much/],
    [{ kind: 'reset' }, /cannot be reached/],
    [{ kind: 'cut-off' }, /ended in the middle/],
    [{ kind: 'status', status: 500 }, /(Dev|server|127\.0\.0\.1\S*) failed/],
    [{ kind: 'redirect', location: 'https://elsewhere.example/' }, /sent the call elsewhere/],
  ] as const
  for (const [fault, sentence] of cases) {
    // Enough for every attempt of every call that a refresh makes.
    peer.inject(fault, 30)
    await refresh.click()
    await expect(window.getByText(sentence).first()).toBeVisible()
    peer.clearFaults()
    await refresh.click()
    await expect(window.getByText(sentence)).toHaveCount(0)
    await expect(messagesOf(window).first()).toBeVisible()
  }

  const [record] = peer.listKeys().slice(-1)
  expect(peer.revokeKey(record?.id ?? '')).toBe(true)
  await refresh.click()
  await expect(window.getByText(/refused the key/).first()).toBeVisible()
})

for (const [file, sentence] of [
  ['vault.db', /vault/i],
  ['requests.db', /request log/i],
] as const) {
  test(`a damaged ${file} is moved aside with a notice, and mail is on screen again`, async ({ launchApp }) => {
    const first = await launchApp()
    await expect(messagesOf(first.window).first()).toBeVisible()
    await first.close()
    writeFileSync(join(first.profile, file), randomBytes(64 * 1024))

    const second = await launchApp({ profile: first.profile })
    await expect(
      second.window.getByRole('status').or(second.window.getByRole('alert')).filter({ hasText: sentence }).first(),
    ).toBeVisible()
    await expect(messagesOf(second.window).first()).toBeVisible()
    const kept = readdirSync(first.profile).filter((name) => name.startsWith(`${file}.damaged-`))
    expect(kept.length, readdirSync(first.profile).join(' ')).toBeGreaterThan(0)
  })
}
