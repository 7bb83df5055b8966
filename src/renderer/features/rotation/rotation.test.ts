import { describe, expect, test } from 'vitest'
import { limits } from '../../../shared/limits.ts'
import { defaultRotationPolicy } from '../../../shared/model/defaults.ts'
import {
  listSteps,
  type Rotation,
  RotationEnd,
  RotationLine,
  type RotationRecord,
  type RotationStep,
  rotationSteps,
} from '../../../shared/model/rotation.ts'
import type { WaitingCall } from '../../../shared/model/waiting.ts'
import { listDueEnvironments } from '../../store/rotate-due.ts'
import { describeAge, sharedLimit, toneOfAge } from './age-text.ts'
import { countPolicyChanges, findPolicyFaults, policyDraftOf, policyInputOf } from './policy-draft.ts'
import { confirmationOf, describeUse, isEndable } from './revoke-text.ts'
import {
  describeCancel,
  describeEvidence,
  describeLine,
  describeOutcome,
  describePlan,
  describeProof,
  describeStage,
  describeWait,
  formatStepTime,
  listProbes,
  measureStep,
  nameStep,
} from './step-text.ts'
import { binTraffic } from './traffic.ts'

const startMs = new Date(2026, 2, 17, 14, 29, 41).getTime()

function line(afterMs: number, step: RotationStep, what: RotationLine['what'], detail = ''): RotationLine {
  return { atMs: startMs + afterMs, step, what, detail }
}

function rotation(over: Partial<Rotation> = {}): Rotation {
  return {
    id: 'r1',
    kind: 'rotate',
    batchId: null,
    environmentId: 'prod',
    environmentName: 'Prod',
    issuer: 'dashboard',
    step: 'obtain',
    end: null,
    wish: null,
    oldKey: { id: 'old', label: 'main', mask: 'jsk_live_…x7Qp', fingerprint: '7f3a90c2e41b' },
    newKey: null,
    newIssuerKeyId: null,
    createsAsked: 0,
    overlapMs: 60_000,
    stillAliveAfterMs: 600_000,
    startedAtMs: startMs,
    provenAtMs: null,
    switchedAtMs: null,
    drainedAtMs: null,
    revokeAskedAtMs: null,
    revokedAtMs: null,
    deadAtMs: null,
    endedAtMs: null,
    oldLastUsedAtMs: null,
    lateCalls: 0,
    retriedCalls: 0,
    failedCalls: 0,
    proof: {
      signature: null,
      refusedAtMs: [],
      alive: 0,
      unlike: 0,
      unknown: 0,
      lastAliveAtMs: null,
      stillAlive: false,
    },
    problem: null,
    leftBehind: [],
    lines: [line(0, 'prepare', 'started'), line(100, 'prepare', 'resumed')],
    waitsFor: 'new-key',
    hint: null,
    watching: true,
    inFlight: 0,
    nextAtMs: null,
    actions: [],
    ...over,
  }
}

const newKey = { id: 'new', label: 'main 2', mask: 'jsk_live_…m4Vd', fingerprint: 'c0ffee123456' }
const sentence = /^[“A-Z].*[.]$/

