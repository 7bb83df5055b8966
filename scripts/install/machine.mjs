// What the test of the installed package needs to know of this machine.
import { hasCommand, runShort } from '../command.mjs'
import { isRoot } from '../rights.mjs'

/** Why the package cannot be installed here for a test, or null. */
export function findObstacle() {
  if (process.platform !== 'linux' || !hasCommand('dpkg-deb') || !hasCommand('apt-get')) return 'no dpkg here'
  if (!isRoot) return 'installing needs root'
  return listInstalled().has('jasni-vault') ? 'a Jasni Vault is installed on this machine, and would be replaced' : null
}

/** Names of the packages of which this machine has something, be it only their settings. */
export function listInstalled() {
  const lines = runShort('dpkg', ['--get-selections']).output.split('\n')
  return new Set(lines.flatMap((line) => line.split('\t')[0] || []))
}
