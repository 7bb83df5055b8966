import { join } from 'node:path'
import Database from 'libsql'
import { expect, test } from '../fixtures/app.ts'
import { findProblems } from './axe.ts'
import {
  closeKeyDialog,
  openEnvironmentSettings,
  openScreen,
  pasteKey,
  pointEnvironment,
  switchEnvironment,
} from './hands.ts'
import {
  catchBrowser,
  connectDev,
  countTraffic,
  deathMs,
  expectPresent,
  expectRotated,
  keyText,
  readSecrets,
  rotate,
  startTraffic,
  stopTraffic,
} from './rotation-hands.ts'

test('one click rotates the sandbox’s key under 20 calls a second, and no call fails', async ({
  launchApp,
  desktop,
}) => {
  test.setTimeout(120_000)
  const running = await launchApp()
  const { window } = running
  await openScreen(window, 'Keys')
  await expect(window.getByRole('heading', { level: 2, name: 'built-in' })).toBeVisible()
  const before = await readSecrets(running, desktop)
  expect(before).toHaveLength(1)

  // Below the 100 requests a minute that each of the two keys has.
  await startTraffic(window, 'Sandbox', 20, 120)
  await expect.poll(() => countTraffic(window)).toBeGreaterThan(10)
  await rotate(window)
  await expectRotated(window)
  const outcomes = await stopTraffic(window)
  expect(outcomes.length).toBeGreaterThan(60)
  expect(outcomes.filter((outcome) => outcome !== 'ok')).toEqual([])
  expect(await findProblems(window), 'the report').toEqual([])

  const after = await readSecrets(running, desktop)
  expect(after, 'the new secret, and the dead one is gone').toHaveLength(1)
  expect(after[0]).not.toBe(before[0])

  await window.getByRole('button', { name: 'Copy as Markdown' }).click()
  await expect(window.getByText('The report is copied')).toBeVisible()
  const report = await running.readClipboard()
  expect(report).toContain('built-in')
  expect(report).toMatch(/^#/)
  expect(report).not.toMatch(keyText)

  await window.keyboard.press('Escape')
  const table = window.getByRole('table', { name: 'Keys' })
  await expect(table.getByText('dead', { exact: true })).toBeVisible()
  await expect(table.getByText(/^proven dead /)).toBeVisible()
  await expect(table.getByText('active', { exact: true })).toBeVisible()
})

test('a guided rotation takes the new key from the clipboard, and proves the old one dead once it is revoked', async ({
  launchApp,
  startPeer,
  desktop,
}) => {
  test.setTimeout(180_000)
  const peer = await startPeer()
  const running = await launchApp()
  const { window } = running
  const readOpened = await catchBrowser(running)
  const old = await connectDev(running, peer)

  await rotate(window)
  await expectPresent(window, 'Obtain')
  const box = window.getByRole('textbox', { name: 'New key for Dev: paste it' })
  await expect(box).toBeVisible()
  expect(await findProblems(window), 'waiting for a key').toEqual([])
  await window.getByRole('button', { name: 'Open API Keys page' }).click()
  const page = 'https://app.jasni.ai/settings/api-keys'
  await expect.poll(readOpened, 'at the start, and by the button').toEqual([page, page])

  // What lies on the clipboard while nobody has copied the new key.
  const secrets = await readSecrets(running, desktop)
  for (const [text, sentence] of [
    [old.key, /already/],
    [secrets.find((secret) => secret !== old.key) ?? '', /already stored under Sandbox/],
    [`my key is ${peer.issueKey('in a sentence').key}, take it`, /more than a key/],
    ['x'.repeat(10 * 1024 * 1024), /too long|holds no key/],
  ] as const) {
    await running.writeClipboard(text)
    await box.press('ControlOrMeta+V')
    await expect(window.getByText(sentence).first()).toBeVisible()
    await expectPresent(window, 'Obtain')
  }
  await box.pressSequentially('jsk_live_x')
  await expect(box).toHaveValue('')

  await running.writeClipboard(peer.issueKey('second').key)
  await expectPresent(window, 'Prove dead')
  await expect(window.getByText('Your turn.')).toBeVisible()
  await expect(window.getByRole('button', { name: 'Go back to the old key' })).toBeVisible()
  expect(await running.readClipboard(), 'a key that was taken does not stay on the clipboard').not.toMatch(keyText)
  expect(await findProblems(window), 'waiting for the revocation').toEqual([])

  // Left and found again: by the note, after a reload, and from the palette.
  await window.getByRole('button', { name: 'Leave, keep going' }).click()
  await window.getByRole('button', { name: 'Return to it', exact: true }).click()
  await expectPresent(window, 'Prove dead')
  await window.reload()
  await expectPresent(window, 'Prove dead')
  await expect(window.getByRole('heading', { level: 1, name: /^Rotate / })).toBeFocused()
  await window.keyboard.press('Escape')
  await expect(window.getByRole('table', { name: 'Keys' }).getByText('revoking')).toBeVisible()
  await window.keyboard.press('ControlOrMeta+K')
  await window.getByRole('combobox').fill('return to the rotation')
  await window.keyboard.press('Enter')
  await expectPresent(window, 'Prove dead')

  expect(peer.revokeKey(old.id)).toBe(true)
  // The app goes on asking by itself: how many refusals it has seen when one looks is a matter of chance.
  await expectRotated(window)
  const left = await readSecrets(running, desktop)
  expect(left).not.toContain(old.key)
})

test('a rotation is cancelled before the switch, and taken back after it', async ({ launchApp, startPeer }) => {
  test.setTimeout(120_000)
  const peer = await startPeer()
  const running = await launchApp()
  const { window } = running
  await catchBrowser(running)
  await connectDev(running, peer)

  await rotate(window)
  await expectPresent(window, 'Obtain')
  await expect(window.getByText('nothing is left behind')).toBeVisible()
  await window.getByRole('button', { name: 'Cancel this rotation' }).click()
  await expect(window.getByText('Cancelled before the switch')).toBeVisible()
  await window.getByRole('button', { name: 'Close' }).click()

  await rotate(window)
  await expectPresent(window, 'Obtain')
  await running.writeClipboard(peer.issueKey('second').key)
  await expectPresent(window, 'Prove dead')
  await window.getByRole('button', { name: 'Go back to the old key' }).click()
  await expect(window.getByText('Back on the old key')).toBeVisible()
  await expect(window.getByText(/is alive and stays in Keys/)).toBeVisible()
})

test('a key is revoked without a successor only after its name was typed in a protected environment', async ({
  launchApp,
  startPeer,
}) => {
  test.setTimeout(120_000)
  const peer = await startPeer()
  const running = await launchApp()
  const { window } = running
  await catchBrowser(running)
  await pointEnvironment(window, 'Prod', peer.baseUrl)
  await switchEnvironment(window, 'Prod')
  const issued = peer.issueKey('main')
  await pasteKey(running, issued.key)
  await expect(window.getByText('is stored and alive.')).toBeVisible()
  await closeKeyDialog(window)

  await window.getByRole('complementary', { name: 'Passport' }).getByRole('button', { name: 'Revoke' }).click()
  const dialog = window.getByRole('dialog', { name: /^Revoke .* in Prod\?$/ })
  await expect(dialog.getByText(/today/)).toBeVisible()
  await expect(dialog.getByText(/there is no successor/)).toBeVisible()
  expect(await findProblems(window), 'the question').toEqual([])
  const confirm = dialog.getByRole('button', { name: 'Revoke key' })
  await expect(confirm).toBeDisabled()
  const field = dialog.getByRole('textbox')
  const label = await field.evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent ?? '')
  await field.fill(/^Type (.*) to revoke it$/.exec(label)?.[1] ?? '')
  await confirm.click()
  await expectPresent(window, 'Prove dead')
  // The app asks by itself as well, and may be quicker than a click on “I have revoked it”.
  expect(peer.revokeKey(issued.id)).toBe(true)
  await expect(window.getByText(/is dead$/)).toBeVisible({ timeout: deathMs })
})

