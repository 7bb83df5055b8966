import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from '../fixtures/app.ts'

const run = promisify(execFile)

/** The process that answers for the keychain on this desktop. */
async function findKeyring(env: Readonly<Record<string, string>>): Promise<number> {
  const place = ['--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/org/freedesktop/DBus']
  const method = ['--method', 'org.freedesktop.DBus.GetConnectionUnixProcessID', 'org.freedesktop.secrets']
  const { stdout } = await run('gdbus', ['call', ...place, ...method], { env })
  return Number(/uint32 (\d+)/.exec(stdout)?.[1])
}

test('keychain: hung, the app quits all the same and says so in its log', { tag: '@root' }, async ({
  launchApp,
  desktop,
}) => {
  const keyring = await findKeyring(desktop.env)
  process.kill(keyring, 'SIGSTOP')
  try {
    const running = await launchApp({ waitForReady: false })
    await expect(running.window.getByRole('navigation').first()).toBeVisible()
    const child = running.app.process()
    await running.close()
    // An orderly exit would have waited until the call is given up, for most of a minute.
    expect(child.signalCode).toBe('SIGKILL')
    const log = running.readProfile().get('logs/main.log')?.toString() ?? ''
    expect(log).toMatch(/"event":"end","killed":true/)
  } finally {
    process.kill(keyring, 'SIGCONT')
  }
})
