import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Alarm, AlarmChoices } from '../../../shared/model/alarm.ts'
import type { CallSummary } from '../../../shared/model/call.ts'
import { defaultAlarmChoices } from '../../../shared/model/defaults.ts'
import type { KeyState, KeySummary } from '../../../shared/model/key.ts'
import type { KeyHour } from '../ports.ts'
import { createAlarms } from './alarms.ts'
import { forbiddenMin } from './forbidden-wave.ts'
import { refusalsInARow } from './refusal-run.ts'
import { surgeCallsMin } from './surge.ts'

const hourMs = 3_600_000
const startMs = 500_000 * hourMs

function createRun(options: { earlier?: readonly KeyHour[]; proven?: boolean; choices?: Partial<AlarmChoices> } = {}) {
  const clock = { at: startMs, nowMs: () => clock.at, monotonicMs: () => clock.at, sleep: async () => {} }
  const raised: Alarm[] = []
  const told: (readonly Alarm[])[] = []
  const states = new Map<string, KeyState>()
  const gone = new Set<string>()
  let ids = 0
  const alarms = createAlarms({
    clock,
    random: {
      id() {
        ids += 1
        return `alarm-${ids}`
      },
    },
    choices: () => ({ ...defaultAlarmChoices, ...options.choices }),
    key: (id): KeySummary | null =>
      gone.has(id)
        ? null
        : {
            id,
            environmentId: 'dev',
            label: id,
            mask: 'jsk_live_…x7Qp',
            fingerprint: 'ab',
            state: states.get(id) ?? 'active',
            source: 'clipboard',
            addedAtMs: 0,
            lastUsedAtMs: null,
            lastProvenAtMs: options.proven === false ? null : 1,
          },
    earlier: options.earlier ?? [],
    onChange: (all) => void told.push(all),
    onRaised: (alarm) => void raised.push(alarm),
  })
  const call = (status: number | null, keyId: string | null = 'a'): CallSummary => ({
    id: 1,
    startedAtMs: clock.at,
    environmentId: 'dev',
    keyId,
    operation: 'listLabels',
    method: 'GET',
    path: '/labels',
    status,
    outcome: status === 200 ? 'ok' : 'NETWORK',
    attempts: 1,
    waitedMs: 0,
    tookMs: 1,
    source: 'Inbox',
  })
  const send = (...statuses: (number | null)[]) => {
    for (const status of statuses) alarms.note(call(status))
  }
  return { alarms, clock, raised, told, states, gone, call, send }
}

const times = (count: number, status: number) => Array.from({ length: count }, () => status)

describe('a key that worked is refused', () => {
  test('the third 401 in a row raises one alarm with its numbers, and the fourth no other', () => {
    const { alarms, raised, send } = createRun()
    send(401, 401)
    expect(raised).toEqual([])
    send(401, 401, 401)
    expect(raised).toMatchObject([{ what: 'refused-key', keyId: 'a', count: 3, overAtMs: null }])
    expect(alarms.list()).toHaveLength(1)
  })

  test('answers that tell nothing of the key neither break the row nor lengthen it', () => {
    const { raised, send } = createRun()
    send(401, 429, 401, 503, null, 408)
    expect(raised).toEqual([])
    send(401)
    expect(raised).toHaveLength(1)
  })

  test('an answer that proves the key begins the row anew; 403 is one (rates and probes, rule 8)', () => {
    const { raised, send } = createRun()
    send(401, 401, 200, 401, 401, 403, 401, 401)
    expect(raised).toEqual([])
  })

  test('a key that never worked raises none until it did', () => {
    const { raised, send } = createRun({ proven: false })
    send(...times(6, 401))
    expect(raised).toEqual([])
    send(200, 401, 401, 401)
    expect(raised).toHaveLength(1)
  })

  test('it ends by itself and stays on the list until it is dismissed', () => {
    const { alarms, clock, send } = createRun()
    send(401, 401, 401)
    expect(alarms.sweep()).toBe(true)
    clock.at += 1000
    send(200)
    expect(alarms.list()).toMatchObject([{ overAtMs: clock.at }])
    expect(alarms.sweep()).toBe(false)
    alarms.dismiss(alarms.list()[0]?.id ?? '')
    expect(alarms.list()).toEqual([])
  })

  test('dismissed while it holds, it does not come again before it was over', () => {
    const { alarms, raised, send } = createRun()
    send(401, 401, 401)
    alarms.dismiss(alarms.list()[0]?.id ?? '')
    send(401, 401)
    expect(alarms.list()).toEqual([])
    send(200, 401, 401, 401)
    expect(raised).toHaveLength(2)
    expect(alarms.list()).toHaveLength(1)
  })

  test.each(['retiring', 'revoking', 'dead'] as const)('a key that is %s is refused on purpose', (state) => {
    const { raised, states, send, alarms } = createRun()
    states.set('a', state)
    send(...times(10, 401))
    expect(raised).toEqual([])
    states.set('a', 'active')
    send(401, 401, 401)
    expect(raised).toHaveLength(1)
    states.set('a', state)
    alarms.sweep()
    expect(alarms.list()).toMatchObject([{ overAtMs: expect.any(Number) }])
  })

  test('a deleted key ends its alarm, and a made-up key has none', () => {
    const { alarms, raised, gone, call, send } = createRun()
    for (let index = 0; index < 5; index += 1) alarms.note(call(401, null))
    expect(raised).toEqual([])
    send(401, 401, 401)
    gone.add('a')
    expect(alarms.sweep()).toBe(false)
  })
})

