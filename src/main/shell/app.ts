import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, ipcMain, Menu, nativeTheme, protocol, session } from 'electron'
import { channels, contract } from '../../shared/contract.ts'
import { parseArguments } from './arguments.ts'
import { createDispatcher } from './ipc.ts'
import { createMailFrames } from './mail-frames.ts'
import { menuTemplate } from './menu.ts'
import { placeholder } from './placeholder.ts'
import { appScheme, createAppProtocol, mapBundle, refuseRequest } from './protocol.ts'
import { chromiumSwitches, debuggingSwitches, guardContents, guardSession } from './security.ts'
import { openMainWindow } from './window.ts'

/** Starts the app; returns at once. The order of the steps is the point of this function. */
export function startShell(): void {
  const args = parseArguments(process.argv.slice(1), process.cwd())
  if (app.isPackaged) for (const name of debuggingSwitches) app.commandLine.removeSwitch(name)
  for (const [name, value] of chromiumSwitches) app.commandLine.appendSwitch(name, value)
  // As root Chromium starts only without its sandbox, and enableSandbox would take that switch back.
  const unsandboxed = app.commandLine.hasSwitch('no-sandbox') && (process.getuid?.() === 0 || !app.isPackaged)
  if (!unsandboxed) app.enableSandbox()
  protocol.registerSchemesAsPrivileged([appScheme])
  const profile = args.profile ?? app.getPath('userData')
  mkdirSync(profile, { recursive: true, mode: 0o700 })
  app.setPath('userData', profile)
  app.setPath('sessionData', join(profile, 'chromium'))
  if (!app.requestSingleInstanceLock()) {
    app.exit(0)
    return
  }
  if (args.theme !== null) nativeTheme.themeSource = args.theme
  void app.whenReady().then(() => {
    const log = placeholder.log
    const ours = session.fromPartition('vault', { cache: false })
    guardSession(ours, app.isPackaged)
    app.on('web-contents-created', (_event, contents) => guardContents(contents, () => undefined))
    const frames = createMailFrames(() => '1')
    ours.protocol.handle('app', createAppProtocol(mapBundle(join(__dirname, '../renderer')), frames))
    ours.protocol.handle('file', refuseRequest)
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(app.isPackaged, process.platform === 'darwin')))
    const window = openMainWindow({
      session: ours,
      preload: join(__dirname, '../preload/index.cjs'),
      packaged: app.isPackaged,
      stateFile: join(profile, 'window.json'),
      log,
      monotonicMs: () => performance.now(),
      onRestart: () => undefined,
    })
    const dispatch = createDispatcher<Electron.IpcMainInvokeEvent>({
      contract,
      handlers: Promise.resolve(placeholder.handlers),
      isTrusted: (event) =>
        event.senderFrame === window.contents.mainFrame && event.senderFrame?.origin === 'app://bundle',
      log,
      checkOutput: !app.isPackaged,
    })
    ipcMain.handle(channels.call, (event, name, input) => dispatch(event, name, input))
    app.on('second-instance', () => window.focus())
  })
  app.on('window-all-closed', () => app.quit())
}
