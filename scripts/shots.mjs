// npm run shots: a picture of every screen in both themes, into docs/screenshots/.
import { runMain, runShown } from './command.mjs'
import { playwrightCommand, withArtefacts } from './playwright.mjs'
import { prepareTests } from './preparation.mjs'

runMain(async () => {
  await prepareTests()
  return withArtefacts((output) => {
    const [command, args] = playwrightCommand('shots', process.argv.slice(2), { output })
    return runShown(command, args)
  })
})
