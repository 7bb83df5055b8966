import { describe, expect, test } from 'vitest'
import { defaultRatePolicy } from '../../../shared/model/defaults.ts'
import { EnvironmentInput } from '../../../shared/model/environment.ts'
import { RatePolicy } from '../../../shared/model/rate.ts'
import { formatDiagnostics, listDiagnostics } from './diagnostics-text.ts'
import {
  countChanges,
  type EnvironmentDraft,
  findFaults,
  inputOf,
  listRateGroups,
  moveId,
  newDraft,
} from './environment-draft.ts'
import { describeDefault, formatRate, isDefault, rateFields, readRate } from './rate-draft.ts'
import { describeLoss } from './retention.ts'

const good: EnvironmentDraft = { ...newDraft, name: 'Staging', baseUrl: 'https://mail-gw.halden.example/api/v1/' }

describe('environment form', () => {
  test('a good draft has no faults and becomes an input that main accepts', () => {
    expect(findFaults(good, ['Dev'])).toEqual({})
    const input = inputOf(good)
    expect(input).toEqual({
      name: 'Staging',
      mark: 'blue',
      baseUrl: 'https://mail-gw.halden.example/api/v1',
      plan: { kind: 'free', perMinute: 100 },
      rateGroup: null,
      protected: false,
    })
    expect(EnvironmentInput.safeParse(input).success).toBe(true)
  })

  test('each fault has its sentence', () => {
    expect(findFaults({ ...good, name: '  ' }, []).name).toBe('An environment needs a name.')
    expect(findFaults({ ...good, name: 'dev' }, ['Dev']).name).toContain('exists already')
    expect(findFaults({ ...good, name: 'x'.repeat(41) }, []).name).toContain('at most 40')
    expect(findFaults({ ...good, baseUrl: 'http://mail-gw.halden.example' }, []).baseUrl).toBe(
      'Plain http shows the key to the network. Use https, or a loopback address.',
    )
    expect(findFaults({ ...good, planKind: 'enterprise', perMinute: 'many' }, []).perMinute).toContain('1,000,000')
  })

  test.each(['0', '-1', '1.5', '1000001', '', '1e3'])('%s is no limit of an Enterprise plan', (perMinute) => {
    const draft: EnvironmentDraft = { ...good, planKind: 'enterprise', perMinute }
    expect(findFaults(draft, []).perMinute).toBeDefined()
    expect(inputOf(draft)).toBeNull()
  })

  test('an Enterprise limit may be typed with thousands', () => {
    expect(inputOf({ ...good, planKind: 'enterprise', perMinute: '12,000' })?.plan).toEqual({
      kind: 'enterprise',
      perMinute: 12_000,
    })
  })

  test('changes are counted by what is saved', () => {
    expect(countChanges(good, good)).toBe(0)
    expect(countChanges({ ...good, perMinute: '7' }, good)).toBe(0)
    expect(countChanges({ ...good, planKind: 'pro', name: 'X', protected: true }, good)).toBe(3)
  })
})

describe('plan and rate group', () => {
  test('a plan that is learned begins with 100 a minute, whatever was typed before', () => {
    expect(inputOf({ ...good, planKind: 'learn', perMinute: '7' })?.plan).toEqual({ kind: 'learn', perMinute: 100 })
  })

  test('an empty group counts by itself; a name is trimmed and bounded', () => {
    expect(inputOf({ ...good, rateGroup: '  ' })?.rateGroup).toBeNull()
    expect(inputOf({ ...good, rateGroup: ' Halden ' })?.rateGroup).toBe('Halden')
    expect(findFaults({ ...good, rateGroup: 'x'.repeat(41) }, []).rateGroup).toContain('at most 40')
    expect(countChanges({ ...good, rateGroup: 'Halden' }, good)).toBe(1)
  })

  test('groups of other environments are offered once each', () => {
    const environment = (id: string, rateGroup: string | null) => ({
      id,
      kind: 'remote' as const,
      name: id,
      mark: 'blue' as const,
      baseUrl: 'https://api.jasni.ai/api/v1',
      plan: { kind: 'free' as const, perMinute: 100 },
      rateGroup,
      protected: false,
      position: 0,
      activeKeyId: null,
    })
    const all = [
      environment('a', 'Halden'),
      environment('b', 'Halden'),
      environment('c', null),
      environment('d', 'Own'),
    ]
    expect(listRateGroups(all, 'd')).toEqual(['Halden'])
    expect(listRateGroups(all, null)).toEqual(['Halden', 'Own'])
  })
})

