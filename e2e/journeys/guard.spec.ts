import type { Page } from '@playwright/test'
import type { SandboxServer } from '../../src/main/sandbox/server.ts'
import { expect, type RunningApp, test } from '../fixtures/app.ts'
import { callBridge, callSuccessfully } from '../security/hands.ts'
import { findProblems } from './axe.ts'
import { expectEnvironment, openScreen } from './hands.ts'

/** Points Prod, which is protected from the start, at a server on this machine, and gives it a key. */
async function connectProd(running: RunningApp, peer: SandboxServer): Promise<string> {
  const { window } = running
  const { environments } = await callSuccessfully(window, 'app.load', {})
  const prod = environments.find(({ name }) => name === 'Prod')
  if (prod === undefined) throw new Error('there is no Prod')
  const { name, mark, plan, rateGroup } = prod
  const input = { name, mark, plan, rateGroup, protected: true, baseUrl: peer.baseUrl }
  await callSuccessfully(window, 'environments.update', { id: prod.id, input })
  await running.writeClipboard(peer.issueKey('prod').key)
  await callSuccessfully(window, 'keys.addFromClipboard', { environmentId: prod.id, label: null, allowTestKey: true })
  return prod.id
}

async function chooseOperation(window: Page, name: string): Promise<void> {
  await window.getByRole('region', { name: 'Operations' }).getByRole('button', { name }).first().click()
}

/** Holds Space on the focused button for as long as main wants. */
async function holdSpace(window: Page): Promise<void> {
  await window.keyboard.down('Space')
  await expect(window.getByText(/^Armed \d:\d\d$/)).toBeVisible()
  await window.keyboard.up('Space')
}

const badge = (window: Page) => window.getByRole('button', { name: 'Protected, not armed' })
const armedBadge = (window: Page) => window.getByRole('timer')

for (const theme of ['dark', 'light'] as const) {
  test(`Prod is armed by a held button, sends, and is disarmed by a switch; a loss is named first, ${theme}`, async ({
    launchApp,
    startPeer,
  }) => {
    test.setTimeout(120_000)
    const running = await launchApp({ args: [`--theme=${theme}`] })
    const { window } = running
    const peer = await startPeer()
    const environmentId = await connectProd(running, peer)
    const labelPosts = () => peer.countRequests('/api/v1/labels', 'POST')
    const labelDeletes = () => peer.countRequests('/api/v1/labels', 'DELETE')

    await window.keyboard.press('Control+4')
    await expectEnvironment(window, 'Prod')
    await expect(badge(window)).toBeVisible()
    await openScreen(window, 'Console')
    await chooseOperation(window, 'Create a label')
    await window.getByRole('textbox', { name: 'name required' }).fill('Holiday')
    await expect(window.getByText('Prod is protected.')).toBeVisible()
    expect(await findProblems(window), 'Console, protected').toEqual([])

    // By keyboard alone: what is tried asks to be armed, and leaves once it is.
    await window.keyboard.press('ControlOrMeta+Enter')
    const arming = window.getByRole('dialog', { name: 'Arm Prod?' })
    const hold = arming.getByRole('button', { name: 'Hold to arm' })
    await expect(hold).toBeFocused()
    expect(await findProblems(window), 'Arm').toEqual([])
    await window.keyboard.press('Space')
    await expect(arming.getByText('The button was let go too early.')).toBeVisible()
    expect(labelPosts()).toBe(0)
    await holdSpace(window)
    await expect(arming).toBeHidden()
    await expect(window.getByText(/Prod is armed for five minutes/)).toBeAttached()
    await expect.poll(labelPosts).toBe(1)
    await expect(window.getByRole('region', { name: 'Answer' })).toContainText('201')
    await expect(armedBadge(window)).toHaveText(/^Armed 4:5\d$/)
    const first = await armedBadge(window).textContent()
    await expect(armedBadge(window)).not.toHaveText(first ?? '')
    await expect(window.locator('html')).toHaveAttribute('data-armed', 'true')
    expect(await findProblems(window), 'Console, armed').toEqual([])

    // What destroys something is asked about although Prod is armed, and is told by its name.
    const { id: labelId } = (await callSuccessfully(window, 'mail.labels', { environmentId })).find(
      ({ name }) => name === 'Holiday',
    ) ?? { id: '' }
    await chooseOperation(window, 'Delete a label')
    await window.getByRole('textbox', { name: /^id/ }).fill(labelId)
    await window.keyboard.press('ControlOrMeta+Enter')
    const losing = window.getByRole('dialog', { name: 'Delete the label “Holiday” in Prod?' })
    await expect(losing).toContainText('It is taken off 0 messages. The messages stay.')
    await expect(losing.getByRole('button', { name: 'Keep it' })).toBeFocused()
    expect(await findProblems(window), 'Loss').toEqual([])
    await window.keyboard.press('Escape')
    await expect(losing).toBeHidden()
    expect(labelDeletes()).toBe(0)
    await window.keyboard.press('ControlOrMeta+Enter')
    await expect(losing.getByRole('button', { name: 'Keep it' })).toBeFocused()
    await window.keyboard.press('Tab')
    await expect(losing.getByRole('button', { name: 'Delete label' })).toBeFocused()
    await window.keyboard.press('Enter')
    await expect(losing).toBeHidden()
    await expect.poll(labelDeletes).toBe(1)

    // A switch disarms at once, and coming back arms nothing.
    await window.keyboard.press('Control+1')
    await expectEnvironment(window, 'Sandbox')
    await expect(window.getByText('Prod is disarmed. The environment was switched.')).toBeAttached()
    await window.keyboard.press('Control+4')
    await expect(badge(window)).toBeVisible()
    const request = { operation: 'createLabel' as const, parameters: {}, body: '{"name":"Late"}' }
    const refused = await callBridge(window, 'console.send', { ticket: 'g-1', environmentId, request })
    expect(refused).toMatchObject({ ok: false, error: { kind: 'GUARDED', need: 'arm' } })
    expect(labelPosts()).toBe(1)
  })
}

