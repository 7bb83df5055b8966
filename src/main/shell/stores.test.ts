import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readyEverything } from '../../shared/filter/evaluation.ts'
import { defaultLogPolicy } from '../../shared/model/defaults.ts'
import { buildCallRecord } from '../adapters/fixtures/call-record.ts'
import { systemClock } from '../adapters/system-clock.ts'
import { openStores } from './stores.ts'

const dayMs = 86_400_000
let profile: string

beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'jasni-stores-'))
})
afterEach(() => rmSync(profile, { recursive: true, force: true }))

const open = async () => {
  const { opened, calls } = await openStores({ profile, clock: systemClock, onNotice: () => undefined })
  const close = () => {
    calls.close()
    opened.store.close()
  }
  return { store: opened.store, calls, close }
}

test('the first deletion of a start keeps what the chosen policy keeps, not what the default does', async () => {
  const daysMax = defaultLogPolicy.daysMax + 100
  const first = await open()
  const log = { ...defaultLogPolicy, daysMax }
  expect(first.store.commit([{ what: 'put-settings', settings: { ...first.store.settings(), log } }]).ok).toBe(true)
  first.calls.setPolicy(log)
  const beganBefore = (days: number) => buildCallRecord({ startedAtMs: systemClock.nowMs() - days * dayMs })
  // Written and closed in one go: no step of the background comes between.
  first.calls.append(beganBefore(daysMax + 10))
  first.calls.append(beganBefore(daysMax - 10))
  first.calls.append(beganBefore(1))
  first.close()

  const second = await open()
  const listIds = () =>
    second.calls.list({ before: null, after: null, limit: 9, filter: readyEverything }).calls.map(({ id }) => id)
  await vi.waitFor(() => expect(listIds()).not.toContain(1), 10_000)
  expect(listIds()).toEqual([3, 2])
  second.close()
})
