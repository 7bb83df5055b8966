import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures/app.ts'
import { addPeerEnvironment, callBridge, callSuccessfully } from '../security/hands.ts'
import { findProblems } from './axe.ts'
import { messagesOf, openScreen } from './hands.ts'

/** Marks a message in the built-in environment as read, so that the log has a call that changed something. */
async function changeMessage(window: Page): Promise<void> {
  const { currentEnvironmentId: environmentId } = await callSuccessfully(window, 'app.load', {})
  const [account] = await callSuccessfully(window, 'mail.accounts', { environmentId })
  const place = { environmentId, account: account?.email ?? '', folder: 'INBOX' }
  const { messages } = await callSuccessfully(window, 'mail.list', { ...place, label: null })
  await callSuccessfully(window, 'mail.mark', { ...place, uid: messages[0]?.uid ?? 0, action: 'read' })
}

for (const theme of ['dark', 'light'] as const) {
  test(`axe reports nothing on any screen, ${theme}`, async ({ launchApp }) => {
    test.setTimeout(120_000)
    const { window } = await launchApp({ args: [`--theme=${theme}`] })
    await expect(messagesOf(window).first()).toBeVisible()
    expect(await findProblems(window), 'Inbox, first run').toEqual([])
    await messagesOf(window).nth(1).click()
    await expect(window.getByLabel('Text of the message').or(window.getByTitle('HTML of the message'))).toBeVisible()
    expect(await findProblems(window), 'Inbox, a message').toEqual([])
    for (const screen of ['Console', 'Requests', 'Keys', 'Webhooks'] as const) {
      await openScreen(window, screen)
      await expect(window.getByRole('heading', { level: 1 })).toBeVisible()
      expect(await findProblems(window), screen).toEqual([])
    }
    await openScreen(window, 'Settings')
    const sections = window.getByRole('navigation', { name: 'Sections of the settings' })
    for (const section of [
      'Environments',
      'Rate limits',
      'Lock and guard',
      'Storage',
      'Appearance',
      'Shortcuts',
      'Diagnostics',
    ]) {
      await sections.getByRole('button', { name: section }).click()
      await expect(window.getByRole('heading', { level: 2 }).first()).toBeVisible()
      expect(await findProblems(window), `Settings, ${section}`).toEqual([])
    }
    await window.getByRole('button', { name: /^Headroom: / }).click()
    await expect(window.getByRole('heading', { name: /^Headroom/ })).toBeVisible()
    for (const span of ['Last minute', 'Last hour', 'Last 30 days']) {
      await window.getByRole('button', { name: span }).click()
      await expect(window.getByRole('table', { name: /^By source/ })).toBeVisible()
      expect(await findProblems(window), `Headroom, ${span}`).toEqual([])
    }
    await window.keyboard.press('ControlOrMeta+K')
    await expect(window.getByRole('combobox')).toBeFocused()
    expect(await findProblems(window), 'Palette').toEqual([])
  })

  test(`axe reports nothing in the dialogs about calls and in what the console answers, ${theme}`, async ({
    launchApp,
  }) => {
    test.setTimeout(120_000)
    const { app, window, profile } = await launchApp({ args: [`--theme=${theme}`] })
    await expect(messagesOf(window).first()).toBeVisible()
    await openScreen(window, 'Console')
    await window.getByRole('button', { name: /^GET List accounts/ }).click()
    await window.keyboard.press('ControlOrMeta+Enter')
    await expect(window.getByRole('tree')).toBeVisible()
    expect(await findProblems(window), 'Console, an answer').toEqual([])
    await window.getByRole('button', { name: /^POST Send a message/ }).click()
    await window.getByRole('button', { name: 'Example' }).click()
    expect(await findProblems(window), 'Console, a body').toEqual([])

    await changeMessage(window)
    await openScreen(window, 'Requests')
    await window.getByRole('grid', { name: 'Calls' }).getByText('PATCH').first().click()
    const pane = window.getByRole('region', { name: 'Call', exact: true })
    await expect(pane).toBeVisible()
    expect(await findProblems(window), 'Requests, a call').toEqual([])
    await pane.getByRole('button', { name: 'Replay' }).click()
    await expect(window.getByRole('dialog', { name: 'This call changes something' })).toBeVisible()
    expect(await findProblems(window), 'Replay').toEqual([])
    await window.keyboard.press('Escape')

    await window.getByRole('button', { name: 'What if' }).click()
    await expect(window.getByRole('dialog', { name: 'What if' }).getByRole('table')).toBeVisible()
    expect(await findProblems(window), 'What if').toEqual([])
    await window.keyboard.press('Escape')

    await app.evaluate(
      ({ dialog }, filePath) => {
        dialog.showSaveDialog = async () => ({ canceled: false, filePath })
      },
      join(profile, 'calls.har'),
    )
    await window.getByRole('button', { name: 'Export', exact: true }).click()
    await expect(window.getByRole('dialog', { name: /^Export/ })).toBeVisible()
    expect(await findProblems(window), 'Export').toEqual([])
    await window.getByRole('button', { name: 'Choose file and export' }).click()
    await expect(window.getByRole('dialog', { name: 'Exported to calls.har' })).toBeVisible()
    expect(await findProblems(window), 'Export, done').toEqual([])
    await window.keyboard.press('Escape')

    await window.getByRole('button', { name: 'Save filter' }).click()
    await expect(window.getByRole('dialog')).toBeVisible()
    expect(await findProblems(window), 'Save filter').toEqual([])
    await window.keyboard.press('Escape')

    await openScreen(window, 'Settings')
    await window.getByRole('button', { name: 'Storage' }).click()
    await window.getByRole('button', { name: 'Delete all calls' }).click()
    await expect(window.getByRole('dialog').or(window.getByRole('alertdialog'))).toBeVisible()
    expect(await findProblems(window), 'Delete all calls').toEqual([])
  })

  test(`axe reports nothing with an alarm and with calls that wait, ${theme}`, async ({ launchApp, startPeer }) => {
    test.setTimeout(120_000)
    const running = await launchApp({ args: [`--theme=${theme}`] })
    const { window } = running
    const peer = await startPeer({ plan: 100 })
    const environmentId = await addPeerEnvironment(running, peer)
    for (const { id } of peer.listKeys()) peer.revokeKey(id)
    for (let call = 0; call < 5; call += 1) await callBridge(window, 'mail.labels', { environmentId })
    await expect(window.getByRole('alert').filter({ hasText: 'is refused' })).toBeVisible()
    expect(await findProblems(window), 'Alarm').toEqual([])

    await callSuccessfully(window, 'environments.switch', { id: environmentId })
    await callSuccessfully(window, 'calls.hold', { environmentId, on: true })
    const waiting = callBridge(window, 'mail.labels', { environmentId })
    await window.getByRole('button', { name: /^Headroom: / }).click()
    await expect(window.getByRole('table', { name: 'Calls that wait' })).toBeVisible()
    expect(await findProblems(window), 'Headroom, a call that waits').toEqual([])
    await openScreen(window, 'Requests')
    await expect(window.getByRole('heading', { level: 1 })).toBeVisible()
    expect(await findProblems(window), 'Requests, a call that waits').toEqual([])
    await callSuccessfully(window, 'calls.hold', { environmentId, on: false })
    await waiting
  })
}
