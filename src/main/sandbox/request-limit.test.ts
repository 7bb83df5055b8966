import { expect, test } from 'vitest'
import { createRequestLimit, type LimitRules } from './request-limit.ts'

const rules: LimitRules = { plan: 2, windowMs: 1000, headers: 'draft', refuseAll: false }

function remainingOf(headers: readonly (readonly [string, string])[]): string | undefined {
  return headers.find(([name]) => name === 'RateLimit-Remaining')?.[1]
}

test('another dialect keeps the window', () => {
  const limit = createRequestLimit(rules, 'key')
  expect(remainingOf(limit.spend('a', 0).headers)).toBe('1')
  limit.change({ headers: 'none' })
  expect(limit.spend('a', 1)).toEqual({ accepted: true, headers: [] })
  expect(limit.spend('a', 2).accepted).toBe(false)
  expect(limit.rules()).toEqual({ ...rules, headers: 'none' })
})

test('another plan or window length starts all windows anew', () => {
  const limit = createRequestLimit(rules, 'account')
  for (const at of [0, 1]) limit.spend('a', at)
  expect(limit.spend('b', 2).accepted).toBe(false)
  limit.change({ plan: 3 })
  expect(remainingOf(limit.spend('b', 3).headers)).toBe('2')
  for (const at of [4, 5]) limit.spend('a', at)
  expect(limit.spend('b', 6).accepted).toBe(false)
  limit.change({ windowMs: 10 })
  expect([7, 8, 9, 10, 21].map((at) => limit.spend('b', at).accepted)).toEqual([true, true, true, false, true])
})

test('refusing all refuses with room in the window and tells of none; after it the window is as it would be', () => {
  const limit = createRequestLimit({ ...rules, plan: 3 }, 'key')
  limit.change({ refuseAll: true })
  const refused = limit.spend('a', 0)
  expect([refused.accepted, remainingOf(refused.headers)]).toEqual([false, '0'])
  limit.change({ refuseAll: false })
  expect(remainingOf(limit.spend('a', 1).headers)).toBe('1')
})

test('windows of many keys do not pile up, and the newest are kept', () => {
  const limit = createRequestLimit({ ...rules, plan: 1 }, 'key')
  for (let index = 0; index < 5000; index += 1) limit.spend(`key-${index}`, 0)
  expect(limit.spend('key-4999', 1).accepted).toBe(false)
  expect(limit.spend('key-0', 1).accepted).toBe(true)
})
