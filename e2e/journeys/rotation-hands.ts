import type { Page } from '@playwright/test'
import type { SandboxServer } from '../../src/main/sandbox/server.ts'
import type { Bridge } from '../../src/shared/contract.ts'
import { expect, type RunningApp } from '../fixtures/app.ts'
import { closeKeyDialog, pasteKey, pointEnvironment, switchEnvironment } from './hands.ts'

declare global {
  interface Window {
    readonly bridge: Bridge
    traffic?: { readonly outcomes: string[]; stop: () => void }
  }
}

const stepNames = [
  'Prepare',
  'Obtain',
  'Store',
  'Read back',
  'Prove',
  'Switch',
  'Drain',
  'Revoke the old key',
  'Prove dead',
  'Forget',
]
/** Three refusals with their waits, and what comes before them on a busy machine. */
export const deathMs = 60_000
export const keyText = /jsk_(?:live|test)_[A-Za-z0-9]{8,}/

/** Addresses that would have gone to the system's browser. */
export async function catchBrowser(running: RunningApp): Promise<() => Promise<string[]>> {
  await running.app.evaluate(({ shell }) => {
    const opened: string[] = []
    Object.assign(globalThis, { opened })
    shell.openExternal = async (url) => void opened.push(url)
  })
  return () => running.app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened)
}

/** Calls an environment from the window, so many a second, until stopped or `most` were made. */
export async function startTraffic(page: Page, name: string, perSecond: number, most: number): Promise<void> {
  await page.evaluate(
    async ([environmentName, pauseMs, callsMax]) => {
      const loaded = await window.bridge.call('app.load', {})
      const found = loaded.ok ? loaded.value.environments.find((each) => each.name === environmentName) : undefined
      if (found === undefined) throw new Error(`There is no environment ${environmentName}`)
      const outcomes: string[] = []
      let made = 0
      const timer = setInterval(() => {
        if (made >= callsMax) return clearInterval(timer)
        made += 1
        void window.bridge
          .call('mail.labels', { environmentId: found.id })
          .then((result) => outcomes.push(result.ok ? 'ok' : result.error.kind))
      }, pauseMs)
      window.traffic = { outcomes, stop: () => clearInterval(timer) }
    },
    [name, 1000 / perSecond, most] as const,
  )
}

/** How many of the calls were answered so far. */
export function countTraffic(page: Page): Promise<number> {
  return page.evaluate(() => window.traffic?.outcomes.length ?? 0)
}

/** Ends the calls and tells how each went. */
export async function stopTraffic(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    window.traffic?.stop()
    return window.traffic?.outcomes ?? []
  })
}

/** Heading of a step in the state. */
export function stepHeading(window: Page, name: string, state: 'now' | 'done') {
  return window.getByRole('list', { name: 'Steps' }).getByRole('heading', { name: new RegExp(`^${name} ?, ${state}$`) })
}

/** Waits until a step is the present one. */
export async function expectPresent(window: Page, name: string, timeout = 15_000): Promise<void> {
  await expect(stepHeading(window, name, 'now')).toBeVisible({ timeout })
}

/** Waits until the rotation is done with every step. */
export async function expectRotated(window: Page): Promise<void> {
  await expect(window.getByText(/is rotated$/)).toBeVisible({ timeout: deathMs })
  for (const name of stepNames) {
    await expect(stepHeading(window, name, 'done')).toBeVisible()
  }
}

/** Lets Dev talk to a server with a key of its own, and shows Keys. */
export async function connectDev(
  running: RunningApp,
  peer: SandboxServer,
): Promise<{ readonly id: string; readonly key: string }> {
  const { window } = running
  const issued = peer.issueKey('first')
  await pointEnvironment(window, 'Dev', peer.baseUrl)
  await switchEnvironment(window, 'Dev')
  await pasteKey(running, issued.key)
  await expect(window.getByText('is stored and alive.')).toBeVisible()
  await closeKeyDialog(window)
  return issued
}

/** Begins to rotate the key that Keys shows. */
export async function rotate(window: Page): Promise<void> {
  await window.getByRole('complementary', { name: 'Passport' }).getByRole('button', { name: 'Rotate' }).click()
  await expect(window.getByRole('heading', { level: 1, name: /^Rotate / })).toBeFocused()
}

/** What another program sees in the keychain of this profile: nothing but keys of these masks' ends. */
export async function readSecrets(
  running: RunningApp,
  desktop: { findSecrets: (service: string) => Promise<readonly { secret: string }[]> },
) {
  return (await desktop.findSecrets(running.keychainService))
    .map(({ secret }) => secret)
    .filter((text) => keyText.test(text))
}
