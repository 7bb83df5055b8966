import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures/app.ts'
import { fillCallLog } from './fixtures/call-log.ts'
import { laySteps } from './fixtures/call-steps.ts'
import { expectEnvironment, openScreen } from './journeys/hands.ts'
import { callSuccessfully } from './security/hands.ts'

const folder = resolve(import.meta.dirname, '../docs/screenshots')
const size = { width: 1280, height: 800 }
const planPerMinute = 100
/** The window's calls are this new, so that none leaves it before the picture. */
const newestMs = 40_000

/** How many calls each of the last minutes had, oldest first: a quiet hour with a storm in it. */
const perMinute = Array.from({ length: 58 }, (_none, minute) =>
  minute >= 34 && minute < 40 ? planPerMinute : Math.round(34 + 14 * Math.sin(minute / 5) + ((minute * 7) % 9)),
)

interface PastCall {
  readonly agoMs: number
  readonly refused: boolean
}

function listPast(): readonly PastCall[] {
  const hour = perMinute.flatMap((count, minute) =>
    Array.from({ length: count }, (_none, call) => ({
      agoMs: (60 - minute) * 60_000 - (call * 60_000) / count,
      refused: count === planPerMinute && call % 12 === 11,
    })),
  )
  const now = Array.from({ length: planPerMinute }, (_none, call) => ({
    agoMs: newestMs - (newestMs * (call + Math.sin(call / 4))) / (planPerMinute + 2),
    refused: false,
  }))
  return [...hour, ...now]
}

/** Begins calls and does not wait for them. */
function beginCalls(page: Page, environmentId: string, count: number): Promise<void> {
  return page.evaluate(
    ([id, calls]) => {
      for (let call = 0; call < calls; call += 1) void window.bridge.call('mail.labels', { environmentId: id })
    },
    [environmentId, count] as const,
  )
}

const sources = ['Inbox', 'Console', 'Inbox', 'Inbox', 'Replay', 'Console', 'Inbox', 'Probe'] as const

test.describe.configure({ timeout: 120_000 })

for (const theme of ['dark', 'light'] as const) {
  test(`pictures of headroom and of what waits, ${theme}`, async ({ launchApp, startPeer }) => {
    mkdirSync(folder, { recursive: true })
    const peer = await startPeer()
    const first = await launchApp({ args: [`--theme=${theme}`] })
    const { environments } = await callSuccessfully(first.window, 'app.load', {})
    const keys = new Map<string, string>()
    for (const { id, name, mark, protected: isProtected } of environments) {
      if (name !== 'Dev' && name !== 'Staging') continue
      const plan =
        name === 'Dev'
          ? ({ kind: 'free', perMinute: planPerMinute } as const)
          : ({ kind: 'pro', perMinute: 1000 } as const)
      const input = { name, mark, plan, rateGroup: null, protected: isProtected, baseUrl: peer.baseUrl }
      await callSuccessfully(first.window, 'environments.update', { id, input })
      await first.writeClipboard(peer.issueKey('agent-main').key)
      const added = { environmentId: id, label: name === 'Dev' ? 'agent-main' : 'triage-agent', allowTestKey: true }
      keys.set(id, (await callSuccessfully(first.window, 'keys.addFromClipboard', added)).id)
    }
    const dev = environments.find(({ name }) => name === 'Dev')?.id ?? ''
    const staging = environments.find(({ name }) => name === 'Staging')?.id ?? ''
    await openScreen(first.window, 'Settings')
    await first.close()

    const past = listPast()
    const nowMs = Date.now()
    await fillCallLog(first.profile, past.length, (index) => {
      const { agoMs, refused } = past[index] ?? { agoMs: 0, refused: false }
      const steps = laySteps(nowMs - agoMs, [{ status: refused ? 429 : 200, tookMs: 30 + (index % 40) }])
      return { environmentId: dev, keyId: keys.get(dev) ?? null, source: sources[index % 8] ?? 'Inbox', ...steps }
    })
    const { app, window } = await launchApp({ args: [`--theme=${theme}`], profile: first.profile })
    await app.evaluate(({ BrowserWindow }, { width, height }) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(width, height)
    }, size)
    await window.waitForFunction(({ width, height }) => innerWidth === width && innerHeight === height, size)
    const shoot = async (name: string) => {
      await window.mouse.move(640, 799)
      await window.screenshot({ path: join(folder, `${name}-${theme}.png`), animations: 'disabled', caret: 'hide' })
    }

    await callSuccessfully(window, 'environments.switch', { id: dev })
    await expectEnvironment(window, 'Dev')
    await window.getByRole('button', { name: /^Headroom: / }).click()
    await beginCalls(window, dev, 3)
    await expect(window.getByRole('table', { name: 'Calls that wait' }).getByRole('row')).toHaveCount(4)
    await expect(window.getByRole('table', { name: /^By source/ })).toBeVisible()
    await shoot('headroom')

    await callSuccessfully(window, 'environments.switch', { id: staging })
    await expectEnvironment(window, 'Staging')
    await openScreen(window, 'Requests')
    peer.inject({ kind: 'status', status: 429, headers: { 'Retry-After': '120' } })
    await beginCalls(window, staging, 1)
    await expect(window.getByRole('button', { name: 'Give up' })).toBeVisible()
    await expect(window.getByRole('region', { name: 'Calls that wait now' }).getByText('parked')).toBeVisible()
    await shoot('requests-parked')
  })
}
