import { createServer, type Server } from 'node:http'
import type { ElectronApplication, Frame, Page } from '@playwright/test'
import type { SandboxServer } from '../../src/main/sandbox/server.ts'
import type { Bridge, InputOf, MethodName, OutputOf } from '../../src/shared/contract.ts'
import type { Result } from '../../src/shared/result.ts'
import type { RunningApp } from '../fixtures/app.ts'

declare global {
  interface Window {
    readonly bridge: Bridge
  }
}

/** Calls the real bridge from the page. */
export async function callBridge<M extends MethodName>(
  page: Page,
  name: M,
  input: InputOf<M>,
): Promise<Result<OutputOf<M>>> {
  const answer: unknown = await page.evaluate(
    ([method, value]) => (window.bridge.call as (name: unknown, input: unknown) => unknown)(method, value),
    [name, input] as const,
  )
  return answer as Result<OutputOf<M>>
}

/** The value of a successful call, or an error that shows what came instead. */
export async function callSuccessfully<M extends MethodName>(
  page: Page,
  name: M,
  input: InputOf<M>,
): Promise<OutputOf<M>> {
  const result = await callBridge(page, name, input)
  if (!result.ok) throw new Error(`${name} failed: ${JSON.stringify(result.error)}`)
  return result.value
}

/** A web server on loopback that a page must never reach, with everything that reached it. */
export interface Tripwire {
  readonly origin: string
  readonly hits: readonly string[]
  close(): Promise<void>
}

/** Starts a tripwire. It counts connections too: a handshake without a request is a leak. */
export async function startTripwire(): Promise<Tripwire> {
  const hits: string[] = []
  const server: Server = createServer((request, response) => {
    hits.push(`${request.method} ${request.url}`)
    response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end()
  })
  server.on('connection', () => hits.push('connection'))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The tripwire has no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    hits,
    close: () => new Promise((done) => void server.close(() => done())),
  }
}

/** Every way that HTML has to load something, run something or leave, aimed at the tripwire. */
export function writeHostileHtml(origin: string): string {
  return `
<head><meta http-equiv="refresh" content="0;url=${origin}/refresh"><base href="${origin}/base/">
<link rel="stylesheet" href="${origin}/style.css"><link rel="preload" as="image" href="${origin}/preload.png">
<link rel="prefetch" href="${origin}/prefetch"><link rel="preconnect" href="${origin}">
<link rel="dns-prefetch" href="${origin}"><link rel="icon" href="${origin}/icon.png">
<style>@import url(${origin}/import.css); @font-face { font-family: x; src: url(${origin}/font.woff2) }
body { font-family: x; background: url(${origin}/background.png) }</style>
<script>document.title = 'script ran'; fetch('${origin}/fetch'); parent.postMessage('ran', '*')</script>
<script src="${origin}/script.js"></script></head>
<body onload="document.title = 'onload ran'" background="${origin}/body.png">
<img src="${origin}/image.png"><img src="x" onerror="document.title = 'onerror ran'"><img srcset="${origin}/srcset.png 1x">
<picture><source srcset="${origin}/source.png"><img></picture>
<svg onload="document.title = 'svg ran'"><image href="${origin}/svg.png" /><use href="${origin}/use.svg#x" /></svg>
<video src="${origin}/video.mp4" poster="${origin}/poster.png" autoplay></video><audio src="${origin}/audio.mp3" autoplay></audio>
<object data="${origin}/object"></object><embed src="${origin}/embed"><iframe src="${origin}/frame"></iframe>
<iframe srcdoc="<img src='${origin}/srcdoc.png'>"></iframe><iframe src="app://bundle/index.html"></iframe>
<form id="form" action="${origin}/form" method="post"><input name="a" value="b"><button id="submit">Send</button></form>
<table background="${origin}/table.png"><tr><td style="background: url(${origin}/cell.png)">cell</td></tr></table>
<a id="plain" href="https://example.com/plain">plain</a>
<a id="self" target="_self" href="${origin}/self">self</a>
<a id="top" target="_top" href="${origin}/top">top</a>
<a id="parent" target="_parent" href="app://bundle/stopped.html">parent</a>
<a id="script" href="javascript:document.title='link ran'">script</a>
<a id="file" href="file:///etc/passwd">file</a>
<a id="download" download href="data:text/plain,hello">download</a>
<a id="ping" ping="${origin}/ping" href="https://example.com/ping">ping</a>
<a id="mail" href="mailto:someone@example.com">mail</a>
<p id="end">The end of the message</p></body>`
}

