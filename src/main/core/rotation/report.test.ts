import { expect, test } from 'vitest'
import type { RotationRecord } from '../../../shared/model/rotation.ts'
import { formatReport } from './report.ts'

const atMs = Date.UTC(2026, 4, 4, 10)
const record: RotationRecord = {
  id: 'r1',
  kind: 'rotate',
  batchId: null,
  environmentId: 'e1',
  environmentName: 'Dev',
  issuer: 'automatic',
  step: 'forget',
  end: 'done',
  wish: null,
  oldKey: { id: 'k1', label: 'dev-1', mask: 'jsk_live_…aaaa', fingerprint: '0123456789ab' },
  newKey: { id: 'k2', label: 'dev-2', mask: 'jsk_live_…bbbb', fingerprint: 'ba9876543210' },
  newIssuerKeyId: 'x2',
  createsAsked: 0,
  overlapMs: 60_000,
  stillAliveAfterMs: 600_000,
  startedAtMs: atMs,
  provenAtMs: atMs + 1,
  switchedAtMs: atMs + 2,
  drainedAtMs: atMs + 3,
  revokeAskedAtMs: atMs + 4,
  revokedAtMs: atMs + 5,
  deadAtMs: atMs + 9,
  endedAtMs: atMs + 10,
  oldLastUsedAtMs: atMs + 2,
  lateCalls: 0,
  retriedCalls: 1,
  failedCalls: 0,
  proof: {
    signature: '401 No.',
    refusedAtMs: [atMs + 6, atMs + 7, atMs + 8],
    alive: 2,
    unlike: 0,
    unknown: 0,
    lastAliveAtMs: atMs + 5,
    stillAlive: false,
  },
  problem: null,
  leftBehind: [],
  lines: [{ atMs, step: 'prove-dead', what: 'signature', detail: '401 No.' }],
}

test('the report names what is asked of it', () => {
  const report = formatReport(record, [])
  for (const text of [
    '# Rotation report: Dev',
    '| New key proven | 2026-05-04 10:00:00.001 UTC |',
    '| Switched | 2026-05-04 10:00:00.002 UTC |',
    '| Last use of the old key | 2026-05-04 10:00:00.002 UTC |',
    '| Revoked | 2026-05-04 10:00:00.005 UTC |',
    '| Proven dead | 2026-05-04 10:00:00.009 UTC |',
    '| Failed calls | 0 |',
  ]) {
    expect(report).toContain(text)
  }
})

test('a key is revoked by hand only when somebody said or proved so', () => {
  const byHand = { ...record, issuer: 'dashboard', revokedAtMs: null } as const
  const proven = formatReport(byHand, [])
  expect(proven).toContain('| Revoked | by hand, on the API Keys page |')
  const said = formatReport({ ...byHand, revokedAtMs: atMs, deadAtMs: null, end: null }, [])
  expect(said).toContain('| Revoked | by hand, on the API Keys page |')
  const opened = formatReport({ ...byHand, deadAtMs: null, end: 'unproven' }, [])
  expect(opened).toContain('| Revoked | not known; the page was opened at 2026-05-04 10:00:00.004 UTC |')
  const cancelled = formatReport({ ...byHand, deadAtMs: null, end: 'cancelled', revokeAskedAtMs: null }, [])
  expect(cancelled).toContain('| Revoked | – |')
})

test('no text of a person or a server becomes Markdown, and no key gets in', () => {
  const key = 'jsk_live_AbCdEfGhIjKlMnOpQrStUvWx12345678'
  const hostile = `# x\n| <img src=x> [a](javascript:1) \`b\` ${key}`
  const report = formatReport(
    {
      ...record,
      environmentName: hostile,
      oldKey: { ...record.oldKey, label: hostile },
      leftBehind: [{ what: 'key-kept', detail: hostile }],
      lines: [{ atMs, step: 'prove-dead', what: 'signature', detail: hostile }],
    },
    [],
  )
  expect(report).not.toContain(key)
  expect(report).not.toContain('AbCdEfGh')
  expect(report).not.toMatch(/[^\\]<img/)
  expect(report).not.toMatch(/[^\\]\[a/)
  expect(report.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1)
})

test('the keys of one panic are a table', () => {
  const other = { ...record, id: 'r2', end: null, proof: { ...record.proof, stillAlive: true } }
  const report = formatReport({ ...record, kind: 'revoke', newKey: null }, [record, other])
  expect(report).toContain('# Revocation report')
  expect(report).toContain('Not ended: the old key still answers')
  expect(report).not.toContain('New key proven')
})

test('the outcome fits what was asked for: a spare key that is kept is not gone back to, an overtaken one is asked on', () => {
  const outcomeOf = (changes: Partial<RotationRecord>) =>
    /\| Outcome \| (.*) \|/.exec(formatReport({ ...record, deadAtMs: null, ...changes }, []))?.[1]
  expect(outcomeOf({ kind: 'revoke', newKey: null, end: 'cancelled' })).toBe('Kept: the key was not revoked')
  expect(outcomeOf({ kind: 'revoke', newKey: null, end: 'went-back' })).toBe('Kept: the key was not revoked')
  expect(outcomeOf({ end: 'went-back' })).toBe('Went back: the old key is in use again')
  const lines = [{ atMs, step: 'drain', what: 'ended', detail: 'panic' } as const]
  expect(outcomeOf({ end: 'unproven', lines })).toBe('Overtaken by the revocation of all keys, which goes on asking')
  expect(outcomeOf({ end: 'cancelled', lines })).toBe('Overtaken by the revocation of all keys before the switch')
})

test('without another key, a refusal that was learned only after the revocation is not called one of before', () => {
  const alone = [...record.lines, { atMs: atMs + 8, step: 'prove-dead', what: 'control', detail: 'none' } as const]
  expect(formatReport({ ...record, lines: alone }, [])).toContain('as a made-up one was, before and after')
  const late = alone.map((line) => ({ ...line, atMs: atMs + 7 }))
  expect(formatReport({ ...record, lines: late }, [])).toContain('as a made-up one was, after its revocation')
})
