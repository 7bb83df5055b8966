// How Playwright is called.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, say } from './command.mjs'

/** Command and arguments that run one Playwright project of the repository in `folder`; artefacts go to `output`. */
export function playwrightCommand(project, args, { folder = root, output }) {
  const cli = join(folder, 'node_modules/@playwright/test/cli.js')
  const config = join(folder, 'e2e/playwright.config.ts')
  return [process.execPath, [cli, 'test', `--config=${config}`, `--project=${project}`, `--output=${output}`, ...args]]
}

/** Gives `run` a folder for artefacts. It stays, and is named, when the answered exit code is not 0. */
export async function withArtefacts(run) {
  const output = mkdtempSync(join(tmpdir(), 'jasni-vault-e2e-'))
  const code = await run(output)
  if (code === 0) rmSync(output, { recursive: true, force: true })
  else say(`Pictures and texts of the failures: ${output}`)
  return code
}
