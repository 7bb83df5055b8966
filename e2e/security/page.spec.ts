import { readFileSync } from 'node:fs'
import { expect, isRoot, test } from '../fixtures/app.ts'
import { callBridge, callSuccessfully, catchOpenedUrls, countWindows, startTripwire } from './hands.ts'

// Numbers are those of the security checklist in SECURITY.md.

test('security 1: no request leaves Chromium but app:', async ({ launchApp }) => {
  const { window: page, app, expectConsoleError } = await launchApp()
  expectConsoleError(/Content Security Policy|violates|Refused to/)
  const tripwire = await startTripwire()
  const outcomes = await page.evaluate(async (origin) => {
    const attempt = async (work: () => unknown): Promise<string> => {
      try {
        await work()
        return 'done'
      } catch {
        return 'refused'
      }
    }
    const load = (tag: 'img' | 'script' | 'link', attribute: string, path: string) =>
      new Promise<void>((resolve, reject) => {
        const element = document.createElement(tag)
        if (tag === 'link') element.setAttribute('rel', 'stylesheet')
        element.onload = () => resolve()
        element.onerror = () => reject(new Error('refused'))
        element.setAttribute(attribute, origin + path)
        document.head.append(element)
      })
    return Promise.all([
      attempt(() => fetch(`${origin}/fetch`)),
      attempt(() => fetch(`${origin}/no-cors`, { mode: 'no-cors' })),
      attempt(() => load('img', 'src', '/image.png')),
      attempt(() => load('script', 'src', '/script.js')),
      attempt(() => load('link', 'href', '/style.css')),
      attempt(
        () =>
          new Promise((resolve, reject) => {
            const socket = new WebSocket(origin.replace('http', 'ws'))
            socket.onopen = resolve
            socket.onerror = () => reject(new Error('refused'))
          }),
      ),
    ])
  }, tripwire.origin)
  expect(outcomes).toEqual(Array(6).fill('refused'))
  // The policy's own refusal aside: main's session sends nothing either.
  const direct = await app.evaluate(async ({ session }, origin) => {
    try {
      await session.fromPartition('vault').fetch(`${origin}/session`)
      return 'done'
    } catch {
      return 'refused'
    }
  }, tripwire.origin)
  expect(direct).toBe('refused')
  expect(tripwire.hits).toEqual([])
  await tripwire.close()
})

test('security 2, 20: the page has no Node and no Electron', async ({ launchApp }) => {
  const { window: page } = await launchApp()
  const types = await page.evaluate(() =>
    [
      'require',
      'process',
      'module',
      'exports',
      'Buffer',
      'global',
      'ipcRenderer',
      'electron',
      '__dirname',
      'setImmediate',
    ].map((name) => typeof (globalThis as unknown as Record<string, unknown>)[name]),
  )
  expect(new Set(types)).toEqual(new Set(['undefined']))
})

test('security 3, 20: the bridge is frozen, has two functions and gives no event away', async ({ launchApp }) => {
  const { window: page } = await launchApp()
  const bridge = await page.evaluate(async () => {
    const descriptor = Object.getOwnPropertyDescriptor(window, 'bridge')
    const before = window.bridge
    try {
      Object.assign(window, { bridge: { call: () => 'stolen' } })
      Object.assign(window.bridge, { call: () => 'stolen' })
    } catch {
      // Strict code throws here, which is as good.
    }
    return {
      keys: Object.keys(window.bridge).sort(),
      frozen: Object.isFrozen(window.bridge),
      writable: descriptor?.writable,
      configurable: descriptor?.configurable,
      same: window.bridge === before,
      answer: (await window.bridge.call('app.load', {})).ok,
      unknownEvent: typeof window.bridge.on('no.such' as 'keys.changed', () => undefined),
    }
  })
  expect(bridge).toEqual({
    keys: ['call', 'on'],
    frozen: true,
    writable: false,
    configurable: false,
    same: true,
    answer: true,
    unknownEvent: 'function',
  })
  const heard = await page.evaluate(
    () =>
      new Promise<unknown[]>((resolve) => {
        const stop = window.bridge.on('settings.changed', (...all: unknown[]) => {
          stop()
          resolve(all)
        })
        void window.bridge.call('settings.setScreen', { screen: 'keys' })
      }),
  )
  expect(heard).toHaveLength(1)
  expect(heard[0]).toMatchObject({ screen: 'keys' })
})

