// The system packages that Electron and the tests need on Linux.
import { readFileSync } from 'node:fs'
import { Failure, hasCommand, runKept, runShort, say } from './command.mjs'
import { canBeRoot, isRoot } from './rights.mjs'

// Newer releases renamed the libraries with a 64-bit time_t; the first name that exists is taken.
const runtimePackages = [
  ['libgtk-3-0t64', 'libgtk-3-0'],
  ['libnss3'],
  ['libasound2t64', 'libasound2'],
  ['libgbm1'],
  ['libxss1'],
  ['libsecret-1-0'],
]
const displayPackages = [['xvfb']]
const keyringPackages = [['gnome-keyring'], ['dbus']]
// Mail is written in every script; on a machine without a desktop nothing else brings fonts.
const fontPackages = [['fonts-dejavu-core'], ['fonts-droid-fallback'], ['fonts-noto-color-emoji']]
const testPackages = [['libsecret-tools'], ['libglib2.0-bin']]

/** Package names for what a run needs, each with the names it goes by. */
export function listPackages({ display, keyring, tests }) {
  return [
    ...runtimePackages,
    ...(display ? [...displayPackages, ...fontPackages] : []),
    ...(keyring ? keyringPackages : []),
    ...(tests ? testPackages : []),
  ]
}

/** Packages of which no name is in `installed`. */
export function findAbsent(packages, installed) {
  return packages.filter((names) => !names.some((name) => installed.has(name)))
}

function readInstalled(names) {
  const { output } = runShort('dpkg-query', ['--status', ...names])
  const states = output.split('\n\n').filter((state) => /^Status: .* installed$/m.test(state))
  return new Set(states.map((state) => /^Package: (.*)$/m.exec(state)?.[1]))
}

function isOffered(name) {
  const { output } = runShort('apt-cache', ['policy', name], { env: { ...process.env, LC_ALL: 'C' } })
  const candidate = /Candidate: (.*)/.exec(output)?.[1]
  return candidate !== undefined && candidate !== '(none)'
}

function chooseNames(packages) {
  return packages.map((names) => names.find(isOffered) ?? names.at(-1))
}

/** Runs apt-get as root, never asking. Answers its exit code and output. */
export function runApt(args) {
  const command = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=120', ...args]
  const [first, ...rest] = isRoot ? command : ['sudo', ...command]
  return runKept(first, rest, { stdio: ['inherit', 'pipe', 'pipe'] })
}

function isDebianLike() {
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8')) && hasCommand('dpkg-query')
  } catch {
    return false
  }
}

/** Libraries that the dynamic linker must find, for systems whose package names we do not know. */
const libraries = ['libgtk-3.so.0', 'libnss3.so', 'libasound.so.2', 'libgbm.so.1', 'libsecret-1.so.0']

/** What else such a system lacks for a run: libraries and commands, by name. */
function findAbsentParts({ display, keyring, tests }) {
  const known = runShort('ldconfig', ['-p'], { env: { ...process.env, PATH: `${process.env.PATH}:/sbin:/usr/sbin` } })
  const commands = [
    ...(display ? ['Xvfb'] : []),
    ...(keyring ? ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon'] : []),
    ...(tests ? ['secret-tool', 'gdbus'] : []),
  ]
  const absentLibraries = known.code === 0 ? libraries.filter((name) => !known.output.includes(name)) : []
  return [...absentLibraries, ...commands.filter((name) => !hasCommand(name))]
}

/**
 * Makes sure that the system packages for a run are there: installs the absent ones on Debian and
 * Ubuntu as root or through sudo, else fails with the command to run.
 * `display`, `keyring`: a private one will be needed. `tests`: so will the tools of the tests.
 */
export async function ensureSystemPackages(needs) {
  if (process.platform !== 'linux') return
  if (!isDebianLike()) {
    const parts = findAbsentParts(needs)
    if (parts.length === 0) return
    throw new Failure(
      `Missing on this system: ${parts.join(', ')}.\nInstall them with your package manager; on Debian and Ubuntu the packages are:\n  sudo apt-get install ${chooseLast(listPackages(needs)).join(' ')}`,
    )
  }
  const packages = listPackages(needs)
  const absent = findAbsent(packages, readInstalled(packages.flat()))
  if (absent.length === 0) return

  if (!canBeRoot()) {
    throw new Failure(
      `System packages are missing, and installing them needs root. Run this, then try again:\n  sudo apt-get update && sudo apt-get install --no-install-recommends ${chooseNames(absent).join(' ')}`,
    )
  }
  if (!absent.every((names) => names.some(isOffered))) {
    say('System packages: reading the lists (apt-get update)')
    await runApt(['update'])
  }
  const names = chooseNames(absent)
  say(`System packages: installing ${names.join(' ')}`)
  const outcome = await installPackages(names)
  if (outcome.code !== 0) {
    throw new Failure(
      `System packages could not be installed. Try it by hand:\n  sudo apt-get update && sudo apt-get install --no-install-recommends ${names.join(' ')}\n${outcome.output.trim()}`,
    )
  }
}

/** Installs packages by name, or from files by path. Answers the exit code and output of the last attempt. */
export async function installPackages(names) {
  const install = () => runApt(['install', '-y', '--no-install-recommends', ...names])
  const outcome = await install()
  if (outcome.code === 0) return outcome
  // The usual reason: lists so old that their files are gone from the mirror, or none at all.
  await runApt(['update'])
  return install()
}

function chooseLast(packages) {
  return packages.map((names) => names.at(-1))
}
