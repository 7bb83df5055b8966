// Making the unpacked app, and what must never be shipped.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, root, runKept, runShort } from './command.mjs'
import { developmentMark } from './electron-runtime.mjs'
import { writeIcons } from './icons.mjs'

/** Fails if the Electron in `folder` is the old runtime for development and tests. */
export function refuseDevelopmentRuntime(folder) {
  if (!existsSync(join(folder, developmentMark))) return
  throw new Failure(
    `Not packaged: the Electron in ${folder} is an old runtime, for development and tests only. Delete node_modules/electron/dist, get the pinned version from its release server, and try again.`,
  )
}

/** Version in package.json. */
export function readAppVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
}

/** When the packed commit was made; outside of a repository, now. */
export function readSourceDate() {
  const given = Number(process.env.SOURCE_DATE_EPOCH)
  if (given > 0) return new Date(given * 1000)
  const { code, output } = runShort('git', ['-C', root, 'log', '-1', '--format=%ct'])
  return code === 0 ? new Date(Number(output.trim()) * 1000) : new Date()
}

/** Runs electron-builder with our configuration into `output`. Fails with its output. */
export async function runBuilder(output, args) {
  const builder = join(root, 'node_modules/electron-builder/cli.js')
  await writeIcons(join(root, 'dist/icons'))
  const run = await runKept(process.execPath, [
    builder,
    '--config=build/electron-builder.config.mjs',
    `--config.directories.output=${output}`,
    '--publish=never',
    ...args,
  ])
  if (run.code !== 0) throw new Failure(`electron-builder failed.\n${run.output.trim()}`)
}
