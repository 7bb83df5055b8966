// What goes out with the packages: what is in them, how they came about, and their digests.
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Failure, root, runKept, runShort } from './command.mjs'
import { isDevelopmentRuntime } from './electron-runtime.mjs'
import { readAppVersion, readSourceDate } from './packaging.mjs'

const packagePattern = /\.(deb|AppImage|tar\.gz|dmg|zip|exe|blockmap)$|^latest.*\.yml(\.sig)?$/

/** SHA-256 of a file, in hex. */
export async function digestFile(path) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

function readRepository() {
  const commit = runShort('git', ['-C', root, 'rev-parse', 'HEAD'])
  if (commit.code !== 0) return { commit: null, clean: false }
  const changes = runShort('git', ['-C', root, 'status', '--porcelain'])
  return { commit: commit.output.trim(), clean: changes.output.trim() === '' }
}

/** The bill of materials of everything that is bundled or packed, from the lock file, as CycloneDX. */
async function writeBillOfMaterials(folder) {
  const { code, output } = await runKept('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'])
  const start = output.indexOf('{')
  if (code !== 0 || start === -1) throw new Failure(`npm sbom failed.\n${output.trim()}`)
  const bill = JSON.parse(output.slice(start, output.lastIndexOf('}') + 1))
  writeFileSync(join(folder, `jasni-vault-${readAppVersion()}.cdx.json`), `${JSON.stringify(bill, null, 1)}\n`)
  return bill
}

async function digestPackages(folder) {
  const names = readdirSync(folder).filter((name) => packagePattern.test(name))
  const digests = new Map()
  for (const name of names.sort()) digests.set(name, await digestFile(join(folder, name)))
  return digests
}

/**
 * Writes the bill of materials, `provenance.json` (commit, tools, runtime, lock file, packages) and `SHA256SUMS`
 * into the folder of the packages.
 */
export async function writeRecords(folder) {
  await writeBillOfMaterials(folder)
  const runtimeVersion = join(root, 'node_modules/electron/dist/version')
  const digests = await digestPackages(folder)
  const provenance = {
    version: readAppVersion(),
    ...readRepository(),
    sourceDate: readSourceDate().toISOString(),
    lockFileSha256: await digestFile(join(root, 'package-lock.json')),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    electron: existsSync(runtimeVersion) ? readFileSync(runtimeVersion, 'utf8').trim() : null,
    forShipping: !isDevelopmentRuntime(),
    packages: Object.fromEntries(digests),
  }
  writeFileSync(join(folder, 'provenance.json'), `${JSON.stringify(provenance, null, 2)}\n`)
  for (const name of readdirSync(folder).filter((each) => /\.cdx\.json$|^provenance\.json$/.test(each)))
    digests.set(name, await digestFile(join(folder, name)))
  writeFileSync(join(folder, 'SHA256SUMS'), [...digests].map(([name, digest]) => `${digest}  ${name}\n`).join(''))
}
