// Loads the app folder given on the command line, as the default app of a released Electron does.
// A packaged runtime comes without one. Flags may stand before and after the folder; process.argv
// stays as it is.
const { app, dialog } = require('electron')
const { readFileSync } = require('node:fs')
const { join, resolve } = require('node:path')

function loadApp(folder) {
  const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true })
  app.setName(description.productName ?? description.name)
  app.setVersion(description.version ?? '0.0.0')
  app.setDesktopName(description.desktopName ?? `${app.name}.desktop`)
  app.setAppPath(folder)
  require(join(folder, description.main ?? 'index.js'))
}

const path = process.argv.slice(1).find((argument) => !argument.startsWith('-'))
try {
  loadApp(resolve(path ?? '.'))
} catch (error) {
  process.stderr.write(`Could not load the app in ${resolve(path ?? '.')}: ${error.stack}\n`)
  dialog.showErrorBox('Could not load the app', error.message)
  app.exit(1)
}
