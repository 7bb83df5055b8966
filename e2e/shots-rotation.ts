import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures/app.ts'
import { openScreen } from './journeys/hands.ts'
import { catchBrowser, connectDev, expectPresent, rotate, startTraffic } from './journeys/rotation-hands.ts'

const folder = resolve(import.meta.dirname, '../docs/screenshots')
const size = { width: 1280, height: 800 }

/** Lets Dev call its key still alive as soon as a policy may. */
async function callAliveSoon(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const policies = await window.bridge.call('policy.list', {})
    const loaded = await window.bridge.call('app.load', {})
    if (!policies.ok || !loaded.ok) throw new Error('The app does not answer.')
    const dev = loaded.value.environments.find(({ name }) => name === 'Dev')
    const policy = policies.value.find(({ environmentId }) => environmentId === dev?.id)
    if (dev === undefined || policy === undefined) throw new Error('There is no Dev.')
    const { issuer, age, overlapMs } = policy
    const input = { issuer, age, overlapMs, stillAliveAfterMs: 10_000 }
    await window.bridge.call('policy.set', { environmentId: dev.id, input })
  })
}

test.describe.configure({ timeout: 180_000 })

for (const theme of ['dark', 'light'] as const) {
  test(`pictures of a rotation, ${theme}`, async ({ launchApp, startPeer }) => {
    mkdirSync(folder, { recursive: true })
    const running = await launchApp({ args: [`--theme=${theme}`] })
    const { app, window } = running
    await catchBrowser(running)
    await app.evaluate(({ BrowserWindow }, { width, height }) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(width, height)
    }, size)
    await window.waitForFunction(({ width, height }) => innerWidth === width && innerHeight === height, size)
    const shoot = async (name: string) => {
      await window.mouse.move(640, 799)
      await window.screenshot({ path: join(folder, `${name}-${theme}.png`), animations: 'disabled', caret: 'hide' })
    }
    const peer = await startPeer()
    const old = await connectDev(running, peer)
    await callAliveSoon(window)
    await startTraffic(window, 'Dev', 5, 20)

    await rotate(window)
    await expectPresent(window, 'Obtain')
    await expect(window.getByText(/The clipboard is watched/)).toBeVisible()
    await shoot('rotate-obtain')

    // One call that began on the old key is held by the service.
    peer.inject({ kind: 'delay', delayMs: 8000 }, 1)
    await startTraffic(window, 'Dev', 100, 1)
    await running.writeClipboard(peer.issueKey('second').key)
    await expect(window.getByText('1 call still in flight on the old key.')).toBeVisible({ timeout: 30_000 })
    await shoot('rotate-drain')

    await expectPresent(window, 'Prove dead', 30_000)
    await expect(window.getByText('Your turn.')).toBeVisible()
    await expect(
      window.getByRole('list', { name: 'Answers about the key on its way out' }).getByText('200').first(),
    ).toBeVisible()
    await shoot('rotate-revoke')
    await expect(window.getByText('The old key is still alive.')).toBeVisible({ timeout: 60_000 })
    await shoot('rotate-alive')

    expect(peer.revokeKey(old.id)).toBe(true)
    await window.getByRole('button', { name: /^(I have revoked it|Ask now)$/ }).click()
    await expect(window.getByText(/is rotated$/)).toBeVisible({ timeout: 90_000 })
    await shoot('rotate-done')
    await window.keyboard.press('Escape')

    await window.getByRole('complementary', { name: 'Passport' }).getByRole('button', { name: 'Revoke' }).click()
    await expect(window.getByRole('dialog').getByText(/today/)).toBeVisible()
    await shoot('revoke-dialog')
    await window.keyboard.press('Escape')

    await openScreen(window, 'Keys')
    await window.getByRole('button', { name: /^Panic: / }).click()
    const dialog = window.getByRole('dialog')
    await shoot('panic')
    await dialog.getByRole('button', { name: 'All', exact: true }).click()
    await dialog.getByRole('textbox').fill('revoke all keys')
    await dialog.getByRole('textbox').press('Enter')
    await expect(dialog.getByText('dead', { exact: true }).first()).toBeVisible({ timeout: 60_000 })
    await shoot('panic-rows')
  })
}