describe('the words of the stepper', () => {
  test.each(rotationSteps)('%s has a name and says what it will do, in both ways', (step) => {
    expect(nameStep(step, 'rotate')).toMatch(/^[A-Z][a-z ]+$/)
    for (const issuer of ['automatic', 'dashboard'] as const) {
      expect(describePlan(step, rotation({ issuer }), 'Secret Service')).toMatch(sentence)
    }
  })

  test('every line of a journal is a sentence or is left out', () => {
    for (const what of RotationLine.shape.what.options) {
      for (const detail of ['', '3']) {
        const text = describeLine(line(0, 'prepare', what, detail), rotation({ newKey }), 'Secret Service')
        if (text !== null) expect(text, what).toMatch(sentence)
        expect(text ?? '').not.toMatch(/undefined|null|NaN/)
      }
    }
  })

  test('every end is told, and none before it', () => {
    expect(describeOutcome(rotation())).toBeNull()
    for (const end of RotationEnd.options) {
      const text = describeOutcome(rotation({ end, endedAtMs: startMs + 372_000, deadAtMs: startMs + 371_000 }))
      expect(text?.title, end).toBeTruthy()
      expect(text?.detail, end).toMatch(sentence)
    }
  })

  test('a key that was kept, and a rotation that panic overtook, are told as such', () => {
    for (const end of ['cancelled', 'went-back'] as const) {
      const kept = describeOutcome(rotation({ kind: 'revoke', end, endedAtMs: startMs }))
      expect(kept?.title, end).toMatch(/ is kept$/)
      expect(kept?.detail, end).not.toContain('old key')
    }
    const overtaken = rotation({ end: 'unproven', lines: [line(0, 'drain', 'ended', 'panic')] })
    expect(describeOutcome(overtaken)?.detail).toContain('goes on asking')
  })

  test('a death is claimed only by the end that means one', () => {
    const claims = RotationEnd.options.filter((end) =>
      /dead at|is dead/.test(JSON.stringify(describeOutcome(rotation({ end, deadAtMs: startMs })))),
    )
    expect(claims).toEqual(['done'])
  })

  test('cancelling says what it leaves behind', () => {
    expect(describeCancel(rotation())).toContain('nothing is left behind')
    expect(describeCancel(rotation({ issuer: 'automatic', createsAsked: 1 }))).toContain('ended at the issuer again')
    expect(describeCancel(rotation({ newKey }))).toContain('jsk_live_…m4Vd stays in Keys')
  })

  test('waiting has a cause, and a time where one is planned', () => {
    const nextAtMs = startMs + 16_000
    expect(describeWait(rotation({ waitsFor: null }), startMs)).toBeNull()
    expect(describeWait(rotation({ waitsFor: 'issuer', nextAtMs }), startMs)).toBe(
      'Waits for the issuer. Next try in 16 s.',
    )
    expect(describeWait(rotation({ waitsFor: 'calls', inFlight: 3 }), startMs)).toContain('3 calls')
    const proof: WaitingCall = {
      ticket: 'proof',
      environmentId: rotation().environmentId,
      operation: 'listLabels',
      method: 'GET',
      path: '/labels',
      priority: 'proof',
      cause: 'pacing',
      sinceMs: startMs,
      untilMs: startMs + 12_000,
    }
    const waitingFor = (call: WaitingCall) =>
      describeWait(rotation({ waitsFor: 'service' }), startMs, { calls: [call], total: 1, held: [], heldAll: false })
    expect(waitingFor(proof)).toBe('Its call to the service waits: next slot in 12 s.')
    expect(waitingFor({ ...proof, environmentId: 'another' })).toBe('Waits for the service.')
    expect(waitingFor({ ...proof, priority: 'person' })).toBe('Waits for the service.')
    expect(describeStage(rotation({ waitsFor: 'revoke' }))).toContain('Your turn')
  })

  test('answers are told together once the step is over, and apart while it is at work', () => {
    const lines = [
      line(0, 'prepare', 'started'),
      line(1000, 'revoke', 'started'),
      line(2000, 'revoke', 'page-opened'),
      line(5000, 'prove-dead', 'alive'),
      line(7000, 'prove-dead', 'refusal'),
      line(8000, 'prove-dead', 'refusal'),
      line(9000, 'prove-dead', 'refusal'),
    ]
    const proof = { ...rotation().proof, refusedAtMs: [1, 2, 3], alive: 2, lastAliveAtMs: startMs + 6000 }
    const record = rotation({ step: 'prove-dead', lines, proof })
    const views = listSteps(record)
    const evidenceOf = (step: RotationStep) => {
      const view = views.find((each) => each.step === step)
      return view === undefined ? '' : describeEvidence(view, record, 'Secret Service')
    }
    expect(evidenceOf('revoke')).toBe('The API Keys page was opened at 14:29:43, for you to revoke it there.')
    expect(evidenceOf('prove-dead')).toBe('')
    expect(listProbes(record, 2).map(({ what }) => what)).toEqual(['refusal', 'refusal'])
    expect(describeProof(record)).toBe('refused 3 of 3')
    const ended: RotationRecord = { ...record, end: 'done', endedAtMs: startMs + 9500 }
    const proven = listSteps(ended).find(({ step }) => step === 'prove-dead')
    expect(proven === undefined ? '' : describeEvidence(proven, ended, '')).toBe(
      'It was alive 2 times, last at 14:29:47. Refused at 14:29:48, 14:29:49 and 14:29:50.',
    )
  })
})

