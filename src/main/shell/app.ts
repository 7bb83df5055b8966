import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  app,
  dialog,
  type IpcMainInvokeEvent,
  ipcMain,
  Menu,
  Notification,
  nativeTheme,
  powerMonitor,
  protocol,
  type Session,
  session,
} from 'electron'
import { channels, contract, type Handlers } from '../../shared/contract.ts'
import type { Versions } from '../../shared/model/app.ts'
import { type FileLog, openFileLog } from '../adapters/file-log.ts'
import { nodeRandom } from '../adapters/node-random.ts'
import { systemClock } from '../adapters/system-clock.ts'
import { redactText } from '../core/log/redaction.ts'
import { type Arguments, parseArguments } from './arguments.ts'
import { openInBrowser, openPage } from './browser.ts'
import { desktopClipboard } from './clipboard.ts'
import { createExportDesk } from './export-desk.ts'
import { createLinkDesk, dashboardUrl } from './external-links.ts'
import { createFileDesk } from './file-desk.ts'
import { findRefusal } from './hardening.ts'
import { createDispatcher } from './ipc.ts'
import { createMailFrames, type MailFrames } from './mail-frames.ts'
import { menuTemplate } from './menu.ts'
import type { Product } from './product.ts'
import { appScheme, createAppProtocol, mapBundle, refuseRequest } from './protocol.ts'
import { takePicture } from './screenshot.ts'
import { chromiumSwitches, guardContents, guardSession, pageOrigin } from './security.ts'
import { type MainWindow, openMainWindow } from './window.ts'

/** Longest that quitting waits for what is still to be written. */
const quitTimeoutMs = 2000
const keychainPollMs = 20
/** Longest that the product waits for the page to be served. */
const productAtLatestMs = 1000
/** A pause after which no further part of the page's script is expected. */
const scriptPauseMs = 15

interface Start {
  readonly args: Arguments
  readonly profile: string
  readonly sandboxed: boolean
}

/** Says why the app cannot start and ends it. */
function refuseStart(reason: string, exitCode = 1): null {
  dialog.showErrorBox('Jasni Vault cannot start', redactText(reason))
  app.exit(exitCode)
  return null
}

/** Everything that must happen before Electron is ready, and before any data is read. Null: this start ends here. */
function prepareStart(): Start | null {
  const args = parseArguments(process.argv.slice(1), process.cwd())
  // As root Chromium starts only without its sandbox, and enableSandbox would take that switch back.
  const isRoot = process.getuid?.() === 0
  if (app.isPackaged) {
    const refusal = findRefusal({
      argv: process.argv.slice(1),
      hasSwitch: (name) => app.commandLine.hasSwitch(name),
      isRoot,
    })
    if (refusal !== null) return refuseStart(refusal.reason, refusal.exitCode)
  }
  for (const [name, value] of chromiumSwitches) app.commandLine.appendSwitch(name, value)
  const sandboxed = !app.commandLine.hasSwitch('no-sandbox')
  if (sandboxed) app.enableSandbox()
  protocol.registerSchemesAsPrivileged([appScheme])

  const profile = args.profile ?? app.getPath('userData')
  try {
    mkdirSync(profile, { recursive: true, mode: 0o700 })
    accessSync(profile, constants.W_OK)
  } catch {
    return refuseStart(`Nothing can be written to its folder ${profile}. Free some space there or change its rights.`)
  }
  app.setPath('userData', profile)
  app.setPath('sessionData', join(profile, 'chromium'))
  app.setPath('crashDumps', join(profile, 'chromium/Crashpad'))
  // The lock lies in the profile: a second start finds it and leaves before it has read or written anything.
  if (!app.requestSingleInstanceLock()) {
    app.exit(0)
    return null
  }
  if (args.theme !== null) nativeTheme.themeSource = args.theme
  return { args, profile, sandboxed }
}

function readVersions(sandboxed: boolean): Versions {
  return {
    app: app.getVersion(),
    electron: process.versions.electron ?? '',
    chrome: process.versions.chrome ?? '',
    node: process.versions.node,
    platform: process.platform,
    sandboxed,
  }
}

/** Ends nothing: an exception that nobody caught is a bug, and it must not show its text in a dialog. */
function logStrayExceptions(log: FileLog): void {
  // A reader that went away (`| head`) is no error of ours.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  process.on('uncaughtException', (cause) => void log.error('uncaught-exception', cause))
  process.on('unhandledRejection', (cause) => void log.error('unhandled-rejection', cause))
}

/** A session in memory: Chromium keeps no cookie, cache or storage of ours on disk. */
function openSession(frames: MailFrames): Session {
  const ours = session.fromPartition('vault', { cache: false })
  for (const each of [ours, session.defaultSession]) {
    guardSession(each, app.isPackaged)
    each.protocol.handle('file', refuseRequest)
  }
  ours.protocol.handle('app', createAppProtocol(mapBundle(join(__dirname, '../renderer')), frames))
  return ours
}

/** True for the main frame of our window, showing our own origin. Everything else is refused (checklist 17). */
function isOwnFrame(event: IpcMainInvokeEvent, window: MainWindow): boolean {
  try {
    const frame = event.senderFrame
    return frame !== null && frame !== undefined && frame === window.contents.mainFrame && frame.origin === pageOrigin
  } catch {
    // A frame that is gone answers with an exception.
    return false
  }
}

/** Says something on the desktop unless the window is in front; a click on it brings the window there. */
function notifyDesktop(text: { readonly title: string; readonly body: string }, window: MainWindow): void {
  if (window.isFocused() || !Notification.isSupported()) return
  const notification = new Notification({ ...text, silent: true })
  notification.on('click', () => window.focus())
  notification.show()
}

