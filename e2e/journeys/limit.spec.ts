import type { Page } from '@playwright/test'
import type { HeaderDialect, SandboxServer } from '../../src/main/sandbox/server.ts'
import type { Plan } from '../../src/shared/model/environment.ts'
import { expect, type RunningApp, test } from '../fixtures/app.ts'
import { callSuccessfully } from '../security/hands.ts'
import { findProblems } from './axe.ts'
import { expectEnvironment, openScreen, readGauge } from './hands.ts'
import { drawingOf, expectDrawnAsRecorded } from './waterfall-hands.ts'

const gaugeOf = (window: Page) => window.getByRole('button', { name: /^Headroom: / })
const answerOf = (window: Page) => window.getByRole('region', { name: 'Answer' })
const factsOf = (window: Page) => answerOf(window).getByRole('status').first()
const explanationOf = (window: Page) => window.getByRole('region', { name: 'Explanation' })

/** Adds an environment that talks to a server of the test, with a key of it, and shows its console with a read in it. */
async function openConsole(running: RunningApp, peer: SandboxServer, name: string, plan: Plan): Promise<string> {
  const { window } = running
  // Another screen would load something of the environment, and its calls would count.
  await openScreen(window, 'Settings')
  const { id } = await callSuccessfully(window, 'environments.create', {
    input: { name, mark: 'blue', baseUrl: peer.baseUrl, plan, rateGroup: null, protected: false },
  })
  await running.writeClipboard(peer.issueKey('agent').key)
  await callSuccessfully(window, 'keys.addFromClipboard', { environmentId: id, label: 'agent', allowTestKey: true })
  await callSuccessfully(window, 'environments.switch', { id })
  await expectEnvironment(window, name)
  await openScreen(window, 'Console')
  await window.getByRole('region', { name: 'Operations' }).getByRole('button', { name: 'List labels' }).first().click()
  await expect(window.getByRole('heading', { level: 1, name: '/labels' })).toBeVisible()
  return id
}

/** Sends what the form holds, by keyboard, and waits until the server has met it. */
async function sendToServer(window: Page, peer: SandboxServer): Promise<void> {
  const met = peer.countRequests('/api/v1/labels')
  await window.keyboard.press('ControlOrMeta+Enter')
  await expect.poll(() => peer.countRequests('/api/v1/labels'), { intervals: [20] }).toBeGreaterThan(met)
}

const sendButton = (window: Page) => window.getByRole('button', { name: /^Send to / })
const countRefused = (peer: SandboxServer) => peer.requests().filter(({ status }) => status === 429).length

/** Goes from the console's answer to its row in Requests and compares its drawing with what was recorded. */
async function openWaterfall(window: Page) {
  const link = factsOf(window).getByRole('button')
  await link.click()
  await expect(window.getByRole('heading', { level: 1, name: 'Requests' })).toBeVisible()
  const { calls } = await callSuccessfully(window, 'requests.list', {
    before: null,
    after: null,
    limit: 1,
    filter: 'source:console has:wait',
  })
  const [call] = calls
  if (call === undefined) throw new Error('No call of the console waited.')
  return expectDrawnAsRecorded(window, call.id)
}