test('panic revokes every key of an environment and shows a line for each', async ({ launchApp }) => {
  test.setTimeout(120_000)
  const { window } = await launchApp()
  await openScreen(window, 'Keys')
  await window.getByRole('button', { name: /^Panic: / }).click()
  const dialog = window.getByRole('dialog')
  await expect(dialog.getByRole('heading', { name: 'Revoke all keys of Sandbox?' })).toBeVisible()
  expect(await findProblems(window), 'the question').toEqual([])
  await dialog.getByRole('textbox', { name: 'Type Sandbox to revoke them' }).fill('Sandbox')
  await dialog.getByRole('button', { name: 'Revoke 1 key' }).click()
  const rows = dialog.getByRole('list', { name: 'Keys being revoked' }).getByRole('listitem')
  await expect(rows).toHaveCount(1)
  await expect(rows.first()).toContainText('dead', { timeout: deathMs })
  expect(await findProblems(window), 'the lines').toEqual([])
})

test('a keychain that locks before the new key is stored loses nothing', async ({ launchApp, startPeer, desktop }) => {
  test.setTimeout(180_000)
  const peer = await startPeer()
  const running = await launchApp()
  const { window } = running
  await catchBrowser(running)
  await connectDev(running, peer)

  await rotate(window)
  await expectPresent(window, 'Obtain')
  await desktop.lockKeyring()
  await running.writeClipboard(peer.issueKey('second').key)
  await expectPresent(window, 'Store')
  await expect(window.getByText(/is locked\./).first()).toBeVisible()
  await expect(window.getByRole('button', { name: 'Copy the new key' })).toBeVisible()
  expect(await findProblems(window), 'a locked keychain').toEqual([])
  await desktop.unlockKeyring()
  await window.getByRole('button', { name: 'Try now' }).click()
  await expectPresent(window, 'Prove dead')

  // Killed before it could store: the key is gone with the process, and the next start says so and asks anew.
  await window.getByRole('button', { name: 'Go back to the old key' }).click()
  await expect(window.getByText('Back on the old key')).toBeVisible()
  await window.getByRole('button', { name: 'Close' }).click()
  await rotate(window)
  await expectPresent(window, 'Obtain')
  await desktop.lockKeyring()
  await running.writeClipboard(peer.issueKey('third').key)
  await expectPresent(window, 'Store')
  await running.kill()
  await desktop.unlockKeyring()
  const next = await launchApp({ profile: running.profile })
  await catchBrowser(next)
  await openScreen(next.window, 'Keys')
  await next.window.getByRole('button', { name: 'Return to it', exact: true }).click()
  await expectPresent(next.window, 'Obtain')
  await expect(next.window.getByText('The new key was lost before it was stored').first()).toBeVisible()
  await next.writeClipboard(peer.issueKey('fourth').key)
  await expectPresent(next.window, 'Prove dead')
})

