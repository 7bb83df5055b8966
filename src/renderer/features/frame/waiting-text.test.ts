import { expect, test } from 'vitest'
import type { WaitCause } from '../../../shared/model/call.ts'
import type { WaitingCalls } from '../../../shared/model/waiting.ts'
import { describeWaiting } from './waiting-text.ts'

const nowMs = 1_700_000_000_000

function waiting(cause: WaitCause, inMs: number | null, total = 1): WaitingCalls {
  const call = {
    ticket: 'call-1',
    environmentId: 'dev',
    operation: 'listEmails',
    method: 'GET',
    path: '/emails',
    priority: 'person',
    cause,
    sinceMs: nowMs,
    untilMs: inMs === null ? null : nowMs + inMs,
  } as const
  return { calls: [call], total, held: [], heldAll: false }
}

test.each([
  [waiting('pacing', 12_000), '1 call waits: next slot in 12 s'],
  [waiting('pacing', 12_000, 3), '3 calls wait: next slot in 12 s'],
  [waiting('retry-after', 4200), '1 call waits: next attempt in 4.2 s'],
  [waiting('parked', 252_000), '1 call waits: goes out in 4 min 12 s'],
  [waiting('hold', null), '1 call waits: you paused all traffic'],
  [waiting('concurrency', null), '1 call waits: next place on the wire'],
  [{ calls: [], total: 0, held: [], heldAll: true }, 'All traffic is paused'],
  [{ calls: [], total: 0, held: [], heldAll: false }, null],
] as const)('%j reads %s', (calls, text) => {
  expect(describeWaiting(calls as WaitingCalls, nowMs)).toBe(text)
})
