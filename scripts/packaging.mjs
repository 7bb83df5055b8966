// What must never be shipped.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from './command.mjs'
import { developmentMark } from './electron-runtime.mjs'

/** Fails if the Electron in `folder` is the old runtime for development and tests. */
export function refuseDevelopmentRuntime(folder) {
  if (!existsSync(join(folder, developmentMark))) return
  throw new Failure(
    `Not packaged: the Electron in ${folder} is an old runtime, for development and tests only. Delete node_modules/electron/dist, get the pinned version from its release server, and try again.`,
  )
}
