import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type IssuerKind, type Rotation, rotationSteps } from '../../../shared/model/rotation.ts'
import { fastTiming, type LiveRun, openLiveParts } from '../../shell/fixtures/live-rotations.ts'

// Each state of the stepper is met at the instant at which the journal has it on disk: the files are copied there
// and then, which is what a kill leaves. Files and server are real, the keychain is one in memory.

let parts: Awaited<ReturnType<typeof openLiveParts>>
let copies: string

beforeEach(async () => {
  parts = await openLiveParts()
  copies = mkdtempSync(join(tmpdir(), 'jasni-restart-'))
})
afterEach(async () => {
  await parts.close()
  rmSync(copies, { recursive: true, force: true })
})

const names: Readonly<Record<IssuerKind, string>> = { automatic: 'Sandbox', dashboard: 'Dev' }

/** The person at the dashboard: copies the new key when one is waited for, and ends the old one when asked to. */
function helpOut(run: LiveRun, newKey: string, oldServerId: string): void {
  run.listen((rotation) => {
    if (rotation.end !== null || rotation.issuer !== 'dashboard') return
    if (rotation.waitsFor === 'new-key') {
      parts.clipboard.text = newKey
      void run.rotations.pasteKey(rotation.id)
    }
    if (rotation.waitsFor === 'revoke') parts.server.revokeKey(oldServerId)
  })
}

/** Resolves in the very moment in which the journal has the step on disk. */
function meetStep(run: LiveRun, step: Rotation['step'], onMet: () => void): Promise<void> {
  return new Promise((done) => {
    let met = false
    run.listen((rotation) => {
      if (met || rotation.step !== step) return
      met = true
      onMet()
      done()
    })
  })
}

const cases = (['automatic', 'dashboard'] as const).flatMap((issuer) =>
  (['quit', 'kill'] as const).flatMap((end) => rotationSteps.map((step) => ({ issuer, end, step }))),
)

test.each(cases)(
  'issuer $issuer, $end at “$step”: the next start goes on to the end',
  async ({ issuer, end, step }) => {
    const name = names[issuer]
    const first = await parts.openRun()
    if (issuer === 'dashboard') first.moveHere(name)
    const old = await first.addKey(name)
    const byHand = issuer === 'dashboard' ? parts.server.issueKey('by hand').key : ''
    helpOut(first, byHand, old.serverId)
    let folder = parts.folder
    const met = meetStep(first, step, () => {
      if (end !== 'kill') return
      folder = join(copies, 'killed')
      cpSync(parts.folder, folder, { recursive: true })
    })
    const started = await first.rotations.start(first.environment(name).id)
    await met
    await first.rotations.close()
    first.store.close()

    const second = await parts.openRun(fastTiming, folder)
    helpOut(second, byHand, old.serverId)
    await second.vault.checkKeychain()
    expect(second.environment(name).activeKeyId, 'a usable key at the start').not.toBeNull()
    expect((await second.call(name)).ok).toBe(true)
    second.rotations.resume()
    const id = started.ok ? started.value.id : ''
    const done = await second.waitFor(id, (rotation) => rotation.end !== null)
    expect(done.end).toBe('done')
    expect((await second.call(name)).ok).toBe(true)

    const keys = second.vault.keys()
    expect(keys.find((key) => key.id === old.id)?.state).toBe('dead')
    expect(keys.map(({ state }) => state).sort()).toEqual(['active', 'dead'])
    for (const key of keys) {
      const secret = await parts.memory.read(`${key.id}.1`)
      expect(secret.ok && secret.value !== null, key.state).toBe(key.state === 'active')
    }
    const alive = parts.server.listKeys().filter(({ revokedAtMs }) => revokedAtMs === null)
    expect(alive).toHaveLength(1)
    expect(done.leftBehind).toEqual([])
    expect(parts.clipboard.text, 'a key that was taken does not stay on the clipboard').toBe('')
  },
)