test('trouble is told by what had it', () => {
  const text = describeLine(line(0, 'store', 'problem', 'KEYCHAIN locked'), rotation(), '')
  expect(text).toBe('Trouble with the keychain (locked) at 14:29:41.')
})

describe('the time of a step', () => {
  test.each([
    [40, '< 0.1 s'],
    [4400, '4.4 s'],
    [45_000, '45 s'],
    [59_700, '1 min'],
    [341_000, '5 min 41 s'],
    [7_500_000, '2 h 5 min'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatStepTime(ms)).toBe(text)
  })

  test('runs while the step does, and stands when it is over', () => {
    const [prepare, obtain, store] = listSteps(rotation())
    expect(prepare === undefined ? null : measureStep(prepare, startMs + 9000)).toBe(100)
    expect(obtain === undefined ? null : measureStep(obtain, startMs + 9100)).toBe(9000)
    expect(store === undefined ? 0 : measureStep(store, startMs + 9000)).toBeNull()
  })
})

describe('traffic by key', () => {
  test('counts what is drawn and nothing else', () => {
    const running = rotation({ newKey, switchedAtMs: startMs + 60_000 })
    const traffic = binTraffic(
      [
        { id: 1, startedAtMs: startMs - 1000, keyId: 'old', source: 'Inbox' },
        { id: 2, startedAtMs: startMs + 59_000, keyId: 'old', source: 'Inbox' },
        { id: 3, startedAtMs: startMs + 61_000, keyId: 'new', source: 'Inbox' },
        { id: 4, startedAtMs: startMs + 61_000, keyId: 'another', source: 'Inbox' },
        { id: 5, startedAtMs: startMs + 61_000, keyId: null, source: 'Inbox' },
        { id: 7, startedAtMs: startMs + 61_000, keyId: 'old', source: 'Probe' },
        { id: 6, startedAtMs: startMs - 3_600_000, keyId: 'old', source: 'Inbox' },
      ],
      running,
      startMs + 120_000,
    )
    const sum = (values: readonly number[]) => values.reduce((all, each) => all + each, 0)
    expect([sum(traffic.old), sum(traffic.new), traffic.total]).toEqual([2, 1, 3])
    expect(traffic.fromMs).toBeLessThanOrEqual(startMs - 30_000)
  })

  test.each([1000, 60_000, 600_000, 86_400_000, 30 * 86_400_000])('%d ms fit into a chart', (ms) => {
    expect(binTraffic([], rotation(), startMs + ms).old.length).toBeLessThanOrEqual(46)
  })
})

describe('age', () => {
  const policy = { warnDays: 60, overdueDays: 90 }

  test('turns at the days of the policy', () => {
    expect([59, 60, 89, 90].map((days) => toneOfAge(days, policy))).toEqual(['fresh', 'aging', 'aging', 'overdue'])
    expect(sharedLimit([policy, policy])).toBe(90)
    expect(sharedLimit([policy, { warnDays: 1, overdueDays: 2 }])).toBeNull()
    expect(sharedLimit([])).toBeNull()
  })

  test('is told with the day on which it matters', () => {
    const about = (ageDays: number) =>
      describeAge('Prod main', { keyId: 'a', ageDays, ...policy, state: 'aging' }, startMs).detail
    expect(about(87)).toContain('overdue on Friday')
    expect(about(89)).toContain('overdue tomorrow')
    expect(about(70)).toContain('on 6 April')
    expect(about(118)).toContain('it is overdue')
  })
})

