import { EventEmitter } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Session, WebContents } from 'electron'
import { describe, expect, test, vi } from 'vitest'
import {
  guardContents,
  guardSession,
  mailPolicy,
  mayNavigate,
  mayRequest,
  pagePolicy,
  webPreferences,
} from './security.ts'

describe('security 2, 3, 4, 6, 8 to 11: window options', () => {
  test('are exactly these', () => {
    expect(webPreferences('/x/preload.cjs', true)).toEqual({
      preload: '/x/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      disableDialogs: true,
      spellcheck: false,
      devTools: false,
    })
    expect(webPreferences('/x/preload.cjs', false).devTools).toBe(true)
  })

  test('nothing in main weakens them or opens addresses elsewhere', () => {
    const main = join(import.meta.dirname, '..')
    const sources = readdirSync(main, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ts$/.test(file) && !/\.test\.ts$/.test(file))
      .map((file) => ({ file, text: readFileSync(join(main, file), 'utf8') }))
    expect(sources.length).toBeGreaterThan(10)
    const weakening =
      /webSecurity|allowRunningInsecureContent|experimentalFeatures|enableBlinkFeatures|allowpopups|allowPopups|nodeIntegration\w*: true|contextIsolation: false|sandbox: false|webviewTag: true|new BrowserView|@electron\/remote/
    expect(sources.filter(({ text }) => weakening.test(text)).map(({ file }) => file)).toEqual([])
    const opening = sources.filter(({ text }) => /openExternal\(/.test(text)).map(({ file }) => file)
    expect(opening).toEqual(['shell/browser.ts'])
  })
})

describe('security 7: policies', () => {
  test('of the page', () => {
    expect(pagePolicy).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self'; frame-src app://mail; object-src 'none'; base-uri 'none'; form-action 'none'; " +
        "frame-ancestors 'none'",
    )
  })

  test('of a mail', () => {
    expect(mailPolicy).toBe(
      "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; " +
        "form-action 'none'; frame-ancestors app://bundle",
    )
  })
})

// Every name that Electron's documentation gives for either handler, and one of the future.
const permissions = [
  'clipboard-read',
  'clipboard-sanitized-write',
  'display-capture',
  'mediaKeySystem',
  'geolocation',
  'notifications',
  'midi',
  'midiSysex',
  'pointerLock',
  'keyboardLock',
  'fullscreen',
  'openExternal',
  'speaker-selection',
  'storage-access',
  'top-level-storage-access',
  'window-management',
  'window-placement',
  'unknown',
  'fileSystem',
  'hid',
  'serial',
  'usb',
  'bluetooth',
  'media',
  'accessibility-events',
  'background-sync',
  'idle-detection',
  'deprecated-sync-clipboard-read',
  'something-new',
]

function createFakeSession() {
  const handlers: Record<string, (...values: never[]) => unknown> = {}
  const take = (name: string) => (handler: (...values: never[]) => unknown) => {
    handlers[name] = handler
  }
  const emitter = new EventEmitter()
  const session = Object.assign(emitter, {
    setPermissionRequestHandler: take('request'),
    setPermissionCheckHandler: take('check'),
    setDevicePermissionHandler: take('device'),
    setDisplayMediaRequestHandler: take('display'),
    webRequest: { onBeforeRequest: take('web') },
  })
  const ask = (name: string, ...values: unknown[]) => handlers[name]?.(...(values as never[]))
  return { session: session as unknown as Session, emitter, ask }
}

describe('security 5: permissions', () => {
  const { session, emitter, ask } = createFakeSession()
  guardSession(session, true)

  test.each(permissions)('%s is denied when asked for and when checked', (permission) => {
    const answer = vi.fn()
    ask('request', {}, permission, answer, {})
    expect(answer.mock.calls).toEqual([[false]])
    expect(ask('check', null, permission, 'app://bundle', {})).toBe(false)
  })

  test('devices and screen capture are denied', () => {
    expect(ask('device', {})).toBe(false)
    const answer = vi.fn()
    ask('display', {}, answer)
    expect(answer.mock.calls).toEqual([[{}]])
  })

  test('downloads are cancelled', () => {
    const preventDefault = vi.fn()
    emitter.emit('will-download', { preventDefault })
    expect(preventDefault).toHaveBeenCalledOnce()
  })

  test.each([
    ['app://bundle/index.html', false],
    ['https://example.com/', true],
    ['devtools://devtools/x', true],
    ['chrome-extension://x/y', true],
  ])('the request %s is cancelled: %s', (url, cancel) => {
    const answer = vi.fn()
    ask('web', { url }, answer)
    expect(answer.mock.calls).toEqual([[{ cancel }]])
  })
})

