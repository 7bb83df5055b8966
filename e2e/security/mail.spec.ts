import { expect, test } from '../fixtures/app.ts'
import { callBridge, catchOpenedUrls, countWindows, showMail, startTripwire, writeHostileHtml } from './hands.ts'

test('security 1, 2, 7, 13: a hostile mail runs nothing, loads nothing and leads nowhere', { tag: '@root' }, async ({
  launchApp,
  startPeer,
}) => {
  const running = await launchApp()
  running.expectConsoleError(/Content Security Policy|Refused to|Blocked|Failed to load|sandboxed|Not allowed|Unsafe/)
  const tripwire = await startTripwire()
  const start = running.window.url()
  const frame = await showMail(running, await startPeer(), writeHostileHtml(tripwire.origin))
  const messages = await running.window.evaluate(() => {
    const seen: unknown[] = []
    addEventListener('message', (event) => void seen.push(event.data))
    return seen
  })
  const inside = await frame.evaluate(() => ({
    origin: self.origin,
    title: document.title,
    types: ['require', 'process', 'bridge', 'ipcRenderer'].map(
      (name) => typeof (globalThis as unknown as Record<string, unknown>)[name],
    ),
    meaning: document.querySelectorAll('link, base[href], meta[http-equiv]').length,
  }))
  expect(inside).toEqual({ origin: 'null', title: '', types: Array(4).fill('undefined'), meaning: 0 })

  for (const id of ['self', 'top', 'parent', 'script', 'file', 'submit', 'download'])
    await frame.locator(`#${id}`).click({ noWaitAfter: true, timeout: 3000 })
  expect(await callBridge(running.window, 'keychain.check', {})).toMatchObject({ ok: true })
  expect(await frame.evaluate(() => document.title)).toBe('')
  expect(messages).toEqual([])
  expect(frame.url()).toMatch(/^app:\/\/mail\//)
  expect(running.window.url()).toBe(start)
  expect(await countWindows(running.app)).toBe(1)
  expect(tripwire.hits).toEqual([])
  await tripwire.close()
})

test('security 7: the header alone holds when the frame is set up wrongly', async ({ launchApp, startPeer }) => {
  const running = await launchApp()
  running.expectConsoleError(/./)
  const tripwire = await startTripwire()
  const frame = await showMail(running, await startPeer(), writeHostileHtml(tripwire.origin))
  const weak = await running.window.evaluate((url) => {
    const element = document.createElement('iframe')
    element.id = 'weak'
    element.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-top-navigation allow-popups')
    element.src = url
    return new Promise<boolean>((resolve) => {
      element.onload = () => resolve(element.contentDocument === null)
      document.body.append(element)
    })
  }, frame.url())
  expect(weak).toBe(true)
  const second = running.window.frames().find((candidate) => candidate !== frame && candidate.url() === frame.url())
  expect(await second?.evaluate(() => [self.origin, document.title])).toEqual(['null', ''])
  expect(tripwire.hits).toEqual([])
  await tripwire.close()
})

test('security 14, 15: a link in a mail opens outside only after the answer, and only https or mailto', async ({
  launchApp,
  startPeer,
}) => {
  const running = await launchApp()
  running.expectConsoleError(/./)
  const { window: page, app } = running
  const opened = await catchOpenedUrls(app)
  const tripwire = await startTripwire()
  const frame = await showMail(running, await startPeer(), writeHostileHtml(tripwire.origin))
  await page.evaluate(() => {
    const asked: unknown[] = []
    Object.assign(window, { askedForTest: asked })
    window.bridge.on('link.requested', (link) => void asked.push(link))
  })
  const asked = () =>
    page.evaluate(
      () => (window as unknown as { askedForTest: { id: string; url: string; host: string }[] }).askedForTest,
    )
  // One link after the other: the window's own dialog discards the link that it showed before.
  const nextLink = async (count: number) => {
    await expect.poll(async () => (await asked()).length).toBe(count)
    return (await asked())[count - 1]
  }
  const open = (id: string) => callBridge(page, 'links.open', { id })

  await frame.locator('#plain').click()
  const first = await nextLink(1)
  expect(first).toMatchObject({ url: 'https://example.com/plain', host: 'example.com' })
  expect(await opened()).toEqual([])
  expect(await open(first?.id ?? '')).toEqual({ ok: true, value: null })
  expect(await open(first?.id ?? '')).toMatchObject({ error: { kind: 'NOT_FOUND' } })
  expect(await opened()).toEqual(['https://example.com/plain'])

  await frame.locator('#plain').click({ button: 'middle' })
  const second = await nextLink(2)
  expect(await callBridge(page, 'links.discard', { id: second?.id ?? '' })).toEqual({ ok: true, value: null })
  expect(await open(second?.id ?? '')).toMatchObject({ error: { kind: 'NOT_FOUND' } })

  await frame.locator('#mail').click()
  expect(await nextLink(3)).toMatchObject({ url: 'mailto:someone@example.com', host: 'someone@example.com' })
  for (const id of ['script', 'file', 'self']) await frame.locator(`#${id}`).click()
  expect(await callBridge(page, 'keychain.check', {})).toMatchObject({ ok: true })
  expect(await asked()).toHaveLength(3)
  expect(await opened()).toEqual(['https://example.com/plain'])
  expect(await countWindows(app)).toBe(1)
  expect(tripwire.hits).toEqual([])
  await tripwire.close()
})
