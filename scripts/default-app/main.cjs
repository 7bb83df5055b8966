// Loads the app folder given on the command line, as the default app of a released Electron does.
// A packaged runtime comes without one. Flags may stand before and after the folder; `-r FILE`
// (`--require FILE`) loads a module first; process.argv stays as it is.
const { app, dialog } = require('electron')
const { readFileSync } = require('node:fs')
const { join, resolve } = require('node:path')

function readCommandLine(argv) {
  const modules = []
  for (let index = 1; index < argv.length; index += 1) {
    const argument = argv[index]
    if (argument === '-r' || argument === '--require') {
      index += 1
      modules.push(resolve(argv[index]))
    } else if (!argument.startsWith('-')) return { folder: resolve(argument), modules }
  }
  return { folder: process.cwd(), modules }
}

function loadApp(folder) {
  const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true })
  app.setName(description.productName ?? description.name)
  app.setVersion(description.version ?? '0.0.0')
  app.setDesktopName(description.desktopName ?? `${app.name}.desktop`)
  app.setAppPath(folder)
  require(join(folder, description.main ?? 'index.js'))
}

const { folder, modules } = readCommandLine(process.argv)
try {
  for (const module of modules) require(module)
  loadApp(folder)
} catch (error) {
  process.stderr.write(`Could not load the app in ${folder}: ${error.stack}\n`)
  dialog.showErrorBox('Could not load the app', error.message)
  app.exit(1)
}
