// The baseline: what a window costs that shows nothing. Same window size and preferences as the app.
const { app, BrowserWindow } = require('electron')
const { join } = require('node:path')

// With the flag that root needs, a forced sandbox would end every helper process.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, webPreferences: { sandbox: true, spellcheck: false } })
  window.webContents.once('did-finish-load', () => process.stderr.write('{"event":"interactive"}\n'))
  window.loadFile(join(__dirname, 'index.html'))
})
app.on('window-all-closed', () => app.quit())
