// npm run test:e2e -- ARGUMENTS: the real app under Playwright. Arguments are Playwright's, such as
// a file or `-g TITLE`.
import { runMain, runShown } from './command.mjs'
import { playwrightCommand, withArtefacts } from './playwright.mjs'
import { prepareTests } from './preparation.mjs'

runMain(async () => {
  await prepareTests()
  return withArtefacts((output) => {
    const [command, args] = playwrightCommand('app', process.argv.slice(2), { output })
    return runShown(command, args)
  })
})