describe('security 1: requests of Chromium', () => {
  test.each([
    ['app://bundle/index.html', true],
    ['app://mail/a', true],
    ['data:image/png;base64,AA', true],
    ['http://127.0.0.1:4810/', false],
    ['https://api.jasni.ai/', false],
    ['ws://127.0.0.1/', false],
    ['file:///etc/passwd', false],
    ['blob:app://bundle/1', false],
    ['application://x', false],
    ['APP://bundle/', false],
  ])('%s: %s', (url, allowed) => {
    expect(mayRequest(url, true)).toBe(allowed)
  })

  test('the developer tools exist only unpackaged', () => {
    expect(mayRequest('devtools://devtools/x', false)).toBe(true)
    expect(mayRequest('devtools://devtools/x', true)).toBe(false)
  })
})

describe('security 13: navigation', () => {
  test.each([
    ['app://mail/0a-1', false, true],
    ['app://mail/0a-1', true, false],
    ['app://bundle/index.html', true, false],
    ['app://bundle/index.html', false, false],
    ['app://mail/', false, false],
    ['app://mail/a/b', false, false],
    ['app://mail/a?b', false, false],
    ['app://mail/..%2f', false, false],
    ['app://mail.evil/a', false, false],
    ['xapp://mail/a', false, false],
    ['https://example.com/', false, false],
    ['about:blank', false, false],
    ['', false, false],
  ])('%s, main frame %s: allowed %s', (url, isMainFrame, allowed) => {
    expect(mayNavigate(url, isMainFrame)).toBe(allowed)
  })
})

function createFakeContents() {
  const emitter = new EventEmitter()
  let open: (details: { url: string }) => { action: string } = () => ({ action: 'none' })
  const contents = Object.assign(emitter, {
    setWindowOpenHandler: (handler: typeof open) => {
      open = handler
    },
  })
  const requested: string[] = []
  guardContents(contents as unknown as WebContents, (url) => void requested.push(url))
  const emit = (name: string, details: object, ...legacy: unknown[]) => {
    const preventDefault = vi.fn()
    emitter.emit(name, { preventDefault, ...details }, ...legacy)
    return preventDefault.mock.calls.length > 0
  }
  return { emit, open: (url: string) => open({ url }), requested }
}

describe('security 12, 13, 14: one web contents', () => {
  test.each<[string, string, object, unknown[]]>([
    ['with the address as argument', 'will-navigate', {}, ['https://example.com/', false, true]],
    ['with the address in the event', 'will-navigate', { url: 'https://example.com/', isMainFrame: true }, []],
    ['to our own page', 'will-navigate', { url: 'app://bundle/index.html', isMainFrame: true }, []],
    ['of the page to a mail', 'will-navigate', { url: 'app://mail/a', isMainFrame: true }, []],
    ['of a frame elsewhere', 'will-frame-navigate', { url: 'https://example.com/', isMainFrame: false }, []],
    ['without any address', 'will-frame-navigate', {}, []],
    ['by redirect', 'will-redirect', { url: 'app://mail/a', isMainFrame: false }, []],
    ['of a webview', 'will-attach-webview', {}, [{}, {}]],
  ])('navigation %s is prevented (%s)', (_what, name, details, legacy) => {
    expect(createFakeContents().emit(name, details, ...legacy)).toBe(true)
  })

  test('a frame may load exactly one mail', () => {
    expect(createFakeContents().emit('will-frame-navigate', { url: 'app://mail/a-1', isMainFrame: false })).toBe(false)
  })

  test('a new window is denied and its address handed on', () => {
    const { open, requested } = createFakeContents()
    expect(open('https://example.com/')).toEqual({ action: 'deny' })
    expect(requested).toEqual(['https://example.com/'])
  })
})
