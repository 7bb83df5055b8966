import { expect, test } from 'vitest'
import { initialState } from '../../store/state.ts'
import { firstRunName, isFirstRun } from './first-run-rule.ts'

const plan = { kind: 'free', perMinute: 100 } as const
const sandbox = {
  id: 'sandbox',
  kind: 'sandbox',
  name: 'Sandbox',
  mark: 'neutral',
  baseUrl: 'http://127.0.0.1:4810/api/v1',
  plan,
  rateGroup: null,
  protected: false,
  position: 0,
  activeKeyId: 'a',
} as const
const dev = { ...sandbox, id: 'dev', kind: 'remote', name: 'Dev', activeKeyId: null } as const
const own = {
  id: 'a',
  environmentId: 'sandbox',
  label: 'built-in',
  mask: 'jsk_live_…k2Rd',
  fingerprint: '7f3a90c2e41b',
  state: 'active',
  source: 'sandbox',
  addedAtMs: 0,
  lastUsedAtMs: null,
  lastProvenAtMs: null,
} as const
const state = { ...initialState, environments: [sandbox, dev], currentEnvironmentId: 'sandbox', keys: [own] }

test('the card shows in the Sandbox while no other environment has a key', () => {
  expect(isFirstRun(state)).toBe(true)
  expect(isFirstRun({ ...state, keys: [] })).toBe(true)
  expect(isFirstRun({ ...state, keys: [own, { ...own, id: 'b', environmentId: 'dev' }] })).toBe(false)
  expect(isFirstRun({ ...state, currentEnvironmentId: 'dev' })).toBe(false)
})

test('a closed card stays closed', () => {
  expect(isFirstRun({ ...state, settings: { ...state.settings, dismissed: [firstRunName] } })).toBe(false)
})
