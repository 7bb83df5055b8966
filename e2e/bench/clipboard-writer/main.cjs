// Puts each line of standard input on the clipboard, as another program of the same desktop would.
const { app, clipboard } = require('electron')
const { mkdtempSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { createInterface } = require('node:readline')

app.setPath('userData', mkdtempSync(join(tmpdir(), 'jasni-vault-clipboard-')))
app.whenReady().then(() => {
  createInterface({ input: process.stdin }).on('line', (line) => {
    clipboard.writeText(line)
    process.stdout.write('written\n')
  })
})