describe('rotating every due key', () => {
  const environment = (id: string, activeKeyId: string | null) => ({
    id,
    name: id,
    kind: 'remote' as const,
    mark: 'blue' as const,
    baseUrl: 'https://api.jasni.ai/api/v1',
    plan: { kind: 'free' as const, perMinute: 100 },
    rateGroup: null,
    protected: false,
    position: 0,
    activeKeyId,
  })
  const age = (keyId: string, ageDays: number) => ({
    keyId,
    ageDays,
    warnDays: 60,
    overdueDays: 90,
    state: 'aging' as const,
  })
  const environments = [environment('young', 'a'), environment('old', 'b'), environment('older', 'c')]

  test('takes the keys in use that are older than 60 days, the oldest first', () => {
    const ages = [age('a', 60), age('b', 61), age('c', 118), age('spare', 400)]
    expect(listDueEnvironments(ages, [...environments, environment('empty', null)], {}).map(({ id }) => id)).toEqual([
      'older',
      'old',
    ])
  })

  test('leaves an environment whose key is being rotated', () => {
    const ages = [age('b', 61), age('c', 118)]
    const running = rotation({ environmentId: 'older', end: null })
    expect(listDueEnvironments(ages, environments, { [running.id]: running }).map(({ id }) => id)).toEqual(['old'])
  })
})

describe('what is asked before a revocation', () => {
  test('names the use of the last day', () => {
    const plan = {
      keyId: 'a',
      issuer: 'dashboard' as const,
      inUse: true,
      today: 0,
      yesterday: 0,
      todayBySource: [],
      lastUsedAtMs: null,
      inFlight: 0,
      confirmation: null,
    }
    expect(describeUse(plan)).toContain('Nothing used it')
    expect(describeUse({ ...plan, today: 1204, yesterday: 3, inFlight: 2 })).toBe(
      '1,204 calls today, 3 yesterday. 2 calls in flight now.',
    )
  })

  test('panic asks for the name of the environment, or for the words that mean all', () => {
    expect(confirmationOf(null)).toBe('revoke all keys')
    expect(isEndable({ state: 'dead' })).toBe(false)
    expect(isEndable({ state: 'retiring' })).toBe(true)
  })
})

describe('the draft of a policy', () => {
  const saved = policyDraftOf(defaultRotationPolicy)

  test('gives back what was saved', () => {
    expect(policyInputOf(saved)).toEqual(defaultRotationPolicy)
    expect(countPolicyChanges(saved, saved)).toBe(0)
  })

  test('counts only what counts for the issuer that is chosen', () => {
    expect(countPolicyChanges({ ...saved, createUrl: 'https://x.example' }, saved)).toBe(0)
    expect(countPolicyChanges({ ...saved, issuerKind: 'automatic', createUrl: 'https://x.example' }, saved)).toBe(2)
  })

  test('an automatic issuer is saved whole', () => {
    const draft = {
      ...saved,
      issuerKind: 'automatic' as const,
      createUrl: ' https://keys.example/keys?team=a ',
      revokeUrl: 'https://keys.example/keys/{id}',
    }
    expect(findPolicyFaults(draft)).toEqual({})
    expect(policyInputOf(draft)?.issuer).toEqual({
      kind: 'automatic',
      createMethod: 'POST',
      createUrl: 'https://keys.example/keys?team=a',
      keyPath: 'data.key',
      idPath: 'data.id',
      revokeMethod: 'DELETE',
      revokeUrl: 'https://keys.example/keys/{id}',
    })
  })

  test.each([
    [{ warnDays: '91' }, 'age'],
    [{ warnDays: '' }, 'age'],
    [{ overdueDays: '1.5' }, 'age'],
    [{ overdueDays: String(limits.ageDaysMax + 1) }, 'age'],
    [{ overlapSeconds: '3601' }, 'overlap'],
    [{ stillAliveMinutes: '0' }, 'stillAlive'],
    [{ pageUrl: 'http://keys.example' }, 'pageUrl'],
    [{ issuerKind: 'automatic', createUrl: 'nowhere' }, 'createUrl'],
    [{ issuerKind: 'automatic', createUrl: 'https://a.example', keyPath: 'data[key]' }, 'paths'],
    [{ issuerKind: 'automatic', createUrl: 'https://a.example', revokeUrl: 'https://a.example/keys' }, 'revokeUrl'],
    [{ issuerKind: 'automatic', createUrl: 'https://a.example', revokeUrl: 'https://b.example/{id}' }, 'revokeUrl'],
  ] as const)('%j is refused with a sentence', (part, place) => {
    const draft = { ...saved, ...part }
    expect(findPolicyFaults(draft)[place]).toMatch(/\.$/)
    expect(policyInputOf(draft)).toBeNull()
  })
})
