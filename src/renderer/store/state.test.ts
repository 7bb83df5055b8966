import { describe, expect, test } from 'vitest'
import type { AppState } from '../../shared/model/app.ts'
import type { CallSummary } from '../../shared/model/call.ts'
import type { Environment } from '../../shared/model/environment.ts'
import type { Headroom } from '../../shared/model/headroom.ts'
import type { KeySummary } from '../../shared/model/key.ts'
import { chooseAccount } from './mail.ts'
import { applyEvent, applyLoaded, initialState, type State } from './state.ts'

function environment(id: string, position: number): Environment {
  return {
    id,
    kind: 'remote',
    name: id,
    mark: 'blue',
    baseUrl: 'https://api.jasni.ai/api/v1',
    plan: { kind: 'free', perMinute: 100 },
    protected: false,
    position,
    rateGroup: null,
    activeKeyId: null,
  }
}

function key(id: string): KeySummary {
  return {
    id,
    environmentId: 'dev',
    label: id,
    mask: 'jsk_live_…x7Qp',
    fingerprint: '7f3a90c2e41b',
    state: 'active',
    source: 'clipboard',
    addedAtMs: 0,
    lastUsedAtMs: null,
    lastProvenAtMs: null,
  }
}

function headroom(environmentId: string, used: number): Headroom {
  return {
    environmentId,
    used,
    limit: 100,
    basis: 'count',
    bins: [],
    windowMs: 60_000,
    nextSlotInMs: null,
    fullInMs: null,
    pausedUntilMs: null,
    waiting: 0,
    told: [],
    atMs: 0,
  }
}

const loaded: AppState = {
  environments: [environment('prod', 1), environment('dev', 0)],
  currentEnvironmentId: 'dev',
  keys: [key('a'), key('b')],
  keychain: { status: 'ready', backend: 'Secret Service' },
  headroom: [headroom('dev', 3), headroom('prod', 0)],
  sandbox: { running: true, baseUrl: 'http://127.0.0.1:4810/api/v1' },
  settings: { ...initialState.settings, theme: 'dark', screen: 'keys' },
  notices: [],
  versions: { app: '1', electron: '1', chrome: '1', node: '1', platform: 'linux', sandboxed: true },
}

const state: State = { ...initialState, ...applyLoaded(loaded) }

describe('the first picture', () => {
  test('opens on the remembered screen with environments in their order', () => {
    expect(state.phase).toEqual({ name: 'ready' })
    expect(state.screen).toBe('keys')
    expect(state.environments.map(({ id }) => id)).toEqual(['dev', 'prod'])
    expect(state.headroom.dev?.used).toBe(3)
  })
})

describe('events', () => {
  test('a removed environment takes its headroom with it', () => {
    const next = applyEvent(state, 'environments.changed', {
      environments: [environment('dev', 0)],
      currentEnvironmentId: 'dev',
    })
    expect(Object.keys(next.headroom ?? {})).toEqual(['dev'])
  })

  test('a switch closes what was half done, a plain change does not', () => {
    const adding = { ...state, addingKeyTo: 'dev' }
    const { environments } = state
    const switched = { environments: [...environments], currentEnvironmentId: 'prod' }
    const stayed = { environments: [...environments], currentEnvironmentId: 'dev' }
    expect(applyEvent(adding, 'environments.changed', switched)).toMatchObject({ addingKeyTo: null })
    expect(applyEvent(adding, 'environments.changed', stayed)).not.toHaveProperty('addingKeyTo')
  })

  test('a deleted key is no longer selected, nor counted as copied', () => {
    const chosen: State = { ...state, selectedKeyId: 'a', copiedKey: { keyId: 'b', clearsAtMs: 1 } }
    expect(applyEvent(chosen, 'keys.changed', [key('b')])).toEqual({ keys: [key('b')], selectedKeyId: null })
    expect(applyEvent(chosen, 'keys.changed', [key('a')])).toEqual({ keys: [key('a')], copiedKey: null })
  })

  test('headroom is replaced for its environment alone', () => {
    const next = applyEvent(state, 'headroom.changed', headroom('prod', 7))
    expect(next.headroom).toMatchObject({ dev: { used: 3 }, prod: { used: 7 } })
  })

  test('a cleared clipboard ends the countdown of its key alone', () => {
    const copied: State = { ...state, copiedKey: { keyId: 'a', clearsAtMs: 1 } }
    expect(applyEvent(copied, 'clipboard.cleared', { keyId: 'b' })).toEqual({})
    expect(applyEvent(copied, 'clipboard.cleared', { keyId: 'a' })).toEqual({ copiedKey: null })
  })
})

describe('the account in force', () => {
  const accounts = [
    { email: 'one@sandbox.test', name: 'One' },
    { email: 'two@sandbox.test', name: 'Two' },
  ]

  test('is the remembered one while it exists, else the first', () => {
    expect(chooseAccount({ status: 'loaded', accounts }, 'two@sandbox.test')).toBe('two@sandbox.test')
    expect(chooseAccount({ status: 'loaded', accounts }, 'gone@sandbox.test')).toBe('one@sandbox.test')
    expect(chooseAccount({ status: 'loaded', accounts }, undefined)).toBe('one@sandbox.test')
  })

  test('is none while none is known', () => {
    expect(chooseAccount(undefined, undefined)).toBeNull()
    expect(chooseAccount(undefined, 'two@sandbox.test')).toBe('two@sandbox.test')
    expect(chooseAccount({ status: 'loading' }, 'two@sandbox.test')).toBe('two@sandbox.test')
    expect(
      chooseAccount({ status: 'failed', error: { kind: 'TIMEOUT', afterMs: 1, callId: null } }, 'two@sandbox.test'),
    ).toBeNull()
    expect(chooseAccount({ status: 'loaded', accounts: [] }, undefined)).toBeNull()
  })
})

test('of calls told together all are known, and the newest is the last one', () => {
  const call = (id: number): CallSummary => ({
    id,
    startedAtMs: 1_700_000_000_000,
    environmentId: 'dev',
    keyId: null,
    operation: 'listLabels',
    method: 'GET',
    path: '/labels',
    status: 200,
    outcome: 'ok',
    attempts: 1,
    waitedMs: 0,
    tookMs: 5,
    source: 'Inbox',
  })
  const batch = [call(7), call(8), call(9)]
  const told = { ...initialState, ...applyEvent(initialState, 'calls.recorded', batch) }
  expect(told.newCalls).toEqual(batch)
  expect(told.lastCall?.id).toBe(9)
  expect(applyEvent(told, 'calls.recorded', []).lastCall?.id).toBe(9)
})
