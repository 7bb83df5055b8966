// The baseline: what a window costs that shows nothing. Same window size and preferences as the app.
const { app, BrowserWindow } = require('electron')
const { mkdtempSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

app.enableSandbox()
app.setPath('userData', mkdtempSync(join(tmpdir(), 'jasni-vault-empty-window-')))
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, webPreferences: { sandbox: true, spellcheck: false } })
  window.webContents.once('did-finish-load', () => process.stderr.write('{"event":"interactive"}\n'))
  window.loadFile(join(__dirname, 'index.html'))
})
app.on('window-all-closed', () => app.quit())
