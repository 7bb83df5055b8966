import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { expect, isRoot, test } from '../fixtures/app.ts'

const root = resolve(import.meta.dirname, '../..')
// The package's own answer is the path of the executable.
const executable = String(createRequire(import.meta.url)('electron'))

test('a second start shows the first window, exits 0 and writes nothing', { tag: '@root' }, async ({
  launchApp,
  desktop,
}) => {
  const running = await launchApp()
  // The app's own files; the running first instance may write Chromium's and its databases' read marks at any time.
  const read = () =>
    [...running.readProfile()]
      .filter(([name]) => !name.startsWith('chromium/') && !name.startsWith('logs/') && !name.endsWith('-shm'))
      .map(([name, bytes]) => `${name} ${createHash('sha256').update(bytes).digest('hex')}`)
  const before = read()
  await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
  const args = [...desktop.flags, ...(isRoot ? ['--no-sandbox'] : []), root, `--profile=${running.profile}`]
  const second = spawn(executable, args, { cwd: root, env: { ...desktop.env }, stdio: 'ignore' })
  const code = await new Promise((done) => second.once('exit', done))
  expect(code).toBe(0)
  expect(read()).toEqual(before)
  await expect
    .poll(() => running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized()))
    .toBe(false)
  const logs = [...running.readProfile()]
    .filter(([name]) => name.startsWith('logs/'))
    .map(([, bytes]) => bytes.toString())
  expect(logs.join('').match(/"event":"start"/g) ?? []).toHaveLength(1)
})