test('a key beyond its age is told of in Keys and rotated from there', async ({ launchApp }) => {
  test.setTimeout(120_000)
  const first = await launchApp()
  await openScreen(first.window, 'Keys')
  await expect(first.window.getByRole('heading', { level: 2, name: 'built-in' })).toBeVisible()
  await first.close()
  const database = new Database(join(first.profile, 'vault.db'))
  const addedAtMs = Date.now() - 118 * 86_400_000
  database.prepare("UPDATE key SET record = json_set(record, '$.addedAtMs', ?)").run(addedAtMs)
  database.close()

  const { window } = await launchApp({ profile: first.profile })
  await expect(window.getByText('Sandbox built-in is 118 days old.')).toBeVisible()
  await expect(window.getByRole('table', { name: 'Keys' }).getByText('118 d, overdue')).toBeVisible()
  expect(await findProblems(window), 'an old key').toEqual([])
  await window.getByRole('status').getByRole('button', { name: 'Rotate' }).click()
  await expectRotated(window)
  await window.keyboard.press('Escape')
  await expect(window.getByText('Sandbox built-in is 118 days old.')).toHaveCount(0)
})

test('a key broker that is set up in Settings makes and ends keys by one click', async ({ launchApp, startPeer }) => {
  test.setTimeout(180_000)
  const peer = await startPeer()
  const running = await launchApp()
  const { window } = running
  await catchBrowser(running)
  const old = await connectDev(running, peer)

  await openEnvironmentSettings(window, 'Dev')
  await window.getByRole('button', { name: 'Automatic' }).click()
  await expect(window.getByRole('button', { name: 'Save' })).toBeDisabled()
  await window.getByRole('textbox', { name: 'Address that makes a key' }).fill(`${peer.origin}/_issuer/keys`)
  await window.getByRole('textbox', { name: 'Address that ends a key' }).fill(`${peer.origin}/_issuer/keys/{id}`)
  await window.getByRole('textbox', { name: 'Overdue after days' }).fill('30')
  await expect(window.getByText(/the warning not after the limit/)).toBeVisible()
  await window.getByRole('textbox', { name: 'Warn after days' }).fill('20')
  await window.getByRole('button', { name: 'Save' }).click()
  await expect(window.getByText(/unsaved change/)).toHaveCount(0)
  await running.writeClipboard(peer.issuerToken)
  await window.getByRole('button', { name: 'Take its credential from the clipboard' }).click()
  await expect(window.getByText('kept in the keychain')).toBeVisible()
  expect(await findProblems(window), 'the form').toEqual([])

  // The broker did not make the first key, so a person ends it; from then on nobody is needed.
  await openScreen(window, 'Keys')
  await rotate(window)
  await expectPresent(window, 'Prove dead')
  // The app asks by itself as well, and may be quicker than a click on “I have revoked it”.
  expect(peer.revokeKey(old.id)).toBe(true)
  await expectRotated(window)
  await window.getByRole('button', { name: 'Close' }).click()
  await rotate(window)
  await expectRotated(window)
  expect(peer.listKeys().filter(({ revokedAtMs }) => revokedAtMs === null)).toHaveLength(1)
})
