import { expect, type RunningApp, test } from '../fixtures/app.ts'
import { openScreen } from './hands.ts'
import { catchBrowser, connectDev, deathMs, expectPresent, rotate, startTraffic } from './rotation-hands.ts'

// Which state a restart meets is held: by a person who is waited for, by the service, by a call in flight, by a locked
// keychain. The states between are too quick to be held here; rotation-restart.test.ts meets each in the journal, and
// the crash bench kills in them.
for (const [name, leave] of [
  ['a kill', (running: RunningApp) => running.kill()],
  ['a quit', (running: RunningApp) => running.close()],
] as const) {
  test(`${name} in the middle of a step, and the next start goes on from there`, async ({ launchApp, startPeer }) => {
    test.setTimeout(240_000)
    const peer = await startPeer()
    const first = await launchApp()
    const old = await connectDev(first, peer)
    await rotate(first.window)
    await expectPresent(first.window, 'Obtain')
    await leave(first)

    async function resume(step: string): Promise<RunningApp> {
      const next = await launchApp({ profile: first.profile })
      await catchBrowser(next)
      await openScreen(next.window, 'Keys')
      await next.window.getByRole('button', { name: 'Return to it', exact: true }).click()
      await expectPresent(next.window, step)
      return next
    }

    // Obtain: it waits for a key again.
    const second = await resume('Obtain')
    // Prove: the service fails for as long as it is asked.
    peer.inject({ kind: 'status', status: 503 }, 1000)
    await second.writeClipboard(peer.issueKey('second').key)
    await expectPresent(second.window, 'Prove')
    await leave(second)
    const third = await resume('Prove')
    await expect(third.window.getByText('The new key could not be proven yet')).toBeVisible()
    // Drain: a call that began on the old key is held by the service. Only traffic asks for counts, so no probe of the
    // new key is held in its place.
    peer.clearFaults()
    peer.inject({ kind: 'delay', delayMs: 60_000 }, 1, { urlHas: 'include_count' })
    await startTraffic(third.window, 'Dev', 1000, 1)
    await expect(third.window.getByText('1 call still in flight on the old key.')).toBeVisible({ timeout: 40_000 })
    await leave(third)
    // Prove dead: it waits for the person, and goes on by itself when the key is dead.
    const fourth = await resume('Prove dead')
    await leave(fourth)
    expect(peer.revokeKey(old.id)).toBe(true)
    const fifth = await launchApp({ profile: first.profile })
    await openScreen(fifth.window, 'Keys')
    await expect(fifth.window.getByRole('table', { name: 'Keys' }).getByText(/^proven dead /)).toBeVisible({
      timeout: deathMs,
    })
  })
}