test('security 3: what the page does to its own globals does not reach the preload', async ({ launchApp }) => {
  const { window: page } = await launchApp()
  const result = await page.evaluate(async () => {
    // The page's own code uses these too: only what carries our name comes from the preload.
    const seen: string[] = []
    const { has } = Set.prototype
    const { get } = Map.prototype
    Set.prototype.has = function (value) {
      if (value === 'no.such') seen.push('has')
      return has.call(this, value)
    }
    Map.prototype.get = function (value) {
      if (value === 'no.such') seen.push('get')
      return get.call(this, value)
    }
    window.bridge.on('no.such' as 'keys.changed', () => undefined)
    const answer: unknown = await window.bridge.call('no.such' as 'app.load', {})
    return { seen, answer }
  })
  expect(result).toEqual({ seen: [], answer: { ok: false, error: { kind: 'BAD_REQUEST', field: 'method' } } })
})

test('security 4: the renderer is sandboxed, or the log says that it is not', { tag: '@root' }, async ({
  launchApp,
}) => {
  const running = await launchApp()
  const state = await callSuccessfully(running.window, 'app.load', {})
  expect(state.versions.sandboxed).toBe(!isRoot)
  const pid = await running.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
  )
  const logged = [...running.readProfile()]
    .filter(([name]) => name.startsWith('logs/'))
    .map(([, bytes]) => bytes.toString())
  if (isRoot) {
    expect(logged.join('')).toContain('chromium-sandbox-off')
  } else {
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m)
    expect(logged.join('')).not.toContain('chromium-sandbox-off')
  }
})

test('security 5: every permission is denied', async ({ launchApp }) => {
  const { window: page, expectConsoleError } = await launchApp()
  expectConsoleError(/permission|denied|not allowed/i)
  const answers = await page.evaluate(async () => {
    const names = [
      'geolocation',
      'notifications',
      'camera',
      'microphone',
      'midi',
      'clipboard-read',
      'persistent-storage',
      'accelerometer',
    ]
    const states = await Promise.all(
      names.map(async (name) => {
        try {
          return (await navigator.permissions.query({ name: name as PermissionName })).state
        } catch {
          return 'denied'
        }
      }),
    )
    const attempt = async (work: () => Promise<unknown>): Promise<string> => {
      try {
        await work()
        return 'given'
      } catch {
        return 'denied'
      }
    }
    const uses = await Promise.all([
      attempt(() => new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject))),
      attempt(() => navigator.mediaDevices.getUserMedia({ audio: true })),
      attempt(() => navigator.mediaDevices.getDisplayMedia()),
      attempt(() => navigator.clipboard.readText()),
      attempt(async () => {
        if ((await Notification.requestPermission()) !== 'granted') throw new Error('denied')
      }),
    ])
    return { states, uses }
  })
  expect(new Set(answers.states)).toEqual(new Set(['denied']))
  expect(answers.uses).toEqual(Array(5).fill('denied'))
})

test('security 7: the policy comes as a header and holds', async ({ launchApp }) => {
  const { window: page, expectConsoleError } = await launchApp()
  expectConsoleError(/Content Security Policy|Refused to|unsafe-eval/)
  const found = await page.evaluate(async () => {
    const violations: string[] = []
    document.addEventListener('securitypolicyviolation', (event) => void violations.push(event.effectiveDirective))
    const script = document.createElement('script')
    script.textContent = 'document.title = "inline ran"'
    document.head.append(script)
    const style = document.createElement('style')
    style.textContent = ':root { --inline: ran }'
    document.head.append(style)
    const button = document.createElement('button')
    button.setAttribute('onclick', 'document.title = "handler ran"')
    button.click()
    // In a task of its own: what the test's driver calls directly is exempt from this rule.
    const evaluated = await new Promise<string>((resolve) =>
      setTimeout(() => {
        try {
          resolve(String(Reflect.construct(Function, ['return 1 + 1'])()))
        } catch {
          resolve('refused')
        }
      }),
    )
    const image = new Image()
    await new Promise((resolve) => {
      image.onerror = resolve
      image.src = 'https://example.com/image.png'
    })
    const response = await fetch('app://bundle/index.html')
    return {
      policy: response.headers.get('content-security-policy'),
      title: document.title,
      inline: getComputedStyle(document.documentElement).getPropertyValue('--inline'),
      evaluated,
      violations: [...new Set(violations)].sort(),
    }
  })
  expect(found.policy).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
      "frame-src app://mail; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
  expect(found.title).not.toMatch(/ran/)
  expect(found.inline).toBe('')
  expect(found.evaluated).toBe('refused')
  expect(found.violations).toEqual(expect.arrayContaining(['img-src', 'script-src-elem', 'style-src-elem']))
})

