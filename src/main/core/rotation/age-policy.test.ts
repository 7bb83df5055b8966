import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KeySummary, KeyUsage } from '../../../shared/model/key.ts'
import { findAllHints, findHints, isReminderDue, judgeAge, judgeAges, startOfTomorrow } from './age-policy.ts'

const dayMs = 86_400_000
const nowMs = Date.UTC(2026, 5, 15, 12)
const policy = { warnDays: 60, overdueDays: 90 }

function makeKey(change: Partial<KeySummary> = {}): KeySummary {
  return {
    id: 'k1',
    environmentId: 'e1',
    label: 'dev-1',
    mask: 'jsk_live_…x7Qp',
    fingerprint: '0123456789ab',
    state: 'active',
    source: 'clipboard',
    addedAtMs: nowMs - dayMs,
    lastUsedAtMs: nowMs,
    lastProvenAtMs: nowMs,
    ...change,
  }
}

function makeUsage(change: Partial<KeyUsage> = {}): KeyUsage {
  return {
    keyId: 'k1',
    today: 0,
    days: Array.from({ length: 30 }, () => 0),
    unauthorized: 0,
    forbidden: 0,
    rateLimited: 0,
    refusedToday: 0,
    todayBySource: [],
    ...change,
  }
}

describe('age', () => {
  test.each([
    [0, 'fresh'],
    [59, 'fresh'],
    [60, 'aging'],
    [89, 'aging'],
    [90, 'overdue'],
    [4000, 'overdue'],
  ] as const)('%i days: %s', (days, state) => {
    expect(judgeAge(makeKey({ addedAtMs: nowMs - days * dayMs }), policy, nowMs)).toMatchObject({
      ageDays: days,
      state,
    })
  })

  test('a clock that was set back makes no key younger than new', () => {
    expect(judgeAge(makeKey({ addedAtMs: nowMs + 5 * dayMs }), policy, nowMs)).toMatchObject({
      ageDays: 0,
      state: 'fresh',
    })
  })

  test('each environment has its own policy, and keys that are gone have no age', () => {
    const keys = [
      makeKey({ addedAtMs: nowMs - 10 * dayMs }),
      makeKey({ id: 'k2', environmentId: 'e2', addedAtMs: nowMs - 10 * dayMs }),
      makeKey({ id: 'k3', state: 'dead', addedAtMs: nowMs - 500 * dayMs }),
    ]
    const ages = judgeAges(keys, (id) => (id === 'e2' ? { warnDays: 1, overdueDays: 5 } : policy), nowMs)
    expect(ages.map(({ keyId, state }) => [keyId, state])).toEqual([
      ['k1', 'fresh'],
      ['k2', 'overdue'],
    ])
  })

  test('older never means better', () => {
    const order = ['fresh', 'aging', 'overdue']
    const days = fc.integer({ min: 0, max: 5000 })
    fc.assert(
      fc.property(days, days, (a, b) => {
        const rank = (age: number) =>
          order.indexOf(judgeAge(makeKey({ addedAtMs: nowMs - age * dayMs }), policy, nowMs).state)
        return a <= b ? rank(a) <= rank(b) : rank(a) >= rank(b)
      }),
    )
  })
})

describe('hints', () => {
  test('a key that nobody used for 30 days', () => {
    const key = makeKey({ addedAtMs: nowMs - 100 * dayMs, lastUsedAtMs: nowMs - 30 * dayMs })
    expect(findHints(key, null, nowMs)).toEqual([{ keyId: 'k1', what: 'unused', count: 30 }])
    expect(findHints(makeKey({ lastUsedAtMs: nowMs - 29 * dayMs }), null, nowMs)).toEqual([])
    expect(findHints(makeKey({ lastUsedAtMs: null, addedAtMs: nowMs - 29 * dayMs }), null, nowMs)).toEqual([])
    expect(findHints(makeKey({ lastUsedAtMs: null, addedAtMs: nowMs - 31 * dayMs }), null, nowMs)).toHaveLength(1)
  })

  test('three times the calls of a usual day', () => {
    const days = [...Array.from({ length: 29 }, (_, day) => (day % 3 === 0 ? 0 : 40)), 120]
    expect(findHints(makeKey(), makeUsage({ days, today: 120 }), nowMs)).toEqual([
      { keyId: 'k1', what: 'surge', count: 3 },
    ])
    expect(findHints(makeKey(), makeUsage({ days: [...days.slice(0, -1), 119], today: 119 }), nowMs)).toEqual([])
  })

  test('a few calls after none are no surge', () => {
    const days = [...Array.from({ length: 29 }, () => 1), 19]
    expect(findHints(makeKey(), makeUsage({ days, today: 19 }), nowMs)).toEqual([])
    expect(
      findHints(makeKey(), makeUsage({ days: [...Array.from({ length: 29 }, () => 0), 90], today: 90 }), nowMs),
    ).toEqual([])
  })

  test('a run of refusals, but not a few among many calls', () => {
    const days = [...Array.from({ length: 29 }, () => 0), 10]
    const refused = makeUsage({ days, today: 10, refusedToday: 5 })
    expect(findHints(makeKey(), refused, nowMs)).toEqual([{ keyId: 'k1', what: 'refusals', count: 5 }])
    const many = makeUsage({ days: [...days.slice(0, -1), 1000], today: 1000, refusedToday: 5 })
    expect(findHints(makeKey(), many, nowMs)).toEqual([])
  })

  test('a run of today after a month without one, but not refusals that lie behind', () => {
    const days = [...Array.from({ length: 29 }, () => 1000), 40]
    expect(findHints(makeKey(), makeUsage({ days, today: 40, refusedToday: 30 }), nowMs)).toMatchObject([
      { what: 'refusals', count: 30 },
    ])
    expect(findHints(makeKey(), makeUsage({ days, today: 40, unauthorized: 9000 }), nowMs)).toEqual([])
  })

  test('a dead key has none', () => {
    const dead = makeKey({ state: 'dead', lastUsedAtMs: null, addedAtMs: 0 })
    expect(findAllHints([dead], [makeUsage({ unauthorized: 50 })], nowMs)).toEqual([])
  })
})

test('a person is told once on each local day', () => {
  expect(isReminderDue(null, nowMs)).toBe(true)
  expect(isReminderDue(nowMs, nowMs + 60_000)).toBe(false)
  expect(isReminderDue(nowMs, nowMs + dayMs)).toBe(true)
  expect(isReminderDue(nowMs + dayMs, nowMs)).toBe(false)
})

test('tomorrow begins with the next local day, also where a day has 23 or 25 hours', () => {
  const hourMs = 3_600_000
  fc.assert(
    fc.property(fc.integer({ min: 1_600_000_000_000, max: 2_000_000_000_000 }), (nowMs) => {
      const tomorrowMs = startOfTomorrow(nowMs)
      expect(tomorrowMs).toBeGreaterThan(nowMs)
      expect(tomorrowMs - nowMs).toBeLessThanOrEqual(25 * hourMs)
      expect(new Date(tomorrowMs).toDateString()).not.toBe(new Date(nowMs).toDateString())
      expect(new Date(tomorrowMs - 1).toDateString()).toBe(new Date(nowMs).toDateString())
    }),
  )
})
