// The built app in out/.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, root, runKept, say } from './command.mjs'

const stamp = join(root, 'out/sources.sha256')
const products = ['out/main/index.cjs', 'out/main/sandbox.cjs', 'out/preload/index.cjs', 'out/renderer/index.html']
const configuration = ['electron.vite.config.ts', 'package.json', 'package-lock.json', 'build/tsconfig.base.json']

function listFiles(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? listFiles(path) : [path]
  })
}

function digestSources() {
  const hash = createHash('sha256')
  const sources = listFiles('src').filter((path) => !/\.test\.tsx?$/.test(path))
  for (const path of [...configuration, ...sources.sort()]) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0')
  }
  return hash.digest('hex')
}

function readStamp() {
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : ''
}

/** Makes sure that out/ is built from the sources as they are now. */
export async function ensureAppBuild() {
  const digest = digestSources()
  if (readStamp() === digest && products.every((path) => existsSync(join(root, path)))) return
  say('App: building')
  rmSync(stamp, { force: true })
  const { code, output } = await runKept(process.execPath, [
    join(root, 'node_modules/electron-vite/bin/electron-vite.js'),
    'build',
  ])
  if (code !== 0) throw new Failure(`The build failed.\n${output.trim()}`)
  writeFileSync(stamp, digest)
}
