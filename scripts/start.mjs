// npm start [-- ARGUMENTS]: prepares what is missing and starts the app.
import { root, runMain, runShown, say } from './command.mjs'
import { electronPath } from './electron-runtime.mjs'
import { prepareStart } from './preparation.mjs'
import { isRoot } from './rights.mjs'
import { openSession } from './session.mjs'

runMain(async () => {
  await prepareStart()
  const session = await openSession({ display: 'desktop', keyring: 'desktop' })
  if (process.platform === 'linux' && isRoot) say("Running as root: Chromium's sandbox is off (--no-sandbox)")
  const flags = [...session.flags, ...(isRoot ? ['--no-sandbox'] : [])]
  const code = await runShown(electronPath(), [...flags, '.', ...process.argv.slice(2)], {
    cwd: root,
    env: session.env,
  })
  await session.close()
  return code
})
