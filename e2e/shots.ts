import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from '@playwright/test'
import type { SandboxServer } from '../src/main/sandbox/server.ts'
import type { Bridge, InputOf, MethodName, OutputOf } from '../src/shared/contract.ts'
import type { Environment } from '../src/shared/model/environment.ts'
import { type RunningApp, test } from './fixtures/app.ts'
import { fillStorm } from './fixtures/storm.ts'
import { openScreen } from './journeys/hands.ts'

const folder = resolve(import.meta.dirname, '../docs/screenshots')
const size = { width: 1280, height: 800 }

declare global {
  interface Window {
    readonly bridge: Bridge
  }
}

/** Calls the bridge as the page would; throws on a failure, since a picture of it would be wrong. */
function callBridge<M extends MethodName>(page: Page, name: M, input: InputOf<M>): Promise<OutputOf<M>> {
  return page.evaluate(
    async ([method, value]) => {
      const answer = await window.bridge.call(method as M, value as InputOf<M>)
      if (!answer.ok) throw new Error(`${method}: ${JSON.stringify(answer.error)}`)
      return answer.value
    },
    [name, input] as const,
  )
}

async function findEnvironment(page: Page, name: string): Promise<Environment> {
  const { environments } = await callBridge(page, 'app.load', {})
  const found = environments.find((environment) => environment.name === name)
  if (found === undefined) throw new Error(`There is no environment ${name}`)
  return found
}

/** Lets an environment talk to a server of this test, with keys that it takes. */
async function connect(
  running: RunningApp,
  name: string,
  peer: SandboxServer,
  labels: readonly string[],
): Promise<void> {
  const { window } = running
  const environment = await findEnvironment(window, name)
  const { mark, protected: isProtected } = environment
  const plan = { kind: name === 'Dev' ? ('free' as const) : ('pro' as const), perMinute: name === 'Dev' ? 100 : 1000 }
  const input = { name, mark, plan, rateGroup: null, protected: isProtected, baseUrl: peer.baseUrl }
  await callBridge(window, 'environments.update', { id: environment.id, input })
  for (const label of labels) {
    await running.writeClipboard(peer.issueKey(label).key)
    await callBridge(window, 'keys.addFromClipboard', { environmentId: environment.id, label, allowTestKey: true })
  }
}

/** Makes calls of every kind, so that the log and the gauge have something to show. */
async function makeTraffic(page: Page, peer: SandboxServer, calls: number): Promise<void> {
  const { id: environmentId } = await findEnvironment(page, 'Dev')
  const accounts = await callBridge(page, 'mail.accounts', { environmentId })
  const account = accounts[0]?.email
  if (account === undefined) throw new Error('The server has no account.')
  for (let call = 0; call < calls; call += 1) {
    // Spread over some seconds, or the gauge shows a single bar.
    await page.waitForTimeout(200)
    if (call % 11 === 5) peer.inject({ kind: 'status', status: 429 })
    if (call % 17 === 9) peer.inject({ kind: 'status', status: 502 })
    // Some of these fail on purpose.
    await page.evaluate(
      async ({ id, address, labels }) => {
        if (labels) await window.bridge.call('mail.labels', { environmentId: id })
        else
          await window.bridge.call('mail.list', { environmentId: id, account: address, folder: 'INBOX', label: null })
      },
      { id: environmentId, address: account, labels: call % 3 === 0 },
    )
  }
  peer.clearFaults()
}

async function openMessage(page: Page, subject: RegExp): Promise<void> {
  const list = page.getByRole('listbox', { name: 'Messages' })
  const row = list.getByRole('option', { name: subject }).first()
  await list.focus()
  // The list draws only what is near the visible part.
  for (let step = 0; step < 80 && (await row.count()) === 0; step += 1) await page.keyboard.press('j')
  await row.click()
}

test.describe.configure({ timeout: 120_000 })