test('security 12: a webview does not attach', async ({ launchApp }) => {
  const { window: page, app } = await launchApp()
  const contents = () => app.evaluate(({ webContents }) => webContents.getAllWebContents().length)
  const before = await contents()
  const hasMethods = await page.evaluate(() => {
    const view = document.createElement('webview')
    view.setAttribute('src', 'app://bundle/index.html')
    view.setAttribute('allowpopups', '')
    document.body.append(view)
    return 'loadURL' in view
  })
  expect(hasMethods).toBe(false)
  expect(await contents()).toBe(before)
})

test('security 13: navigation leads nowhere', async ({ launchApp }) => {
  const { window: page, app, expectConsoleError } = await launchApp()
  expectConsoleError(/Content Security Policy|Refused to|Not allowed/)
  const start = page.url()
  const tripwire = await startTripwire()
  const attempts: readonly ((origin: string) => void)[] = [
    (origin) => {
      location.href = `${origin}/href`
    },
    (origin) => location.assign(`${origin}/assign`),
    (origin) => location.replace(`${origin}/replace`),
    () => location.assign('app://bundle/stopped.html'),
    () => location.assign('app://mail/1'),
    () => location.assign('file:///etc/passwd'),
    () => location.assign('data:text/html,hello'),
    (origin) => {
      const link = document.createElement('a')
      link.href = `${origin}/link`
      document.body.append(link)
      link.click()
    },
    (origin) => {
      const form = document.createElement('form')
      form.action = `${origin}/form`
      document.body.append(form)
      form.submit()
    },
  ]
  for (const attempt of attempts) {
    await page.evaluate(attempt, tripwire.origin).catch(() => undefined)
    expect(await callBridge(page, 'keychain.check', {})).toMatchObject({ ok: true })
    expect(page.url()).toBe(start)
  }
  // A dropped file or link is a navigation too.
  await page.evaluate((origin) => {
    const data = new DataTransfer()
    data.setData('text/uri-list', `${origin}/drop`)
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }))
  }, tripwire.origin)
  expect(page.url()).toBe(start)
  const shown = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL())
  expect(shown).toBe(start)
  expect(tripwire.hits).toEqual([])
  await tripwire.close()
})

test('security 14: there is one window, whatever asks for another', async ({ launchApp }) => {
  const { window: page, app, expectConsoleError } = await launchApp()
  expectConsoleError(/Not allowed to load local resource/)
  const opened = await catchOpenedUrls(app)
  const handles = await page.evaluate(() => [
    window.open('https://example.com/open') === null,
    window.open('app://bundle/index.html') === null,
    window.open('about:blank') === null,
    window.open('file:///etc/passwd') === null,
  ])
  expect(handles).toEqual([true, true, true, true])
  await page.evaluate(() => {
    const link = document.createElement('a')
    link.id = 'outside'
    link.target = '_blank'
    link.href = 'https://example.com/blank'
    link.textContent = 'outside'
    link.style.cssText = 'position:fixed;inset:0 auto auto 0;z-index:99999'
    document.body.append(link)
  })
  await page.locator('#outside').click()
  await page.locator('#outside').click({ button: 'middle' })
  await page.locator('#outside').click({ modifiers: ['Shift'] })
  expect(await countWindows(app)).toBe(1)
  expect(await opened()).toEqual([])
})

test('security 17: another window with the same preload is refused', async ({ launchApp }) => {
  const { app, window: page } = await launchApp()
  const answer = await app.evaluate(async ({ BrowserWindow, session, app: main }) => {
    const other = new BrowserWindow({
      show: false,
      webPreferences: {
        sandbox: true,
        contextIsolation: true,
        session: session.fromPartition('vault'),
        preload: `${main.getAppPath()}/out/preload/index.cjs`,
      },
    })
    await other.loadURL('app://bundle/stopped.html')
    const result: unknown = await other.webContents.executeJavaScript("bridge.call('app.load', {})")
    other.destroy()
    return result
  })
  expect(answer).toEqual({ ok: false, error: { kind: 'WRONG_SENDER' } })
  expect(await callBridge(page, 'app.load', {})).toMatchObject({ ok: true })
})

