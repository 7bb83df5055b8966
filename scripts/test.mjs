// npm test: prepares what is missing, then types, lint, unit tests, and the real app in Electron, with
// Chromium's sandbox on. Root may not have that sandbox: started as root, an ordinary user runs them
// all, and root those that could differ for it (tag @root): start, end, keychain, files, what runs without the sandbox.
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, runKept, runMain, say, withFolder } from './command.mjs'
import { findObstacle } from './install/machine.mjs'
import { playwrightCommand, withArtefacts } from './playwright.mjs'
import { prepareTests } from './preparation.mjs'
import { isRoot } from './rights.mjs'
import { readPlaywrightCounts, readVitestCounts, sumCounts } from './test-counts.mjs'
import { withOrdinaryUser } from './unprivileged.mjs'

const bin = (path) => join(root, 'node_modules', path)

/** One check without counts of its own: it passed, or it failed and its output says why. */
async function runCheck(command, args) {
  const { code, output } = await runKept(command, args)
  return {
    code,
    output,
    counts: code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 },
  }
}

const runTypes = () => runCheck(process.execPath, [bin('typescript/bin/tsc'), '-b'])

const runLint = () => runCheck(process.execPath, [bin('@biomejs/biome/bin/biome'), 'ci', '--colors=off', '.'])

async function runVitest(config, report) {
  const { code, output } = await runKept(process.execPath, [
    bin('vitest/vitest.mjs'),
    'run',
    `--config=build/${config}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  return { code, output, counts: readVitestCounts(readReport(report)) }
}

/** Installs the package on this machine and takes it off again; where that cannot be, one check is left out. */
async function runInstalled(folder) {
  const obstacle = findObstacle()
  if (obstacle !== null) {
    say(`Installed package: left out, ${obstacle}`)
    return { code: 0, output: '', counts: { passed: 0, failed: 0, skipped: 1 } }
  }
  return runVitest('vitest.install.config.ts', join(folder, 'installed.json'))
}

async function runApp(folder, selection = []) {
  const report = join(folder, 'app.json')
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report }
  let output = ''
  const code = await withArtefacts(async (artefacts) => {
    const [command, args] = playwrightCommand('app', ['--reporter=list,json', ...selection], {
      output: artefacts,
    })
    const outcome = await runKept(command, args, { env })
    output = outcome.output
    return outcome.code
  })
  return { code, output, counts: readPlaywrightCounts(readReport(report)) }
}

function runAppSandboxed() {
  return withOrdinaryUser(async ({ tree, node, home, options }) => {
    const report = join(home, 'app.json')
    const place = { folder: tree, output: join(home, 'artefacts') }
    const [, args] = playwrightCommand('app', ['--reporter=list,json'], place)
    const env = { ...options.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report }
    const { code, output } = await runKept(node, args, { ...options, env })
    return { code, output, counts: readPlaywrightCounts(readReport(report)) }
  })
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

/** Runs one stage under its heading. A stage that ends badly without a failed test counts as one failure. */
async function runStage(name, run) {
  const start = Date.now()
  const { code, output, counts } = await run()
  const failed = code !== 0 && counts.failed === 0 ? 1 : counts.failed
  const whole = { ...counts, failed }
  const seconds = ((Date.now() - start) / 1000).toFixed(1)
  say(`${failed === 0 ? 'ok  ' : 'FAIL'} ${name}: ${describeCounts(whole)} (${seconds} s)`)
  if (failed > 0) say(output.trimEnd())
  return whole
}

function describeCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

runMain(async () => {
  await prepareTests()
  const counts = []
  await withFolder(join(tmpdir(), 'jasni-vault-reports-'), async (folder) => {
    counts.push(await runStage('Types', runTypes))
    counts.push(await runStage('Lint', runLint))
    counts.push(await runStage('Unit tests', () => runVitest('vitest.config.ts', join(folder, 'units.json'))))
    if (process.platform === 'linux' && isRoot) {
      counts.push(await runStage('App as root, without the sandbox', () => runApp(folder, ['--grep=@root'])))
      counts.push(await runStage('App as an ordinary user, sandboxed', runAppSandboxed))
    } else counts.push(await runStage('App', () => runApp(folder)))
    counts.push(await runStage('Installed package', () => runInstalled(folder)))
  })
  const total = sumCounts(counts)
  say(describeCounts(total))
  return total.failed === 0 ? 0 : 1
})
