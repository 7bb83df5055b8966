import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultSettings } from '../../shared/model/defaults.ts'
import type { WhatIfInput } from '../../shared/model/what-if.ts'
import { buildCallRecord } from '../adapters/fixtures/call-record.ts'
import { openCallStore } from '../adapters/sqlite-call-store.ts'
import { systemClock } from '../adapters/system-clock.ts'
import type { CallStore } from '../core/ports.ts'
import { createRequestHandlers } from './requests.ts'
import { createWhatIfHandlers } from './what-if.ts'

let folder: string
let calls: CallStore
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jasni-what-if-'))
  const policy = { daysMax: 3650 }
  calls = await openCallStore({ file: join(folder, 'requests.db'), clock: systemClock, onNotice() {}, policy })
})
afterEach(() => {
  calls.close()
  rmSync(folder, { recursive: true, force: true })
})

function build(breathe: () => Promise<void> = () => new Promise((done) => void setImmediate(done))) {
  const told: { readonly name: string; readonly payload: unknown }[] = []
  const vault = { environment: () => null, environments: () => [], keys: () => [] }
  const settings = () => defaultSettings
  const requests = createRequestHandlers({
    calls,
    vault,
    clock: systemClock,
    settings,
    save: () => ({ ok: true, value: null }),
    clipboard: { readText: async () => '', writeText: async () => undefined, clear: () => undefined },
  })
  const handlers = createWhatIfHandlers({
    calls,
    vault,
    settings,
    emit: (name, payload) => void told.push({ name, payload }),
    breathe,
    listCalls: requests['requests.list'],
  })
  return { handlers, told }
}

const ask = (stretch: WhatIfInput['stretch']): WhatIfInput => ({
  stretch,
  perWindow: 20,
  policies: ['none', 'pacing'],
  attemptsMax: 5,
})

function fill(count: number): void {
  for (let index = 0; index < count; index += 1)
    calls.append(buildCallRecord({ startedAtMs: 1_700_000_000_000 + index, method: index % 2 === 0 ? 'GET' : 'POST' }))
}

test('the calls that a filter shows are replayed, and the window hears how far that is', async () => {
  fill(500)
  const { handlers, told } = build()
  expect(await handlers['whatIf.run'](ask({ filter: 'method:POST' }))).toMatchObject({
    ok: true,
    value: { calls: 250, cut: false, perWindow: [20], rows: [{ policy: 'none' }, { policy: 'pacing' }] },
  })
  expect(told.at(-1)).toEqual({ name: 'whatIf.progress', payload: { share: 1 } })
})

test('a filter that nobody can read is refused as the list refuses it', async () => {
  const { handlers } = build()
  expect(await handlers['whatIf.run'](ask({ filter: 'status:(' }))).toMatchObject({ ok: false })
})

test('chosen calls are read whole, and those that are gone left out', async () => {
  fill(3)
  const { handlers } = build()
  expect(await handlers['whatIf.run'](ask({ ids: [1, 3, 99] }))).toMatchObject({ ok: true, value: { calls: 2 } })
})

test('a run that is cancelled answers so; without one there is nothing to cancel', async () => {
  fill(500)
  const { handlers } = build(async () => void (await handlers['whatIf.cancel']({})))
  expect(await handlers['whatIf.cancel']({})).toEqual({ ok: true, value: null })
  expect(await handlers['whatIf.run'](ask({ filter: '' }))).toEqual({
    ok: false,
    error: { kind: 'CANCELLED', callId: null },
  })
})