test('security 17: a frame inside the page is refused even with the preload in it', async ({ launchApp }) => {
  const { app, window: page } = await launchApp()
  const inFrame = await page.evaluate(() => {
    const frame = document.createElement('iframe')
    document.body.append(frame)
    const inner = frame.contentWindow as unknown as Record<string, unknown> | null
    return [typeof inner?.bridge, typeof inner?.require]
  })
  expect(inFrame).toEqual(['undefined', 'undefined'])
  // Behind the preload: the raw message, as a broken-out frame would send it.
  const answers = await app.evaluate(async ({ ipcMain, BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    const { _invokeHandlers: handlers } = ipcMain as unknown as {
      _invokeHandlers: Map<string, (event: object, ...values: unknown[]) => Promise<unknown>>
    }
    const handler = handlers.get('jasni:call')
    if (contents === undefined || handler === undefined) return []
    const child = contents.mainFrame.frames[0]
    const ask = (senderFrame: unknown) => handler({ sender: contents, senderFrame }, 'app.load', {})
    return Promise.all([
      ask(child),
      ask(null),
      ask(undefined),
      ask({
        url: 'app://bundle/index.html',
        origin: 'app://bundle',
        parent: null,
        routingId: contents.mainFrame.routingId,
        processId: contents.mainFrame.processId,
      }),
    ])
  })
  expect(answers).toHaveLength(4)
  for (const answer of answers) expect(answer).toEqual({ ok: false, error: { kind: 'WRONG_SENDER' } })
})

test('security 18: app: serves built files by exact name and nothing else; file: is refused', async ({ launchApp }) => {
  const { app, window: page, expectConsoleError } = await launchApp()
  expectConsoleError(/Failed to load resource/)
  const paths = [
    '/',
    '/index.html?x',
    '/INDEX.HTML',
    '//index.html',
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/..%2f..%2fpackage.json',
    '/..%5cpackage.json',
    '/assets/..%2f..%2fmain%2findex.cjs',
    '/../main/index.cjs',
    '/..%2fmain%2findex.cjs',
    '/__proto__',
    '/etc/passwd',
    '/..%2f..%2f..%2f..%2fetc%2fpasswd',
  ]
  const statuses = await page.evaluate(
    (list) => Promise.all(list.map(async (path) => [path, (await fetch(`app://bundle${path}`)).status] as const)),
    paths,
  )
  expect(statuses).toEqual(paths.map((path) => [path, 404]))
  expect(await page.evaluate(async () => (await fetch('app://bundle/index.html')).status)).toBe(200)
  const outside = await app.evaluate(async ({ session }) => {
    const ours = session.fromPartition('vault')
    const ask = async (url: string) => {
      try {
        return (await ours.fetch(url)).status
      } catch {
        return 'refused'
      }
    }
    return Promise.all(
      ['app://evil/index.html', 'app://mail/1', 'app://mail/..%2findex.html', 'file:///etc/passwd'].map(ask),
    )
  })
  expect(outside.slice(0, 3)).toEqual([404, 404, 404])
  expect([403, 'refused']).toContain(outside[3])
  const passwd = await app.evaluate(async ({ BrowserWindow, session }) => {
    const other = new BrowserWindow({ show: false, webPreferences: { session: session.fromPartition('vault') } })
    await other.loadURL('file:///etc/passwd').catch(() => undefined)
    const text: unknown = await other.webContents.executeJavaScript('document.body.innerText')
    other.destroy()
    return String(text)
  })
  expect(passwd).not.toContain('root:')
})

test('security 5, 14: a download is cancelled', async ({ launchApp }) => {
  const { app, window: page } = await launchApp()
  await app.evaluate(({ session, app: main }) => {
    const seen: boolean[] = []
    Object.assign(main, { downloadsForTest: seen })
    session.fromPartition('vault').on('will-download', (event) => void seen.push(event.defaultPrevented))
  })
  await page.evaluate(() => {
    const link = document.createElement('a')
    link.download = 'hello.txt'
    link.href = 'data:text/plain,hello'
    document.body.append(link)
    link.click()
  })
  await expect
    .poll(() => app.evaluate(({ app: main }) => (main as unknown as { downloadsForTest: boolean[] }).downloadsForTest))
    .toEqual([true])
})
