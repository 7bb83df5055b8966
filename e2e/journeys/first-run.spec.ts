import { randomUUID } from 'node:crypto'
import type { CDPSession, Page } from '@playwright/test'
import { expect, test } from '../fixtures/app.ts'
import { keychainServiceOf } from '../fixtures/keychain-service.ts'
import {
  closeKeyDialog,
  expectEnvironment,
  messagesOf,
  openScreen,
  pasteKey,
  pointEnvironment,
  readGauge,
  switchEnvironment,
} from './hands.ts'

/** A secret as it could lie in a file: plain, as UTF-16, and in the three alignments of Base64. */
function encodingsOf(secret: string): Buffer[] {
  const aligned = [0, 1, 2].map((skip) => Buffer.from(Buffer.from(secret.slice(skip)).toString('base64').slice(0, 32)))
  return [Buffer.from(secret), Buffer.from(secret, 'utf16le'), ...aligned]
}

async function takeHeapSnapshot(window: Page): Promise<string> {
  const session: CDPSession = await window.context().newCDPSession(window)
  const chunks: string[] = []
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk))
  await session.send('HeapProfiler.enable')
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  await session.detach()
  return chunks.join('')
}

test('the first run lands in a working sandbox inbox', { tag: '@root' }, async ({ launchApp }) => {
  const { window } = await launchApp()
  await expectEnvironment(window, 'Sandbox')
  await expect(messagesOf(window).first()).toBeVisible()
  await expect(window.getByRole('button', { name: 'Account: support-agent@sandbox.test' })).toBeVisible()
  await expect(window.getByText('Sandbox on')).toBeVisible()
  expect(await readGauge(window)).toBeGreaterThan(0)
})

test('a Dev key is added, used, and still there after a restart, and lies nowhere but in the keychain', {
  tag: '@root',
}, async ({ launchApp, startPeer, desktop }) => {
  test.setTimeout(120_000)
  const peer = await startPeer()
  const { key } = peer.issueKey()
  const first = await launchApp()
  const { window } = first

  await pointEnvironment(window, 'Dev', peer.baseUrl)
  await switchEnvironment(window, 'Dev')
  await pasteKey(first, key)
  await expect(window.getByText('is stored and alive.')).toBeVisible()
  expect(await first.readClipboard(), 'the clipboard no longer holds the key').not.toContain(key)
  await closeKeyDialog(window)

  await openScreen(window, 'Inbox')
  await expect(messagesOf(window).first()).toBeVisible()
  const before = await readGauge(window)
  const unread = window.getByRole('listbox', { name: 'Messages' }).locator('[role="option"].new').first()
  const subject = await unread.locator('.subject, .msg-subject').first().textContent()
  await unread.click()
  await expect(window.getByRole('heading', { name: subject ?? '' })).toBeVisible()
  await expect.poll(() => readGauge(window)).toBeGreaterThan(before)

  await openScreen(window, 'Requests')
  const calls = window.getByRole('grid', { name: 'Calls' })
  await expect(calls.getByText(/^\/emails\/\d+\?/).first()).toBeVisible()
  await expect(
    calls.getByRole('row').filter({ hasText: '/labels' }).filter({ hasText: 'Probe' }).filter({ hasText: 'Dev' }),
  ).toHaveCount(1)

  await window.keyboard.press('ControlOrMeta+1')
  await expectEnvironment(window, 'Sandbox')
  await window.keyboard.press('ControlOrMeta+2')
  await expectEnvironment(window, 'Dev')

  const stored = await desktop.findSecrets(keychainServiceOf(first.profile))
  expect(stored.filter(({ secret }) => secret === key)).toHaveLength(1)

  // A marker of the key's form, put there on purpose, shows that the snapshot would show a key.
  const marker = `jsk_live_${randomUUID()}`
  await window.evaluate((value) => Object.assign(globalThis, { marker: value }), marker)
  const heap = await takeHeapSnapshot(window)
  expect(heap.includes(marker), 'the heap shows a marker').toBe(true)
  expect(heap.includes(key), 'the heap of the renderer holds the key').toBe(false)
  const secrets = stored.map(({ secret }) => secret).filter((secret) => secret.startsWith('jsk_'))
  expect(secrets.length, 'the key of the sandbox and the key of Dev').toBe(2)

  const second = await first.restart()
  await expectEnvironment(second.window, 'Dev')
  await openScreen(second.window, 'Keys')
  await expect(second.window.getByRole('table', { name: 'Keys' }).getByText(/…/).first()).toBeVisible()
  await openScreen(second.window, 'Inbox')
  await expect(messagesOf(second.window).first()).toBeVisible()
  await openScreen(second.window, 'Requests')
  await expect(
    second.window.getByRole('grid', { name: 'Calls' }).getByRole('row').filter({ hasText: 'Probe' }).last(),
  ).toBeVisible()
  await second.close()

  const files = second.readProfile()
  expect(files.size).toBeGreaterThan(3)
  expect(files.get('vault.db')?.includes(key.slice(-4)), 'the files are readable: the mask is found').toBe(true)
  for (const secret of secrets) {
    for (const [name, bytes] of files) {
      for (const encoding of encodingsOf(secret)) expect(bytes.includes(encoding), `${name} holds a key`).toBe(false)
    }
    expect(first.readOutput() + second.readOutput()).not.toContain(secret)
  }
})

test('every working key survives a crash of the app', { tag: '@root' }, async ({ launchApp, startPeer }) => {
  const peer = await startPeer()
  const { key } = peer.issueKey()
  const first = await launchApp()
  await pointEnvironment(first.window, 'Dev', peer.baseUrl)
  await switchEnvironment(first.window, 'Dev')
  await pasteKey(first, key)
  await expect(first.window.getByText('is stored and alive.')).toBeVisible()
  await first.kill()

  const second = await launchApp({ profile: first.profile })
  await expectEnvironment(second.window, 'Dev')
  await openScreen(second.window, 'Inbox')
  await expect(messagesOf(second.window).first()).toBeVisible()
})