function quitInTime(product: Promise<Product>, log: FileLog): void {
  let state: 'running' | 'closing' | 'closed' = 'running'
  app.on('will-quit', (event) => {
    if (state === 'closed') return
    event.preventDefault()
    if (state === 'closing') return
    state = 'closing'
    const closing = product
      .then(async (open) => {
        await open.close()
        while (open.isKeychainWorking()) await systemClock.sleep(keychainPollMs)
        return true
      })
      .catch((cause: unknown) => {
        log.error('close-failed', cause)
        return true
      })
    void Promise.race([closing, systemClock.sleep(quitTimeoutMs).then(() => false)]).then((mayExit) => {
      state = 'closed'
      log.info('end', { killed: !mayExit })
      log.close()
      // A keychain that does not answer holds one of our threads, and an orderly exit waits for every thread.
      if (!mayExit) process.kill(process.pid, 'SIGKILL')
      app.exit(process.exitCode === 1 ? 1 : 0)
    })
  })
}

async function runApp({ args, profile, sandboxed }: Start): Promise<void> {
  const log = openFileLog({
    folder: join(profile, 'logs'),
    clock: systemClock,
    random: nodeRandom,
    toStderr: args.logToStderr,
  })
  logStrayExceptions(log)
  const versions = readVersions(sandboxed)
  log.info('start', versions)
  if (!sandboxed) log.warn('chromium-sandbox-off')

  const frames = createMailFrames(() => nodeRandom.id())
  const links = createLinkDesk({
    newId: () => nodeRandom.id(),
    monotonicMs: () => systemClock.monotonicMs(),
    openUrl: (url) => openInBrowser(url, log),
    announce: (link) => window.emit('link.requested', link),
    refuse: () => log.warn('link-refused'),
  })
  app.on('web-contents-created', (_event, contents) => guardContents(contents, (url) => links.request(url)))

  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(app.isPackaged, process.platform === 'darwin')))
  const ours = openSession(frames)
  const scriptsServed = new Promise<void>((resolve) => {
    let last: NodeJS.Timeout | undefined
    ours.webRequest.onCompleted(({ resourceType }) => {
      if (resourceType !== 'script') return
      clearTimeout(last)
      last = setTimeout(resolve, scriptPauseMs)
    })
  })
  // The first page begins to load before there is a product that could be told of it.
  let tellLeft = (): void => undefined
  const window = openMainWindow({
    session: ours,
    preload: join(__dirname, '../preload/index.cjs'),
    packaged: app.isPackaged,
    stateFile: join(profile, 'window.json'),
    log,
    monotonicMs: () => systemClock.monotonicMs(),
    onLeave: () => tellLeft(),
    onRestart: () => whenOpen((open) => open.addNotice({ what: 'renderer-restarted', detail: '' })),
  })
  app.on('second-instance', () => window.focus())
  // An address of ours brings the window to the front and says nothing more: whoever made it is a stranger.
  app.on('open-url', (event) => {
    event.preventDefault()
    window.focus()
  })

  let tellInteractive = (): void => undefined
  const interactive = new Promise<void>((resolve) => {
    tellInteractive = resolve
  })
  // Main serves the page, so that comes first: databases, keychain and local server load while the page's script runs.
  const product = Promise.race([scriptsServed, systemClock.sleep(productAtLatestMs)])
    .then(() => import('./product.ts'))
    .then(({ openProduct }) =>
      openProduct({
        profile,
        isDefaultProfile: args.profile === null,
        platform: process.platform,
        sandboxPort: args.sandboxPort,
        webhookSpeed: args.webhookSpeed,
        themeForThisRun: args.theme,
        versions,
        log,
        clipboard: desktopClipboard,
        links,
        publishHtml: (html) => frames.keep(html),
        emit: window.emit,
        onEnvironment: (name) => window.setEnvironmentName(name),
        applyTheme: (theme) => {
          nativeTheme.themeSource = theme
        },
        openDashboard: () => openPage(dashboardUrl, log),
        browser: { open: (url) => openPage(url, log) },
        notify: (text) => notifyDesktop(text, window),
        fileDesk: createFileDesk(),
        exportDesk: createExportDesk(nodeRandom, performance.timeOrigin),
        onInteractive() {
          log.info('interactive', { sinceStartMs: Math.round(performance.now()) })
          tellInteractive()
        },
      }),
    )
  product.catch((cause: unknown) => void log.error('product-not-opened', cause))
  const whenOpen = (work: (open: Product) => void): void => void product.then(work, () => undefined)
  tellLeft = () => whenOpen((open) => open.leaveWindow())
  const dispatch = createDispatcher<IpcMainInvokeEvent>({
    contract,
    handlers: product.then(({ handlers }): Handlers => handlers),
    isTrusted: (event) => isOwnFrame(event, window),
    log,
    // Benches measure the built output in production mode, as it is packaged.
    checkOutput: !app.isPackaged && process.env.NODE_ENV !== 'production',
  })
  ipcMain.handle(channels.call, (event, name: unknown, input: unknown) => dispatch(event, name, input))

  for (const event of ['suspend', 'lock-screen'] as const)
    powerMonitor.on(event as 'suspend', () => whenOpen((open) => open.lock()))
  quitInTime(product, log)

  if (args.screenshot !== null) {
    const fault = await takePicture({ window, file: args.screenshot, interactive, clock: systemClock })
    if (fault !== null) process.stderr.write(`${fault}\n`)
    process.exitCode = fault === null ? 0 : 1
    app.quit()
  }
}

/** Starts the app; returns at once. */
export function startShell(): void {
  const start = prepareStart()
  if (start === null) return
  app.on('window-all-closed', () => app.quit())
  app
    .whenReady()
    .then(() => runApp(start))
    .catch((cause: unknown) => refuseStart(cause instanceof Error ? cause.message : String(cause)))
}
