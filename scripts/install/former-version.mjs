// A package of an earlier version, made from the unpacked app of this one.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPackageWithOptions, extractAll } from '@electron/asar'
import { Failure, runKept, withFolder } from '../command.mjs'

/** Puts a copy of the unpacked `app` into `target` that calls itself `version`. */
export async function copyAsVersion(app, target, version) {
  const { code, output } = await runKept('cp', ['-al', app, target])
  if (code !== 0) throw new Failure(`The copy of ${app} failed.\n${output.trim()}`)
  await withFolder(join(tmpdir(), 'jasni-vault-former-'), async (folder) => {
    const archive = join(target, 'resources/app.asar')
    extractAll(archive, folder)
    const description = join(folder, 'package.json')
    writeFileSync(description, JSON.stringify({ ...JSON.parse(readFileSync(description, 'utf8')), version }))
    // The copy shares its files with the original: never written to, only replaced.
    rmSync(archive)
    rmSync(`${archive}.unpacked`, { recursive: true })
    await createPackageWithOptions(folder, archive, { unpack: '**/*.node' })
  })
}
