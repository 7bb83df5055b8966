import { webcrypto } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Header } from '../../../shared/model/call.ts'
import { nodeMac } from '../../adapters/node-mac.ts'
import { Secret } from '../vault/secret.ts'
import { equalsInConstantTime } from './signature.ts'
import { type Delivery, verifyDelivery } from './verification.ts'

const secret = 'whsec_0123456789abcdef0123456789abcdef0123456789abcdef'
const nowMs = 1_768_473_000_000
const seconds = nowMs / 1000
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const payload = '{"event":"email.sent","timestamp":"2026-01-15T10:30:00.000Z","data":{"id":"<m-1@example.org>"}}'

/** HMAC by another implementation than the product's. */
async function hmac(key: string, text: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await webcrypto.subtle.importKey('raw', bytes(key), algorithm, false, ['sign'])
  return Buffer.from(await webcrypto.subtle.sign('HMAC', imported, bytes(text))).toString('hex')
}

const known = (text = secret, webhookId = 'hook-1') => ({ webhookId, secret: new Secret(text) })
const verify = (delivery: Delivery, options: { undoPaste?: boolean; secrets?: ReturnType<typeof known>[] } = {}) =>
  verifyDelivery(nodeMac, options.secrets ?? [known()], delivery, { nowMs, undoPaste: options.undoPaste ?? false })

async function documented(body: string, key = secret, time = seconds): Promise<Header[]> {
  return [
    ['X-Webhook-Signature', await hmac(key, body)],
    ['X-Webhook-Timestamp', String(time)],
  ]
}

async function sdk(body: string, key = secret, time = seconds): Promise<Header[]> {
  return [['X-Jasni-Signature', `t=${time},v1=${await hmac(key, `${time}.${body}`)}`]]
}

describe('a signature', () => {
  // Computed with `openssl dgst -sha256 -hmac`.
  test('fits by vectors from outside', () => {
    const body = bytes('{"event":"email.received"}')
    const signature = '14b8b3b0fe69e24161fe42a8ad12b47456cc8a84cc6de52a93675e83fa93e8af'
    const signed = 'eb908c8becc7dc5d4eebe10b54e9c1a2c5e98b4fb81798e967efd0706790f098'
    expect(verify({ headers: [['X-Webhook-Signature', signature]], body })).toMatchObject({ verdict: 'verified' })
    expect(verify({ headers: [['X-Jasni-Signature', `t=1768473000,v1=${signed}`]], body })).toMatchObject({
      verdict: 'verified',
      time: { state: 'fresh', seconds: 0, signed: true },
    })
  })

  test.each([
    ['documented', documented],
    ['sdk', sdk],
  ])('of the %s scheme fits its body, and no other body, secret or time', async (scheme, sign) => {
    const headers = await sign(payload)
    expect(verify({ headers, body: bytes(payload) })).toMatchObject({
      verdict: 'verified',
      webhookId: 'hook-1',
      checks: [{ scheme, result: 'match', alteration: null, fault: null }],
    })
    expect(verify({ headers, body: bytes(`${payload} `) }).verdict).toBe('refused')
    expect(verify({ headers, body: bytes(payload) }, { secrets: [known('whsec_another')] }).verdict).toBe('refused')
    if (scheme === 'documented') return
    const [[name = '', value = ''] = []] = headers
    const moved: Header = [name, value.replace(`t=${seconds}`, `t=${seconds + 1}`)]
    expect(verify({ headers: [moved], body: bytes(payload) }).verdict).toBe('refused')
  })

  test('copes with blanks, capitals, the case of names, unknown members and several v1', async () => {
    const body = bytes(payload)
    const [[, hex = ''] = []] = await documented(payload)
    const [[, pair = ''] = []] = await sdk(payload)
    const [time, v1] = pair.split(',')
    for (const headers of [
      [['x-webhook-SIGNATURE', `  ${hex.toUpperCase()}\t`]],
      [['x-jasni-signature', ` ${time} , v0=abc , ${v1} `]],
      [['X-Jasni-Signature', `${time},v1=${'0'.repeat(64)},${v1}`]],
      [['X-Jasni-Signature', `${v1},${time}`]],
    ] satisfies Header[][])
      expect(verify({ headers, body }).verdict, String(headers[0])).toBe('verified')
  })

  test.each([
    ['X-Webhook-Signature', '', 'empty'],
    ['X-Webhook-Signature', `sha256=${'0'.repeat(64)}`, 'prefix'],
    ['X-Webhook-Signature', 'z'.repeat(64), 'not-hex'],
    ['X-Webhook-Signature', '0'.repeat(63), 'length'],
    ['X-Webhook-Signature', `${'0'.repeat(64)}, ${'0'.repeat(64)}`, 'several'],
    ['X-Jasni-Signature', '', 'empty'],
    ['X-Jasni-Signature', `v1=${'0'.repeat(64)}`, 'no-time'],
    ['X-Jasni-Signature', `t=soon,v1=${'0'.repeat(64)}`, 'no-time'],
    ['X-Jasni-Signature', `t=1,t=2,v1=${'0'.repeat(64)}`, 'no-time'],
    ['X-Jasni-Signature', 't=1', 'no-v1'],
    ['X-Jasni-Signature', 't=1,v1=00', 'length'],
  ] as const)('%s: %s cannot be compared: %s', (name, value, fault) => {
    expect(verify({ headers: [[name, value]], body: bytes(payload) })).toMatchObject({
      verdict: 'malformed',
      checks: [{ result: 'malformed', fault }],
    })
  })

  test('two different values of one header are no signature', () => {
    const headers: Header[] = ['0', '1'].map((digit) => ['X-Webhook-Signature', digit.repeat(64)])
    expect(verify({ headers, body: bytes(payload) }).checks).toMatchObject([{ fault: 'several' }])
  })

  test('with both schemes both must fit', async () => {
    const good = [...(await documented(payload)), ...(await sdk(payload))]
    expect(verify({ headers: good, body: bytes(payload) })).toMatchObject({ verdict: 'verified' })
    const half = [...(await documented(payload)), ...(await sdk('another body'))]
    expect(verify({ headers: half, body: bytes(payload) })).toMatchObject({ verdict: 'refused' })
  })

  test('finds the webhook whose secret fits', async () => {
    const headers = await documented(payload)
    const secrets = [known('whsec_one', 'one'), known(secret, 'two'), known('whsec_three', 'three')]
    expect(verify({ headers, body: bytes(payload) }, { secrets })).toMatchObject({
      verdict: 'verified',
      webhookId: 'two',
    })
  })

  test('is told apart from none, and from no secret', async () => {
    expect(verify({ headers: [], body: bytes(payload) }).verdict).toBe('unsigned')
    const unknown = verify({ headers: await sdk(payload), body: bytes(payload) }, { secrets: [] })
    expect(unknown).toMatchObject({ verdict: 'no-secret', webhookId: null, time: { state: 'fresh' } })
  })
})