test('Prod is armed by its typed name and by the mouse, and disarmed by hand, by a lock and by a new page', async ({
  launchApp,
  startPeer,
}) => {
  test.setTimeout(120_000)
  const running = await launchApp()
  const { app, window } = running
  const environmentId = await connectProd(running, await startPeer())
  await window.keyboard.press('Control+4')
  await openScreen(window, 'Console')
  await chooseOperation(window, 'Create a label')
  const note = window.getByRole('region', { name: 'Guard' })
  const name = note.getByRole('textbox', { name: 'Type Prod to arm it' })
  await name.fill('staging')
  await name.press('Enter')
  await expect(note.getByText('Type “Prod” to go on.')).toBeVisible()
  await name.fill('prod')
  await name.press('Enter')
  await expect(armedBadge(window)).toBeVisible()
  await note.getByRole('button', { name: 'Disarm' }).click()
  await expect(badge(window)).toBeVisible()

  await note.getByRole('button', { name: 'Hold to arm' }).hover()
  await window.mouse.down()
  await expect(armedBadge(window)).toBeVisible()
  await window.mouse.up()
  await window.keyboard.press('ControlOrMeta+Shift+L')
  await expect(badge(window)).toBeVisible()
  await expect(window.getByText('Locked', { exact: true })).toBeVisible()

  // The machine is locked: what Electron tells main then.
  await callSuccessfully(window, 'guard.armByName', { environmentId, name: 'Prod' })
  await expect(armedBadge(window)).toBeVisible()
  await app.evaluate(({ powerMonitor }) => powerMonitor.emit('lock-screen'))
  await expect(badge(window)).toBeVisible()

  await callSuccessfully(window, 'guard.armByName', { environmentId, name: 'Prod' })
  await expect(armedBadge(window)).toBeVisible()
  await window.reload()
  await window.locator('html[data-ready="true"]').waitFor({ state: 'attached' })
  await expect(badge(window)).toBeVisible()
  expect(await callSuccessfully(window, 'guard.state', {})).toMatchObject({ armed: null, ended: { why: 'window' } })
})