/** Adds an environment that calls the peer, gives it a key through the clipboard, and answers its id. */
export async function addPeerEnvironment(running: RunningApp, peer: SandboxServer): Promise<string> {
  const { id } = await callSuccessfully(running.window, 'environments.create', {
    input: {
      name: 'Peer',
      mark: 'blue',
      baseUrl: peer.baseUrl,
      plan: { kind: 'free', perMinute: 100 },
      rateGroup: null,
      protected: false,
    },
  })
  await running.writeClipboard(peer.issueKey('security').key)
  const key = await callSuccessfully(running.window, 'keys.addFromClipboard', {
    environmentId: id,
    label: null,
    allowTestKey: false,
  })
  if (key.state !== 'active') throw new Error(`The peer's key is ${key.state}`)
  return id
}

/** Lets the app read a mail with this HTML from the peer, shows it in a frame of the page, and answers the frame. */
export async function showMail(running: RunningApp, peer: SandboxServer, html: string): Promise<Frame> {
  const environmentId = await addPeerEnvironment(running, peer)
  const email = {
    uid: 1,
    messageId: '<1@example.com>',
    from: 'evil@example.com',
    to: ['someone@example.com'],
    cc: [],
    subject: 'Hostile',
    date: '2026-01-01T00:00:00.000Z',
    text: 'Hostile',
    html,
    attachments: [],
    replyTo: null,
    flags: [],
    seen: false,
  }
  peer.inject({ kind: 'status', status: 200, body: JSON.stringify({ success: true, data: { email } }) })
  const place = { environmentId, account: 'someone@example.com', folder: 'INBOX', uid: 1 }
  const message = await callSuccessfully(running.window, 'mail.read', place)
  if (message.htmlUrl === null) throw new Error('The mail has no HTML to show')
  await running.window.evaluate((url) => {
    const frame = document.createElement('iframe')
    frame.id = 'hostile'
    frame.setAttribute('sandbox', 'allow-popups')
    frame.setAttribute('referrerpolicy', 'no-referrer')
    frame.src = url
    frame.setAttribute('style', '')
    document.body.append(frame)
    frame.style.cssText = 'position:fixed;inset:0;width:800px;height:700px;z-index:9999;background:#fff'
  }, message.htmlUrl)
  const frame = await waitForFrame(running.window, message.htmlUrl)
  await frame.locator('#end').waitFor({ state: 'attached' })
  return frame
}

async function waitForFrame(page: Page, url: string): Promise<Frame> {
  const find = () => page.frames().find((frame) => frame.url() === url)
  for (;;) {
    const frame = find()
    if (frame !== undefined) return frame
    await page.waitForEvent('framenavigated', { timeout: 10_000 })
  }
}

/** Replaces the system's browser by a list, and answers what was opened so far when called. */
export async function catchOpenedUrls(app: ElectronApplication): Promise<() => Promise<readonly string[]>> {
  await app.evaluate(({ shell, app: main }) => {
    const opened: string[] = []
    Object.assign(main, { openedForTest: opened })
    shell.openExternal = async (url) => void opened.push(url)
  })
  return () => app.evaluate(({ app: main }) => (main as unknown as { openedForTest: string[] }).openedForTest)
}

/** Number of windows that main has. */
export function countWindows(app: ElectronApplication): Promise<number> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
}
