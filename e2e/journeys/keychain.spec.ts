import { expect, test } from '../fixtures/app.ts'
import { messagesOf, openScreen } from './hands.ts'

test('keychain: locked at start, the window explains and nothing is lost; unlocked, it works again', {
  tag: '@root',
}, async ({ launchApp, desktop }) => {
  const first = await launchApp()
  await expect(messagesOf(first.window).first()).toBeVisible()
  await first.close()

  await desktop.lockKeyring()
  const second = await launchApp({ profile: first.profile, waitForReady: false })
  await expect(second.window.getByText(/is locked/).first()).toBeVisible()
  await openScreen(second.window, 'Keys')
  await expect(second.window.getByRole('heading', { name: 'built-in' })).toBeVisible()

  await desktop.unlockKeyring()
  await second.window.getByRole('button', { name: 'Check again' }).first().click()
  await openScreen(second.window, 'Inbox')
  await expect(messagesOf(second.window).first()).toBeVisible()
})

test('keychain: unavailable, the app explains and keeps keys in memory only when asked', { tag: '@root' }, async ({
  launchApp,
}) => {
  const running = await launchApp({
    waitForReady: false,
    env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' },
  })
  const { window } = running
  await expect(window.getByText('No keychain answers in this session')).toBeVisible()
  await openScreen(window, 'Inbox')
  await expect(messagesOf(window)).toHaveCount(0)
  await window
    .getByRole('button', { name: /in memory for this run/ })
    .first()
    .click()
  await expect(messagesOf(window).first()).toBeVisible()
  await expect(window.getByText(/in memory/).first()).toBeVisible()
})
