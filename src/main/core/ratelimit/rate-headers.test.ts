import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../../../shared/limits.ts'
import type { Header } from '../../../shared/model/call.ts'
import { findPace, readRateHeaders, readToldWait } from './rate-headers.ts'
import { believedMsMax } from './retry-after.ts'
import { parseFieldList } from './structured-fields.ts'

const nowMs = Date.parse('2026-11-24T12:00:00Z')
const read = (...headers: Header[]) => readRateHeaders(headers, nowMs)
const wait = (...headers: Header[]) => readToldWait(headers, nowMs)
const numbers = (...headers: Header[]) => {
  const reading = read(...headers)
  return reading === null ? null : [reading.limit, reading.remaining, reading.resetInMs, reading.windowMs]
}

describe('a structured field', () => {
  test.each([
    ['', []],
    ['  a;b', ['a']],
    ['"a b\\"c\\\\"', ['a b"c\\']],
    ['1, -2.5 ,\t3', [1, -2.5, 3]],
    [':cGs=:, ?1, ?0, @1659578233', ['cGs=', true, false, 1659578233]],
    ['%"f%c3%bc"', ['f%c3%bc']],
  ] as const)('%j is a list', (text, values) => {
    expect(parseFieldList(text)?.map(({ value }) => value)).toEqual(values)
  })

  test('has parameters, the last of a name counting, and inner lists', () => {
    const [item, list] = parseFieldList('"burst";q=100;w=60;q=50;x, ("a";n=1 b)') ?? []
    expect([...(item?.parameters ?? [])]).toEqual([
      ['q', 50],
      ['w', 60],
      ['x', true],
    ])
    expect(list?.value).toMatchObject([{ value: 'a' }, { value: 'b' }])
  })

  test.each([
    '"open',
    'a,',
    'a b',
    ',a',
    'a;=1',
    'a;Q=1',
    '1.',
    '1.2345',
    '1234567890123456',
    ':a',
    '?2',
    '(a',
    '(a,b)',
    '(a"b")',
    '"ü"',
    '\u0000',
    'a'.repeat(5000),
    Array.from({ length: 100 }, () => 'a').join(','),
  ])('%j is malformed as a whole', (text) => {
    expect(parseFieldList(text)).toBeNull()
  })

  test('of any text is read or refused, in a time that grows with it alone', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^["a;=,()1.:?@ \\]*$/)),
        (text) => {
          const list = parseFieldList(text)
          expect(list === null || Array.isArray(list)).toBe(true)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('rule 3: RateLimit-Policy and RateLimit', () => {
  test('are joined by name', () => {
    expect(numbers(['RateLimit-Policy', '"burst";q=100;w=60'], ['RateLimit', '"burst";r=50;t=30'])).toEqual([
      100, 50, 30_000, 60_000,
    ])
  })

  test('are joined by name and partition, over several lines; the tightest governs', () => {
    expect(
      numbers(
        ['RateLimit-Policy', '"a";q=100;w=60;pk=:YQ==:, "a";q=10;w=60;pk=:Yg==:'],
        ['ratelimit-policy', '"day";q=1000000;w=86400'],
        ['RateLimit', '"a";r=90;t=60;pk=:YQ==:, "a";r=9;t=60;pk=:Yg==:, "day";r=9000;t=3600'],
      ),
    ).toEqual([10, 9, 60_000, 60_000])
  })

  test('one with nothing left governs before all others, the longest wait among several', () => {
    expect(numbers(['RateLimit', '"a";r=1;t=1, "b";r=0;t=5, "c";r=0;t=9'])?.slice(1, 3)).toEqual([0, 9000])
  })

  test('count no other unit than requests', () => {
    expect(
      numbers(
        ['RateLimit-Policy', '"bytes";q=10;w=60;qu="content-bytes", "calls";q=100;w=60;qu="requests"'],
        ['RateLimit', '"bytes";r=0;t=50, "calls";r=99;t=60'],
      ),
    ).toEqual([100, 99, 60_000, 60_000])
  })

  test('the raw headers are shown', () => {
    expect(read(['RateLimit-Policy', '"burst";q=100;w=60'], ['RateLimit', '"burst";r=50;t=30'])?.told).toEqual([
      ['ratelimit-policy', '"burst";q=100;w=60'],
      ['ratelimit', '"burst";r=50;t=30'],
    ])
  })

  test('malformed fields are ignored, and the legacy ones read instead', () => {
    expect(
      numbers(['RateLimit-Policy', '"burst;q=100'], ['RateLimit', 'limit=1, remaining=0'], ['X-RateLimit-Limit', '7']),
    ).toEqual([7, null, null, null])
  })

  test('fields on cached answers are ignored', () => {
    const headers: Header[] = [['RateLimit', '"burst";r=0;t=30']]
    expect(numbers(['Age', '12'], ...headers)).toBeNull()
    expect(wait(['Age', '12'], ...headers)).toBeNull()
    expect(numbers(['Age', '0'], ...headers)).not.toBeNull()
  })
})

describe('rule 3: legacy fields', () => {
  test.each(['RateLimit', 'X-RateLimit', 'x-ratelimit', 'X-Rate-Limit'])('%s-… are read', (prefix) => {
    expect(numbers([`${prefix}-Limit`, '100'], [`${prefix}-Remaining`, '25'], [`${prefix}-Reset`, '40'])).toEqual([
      100,
      25,
      40_000,
      null,
    ])
  })

  test.each([
    ['40', 40_000],
    ['0', 0],
    ['1.5', 1500],
    ['999999999', null],
    [String(nowMs / 1000 + 40), 40_000],
    [String(nowMs + 40_000), 40_000],
    ['Tue, 24 Nov 2026 12:00:40 GMT', 40_000],
    ['2026-11-24T12:00:40Z', 40_000],
    ['Tue Nov 24 2026 12:00:40 GMT+0000', 40_000],
    [String(nowMs / 1000 - 40), 0],
    ['2016-11-24T12:00:40Z', 0],
    [String(nowMs / 1000 + 10 * 365 * 86_400), null],
    ['-5', null],
    ['soon', null],
    ['5 apples', null],
    ['9'.repeat(10_000), null],
  ])('a reset of %s is %s ms away', (reset, resetInMs) => {
    expect(read(['X-RateLimit-Limit', '100'], ['X-RateLimit-Reset', reset])?.resetInMs).toBe(resetInMs)
  })

  test('a date is measured against the answer’s own Date', () => {
    const date: Header = ['Date', 'Tue, 24 Nov 2026 13:00:00 GMT']
    const reset: Header = ['X-RateLimit-Reset', String(nowMs / 1000 + 3600 + 40)]
    expect(read(date, reset)?.resetInMs).toBe(40_000)
  })

  test('a policy behind the limit gives the window', () => {
    expect(numbers(['RateLimit-Limit', '100, 100;w=60'], ['RateLimit-Remaining', '3'])).toEqual([100, 3, null, 60_000])
  })
})

describe('rule 3: headers that lie', () => {
  test.each([
    [[['X-RateLimit-Limit', '0']], null],
    [[['X-RateLimit-Limit', '-100']], null],
    [[['X-RateLimit-Limit', '1e9']], null],
    [[['X-RateLimit-Limit', '999999999999']], [limits.planPerMinuteMax, null, null, null]],
    [
      [
        ['X-RateLimit-Limit', '10'],
        ['X-RateLimit-Remaining', '50'],
      ],
      [10, 10, null, null],
    ],
    [[['RateLimit', '"a";r=-1;t=30']], null],
    [[['RateLimit-Policy', '"a";q=10;w=0']], [10, null, null, null]],
    [[['RateLimit', `"a";r=1;t=${'9'.repeat(15)}`]], [null, 1, null, null]],
    [
      [
        ['RateLimit-Policy', '"a";w=60'],
        ['RateLimit', '"b";t=30'],
      ],
      null,
    ],
  ] as [Header[], (number | null)[] | null][])('%j are cut at what can be', (headers, expected) => {
    expect(numbers(...headers)).toEqual(expected)
  })

  test('property: whatever is said, the numbers can be used and the texts are short', () => {
    const name = fc.constantFrom(
      'RateLimit',
      'RateLimit-Policy',
      'RateLimit-Limit',
      'RateLimit-Remaining',
      'RateLimit-Reset',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
      'Retry-After',
      'Date',
      'Age',
    )
    const value = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.integer().map(String),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      fc.tuple(fc.integer(), fc.integer(), fc.integer()).map(([q, r, t]) => `"a";q=${q};w=${r};r=${r};t=${t}`),
      fc.constant('x'.repeat(10_240)),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 8 }), (headers) => {
        const reading = readRateHeaders(headers, nowMs)
        const told = readToldWait(headers, nowMs)
        if (told !== null) {
          expect(told.ms).toBeGreaterThanOrEqual(0)
          expect(told.ms).toBeLessThanOrEqual(believedMsMax)
          expect(told.header[1].length).toBeLessThanOrEqual(201)
        }
        if (reading === null) return
        const { limit, remaining, resetInMs, windowMs } = reading
        for (const number of [limit, remaining, resetInMs, windowMs]) {
          expect(number === null || (Number.isFinite(number) && number >= 0)).toBe(true)
        }
        expect(limit === null || (limit >= 1 && limit <= limits.planPerMinuteMax)).toBe(true)
        expect(remaining === null || limit === null || remaining <= limit).toBe(true)
        expect(JSON.stringify(reading.told).length).toBeLessThan(4000)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('rule 1: the order of trust', () => {
  const retryAfter: Header = ['Retry-After', '7']
  const structured: Header = ['RateLimit', '"a";r=0;t=30']
  const legacy: Header = ['X-RateLimit-Reset', '50']

  test('rule 1: Retry-After wins over RateLimit’s t', () => {
    expect(wait(structured, legacy, retryAfter)).toEqual({
      ms: 7000,
      cause: 'retry-after',
      header: ['retry-after', '7'],
    })
  })

  test('rule 1: RateLimit’s t wins over a legacy reset', () => {
    expect(wait(legacy, structured)).toEqual({ ms: 30_000, cause: 'reset', header: ['ratelimit', '"a";r=0;t=30'] })
  })

  test('rule 1: a legacy reset wins over nothing', () => {
    expect(wait(legacy)).toEqual({ ms: 50_000, cause: 'reset', header: ['x-ratelimit-reset', '50'] })
    expect(wait()).toBeNull()
  })

  test('rule 1: an HTTP date is measured against the response’s own Date', () => {
    const date: Header = ['Date', 'Sun, 06 Nov 1994 08:49:00 GMT']
    expect(wait(date, ['Retry-After', 'Sun, 06 Nov 1994 08:49:37 GMT'])?.ms).toBe(37_000)
  })

  test('rule 1: more than 60 s is kept whole', () => {
    expect(wait(['Retry-After', '86400'])?.ms).toBe(86_400_000)
  })

  test.each([
    [['1.5'], 2000],
    [['30, 60'], 60_000],
    [['60, 30'], 60_000],
    [['30', String(10 * 365 * 86_400)], 30_000],
    [['30', 'Fri, 31 Dec 2100 23:59:59 GMT'], 30_000],
    [[`30, ${10 * 365 * 86_400}`], 30_000],
    [['soon', '5'], 5000],
  ])('rule 1: Retry-After %j is read as far as it can be believed', (values, ms) => {
    expect(wait(...values.map((value): Header => ['Retry-After', value]))?.ms).toBe(ms)
  })

  test('a Retry-After of ten years is no wait, and the next in the order counts', () => {
    expect(wait(['Retry-After', String(10 * 365 * 86_400)], structured)?.ms).toBe(30_000)
  })
})

test('a window is told in whole ms', () => {
  expect(numbers(['RateLimit-Policy', '"a";q=100;w=60.0'], ['RateLimit', '"a";r=50;t=30'])?.[3]).toBe(60_000)
  expect(numbers(['RateLimit-Policy', '"a";q=100;w=1.001'], ['RateLimit', '"a";r=50;t=30'])?.[3]).toBe(1001)
})

describe('a key in a header of the limit', () => {
  const key = 'jsk_live_SyntheticKeyForTests0001'

  test('is never shown, not even a piece of it where the text is cut', () => {
    for (let before = 0; before < 220; before += 1) {
      const policy: Header = ['RateLimit-Policy', `"a";q=100;w=60, "${'x'.repeat(before)}${key}";q=200;w=60`]
      const told = read(policy, ['RateLimit', '"a";r=0;t=30'])?.told
      expect(told).toHaveLength(2)
      expect(JSON.stringify(told)).not.toMatch(/jsk_[a-z]|Synth/)
      const reset = wait(['RateLimit', `"${'x'.repeat(before)}${key}";r=0;t=30`])?.header
      expect(JSON.stringify(reset)).not.toMatch(/jsk_[a-z]|Synth/)
    }
  })
})

describe('rule 3: the pace', () => {
  test('rule 3: is min(r/t, q/w), never r/t alone', () => {
    // The draft's own example: r/t would be 1,000 a second where the policy means 10.
    const pace = findPace({ limit: 10_000, windowMs: 1_000_000, remaining: 10_000, resetInMs: 10_000 })
    expect((pace ?? 0) * 1000).toBeCloseTo(10)
    expect(findPace({ limit: 100, windowMs: 60_000, remaining: 10, resetInMs: 30_000 })).toBeCloseTo(10 / 30_000)
    expect(findPace({ limit: null, windowMs: null, remaining: null, resetInMs: null })).toBeNull()
  })
})
