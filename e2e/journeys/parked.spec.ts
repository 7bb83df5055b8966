import type { Page } from '@playwright/test'
import { expect, test } from '../fixtures/app.ts'
import { addPeerEnvironment, callSuccessfully } from '../security/hands.ts'
import { findProblems } from './axe.ts'
import { expectEnvironment, openScreen } from './hands.ts'
import { expectDrawnAsRecorded } from './waterfall-hands.ts'

const noteOf = (window: Page) => window.getByText('The server of Peer asks to wait.')
const statusLineOf = (window: Page) => window.getByRole('contentinfo')

// Rates and probes, rule 1: above the interactive cap the call is parked, and the person decides.
test('a call told to wait two minutes is parked: it is shown, also after a reload, waited for or given up', async ({
  launchApp,
  startPeer,
}) => {
  const peer = await startPeer()
  const running = await launchApp()
  const { window } = running
  await openScreen(window, 'Settings')
  const id = await addPeerEnvironment(running, peer)
  await callSuccessfully(window, 'environments.switch', { id })
  await expectEnvironment(window, 'Peer')
  await openScreen(window, 'Console')
  await window.getByRole('region', { name: 'Operations' }).getByRole('button', { name: 'List labels' }).first().click()
  // The console lists the accounts of the environment; the fault is for the call that follows.
  await expect.poll(() => peer.countRequests('/api/v1/accounts')).toBe(1)
  const before = peer.countRequests('/api/v1/labels')
  peer.inject({ kind: 'status', status: 429, headers: { 'Retry-After': '120' } })
  await window.keyboard.press('ControlOrMeta+Enter')
  await expect(noteOf(window)).toBeVisible()
  await expect(window.getByText(/GET \/labels goes out in (2:0\d|1:\d\d|\d+ s|\d min.*), not earlier/)).toBeVisible()
  await expect(statusLineOf(window)).toContainText('1 call waits: goes out in')
  expect(await findProblems(window), 'a parked call').toEqual([])

  // A screen that asks nothing of the server: what it asked would be parked as well.
  await openScreen(window, 'Settings')
  await window.reload()
  await expect(noteOf(window)).toBeVisible()
  await expect(statusLineOf(window)).toContainText('1 call waits: goes out in')

  await window.getByRole('button', { name: 'Wait', exact: true }).click()
  await expect(noteOf(window)).toBeHidden()
  await expect(statusLineOf(window)).toContainText('1 call waits: goes out in')
  await openScreen(window, 'Requests')
  const waiting = window.getByRole('region', { name: 'Calls that wait now' })
  await expect(waiting.getByRole('listitem')).toContainText(/GET\s*\/labels\s*parked\s*goes in/)
  expect(await findProblems(window), 'a parked call in Requests').toEqual([])

  // Who said to wait may think again: a new page asks once more.
  await window.reload()
  await expect(waiting).toBeVisible()
  await window.getByRole('button', { name: 'Give up' }).click()
  await expect(noteOf(window)).toBeHidden()
  await expect(waiting).toBeHidden()
  await expect(statusLineOf(window)).not.toContainText('waits')
  const { calls } = await callSuccessfully(window, 'requests.list', {
    before: null,
    after: null,
    limit: 1,
    filter: 'cause:parked',
  })
  const [call] = calls
  if (call === undefined) throw new Error('The parked call is not in the log.')
  const { waits, stop } = await expectDrawnAsRecorded(window, call.id)
  expect(waits).toMatchObject([{ cause: 'parked', toldMs: 120_000, beforeAttempt: 1 }])
  expect(stop).toBe('gave-up')
  await expect(window.getByText('The call was parked, and it was given up before its time came.').first()).toBeVisible()
  expect(peer.countRequests('/api/v1/labels'), 'nothing was sent after the refusal').toBe(before + 1)
})
