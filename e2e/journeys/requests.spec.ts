import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { SandboxServer } from '../../src/main/sandbox/server.ts'
import type { CallDetail, CallSummary, Wait } from '../../src/shared/model/call.ts'
import { defaultRatePolicy } from '../../src/shared/model/defaults.ts'
import { test as base, expect, type RunningApp } from '../fixtures/app.ts'
import { fillCallLog } from '../fixtures/call-log.ts'
import { callSuccessfully } from '../security/hands.ts'
import { findProblems } from './axe.ts'
import { openScreen } from './hands.ts'
import { drawingOf, expectDrawnAsRecorded, readDrawing } from './waterfall-hands.ts'

const test = base.extend<{ profile: string }>({
  profile: async ({ browserName: _none }, use) => {
    const profile = mkdtempSync(join(tmpdir(), 'jasni-vault-log-'))
    await use(profile)
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  },
})

const filterOf = (window: Page) => window.getByRole('combobox', { name: 'Filter calls' })
const gridOf = (window: Page) => window.getByRole('grid', { name: 'Calls' })
const rowsOf = (window: Page) =>
  gridOf(window)
    .getByRole('row')
    .filter({ hasNot: window.getByRole('columnheader') })
const detailOf = (window: Page) => window.getByRole('region', { name: 'Call', exact: true })

/** Lets Dev talk to a peer, with a key that it takes and a plan that the app paces by. */
async function connectDev(running: RunningApp, peer: SandboxServer, perMinute: number): Promise<string> {
  const { window } = running
  const { environments } = await callSuccessfully(window, 'app.load', {})
  const dev = environments.find(({ name }) => name === 'Dev')
  if (dev === undefined) throw new Error('There is no Dev.')
  const { id, name, mark, protected: isProtected } = dev
  const plan = { kind: 'enterprise', perMinute } as const
  const input = { name, mark, plan, rateGroup: null, protected: isProtected, baseUrl: peer.baseUrl }
  await callSuccessfully(window, 'environments.update', { id, input })
  await running.writeClipboard(peer.issueKey('agent').key)
  await callSuccessfully(window, 'keys.addFromClipboard', { environmentId: id, label: 'agent', allowTestKey: true })
  return id
}

/** Makes calls at the same time; what becomes of each is in the log. */
function makeCalls(page: Page, environmentId: string, count: number): Promise<void> {
  return page.evaluate(
    async ([id, calls]) => {
      await Promise.all(Array.from({ length: calls }, () => window.bridge.call('mail.labels', { environmentId: id })))
    },
    [environmentId, count] as const,
  )
}

async function listCalls(window: Page, filter: string): Promise<readonly CallSummary[]> {
  const { calls } = await callSuccessfully(window, 'requests.list', { before: null, after: null, limit: 200, filter })
  return calls
}

const causesOf = (details: readonly CallDetail[]): ReadonlySet<Wait['cause']> =>
  new Set(details.flatMap(({ waits }) => waits.map(({ cause }) => cause)))