for (const theme of ['dark', 'light'] as const) {
  test(`pictures, ${theme}`, async ({ launchApp, startPeer }) => {
    mkdirSync(folder, { recursive: true })
    const running = await launchApp({ args: [`--theme=${theme}`] })
    const { app, window } = running
    await app.evaluate(({ BrowserWindow }, { width, height }) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(width, height)
    }, size)
    await window.waitForFunction(({ width, height }) => innerWidth === width && innerHeight === height, size)
    const shoot = async (name: string) => {
      await window.mouse.move(640, 799)
      await window.screenshot({ path: join(folder, `${name}-${theme}.png`), animations: 'disabled', caret: 'hide' })
    }

    // What the hostile mail wants to load, and does not get.
    running.expectConsoleError(/^Refused to load the image .* "img-src data:"/)

    await shoot('firstrun')

    const dev = await startPeer({ seed: 'dev' })
    const staging = await startPeer({ seed: 'staging', plan: 1000 })
    const prod = await startPeer({ seed: 'prod', plan: 1000 })
    await connect(running, 'Dev', dev, ['agent-main', 'nightly-eval'])
    await connect(running, 'Staging', staging, ['triage-agent'])
    await connect(running, 'Prod', prod, ['support-agent'])
    await window.keyboard.press('Control+2')
    await makeTraffic(window, dev, 48)

    await openScreen(window, 'Inbox')
    await openMessage(window, /Refund for order|Vendor|Invoice/i)
    await window.getByRole('heading', { level: 1 }).first().waitFor()
    await shoot('inbox')
    await openMessage(window, /verify your vendor account/i)
    await window.getByLabel('Form of the message').getByText('HTML', { exact: true }).click()
    await window.frameLocator('iframe').getByText('Kind regards').waitFor()
    await shoot('inbox-html')

    await openScreen(window, 'Console')
    await window.getByRole('button', { name: /^POST Send a message/ }).click()
    await window.getByRole('button', { name: 'Example' }).click()
    await window.keyboard.press('Control+Enter')
    await window.getByRole('tree').getByText('"savedToSent"').waitFor()
    await shoot('console')
    await openScreen(window, 'Requests')
    await window.getByText('429').first().click()
    await shoot('requests')
    await openScreen(window, 'Keys')
    await window.getByText('agent-main').first().click()
    await shoot('keys')
    await openScreen(window, 'Settings')
    await shoot('settings')
    await openScreen(window, 'Inbox')
    await window.keyboard.press('Control+k')
    await window.getByRole('dialog').waitFor()
    await shoot('palette')
    await window.keyboard.press('Escape')

    await window.keyboard.press('Control+1')
    await openScreen(window, 'Keys')
    await window.getByText('built-in').first().click()
    await window.getByRole('complementary', { name: 'Passport' }).getByRole('button', { name: 'Rotate' }).click()
    await window.getByText(/is rotated$/).waitFor({ timeout: 60_000 })
    await shoot('rotate')
  })
}

for (const theme of ['dark', 'light'] as const) {
  test(`pictures of the request log, ${theme}`, async ({ launchApp }) => {
    mkdirSync(folder, { recursive: true })
    const first = await launchApp({ args: [`--theme=${theme}`] })
    const { id } = await findEnvironment(first.window, 'Staging')
    await first.close()
    await fillStorm(first.profile, id)
    const { app, window } = await launchApp({ args: [`--theme=${theme}`], profile: first.profile })
    await app.evaluate(({ BrowserWindow }, { width, height }) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(width, height)
    }, size)
    await window.waitForFunction(({ width, height }) => innerWidth === width && innerHeight === height, size)
    const shoot = async (name: string) => {
      await window.mouse.move(640, 799)
      await window.screenshot({ path: join(folder, `${name}-${theme}.png`), animations: 'disabled', caret: 'hide' })
    }

    await openScreen(window, 'Requests')
    await window.getByRole('grid', { name: 'Calls' }).getByText('15.373').click()
    await window.getByRole('listbox', { name: 'Waits and attempts' }).waitFor()
    await shoot('requests-waits')
    await window.keyboard.press('Escape')

    const filter = window.getByRole('combobox', { name: 'Filter calls' })
    await filter.fill('path:/emails waited:>2s cause:')
    await window.keyboard.press('ArrowDown')
    await shoot('requests-completion')
    await filter.fill('path:/emails waited:2 status:4xy')
    await window.locator('.query-wrong').first().waitFor()
    await shoot('requests-fault')
    await filter.fill('path:/nowhere')
    await window.getByText('No call matches this filter').waitFor()
    await shoot('requests-empty')
  })
}
