import { resolve } from 'node:path'
import { _electron as electron, type Page } from '@playwright/test'
import { expect, isRoot, test } from '../fixtures/app.ts'
import { startDashboard } from '../fixtures/dashboard.ts'
import type { Desktop } from '../fixtures/desktop.ts'
import { openEnvironmentSettings, openScreen } from './hands.ts'
import {
  catchBrowser,
  connectDev,
  expectPresent,
  expectRotated,
  keyText,
  readSecrets,
  rotate,
} from './rotation-hands.ts'

/** A browser of the same desktop, in a process of its own, at an address that the app handed over. */
async function openBrowser(desktop: Desktop, url: string): Promise<{ page: Page; close: () => Promise<void> }> {
  const folder = resolve(import.meta.dirname, '../fixtures/browser')
  const browser = await electron.launch({
    args: [...desktop.flags, folder, url],
    env: { ...desktop.env },
    chromiumSandbox: !isRoot,
  })
  return { page: await browser.firstWindow(), close: () => browser.close() }
}

test('a guided rotation with the page in a browser: a new key by its copy button, the old one revoked there', async ({
  launchApp,
  startPeer,
  desktop,
}) => {
  test.setTimeout(180_000)
  const peer = await startPeer()
  const dashboard = await startDashboard(peer)
  const running = await launchApp()
  const { window } = running
  const readOpened = await catchBrowser(running)
  const old = await connectDev(running, peer)

  await openEnvironmentSettings(window, 'Dev')
  const field = window.getByRole('textbox', { name: 'Page', exact: true })
  // Plain http is for this machine only, in the form as in the browser.
  await field.fill('http://keys.example/keys')
  await expect(window.getByText(/Use https, or a loopback address/)).toBeVisible()
  await field.fill(dashboard.url)
  await window.getByRole('button', { name: 'Save' }).click()
  await expect(window.getByText(/unsaved change/)).toHaveCount(0)

  await openScreen(window, 'Keys')
  await rotate(window)
  await expectPresent(window, 'Obtain')
  await expect.poll(readOpened).toEqual([dashboard.url])
  const browser = await openBrowser(desktop, dashboard.url)
  const { page } = browser
  await expect(page.getByRole('heading', { name: 'API keys' })).toBeVisible()
  await page.getByRole('button', { name: 'Create key' }).click()
  await page.getByRole('button', { name: 'Copy' }).click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()

  // The copy is seen on the desktop's clipboard, taken, stored, proven and used.
  await expectPresent(window, 'Prove dead')
  await expect.poll(readOpened, 'the page is opened again for the revocation').toEqual([dashboard.url, dashboard.url])
  expect(await running.readClipboard(), 'the key does not stay on the clipboard').not.toMatch(keyText)
  await page.getByRole('link', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Revoke first' }).click()
  await expect(page.getByRole('button', { name: 'Revoke first' })).toHaveCount(0)
  await expectRotated(window)
  expect(dashboard.requests).toEqual(expect.arrayContaining(['GET /keys', 'POST /keys/create', 'POST /keys/revoke']))
  expect(await readSecrets(running, desktop)).not.toContain(old.key)
  await browser.close()
  await dashboard.close()
})