describe('the time', () => {
  test.each([
    [300, 'fresh'],
    [301, 'old'],
    [-300, 'fresh'],
    [-301, 'ahead'],
  ] as const)('%i s ago is %s', async (ago, state) => {
    const stamped = await documented(payload, secret, seconds - ago)
    const signed = await sdk(payload, secret, seconds - ago)
    expect(verify({ headers: stamped, body: bytes(payload) }).time).toEqual({ state, seconds: ago, signed: false })
    expect(verify({ headers: signed, body: bytes(payload) }).time).toEqual({ state, seconds: ago, signed: true })
  })

  test.each([
    ['soon', 'malformed'],
    ['-1', 'malformed'],
    ['1e9', 'malformed'],
    ['99999999999999', 'malformed'],
  ] as const)('%s is no time', (value, state) => {
    expect(verify({ headers: [['X-Webhook-Timestamp', value]], body: bytes('') }).time.state).toBe(state)
  })

  test('none is missing, and two that differ are none', () => {
    expect(verify({ headers: [], body: bytes('') }).time.state).toBe('missing')
    const two: Header[] = [
      ['X-Webhook-Timestamp', '1'],
      ['X-Webhook-Timestamp', '2'],
    ]
    expect(verify({ headers: two, body: bytes('') }).time.state).toBe('malformed')
  })
})

describe('what a paste does', () => {
  test.each([
    ['line-end-added', payload, `${payload}\n`],
    ['line-end-added', payload, `${payload}\r\n`],
    ['line-end-removed', `${payload}\n`, payload],
    ['crlf-to-lf', '{\r\n"a": 1\r\n}', '{\n"a": 1\n}'],
    ['crlf-to-lf', '{\r\n"a": 1\r\n}', '{\n"a": 1\n}\n'],
    ['lf-to-crlf', '{\n"a": 1\n}', '{\r\n"a": 1\r\n}'],
    ['spaces-around', payload, `  ${payload}  `],
    ['json-spaced', payload, JSON.stringify(JSON.parse(payload), null, 2)],
  ] as const)('%s is undone and named, but only for a paste', async (alteration, body, pasted) => {
    for (const sign of [documented, sdk]) {
      const delivery = { headers: await sign(body), body: bytes(pasted) }
      expect(verify(delivery, { undoPaste: true })).toMatchObject({ verdict: 'altered', checks: [{ alteration }] })
      expect(verify(delivery).verdict).toBe('refused')
    }
  })
})

describe('for any body and secret', () => {
  const anySecret = fc.string({ minLength: 1, maxLength: 60 })
  const anyBody = fc.string({ unit: 'grapheme', maxLength: 300 })

  test('what was signed fits, and one changed byte does not', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyBody,
        anySecret,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (body, key, place, flip) => {
          const secrets = [known(key)]
          for (const sign of [documented, sdk]) {
            const headers = await sign(body, key)
            expect(verify({ headers, body: bytes(body) }, { secrets }).verdict).toBe('verified')
            const changed = bytes(body.length === 0 ? 'x' : body)
            if (body.length > 0) changed[place % changed.length] = (changed[place % changed.length] ?? 0) ^ flip
            expect(verify({ headers, body: changed }, { secrets }).verdict).toBe('refused')
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test('garbage in a header is never a match and never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), fc.string({ maxLength: 100 }), fc.uint8Array(), (one, two, body) => {
        const headers: Header[] = [
          ['X-Webhook-Signature', one],
          ['X-Jasni-Signature', `t=1,${two}`],
          ['X-Webhook-Timestamp', two],
        ]
        expect(['refused', 'malformed']).toContain(verify({ headers, body }, { undoPaste: true }).verdict)
      }),
    )
  })

  test('the comparison in constant time says what equality says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (a, b) => {
        expect(equalsInConstantTime(a, b)).toBe(Buffer.compare(a, b) === 0)
        expect(equalsInConstantTime(a, Uint8Array.from(a))).toBe(true)
      }),
    )
  })
})
