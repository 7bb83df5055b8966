// The packages of package-lock.json in node_modules.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, root, runKept, say } from './command.mjs'

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return null
  }
}

/**
 * True if node_modules holds what the lock asks for: npm writes what it installed into a lock of its
 * own, last of all. Optional packages may be absent, since most are for other platforms.
 */
export function isInstalled(wanted, installed) {
  if (wanted === null || installed === null) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link === true) return true
    const present = installed[path]
    if (present === undefined) return entry.optional === true || entry.devOptional === true
    return present.version === entry.version && present.integrity === entry.integrity
  })
}

/** Makes sure that node_modules is what package-lock.json says, by `npm ci` if it is not. */
export async function ensureNodePackages() {
  const lock = readLock(join(root, 'package-lock.json'))
  if (isInstalled(lock, readLock(join(root, 'node_modules/.package-lock.json')))) return
  say('Node packages: npm ci')
  const { code, output } = await runKept('npm', ['ci', '--no-audit', '--no-fund'])
  if (code !== 0) throw new Failure(`npm ci failed with code ${code}.\n${output.trim()}`)
}
