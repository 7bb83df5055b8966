import { describe, expect, test } from 'vitest'
import { EnvironmentInput } from '../../../shared/model/environment.ts'
import { formatDiagnostics, listDiagnostics } from './diagnostics-text.ts'
import { countChanges, type EnvironmentDraft, findFaults, inputOf, moveId, newDraft } from './environment-draft.ts'

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
