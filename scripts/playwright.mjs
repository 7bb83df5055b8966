// How Playwright is called.
import { join } from 'node:path'
import { root } from './command.mjs'

/** Command and arguments that run one Playwright project of this repository. */
export function playwrightCommand(project, args, folder = root) {
  const cli = join(folder, 'node_modules/@playwright/test/cli.js')
  const config = join(folder, 'e2e/playwright.config.ts')
  return [process.execPath, [cli, 'test', `--config=${config}`, `--project=${project}`, ...args]]
}
