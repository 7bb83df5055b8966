import { BrowserWindow, nativeTheme, type Session, screen, type WebContents } from 'electron'
import { channels, type Emit } from '../../shared/contract.ts'
import type { Log } from '../core/ports.ts'
import { createCrashPolicy } from './crash-policy.ts'
import { pageUrl, stoppedUrl, webPreferences } from './security.ts'
import { placeWindow, readWindowState, windowSize, writeWindowState } from './window-state.ts'

/** The one window, with what the rest of the shell asks of it. */
export interface MainWindow {
  readonly contents: WebContents
  readonly emit: Emit
  setEnvironmentName(name: string): void
  /** True while the person works in it. */
  isFocused(): boolean
  /** Brings the window to the front. */
  focus(): void
  /** Resolves once one more frame was painted. */
  waitForPaint(): Promise<void>
  /** The painted window as PNG. */
  capture(): Promise<Buffer>
}

/** Parts of the window. */
export interface MainWindowParts {
  readonly session: Session
  readonly preload: string
  readonly packaged: boolean
  readonly stateFile: string
  readonly log: Log
  readonly monotonicMs: () => number
  readonly onRestart: () => void
  /** The page is gone: closed, crashed, or about to be loaded again. */
  readonly onLeave: () => void
}

// --surface of the design's tokens in each theme, so that nothing flashes before the first paint.
const backgrounds = { dark: '#17181a', light: '#ffffff' } as const

/** Opens the window at its kept place and loads our page. */
export function openMainWindow(parts: MainWindowParts): MainWindow {
  const kept = readWindowState(parts.stateFile)
  const primary = screen.getPrimaryDisplay()
  const others = screen.getAllDisplays().filter((display) => display.id !== primary.id)
  const background = () => (nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light)
  const window = new BrowserWindow({
    ...placeWindow(
      kept?.bounds ?? null,
      [primary, ...others].map((display) => display.workArea),
    ),
    minWidth: windowSize.minWidth,
    minHeight: windowSize.minHeight,
    title: 'Jasni Vault',
    show: false,
    autoHideMenuBar: true,
    backgroundColor: background(),
    webPreferences: { ...webPreferences(parts.preload, parts.packaged), session: parts.session },
  })
  if (kept?.maximised === true) window.maximize()

  window.once('ready-to-show', () => window.show())
  window.on('page-title-updated', (event) => event.preventDefault())
  window.on('close', () => {
    writeWindowState(parts.stateFile, { bounds: window.getNormalBounds(), maximised: window.isMaximized() })
  })
  nativeTheme.on('updated', () => {
    if (!window.isDestroyed()) window.setBackgroundColor(background())
  })

  window.on('closed', parts.onLeave)
  window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) parts.onLeave()
  })

  const load = (url: string): void => {
    window.loadURL(url).catch((cause: unknown) => void parts.log.error('page-not-loaded', cause))
  }
  const decide = createCrashPolicy()
  window.webContents.on('render-process-gone', (_event, details) => {
    parts.log.warn('renderer-gone', { reason: details.reason, exitCode: details.exitCode })
    parts.onLeave()
    if (details.reason === 'clean-exit' || window.isDestroyed()) return
    const next = decide(parts.monotonicMs())
    if (next === 'reload') parts.onRestart()
    load(next === 'reload' ? pageUrl : stoppedUrl)
  })
  load(pageUrl)

  return {
    contents: window.webContents,
    emit(name, payload) {
      if (!window.isDestroyed() && !window.webContents.isCrashed())
        window.webContents.send(channels.event, name, payload)
    },
    setEnvironmentName(name) {
      if (!window.isDestroyed()) window.setTitle(`Jasni Vault — ${name}`)
    },
    isFocused: () => !window.isDestroyed() && window.isFocused(),
    focus() {
      if (window.isDestroyed()) return
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
    },
    async waitForPaint() {
      await window.webContents.executeJavaScript(
        'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))',
      )
    },
    capture: async () => (await window.webContents.capturePage()).toPNG(),
  }
}
