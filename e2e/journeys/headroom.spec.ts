import type { Page } from '@playwright/test'
import type { HeaderDialect, SandboxServer } from '../../src/main/sandbox/server.ts'
import type { Bridge, InputOf, MethodName, OutputOf } from '../../src/shared/contract.ts'
import type { EnvironmentInput } from '../../src/shared/model/environment.ts'
import { expect, type RunningApp, test } from '../fixtures/app.ts'
import { findProblems } from './axe.ts'
import { expectEnvironment, openEnvironmentSettings, openScreen } from './hands.ts'

declare global {
  interface Window {
    readonly bridge: Bridge
  }
}

/** Calls the bridge as the page would; throws on a failure. */
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

/** Adds an environment that talks to a server of the test, with a key of it, and makes it current. */
async function connect(
  running: RunningApp,
  peer: SandboxServer,
  name: string,
  part: Partial<EnvironmentInput> = {},
): Promise<string> {
  const { window } = running
  // The inbox would load the mail of the environment, and its calls would count.
  await openHeadroom(window)
  const input: EnvironmentInput = {
    name,
    mark: 'blue',
    baseUrl: peer.baseUrl,
    plan: { kind: 'enterprise', perMinute: 20 },
    rateGroup: null,
    protected: false,
    ...part,
  }
  const { id } = await callBridge(window, 'environments.create', { input })
  await running.writeClipboard(peer.issueKey('agent').key)
  // Storing a key proves it by one call.
  await callBridge(window, 'keys.addFromClipboard', { environmentId: id, label: 'agent', allowTestKey: true })
  await callBridge(window, 'environments.switch', { id })
  await expectEnvironment(window, name)
  return id
}

/** Makes calls one after the other; how they end is not asked. */
function makeCalls(page: Page, environmentId: string, count: number): Promise<void> {
  return page.evaluate(
    async ([id, calls]) => {
      for (let call = 0; call < calls; call += 1) await window.bridge.call('mail.labels', { environmentId: id })
    },
    [environmentId, count] as const,
  )
}

/** Begins calls all at once and does not wait for them. */
function beginCalls(page: Page, environmentId: string, count: number): Promise<void> {
  return page.evaluate(
    ([id, calls]) => {
      for (let call = 0; call < calls; call += 1) void window.bridge.call('mail.labels', { environmentId: id })
    },
    [environmentId, count] as const,
  )
}

const gaugeOf = (window: Page) => window.getByRole('button', { name: /^Headroom: / })
const openHeadroom = (window: Page) => gaugeOf(window).click()

test('each dialect of headers shows where the numbers come from', async ({ launchApp, startPeer }) => {
  test.setTimeout(120_000)
  const running = await launchApp()
  const { window } = running
  const expected: readonly (readonly [HeaderDialect, string, RegExp | null])[] = [
    ['none', 'by our count', null],
    ['legacy', 'told by the server', /x-ratelimit-remaining: 16/i],
    ['ietf', 'told by the server', /ratelimit: "default";r=16/i],
    ['retry-after', 'by our count', null],
  ]
  for (const [headers, basis, raw] of expected) {
    const peer = await startPeer({ headers, plan: 20 })
    const id = await connect(running, peer, `Says ${headers}`)
    await makeCalls(window, id, 3)
    await expect(gaugeOf(window), headers).toContainText('4 / 20')
    await expect(gaugeOf(window), headers).toContainText(basis)
    const told = window.getByRole('list', { name: 'Headers that told the limit' })
    if (raw === null) await expect(told, headers).toHaveCount(0)
    else await expect(told, headers).toContainText(raw)
  }
  expect(await findProblems(window)).toEqual([])
})

test('a plan that is learned takes the limit of the header', async ({ launchApp, startPeer }) => {
  const running = await launchApp()
  const { window } = running
  const peer = await startPeer({ headers: 'ietf', plan: 37 })
  const id = await connect(running, peer, 'Learner', { plan: { kind: 'learn', perMinute: 100 } })
  await makeCalls(window, id, 1)
  await expect(gaugeOf(window)).toContainText('2 / 37')
  await expect(window.getByText('Learner, Learn from headers: 37 requests a minute')).toBeVisible()
})

