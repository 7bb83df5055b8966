// Doing one thing as root, for the scripts.
import { spawnSync } from 'node:child_process'
import { hasCommand, runShort } from './command.mjs'

/** True on Linux and macOS when running as root. */
export const isRoot = process.getuid?.() === 0

/** True if a command can be run as root: we are root, or sudo works, by asking on a terminal if it must. */
export function canBeRoot() {
  if (isRoot) return true
  if (!hasCommand('sudo')) return false
  return process.stdin.isTTY === true || runShort('sudo', ['-n', 'true']).code === 0
}

/** Runs a command as root on this terminal. Answers whether it succeeded. */
export function asRoot(command, args) {
  if (!canBeRoot()) return false
  const { status } = spawnSync(isRoot ? command : 'sudo', isRoot ? args : [command, ...args], { stdio: 'inherit' })
  return status === 0
}
