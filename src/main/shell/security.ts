import type { BrowserWindowConstructorOptions, Session, WebContents } from 'electron'

/** The one origin of our page. */
export const pageOrigin = 'app://bundle'
/** The one document that our window loads. */
export const pageUrl = `${pageOrigin}/index.html`
/** What the window shows after repeated crashes of its process. */
export const stoppedUrl = `${pageOrigin}/stopped.html`

/** Policy of our page (Electron security checklist, 7). Sent as a header, so that no markup can precede it. */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  'frame-src app://mail',
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Policy of a mail document: an opaque origin, no script, nothing remote. Holds even if the iframe is set up wrongly. */
export const mailPolicy = [
  'sandbox allow-popups',
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  `frame-ancestors ${pageOrigin}`,
].join('; ')

/** Web preferences of every window (checklist 2, 3, 4, 6, 8 to 11). What is not listed keeps its safe default. */
export function webPreferences(preload: string, packaged: boolean) {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    disableDialogs: true,
    spellcheck: false,
    devTools: !packaged,
  } as const satisfies NonNullable<BrowserWindowConstructorOptions['webPreferences']>
}

/** Chromium needs no network at all: the product's HTTP runs in main, to the environment's own origin. */
export const chromiumSwitches: readonly (readonly [string, string])[] = [
  ['host-resolver-rules', 'MAP * ~NOTFOUND'],
  ['disable-background-networking', ''],
  ['disable-component-update', ''],
  ['disable-domain-reliability', ''],
  ['no-pings', ''],
  ['disable-features', 'Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,WebBluetooth,WebUSB'],
]

/** True for the only navigation there is: a frame inside our page that shows one mail (checklist 13). */
export function mayNavigate(url: string, isMainFrame: boolean): boolean {
  return !isMainFrame && /^app:\/\/mail\/[a-z0-9-]{1,64}$/.test(url)
}

/** True for what Chromium itself may load: our own scheme, inline data and, unpackaged, the developer tools. */
export function mayRequest(url: string, packaged: boolean): boolean {
  return url.startsWith('app://') || url.startsWith('data:') || (!packaged && url.startsWith('devtools://'))
}

interface NavigationEvent {
  preventDefault(): void
  readonly url?: string
  readonly isMainFrame?: boolean
}

/** Denies windows, navigation and embedding for one web contents, whoever made it (checklist 12 to 15). */
export function guardContents(contents: WebContents, requestLink: (url: string) => void): void {
  const guard = (event: NavigationEvent, legacyUrl: unknown, isMainFrame: boolean) => {
    // Electron 25 gives the address as second argument for some events, later ones inside the event.
    const url = event.url ?? (typeof legacyUrl === 'string' ? legacyUrl : '')
    if (!mayNavigate(url, event.isMainFrame ?? isMainFrame)) event.preventDefault()
  }
  contents.on('will-navigate', (event: NavigationEvent, url: unknown) => guard(event, url, true))
  contents.on('will-frame-navigate', (event: NavigationEvent) => guard(event, null, true))
  contents.on('will-redirect', (event: NavigationEvent) => event.preventDefault())
  contents.on('will-attach-webview', (event: NavigationEvent) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    requestLink(url)
    return { action: 'deny' }
  })
}

/** Denies permissions, devices, screen capture, downloads and every request but our own (checklist 1 and 5). */
export function guardSession(session: Session, packaged: boolean): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}))
  session.on('will-download', (event) => event.preventDefault())
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !mayRequest(details.url, packaged) }))
}