// The plan and the window are scaled: 8 requests in 10 s stand for Free's 100 in 60 s. The app
// learns both from the headers, so that its gauge, its pauses and its pacing run by the same window.
test('a key is exhausted from the console: the gauge, the pause after a 429, and pacing instead of one', async ({
  launchApp,
  startPeer,
}) => {
  test.setTimeout(90_000)
  const peer = await startPeer({ plan: 8, windowMs: 10_000, headers: 'ietf' })
  const running = await launchApp()
  const { window } = running
  await openConsole(running, peer, 'Scaled Free', { kind: 'learn', perMinute: 100 })

  // Pacing is off: nothing holds the call that is too many.
  await gaugeOf(window).click()
  const pacing = window.getByRole('switch', { name: 'Pace calls' })
  await pacing.click()
  await expect(pacing).not.toBeChecked()
  await openScreen(window, 'Console')
  let gauge = 0
  for (let sent = 0; sent < 20 && countRefused(peer) === 0; sent += 1) {
    await sendToServer(window, peer)
    if (countRefused(peer) > 0) break
    await expect(sendButton(window)).toBeVisible()
    const now = await readGauge(window)
    expect(now, 'the gauge climbs').toBeGreaterThanOrEqual(gauge)
    gauge = now
  }
  expect(countRefused(peer)).toBe(1)
  await expect(gaugeOf(window)).toContainText(/[89] \/ 8/)
  await expect(gaugeOf(window)).toContainText(/paused for \d+/)
  await expect(gaugeOf(window)).toContainText('1 waiting')
  await expect(window.getByRole('contentinfo')).toContainText(/1 call waits: next attempt in \d+/)
  expect(await findProblems(window), 'a pause in the console').toEqual([])
  await expect(factsOf(window)).toContainText('200', { timeout: 15_000 })
  await expect(factsOf(window)).toContainText('2 attempts, waited')
  expect(countRefused(peer), 'the call that waited was not refused again').toBe(1)

  const paused = await openWaterfall(window)
  expect(paused.attempts.map(({ status }) => status)).toEqual([429, 200])
  expect(paused.waits[0]).toMatchObject({ cause: 'reset', beforeAttempt: 1 })
  await expect(window.locator('[data-audit="shortened"]')).toHaveCount(0)

  // Pacing is on: the window is filled to its last slot, and what comes then waits for one.
  await gaugeOf(window).click()
  await pacing.click()
  await expect(pacing).toBeChecked()
  await openScreen(window, 'Console')
  const isFull = async () => /next slot in/.test((await gaugeOf(window).textContent()) ?? '')
  for (let sent = 0; sent < 20 && !(await isFull()); sent += 1) {
    await sendToServer(window, peer)
    await expect(sendButton(window)).toBeVisible({ timeout: 15_000 })
  }
  await expect(gaugeOf(window)).toContainText(/8 \/ 8.*next slot in \d+/)
  await window.keyboard.press('ControlOrMeta+Enter')
  await expect(gaugeOf(window)).toContainText('1 waiting')
  await expect(window.getByRole('contentinfo')).toContainText(/1 call waits: next slot in \d+/)
  await expect(factsOf(window)).toContainText('1 attempt, waited', { timeout: 15_000 })
  expect(countRefused(peer), 'none was refused').toBe(1)

  const paced = await openWaterfall(window)
  expect(paced.attempts.map(({ status }) => status)).toEqual([200])
  expect(paced.waits[0]).toMatchObject({ cause: 'pacing', limit: 8 })
  expect(await findProblems(window), 'a paced call').toEqual([])
})

test('each dialect of headers decides the wait that the waterfall shows', async ({ launchApp, startPeer }) => {
  test.setTimeout(90_000)
  const running = await launchApp()
  const { window } = running
  const expected: readonly (readonly [HeaderDialect, string, string])[] = [
    ['legacy', 'reset', 'x-ratelimit-reset'],
    ['ietf', 'reset', 'ratelimit'],
    ['retry-after', 'retry-after', 'retry-after'],
  ]
  for (const [headers, cause, decisive] of expected) {
    const peer = await startPeer({ plan: 20, windowMs: 3000, headers })
    await openConsole(running, peer, `Says ${headers}`, { kind: 'learn', perMinute: 100 })
    await sendToServer(window, peer)
    await expect(factsOf(window), headers).toContainText('200')
    peer.changeLimit({ refuseAll: true })
    await sendToServer(window, peer)
    peer.changeLimit({ refuseAll: false })
    await expect(factsOf(window), headers).toContainText('2 attempts, waited', { timeout: 15_000 })

    const detail = await openWaterfall(window)
    const sent = detail.attempts[0]?.responseHeaders.find(([name]) => name.toLowerCase() === decisive)
    if (sent === undefined) throw new Error(`${headers}: the answer had no ${decisive}.`)
    const at = detail.waits.findIndex(({ toldMs }) => toldMs !== undefined)
    expect(detail.waits[at], headers).toMatchObject({ cause, header: sent })
    expect(detail.waits[at]?.tookMs, 'rule 1: never earlier than told').toBeGreaterThanOrEqual(
      (detail.waits[at]?.toldMs ?? 0) - 2,
    )
    await drawingOf(window).locator(`[data-stretch="wait ${at}"]`).click()
    await expect(explanationOf(window), headers).toContainText(`${sent[0]}: ${sent[1]}`)
    await expect(explanationOf(window), headers).toContainText(
      cause === 'reset' ? 'Without Retry-After the reset header counts.' : 'Retry-After outranks every other header',
    )
  }
})