test('pacing off: a refused key, the pause of its group, and waits drawn as long as they were', async ({
  launchApp,
  startPeer,
}) => {
  test.setTimeout(120_000)
  const peer = await startPeer({ plan: 6, windowMs: 4000, headers: 'retry-after' })
  const running = await launchApp()
  const { window } = running
  const dev = await connectDev(running, peer, 100_000)
  await callSuccessfully(window, 'settings.setRatePolicy', { rate: { ...defaultRatePolicy, pacing: false } })
  await openScreen(window, 'Requests')
  await makeCalls(window, dev, 10)

  const waited = await listCalls(window, 'has:wait')
  expect(waited.length).toBeGreaterThan(0)
  await window.keyboard.press('ControlOrMeta+F')
  await window.keyboard.type('has:wait')
  await window.keyboard.press('Enter')
  await expect(rowsOf(window)).toHaveCount(waited.length)
  const details: CallDetail[] = []
  for (const { id } of waited) details.push(await expectDrawnAsRecorded(window, id))
  const causes = causesOf(details)
  expect(causes.has('retry-after') || causes.has('pause')).toBe(true)

  // Rule 1: what a wait was told is shown with its header, and was never shortened.
  const told = details.find(({ waits }) => waits.some(({ toldMs }) => toldMs !== undefined))
  if (told === undefined) throw new Error('No wait was told.')
  await window.locator(`#call-${told.summary.id}`).click()
  const explanation = window.getByRole('region', { name: 'Explanation' })
  await drawingOf(window).focus()
  await window.keyboard.press('Home')
  for (let step = 0; step < 10 && !(await explanation.getByText(/retry-after: \d/i).isVisible()); step += 1)
    await window.keyboard.press('ArrowRight')
  await expect(explanation.getByText(/retry-after: \d/i)).toBeVisible()
  await expect(explanation.getByText('Shorter than told')).toHaveCount(0)
  expect(await findProblems(window), 'a call that waited').toEqual([])

  // Zoomed to one stretch, what was recorded is still what is drawn.
  await window.keyboard.press('Enter')
  const zoomed = await readDrawing(window)
  const whole = told.waits.length + told.attempts.length
  expect(zoomed.stretches).toHaveLength(whole)
  await window.keyboard.press('0')
  expect((await readDrawing(window)).pxPerMs).toBeLessThan(zoomed.pxPerMs)
})

test('pacing on: calls wait for a slot and none is refused', async ({ launchApp, startPeer }) => {
  test.setTimeout(120_000)
  // The app is told of fewer than the server takes, so that a slot comes free soon: its window is a minute.
  const peer = await startPeer({ plan: 1000 })
  const running = await launchApp()
  const page = running.window
  const dev = await connectDev(running, peer, 4)
  await openScreen(page, 'Requests')
  // Not waited for: the last of them go out when the window frees.
  await page.evaluate((id) => {
    for (let call = 0; call < 6; call += 1) void window.bridge.call('mail.labels', { environmentId: id })
  }, dev)
  const waiting = page.getByRole('region', { name: 'Calls that wait now' })
  await expect(waiting.getByText('pacing').first()).toBeVisible()
  expect(await findProblems(page), 'calls that wait').toEqual([])
  const cancels = waiting.getByRole('button', { name: /^Cancel GET / })
  for (let left = await cancels.count(); left > 0; left -= 1) {
    await cancels.first().click()
    await expect(cancels).toHaveCount(left - 1)
  }
  await expect(waiting).toBeHidden()
  await expect.poll(async () => (await listCalls(page, 'outcome:cancelled')).length).toBeGreaterThan(0)
  const [cancelled] = await listCalls(page, 'outcome:cancelled')
  if (cancelled === undefined) throw new Error('No call was cancelled.')
  const { waits, stop } = await expectDrawnAsRecorded(page, cancelled.id)
  expect(waits[0]?.cause).toBe('pacing')
  expect(stop).toBe('cancelled')
  await expect(detailOf(page).getByText('You cancelled the call.').first()).toBeVisible()
  expect(await listCalls(page, 'status:429')).toEqual([])
})

