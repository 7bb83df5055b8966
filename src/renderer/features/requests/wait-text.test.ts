import { describe, expect, test } from 'vitest'
import { type CallDetail, StopReason, type Wait, WaitCause } from '../../../shared/model/call.ts'
import { auditWait, fillFormula, formatShort, labelWait, tellStop, tellWait } from './wait-text.ts'

const waitOf = (change: Partial<Wait>): Wait => ({
  cause: 'retry-after',
  beforeAttempt: 1,
  startedAtMs: 1000,
  tookMs: 12_310,
  plannedMs: 12_310,
  ...change,
})

const timings = { dnsMs: null, tlsMs: null, connectMs: null, firstByteMs: null, bodyMs: null }
const attempt: CallDetail['attempts'][number] = {
  startedAtMs: 1000,
  tookMs: 40,
  status: 403,
  outcome: 'FORBIDDEN',
  timings,
  requestHeaders: [],
  responseHeaders: [],
  responseBytes: 0,
}

describe('waits in words', () => {
  test('a computed wait fills its formula', () => {
    const wait = waitOf({ cause: 'full-jitter', tookMs: 840, baseMs: 1000, capMs: 20_000, exponent: 1, draw: 0.42 })
    expect(fillFormula(wait)).toBe('U(0, min(20 s, 1 s · 2^1)) drew 0.42 → 840 ms')
    expect(labelWait(wait)).toBe('full jitter 840 ms of 2 s')
    expect(fillFormula({ ...wait, exponent: 10, draw: 0.5 })).toBe('U(0, min(20 s, 1 s · 2^10)) drew 0.5 → 10 s')
    expect(fillFormula(waitOf({}))).toBeNull()
  })

  test('a wait that the server asked for names its header as it came, and the jitter that was added', () => {
    const wait = waitOf({ toldMs: 12_000, addedMs: 310, header: ['Retry-After', '12'] })
    expect(labelWait(wait)).toBe('Retry-After 12 s, jitter +310 ms')
    const { title, header, facts } = tellWait(wait)
    expect(title).toBe('Waited 12.31 s: the server said so')
    expect(header).toBe('Retry-After: 12')
    expect(facts).toEqual([
      ['Told', '12 s'],
      ['Jitter', '+310 ms, only added, 1 s at most'],
    ])
  })

  test('pacing tells how full the window was', () => {
    const wait = waitOf({ cause: 'pacing', tookMs: 400, plannedMs: null, used: 1000, limit: 1000 })
    expect(labelWait(wait)).toBe('pacing 400 ms, 1,000 of 1,000')
    expect(tellWait(wait).sentence).toMatch(/^1,000 of 1,000 requests were in the window/)
  })

  test('every cause and every reason has its words', () => {
    for (const cause of WaitCause.options) {
      const { title, sentence } = tellWait(waitOf({ cause }))
      for (const text of [title, sentence, labelWait(waitOf({ cause }))]) expect(text.length).toBeGreaterThan(5)
    }
    for (const stop of StopReason.options) expect(tellStop(stop, { attempts: [attempt] })).toMatch(/\.$/)
    expect(tellStop('final', { attempts: [attempt] })).toMatch(/^A 403 is final/)
  })

  test('durations carry no digit that says nothing', () => {
    expect([840, 1000, 1700, 12_310, 300_000].map(formatShort)).toEqual(['840 ms', '1 s', '1.7 s', '12.31 s', '5 min'])
  })
})

describe('rule 1, never earlier than told: the audit of a wait', () => {
  const audit = (waits: readonly Wait[], attempts = 2, index = 0) =>
    auditWait({ waits: [...waits], attempts: Array.from({ length: attempts }, () => attempt) }, index)

  test('kept, lengthened by jitter, and shortened are told apart', () => {
    expect(audit([waitOf({ toldMs: 12_310 })])).toBe('kept')
    expect(audit([waitOf({ toldMs: 12_000, addedMs: 310 })])).toBe('lengthened')
    expect(audit([waitOf({ toldMs: 13_000 })])).toBe('shortened')
    expect(audit([waitOf({})])).toBeNull()
  })

  test('other waits before the same attempt count as well, those before it or of another attempt do not', () => {
    const pacing = waitOf({ cause: 'pacing', tookMs: 1000 })
    expect(audit([waitOf({ toldMs: 13_000 }), pacing])).toBe('kept')
    expect(audit([pacing, waitOf({ toldMs: 13_000 })], 2, 1)).toBe('shortened')
    expect(audit([waitOf({ toldMs: 13_000 }), { ...pacing, beforeAttempt: 2 }], 3)).toBe('shortened')
  })

  test('a wait that was given up is not one that was shortened: nothing was sent', () => {
    expect(audit([waitOf({ cause: 'parked', toldMs: 300_000 })], 1)).toBe('not waited out')
    expect(audit([waitOf({ cause: 'parked', toldMs: 12_000 })])).toBe('parked')
  })
})