describe('a wave of 403', () => {
  test('is at least five in a minute and half of the answers, and is over after a minute without any', () => {
    const { alarms, clock, raised, send } = createRun()
    send(200, ...times(forbiddenMin, 403))
    expect(raised).toMatchObject([{ what: 'forbidden-wave', count: forbiddenMin, against: forbiddenMin + 1 }])
    clock.at += 59_000
    expect(alarms.sweep()).toBe(true)
    clock.at += 1001
    expect(alarms.sweep()).toBe(false)
    expect(alarms.list()).toMatchObject([{ overAtMs: clock.at }])
  })

  test('a few among many are none, nor are many over many minutes', () => {
    const { clock, raised, send } = createRun()
    send(...times(20, 200), ...times(forbiddenMin, 403))
    for (let index = 0; index < 20; index += 1) {
      clock.at += 61_000
      send(403)
    }
    expect(raised).toEqual([])
  })
})

describe('three times the usual hour', () => {
  const usual = (calls: number): KeyHour[] =>
    [5, 9, 30].map((back) => ({ keyId: 'a', hour: startMs / hourMs - back, calls }))

  test('raises with both numbers, once, and is over below twice the usual', () => {
    const { alarms, clock, raised, send } = createRun({ earlier: usual(40) })
    send(...times(119, 200))
    expect(raised).toEqual([])
    send(...times(30, 200))
    expect(raised).toMatchObject([{ what: 'surge', count: 120, against: 40 }])
    clock.at += hourMs - 1000
    expect(alarms.sweep()).toBe(true)
    clock.at += 2000
    expect(alarms.sweep()).toBe(false)
  })

  test('nothing is usual before three hours are known, nor is a handful of calls a surge', () => {
    const few = createRun({ earlier: usual(10).slice(1) })
    few.send(...times(500, 200))
    expect(few.raised).toEqual([])
    const small = createRun({ earlier: usual(2) })
    small.send(...times(surgeCallsMin - 1, 200))
    expect(small.raised).toEqual([])
  })

  test('a clock that jumps a day raises none', () => {
    const { clock, raised, send } = createRun({ earlier: usual(40) })
    send(...times(100, 200))
    clock.at += 24 * hourMs
    send(...times(100, 200))
    expect(raised).toEqual([])
  })
})

test('what was switched off raises nothing', () => {
  const { raised, send } = createRun({ choices: { refusedKey: false, forbiddenWave: false } })
  send(...times(20, 401), ...times(40, 403))
  expect(raised).toEqual([])
})

test('dismissing what is not there changes nothing', () => {
  const { alarms, told } = createRun()
  alarms.dismiss('none')
  expect(told).toEqual([])
})

test('whatever comes, one alarm of a kind holds for a key, each one met its condition, and the list is bounded', () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('send' as const),
      status: fc.constantFrom(200, 401, 403, 429, 500, null),
      key: fc.nat(3),
    }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 30_000, 61_000, hourMs) }),
    fc.record({ do: fc.constant('dismiss' as const), place: fc.nat(4) }),
    fc.constant({ do: 'sweep' as const }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const { alarms, clock, raised, call } = createRun()
      const runs = new Map<string, number>()
      for (const next of steps) {
        const before = raised.length
        if (next.do === 'wait') clock.at += next.ms
        if (next.do === 'sweep') alarms.sweep()
        if (next.do === 'dismiss') alarms.dismiss(alarms.list()[next.place]?.id ?? '')
        if (next.do === 'send') {
          const key = `key-${next.key}`
          alarms.note(call(next.status, key))
          if (next.status === 401) runs.set(key, (runs.get(key) ?? 0) + 1)
          if (next.status === 200 || next.status === 403) runs.set(key, 0)
          for (const alarm of raised.slice(before)) {
            if (alarm.what === 'refused-key') expect(runs.get(alarm.keyId)).toBeGreaterThanOrEqual(refusalsInARow)
            if (alarm.what === 'forbidden-wave') expect(alarm.count).toBeGreaterThanOrEqual(forbiddenMin)
          }
        }
        const open = alarms.list().filter(({ overAtMs }) => overAtMs === null)
        expect(new Set(open.map(({ what, keyId }) => `${what} ${keyId}`)).size).toBe(open.length)
        expect(alarms.list().length).toBeLessThanOrEqual(50)
      }
    }),
  )
})