test('by keyboard alone: filter, complete, a fault in its place, save, open, pick, and all of it after a restart', async ({
  launchApp,
  profile,
}) => {
  test.setTimeout(120_000)
  await fillCallLog(profile, 3000, (index) =>
    index % 100 === 7
      ? { status: 429, outcome: 'RATE_LIMITED', path: `/emails/${index}`, attempts: [] }
      : { path: `/labels/${index}` },
  )
  const running = await launchApp({ profile, args: [] })
  const { window } = running
  await openScreen(window, 'Requests')
  await expect(rowsOf(window).first()).toBeVisible()
  expect(await rowsOf(window).count(), 'only rows near the screen are drawn').toBeLessThan(80)

  // Completion: a field, then its value.
  await window.keyboard.press('/')
  await expect(filterOf(window)).toBeFocused()
  await window.keyboard.type('stat')
  await expect(filterOf(window)).toHaveAttribute('aria-expanded', 'true')
  await window.keyboard.press('ArrowDown')
  await window.keyboard.press('Enter')
  await expect(filterOf(window)).toHaveValue('status:')
  await window.keyboard.type('42')
  await window.keyboard.press('ArrowDown')
  await window.keyboard.press('Tab')
  await expect(filterOf(window)).toHaveValue('status:429 ')
  expect(await findProblems(window), 'completion').toEqual([])
  await expect(window.getByText('30 calls match')).toBeVisible()

  // A fault is underlined where it is, and the list stays.
  await window.keyboard.type('waited:abc')
  const wrong = window.locator('.query-wrong')
  await expect(wrong).toHaveText('abc')
  await expect(wrong).toHaveAttribute('data-from', '18')
  await expect(filterOf(window)).toHaveAttribute('aria-invalid', 'true')
  await expect(window.getByText(/“abc” is no value for waited/)).toBeVisible()
  await expect(window.getByText('30 calls match')).toBeVisible()
  expect(await findProblems(window), 'a fault').toEqual([])
  for (let letter = 0; letter < 'waited:abc'.length; letter += 1) await window.keyboard.press('Backspace')
  await expect(wrong).toHaveCount(0)
  await window.keyboard.press('Escape')

  // Save it under a name.
  await window.getByRole('button', { name: 'Save filter' }).press('Enter')
  await expect(window.getByRole('textbox', { name: 'Name' })).toBeFocused()
  await window.keyboard.type('Refused for the rate')
  await window.keyboard.press('Enter')
  await expect(window.getByRole('dialog', { name: 'Save this filter' })).toBeHidden()
  const saved = window.getByRole('group', { name: 'Saved filters' })
  await expect(saved.getByRole('button', { name: 'Refused for the rate' })).toHaveAttribute('aria-pressed', 'true')

  // The list: the cursor moves, Enter opens, the detail follows, Esc closes, Shift picks.
  await gridOf(window).focus()
  await window.keyboard.press('Home')
  await expect(detailOf(window)).toBeHidden()
  await window.keyboard.press('Enter')
  await expect(detailOf(window).getByRole('heading', { name: /^\/emails\/2907$/ })).toBeVisible()
  await window.keyboard.press('j')
  await expect(detailOf(window).getByRole('heading', { name: '/emails/2807' })).toBeVisible()
  await window.keyboard.press('End')
  await expect(detailOf(window).getByRole('heading', { name: '/emails/7' })).toBeVisible()
  await window.keyboard.press('Escape')
  await expect(detailOf(window)).toBeHidden()
  await window.keyboard.press('Shift+ArrowUp')
  await window.keyboard.press('Shift+ArrowUp')
  await expect(gridOf(window).locator('[aria-selected="true"]')).toHaveCount(3)
  await window.keyboard.press('Escape')
  await expect(gridOf(window).locator('[aria-selected="true"]')).toHaveCount(1)

  // Esc in the field clears, then leaves.
  await window.keyboard.press('ControlOrMeta+F')
  await window.keyboard.press('Escape')
  await expect(filterOf(window)).toHaveValue('')
  await window.keyboard.press('Escape')
  await expect(gridOf(window)).toBeFocused()
  // Two pages of the log and back: far rows are drawn again.
  await window.keyboard.press('End')
  await window.keyboard.press('Home')
  await expect(rowsOf(window).first()).toBeVisible()

  const second = await running.restart()
  await openScreen(second.window, 'Requests')
  await second.window
    .getByRole('group', { name: 'Saved filters' })
    .getByRole('button', { name: 'Refused for the rate' })
    .click()
  await expect(second.window.getByText('30 calls match')).toBeVisible()
  await expect(filterOf(second.window)).toHaveValue('status:429')
  await filterOf(second.window).fill('path:/nowhere')
  await expect(second.window.getByText('No call matches this filter')).toBeVisible()
  expect(await findProblems(second.window), 'empty').toEqual([])
})