test('it warns once below a fifth and says when nothing is left; waiting calls are seen and cancelled', async ({
  launchApp,
  startPeer,
}) => {
  test.setTimeout(120_000)
  const running = await launchApp()
  const { window } = running
  const peer = await startPeer({ plan: 10 })
  const id = await connect(running, peer, 'Narrow', { plan: { kind: 'enterprise', perMinute: 10 } })
  await makeCalls(window, id, 8)
  await expect(window.getByText('Narrow has 1 of 10 requests left')).toHaveCount(1)
  await expect(gaugeOf(window)).toContainText('9 / 10')

  await beginCalls(window, id, 4)
  await expect(gaugeOf(window)).toContainText('3 waiting')
  await expect(gaugeOf(window)).toContainText(/next slot in/)
  await expect(window.getByText('Narrow has no request left in this minute.')).toBeVisible()
  const waiting = window.getByRole('table', { name: 'Calls that wait' })
  await expect(waiting.getByRole('row')).toHaveCount(4)
  await expect(waiting.getByText('pacing').first()).toBeVisible()
  expect(await findProblems(window)).toEqual([])
  await waiting.getByRole('button', { name: 'Cancel GET /labels' }).last().click()
  await expect(gaugeOf(window)).toContainText('2 waiting')
  expect(peer.requests().filter(({ status }) => status === 429)).toEqual([])

  await window.getByRole('button', { name: 'Last minute' }).click()
  const bySource = window.getByRole('table', { name: 'By source, in the last minute' })
  await expect(bySource.getByRole('row', { name: /^Inbox .*9/ })).toBeVisible()
  await expect(bySource.getByRole('row', { name: /^Probe .*1/ })).toBeVisible()
  await expect(bySource.getByRole('row', { name: /^Total .*10/ })).toBeVisible()
})

test('after a 429 the pause of the server is shown and kept', async ({ launchApp, startPeer }) => {
  const running = await launchApp()
  const { window } = running
  const peer = await startPeer({ headers: 'retry-after', plan: 3 })
  const id = await connect(running, peer, 'Refuser', { plan: { kind: 'pro', perMinute: 1000 } })
  await makeCalls(window, id, 2)
  await beginCalls(window, id, 2)
  await expect(gaugeOf(window)).toContainText(/paused for \d+/)
  await expect(window.getByText('after a 429; nothing is sent before')).toBeVisible()
})

test('environments of one rate group share a window', async ({ launchApp, startPeer }) => {
  const running = await launchApp()
  const { window } = running
  const peer = await startPeer({ limitBy: 'account', plan: 20 })
  const first = await connect(running, peer, 'One', { rateGroup: 'Halden' })
  const second = await connect(running, peer, 'Other')
  await openEnvironmentSettings(window, 'Other')
  await window.getByRole('combobox', { name: 'Rate group' }).click()
  await window.getByRole('option', { name: 'Halden' }).click()
  await window.getByRole('button', { name: 'Save' }).click()
  await expect(window.getByText('Other is saved')).toBeVisible()
  await makeCalls(window, first, 2)
  await makeCalls(window, second, 3)
  await expect(gaugeOf(window)).toContainText(/[67] \/ 20/)
  const used = await gaugeOf(window).textContent()
  await callBridge(window, 'environments.switch', { id: first })
  await expectEnvironment(window, 'One')
  await expect(gaugeOf(window)).toContainText(/(\d+) \/ 20/.exec(used ?? '')?.[0] ?? 'a number')
  await openHeadroom(window)
  await expect(window.getByText('shared with Other', { exact: false })).toBeVisible()
})

test('a key that worked and is refused raises one alarm, which stays until it is dismissed', async ({
  launchApp,
  startPeer,
}) => {
  const running = await launchApp()
  const { window } = running
  const peer = await startPeer()
  const id = await connect(running, peer, 'Revoked')
  for (const key of peer.listKeys()) peer.revokeKey(key.id)
  await makeCalls(window, id, 5)
  const alarm = window.getByRole('alert').filter({ hasText: 'Revoked agent is refused' })
  await expect(alarm).toHaveCount(1)
  await expect(alarm.getByRole('button', { name: 'Rotate the key' })).toBeVisible()
  expect(await findProblems(window)).toEqual([])
  await alarm.getByRole('button', { name: 'Close this note' }).click()
  await expect(alarm).toHaveCount(0)
  await makeCalls(window, id, 2)
  expect(await callBridge(window, 'alarms.list', {})).toEqual([])
})

test('a rate limit applies at once, says what it takes, and can be taken back', async ({ launchApp }) => {
  const { window } = await launchApp()
  await openScreen(window, 'Settings')
  await window.getByRole('button', { name: 'Rate limits' }).click()
  const attempts = window.getByRole('textbox', { name: 'Attempts, attempts at most' })
  await attempts.fill('11')
  await expect(window.getByText('Give a whole number from 1 to 10.')).toBeVisible()
  expect(await findProblems(window)).toEqual([])
  await attempts.fill('5')
  await attempts.press('Enter')
  await expect(window.getByText('Attempts is changed')).toBeVisible()
  expect((await callBridge(window, 'app.load', {})).settings.rate.attemptsMax).toBe(5)
  await window.getByRole('button', { name: 'Undo' }).click()
  await expect(attempts).toHaveValue('3')
})
