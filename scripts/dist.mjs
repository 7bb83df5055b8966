// npm run dist [-- --release] [-- --dir]: packages the app for this platform into dist/.
// `--release` takes no runtime but the pinned one; `--dir` stops at the unpacked app.
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, hasCommand, root, runMain, say } from './command.mjs'
import { isDevelopmentRuntime, isReleaseServerReachable } from './electron-runtime.mjs'
import { debArchitecture, debVersion, makeDeb, makeTarball } from './linux-package.mjs'
import { describeParts, measureParts } from './package-size.mjs'
import { readAppVersion, readSourceDate, refuseDevelopmentRuntime, runBuilder } from './packaging.mjs'
import { preparePackaging } from './preparation.mjs'
import { writeRecords } from './release-records.mjs'

const dist = join(root, 'dist')
const unpacked = join(dist, 'linux-unpacked')

/** Fails when a part of the unpacked app is over its budget. */
function checkSize(folder) {
  const parts = measureParts(folder)
  say(`Size of ${folder}:`)
  for (const line of describeParts(parts)) say(line)
  const over = parts.filter(({ bytes, budgetBytes }) => bytes > budgetBytes)
  if (over.length > 0) throw new Failure(`Over its budget: ${over.map(({ part }) => part).join(', ')}`)
}

function sayMade(file, bytes) {
  say(`${(bytes / 1_000_000).toFixed(1).padStart(8)} MB  ${file}`)
}

async function packLinux(development) {
  const date = readSourceDate()
  const version = development ? `${readAppVersion()}-development` : readAppVersion()
  const common = { app: unpacked, version, date }
  if (hasCommand('dpkg-deb')) {
    const file = join(dist, `jasni-vault_${debVersion(version)}_${debArchitecture()}.deb`)
    // The best compression takes minutes, which only a package for others is worth.
    sayMade(file, await makeDeb({ ...common, file, compression: development ? 'gzip' : 'xz' }))
  } else say('deb: left out, there is no dpkg-deb here')
  const archive = join(dist, `jasni-vault-${version}-linux-${process.arch}.tar.gz`)
  sayMade(archive, await makeTarball({ ...common, file: archive }))
  if (await isReleaseServerReachable()) await runBuilder(dist, ['--linux', 'AppImage', `--prepackaged=${unpacked}`])
  else say('AppImage: left out, its helper program comes from a release server that does not answer')
}

runMain(async () => {
  const isRelease = process.argv.includes('--release')
  await preparePackaging()
  if (isRelease) {
    refuseDevelopmentRuntime(join(root, 'node_modules/electron/dist'))
    process.env.JASNI_VAULT_RELEASE = '1'
  }
  const development = isDevelopmentRuntime()
  if (development) say('Warning: this package is for trying out, not for shipping: it holds the old runtime.')

  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist)
  const onlyFolder = process.argv.includes('--dir') || process.platform === 'linux'
  await runBuilder(dist, onlyFolder ? ['--dir'] : [])
  for (const entry of readdirSync(dist, { withFileTypes: true }))
    if (entry.isDirectory() && /unpacked$|^mac/.test(entry.name)) checkSize(join(dist, entry.name))
  if (process.argv.includes('--dir')) return
  if (process.platform === 'linux') await packLinux(development)
  await writeRecords(dist)
})
