import { describe, expect, test } from 'vitest'
import type { ReceivedDelivery, Verification } from '../../../shared/model/webhook.ts'
import { describeTime } from '../../../shared/webhook-text.ts'
import { describeOutcome, describeReceived, judgeUrl, toneOfVerdict } from './webhook-words.ts'

describe('an address', () => {
  test.each([
    ['https://hooks.example.com/jasni', false, null, null],
    ['http://hooks.example.com', false, null, /Plain http/],
    ['http://127.0.0.1:8080/hook', false, null, /cannot reach this machine/],
    ['http://127.0.0.1:8080/hook', true, null, null],
    ['http://[::1]:8080/hook', true, null, null],
    ['https://hooks.example.com', true, null, /this machine only/],
    ['hooks.example.com', true, /in full/, null],
    ['ftp://hooks.example.com', false, /Begin the address/, null],
    ['', false, /in full/, null],
  ] as const)('%s (in the Sandbox: %s)', (url, isSandbox, error, warning) => {
    const judged = judgeUrl(url, isSandbox)
    if (error === null) expect(judged.error).toBeNull()
    else expect(judged.error).toMatch(error)
    if (warning === null) expect(judged.warning).toBeNull()
    else expect(judged.warning).toMatch(warning)
  })
})

const verification: Verification = {
  verdict: 'verified',
  checks: [{ scheme: 'sdk', result: 'match', alteration: null, fault: null }],
  time: { state: 'fresh', seconds: 3, signed: true },
  webhookId: 'wh_1',
}
const delivery: ReceivedDelivery = {
  id: 1,
  atMs: 0,
  event: 'email.sent',
  bytes: 10,
  attempt: 1,
  answer: 'ok',
  verification,
  webhook: 'Sandbox',
  whole: true,
}

describe('words', () => {
  test('of a received delivery, each verdict in its own', () => {
    expect(describeReceived(delivery)).toBe('verified, SDK')
    expect(describeReceived({ ...delivery, verification: null })).toBe('verifying')
    expect(describeReceived({ ...delivery, whole: false, verification: null })).toBe('too long to verify')
    const words = (['refused', 'malformed', 'unsigned', 'no-secret'] as const).map((verdict) =>
      describeReceived({ ...delivery, verification: { ...verification, verdict } }),
    )
    expect(new Set(words).size).toBe(4)
    expect(toneOfVerdict({ ...verification, verdict: 'refused' })).toBe('bad')
    expect(toneOfVerdict({ ...verification, verdict: 'no-secret' })).toBe('unclear')
    expect(toneOfVerdict(null)).toBe('unclear')
  })

  test('of an attempt', () => {
    expect(describeOutcome({ status: 503, fault: null })).toBe('503')
    expect(describeOutcome({ status: null, fault: 'not-loopback' })).toMatch(/this machine/)
  })

  test('of a time: how long ago, and whether the signature covers it', () => {
    expect(describeTime({ state: 'fresh', seconds: 12, signed: true })).toBe(
      'Sent 12 s ago, within 300 s. The signature covers it.',
    )
    expect(describeTime({ state: 'fresh', seconds: -12, signed: false })).toMatch(/12 s ahead/)
    expect(describeTime({ state: 'old', seconds: 7300, signed: false })).toMatch(/^Sent 2 h ago/)
    expect(describeTime({ state: 'ahead', seconds: -400, signed: true })).toMatch(/6 min in the future/)
  })
})