describe('rate limits', () => {
  test('what a field shows is read back as the same number, and the schema takes it', () => {
    for (const field of rateFields) {
      const read = readRate(field, formatRate(field, defaultRatePolicy))
      expect(read).toEqual({ ok: true, value: defaultRatePolicy[field.name] })
      expect(isDefault(field, defaultRatePolicy)).toBe(true)
      for (const edge of [field.least, field.most]) {
        const at = readRate(field, String(edge))
        expect(at.ok && RatePolicy.safeParse({ ...defaultRatePolicy, [field.name]: at.value }).success).toBe(true)
      }
      expect(readRate(field, String(field.most + 1)).ok).toBe(false)
    }
  })

  test.each(['', ' ', '-1', '1e3', 'NaN', '0x5', '1.2.3', '1.2345', '99999999', '１'])(
    '%s is no number of any field',
    (text) => {
      for (const field of rateFields) expect(readRate(field, text), field.name).toMatchObject({ ok: false })
    },
  )

  test('seconds may have decimals, counts may not', () => {
    const [attempts, base] = rateFields
    if (attempts === undefined || base === undefined) throw new Error('no fields')
    expect(readRate(base, '0.25')).toEqual({ ok: true, value: 250 })
    expect(readRate(attempts, '2.5')).toEqual({ ok: false, fault: 'Give a whole number from 1 to 10.' })
    expect(readRate(base, 'soon')).toMatchObject({
      fault: 'Give seconds, with three decimals at most, from 0 to 3,600.',
    })
    expect(describeDefault(base)).toBe('Default: 1 s')
    expect(describeDefault(attempts)).toBe('Default: 3')
  })
})

describe('order', () => {
  const ids = ['a', 'b', 'c']

  test('one moves, the rest keep their order', () => {
    expect(moveId(ids, 'a', 1)).toEqual(['b', 'a', 'c'])
    expect(moveId(ids, 'c', -2)).toEqual(['c', 'a', 'b'])
  })

  test('a move beyond the ends changes nothing', () => {
    expect(moveId(ids, 'a', -1)).toBe(ids)
    expect(moveId(ids, 'c', 1)).toBe(ids)
    expect(moveId(ids, 'x', 1)).toBe(ids)
  })
})

test('diagnostics name what a report needs', () => {
  const facts = listDiagnostics(
    { app: '0.1.0', electron: '25', chrome: '114', node: '18', platform: 'linux', sandboxed: false },
    { status: 'ready', backend: '' },
    { running: false, baseUrl: '' },
  )
  const text = formatDiagnostics(facts)
  expect(text.split('\n')).toHaveLength(facts.length)
  expect(text).toContain('Keychain: none')
  expect(text).toContain('Sandbox server: not running')
  expect(text).toContain('Chromium sandbox: off')
})

test.each([
  ['callsMax', 10_000, 'the oldest 2,000 calls'],
  ['callsMax', 12_000, null],
  ['daysMax', 7, 'all calls that are older than 7 days'],
  ['daysMax', 30, null],
  ['fileBytesMax', 128 * 1024 ** 2, 'the oldest calls, as many as are beyond 134 MB'],
  ['fileBytesMax', 512 * 1024 ** 2, null],
  ['bodyBytesMax', 0, null],
] as const)('a shorter log names what goes at once: %s %i', (field, value, loss) => {
  const nowMs = 1_000_000_000_000
  const held = { calls: 12_000, bytes: 200 * 1024 ** 2, oldestAtMs: nowMs - 20 * 86_400_000 }
  expect(describeLoss(held, field, value, nowMs)).toBe(loss)
  expect(describeLoss({ calls: 0, bytes: 0, oldestAtMs: null }, field, value, nowMs)).toBeNull()
})
