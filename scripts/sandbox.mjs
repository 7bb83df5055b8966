// npm run sandbox -- OPTIONS: the local Jasni server alone, in plain Node.
import { join } from 'node:path'
import { root, runMain, runShown } from './command.mjs'
import { prepareNode } from './preparation.mjs'

runMain(async () => {
  await prepareNode()
  return runShown(process.execPath, [join(root, 'out/main/sandbox.cjs'), ...process.argv.slice(2)])
})
