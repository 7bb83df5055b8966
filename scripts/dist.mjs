// npm run dist: packages the app for this platform into dist/.
import { join } from 'node:path'
import { root, runMain, runShown } from './command.mjs'
import { refuseDevelopmentRuntime } from './packaging.mjs'
import { prepareStart } from './preparation.mjs'

runMain(async () => {
  await prepareStart()
  refuseDevelopmentRuntime(join(root, 'node_modules/electron/dist'))
  const builder = join(root, 'node_modules/electron-builder/cli.js')
  return runShown(process.execPath, [builder, '--config=build/electron-builder.config.mjs', '--publish=never'])
})
