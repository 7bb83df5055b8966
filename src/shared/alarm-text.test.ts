import { expect, test } from 'vitest'
import { describeAlarm, describeFull, describeReminder, describeWarning, filterForAlarm } from './alarm-text.ts'
import { parseFilter } from './filter/parser.ts'
import type { Alarm } from './model/alarm.ts'
import type { KeySummary } from './model/key.ts'

const alarm: Alarm = {
  id: 'a',
  what: 'surge',
  environmentId: 'dev',
  keyId: 'key-1',
  raisedAtMs: 1,
  count: 1200,
  against: 300,
  overAtMs: null,
}
const names = { environmentName: 'Dev', keyLabel: 'agent-main' }

test('each alarm says its numbers and whose they are', () => {
  expect(describeAlarm(alarm, names)).toEqual({
    title: 'Dev agent-main is used far more than usual',
    detail: '1,200 calls in an hour, 4.0 times its usual 300.',
  })
  expect(describeAlarm({ ...alarm, what: 'refused-key', count: 3, against: null }, names).detail).toContain('last 3')
  expect(describeAlarm({ ...alarm, what: 'forbidden-wave', count: 5, against: 6 }, names).detail).toContain('5 of 6')
})

test('the filter finds the calls that raised it', () => {
  expect(filterForAlarm({ ...alarm, what: 'refused-key' }, 'x7Qp')).toBe('key:x7Qp status:401')
  expect(filterForAlarm({ ...alarm, what: 'forbidden-wave' }, 'x7Qp')).toBe('key:x7Qp status:403')
})

test('each filter is one that Requests understands', () => {
  for (const what of ['refused-key', 'forbidden-wave', 'surge'] as const) {
    for (const tail of ['x7Qp', 'a-_9', '…x"', '']) {
      const text = filterForAlarm({ ...alarm, what }, tail)
      expect(parseFilter(text).ok, text).toBe(true)
    }
  }
})

test('a window with room again is not told of', () => {
  const warning = { environmentId: 'dev', left: 19, limit: 100 }
  expect(describeWarning({ ...warning, level: 'none' }, 'Dev')).toBeNull()
  expect(describeWarning({ ...warning, level: 'low' }, 'Dev')?.title).toBe('Dev has 19 of 100 requests left')
  expect(describeWarning({ ...warning, level: 'full', left: 0 }, 'Dev')?.title).toContain('no request left')
  // The note stays until there is room, and must not say that nothing is left when something is.
  expect(describeFull({ ...warning, level: 'full', left: 0 }, 0, 'Dev')?.title).toContain('no request left')
  expect(describeFull({ ...warning, level: 'full', left: 0 }, 1, 'Dev')?.title).toContain('a few requests left')
})

test('due keys are told of by name, the overdue ones first, and none is told of without one', () => {
  const key = (label: string): KeySummary => ({
    id: label,
    environmentId: 'dev',
    label,
    mask: 'jsk_live_…x7Qp',
    fingerprint: '0123456789ab',
    state: 'active',
    source: 'clipboard',
    addedAtMs: 0,
    lastUsedAtMs: null,
    lastProvenAtMs: null,
  })
  expect(describeReminder({ aging: [], overdue: [] })).toBeNull()
  expect(describeReminder({ aging: [key('dev-1')], overdue: [] })?.title).toBe('dev-1 is due for rotation soon')
  const many = { aging: ['a', 'b'].map(key), overdue: ['x', 'y'].map(key) }
  expect(describeReminder(many)).toEqual({
    title: '4 keys are due for rotation',
    detail: 'x, y, a and 1 more. Rotate in Keys; calls go on meanwhile.',
  })
})
