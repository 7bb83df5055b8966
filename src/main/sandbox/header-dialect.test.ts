import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeDialect, formatRateHeaders, type HeaderDialect, headerDialects } from './header-dialect.ts'
import { honestHeaders } from './honest-headers.ts'
import { lyingHeaders } from './lying-headers.ts'
import type { RateMoment } from './rate-moment.ts'

const nowMs = 1_800_000_000_001
const moment: RateMoment = {
  decision: { accepted: true, limit: 100, remaining: 82, nextSlotInMs: 29_001 },
  windowMs: 60_000,
  nowMs,
  partition: 'key-1',
  earlier: 17,
}
const refusal: RateMoment = { ...moment, decision: { ...moment.decision, accepted: false, remaining: 0 } }

const format = (dialect: HeaderDialect, at: RateMoment): Record<string, string> =>
  Object.fromEntries(formatRateHeaders(dialect, at))

const moments: fc.Arbitrary<RateMoment> = fc
  .record({
    limit: fc.integer({ min: 1, max: 1_000_000 }),
    used: fc.double({ min: 0, max: 1, noNaN: true }),
    windowMs: fc.integer({ min: 1, max: 86_400_000 }),
    slot: fc.double({ min: 0, max: 1, noNaN: true }),
    nowMs: fc.integer({ min: 1_600_000_000_000, max: 2_000_000_000_000 }),
    accepted: fc.boolean(),
    earlier: fc.nat(10_000),
    partition: fc.string({ unit: 'binary' }),
  })
  .map(({ limit, used, windowMs, slot, accepted, ...rest }) => ({
    ...rest,
    windowMs,
    decision: {
      accepted,
      limit,
      remaining: accepted ? Math.floor(limit * used) : 0,
      nextSlotInMs: Math.max(1, Math.ceil(windowMs * slot)),
    },
  }))

interface Item {
  readonly name: string
  readonly parameters: ReadonlyMap<string, string | number>
}

// Structured fields (RFC 9651): a list of strings with parameters that are integers, strings or byte sequences.
const itemText = /^"([\x20-\x21\x23-\x5b\x5d-\x7e]*)"((?:;[a-z*][a-z0-9_.*-]*=[^;,]+)+)$/
const integerText = /^-?\d{1,15}$/
const stringText = /^"([\x20-\x21\x23-\x5b\x5d-\x7e]*)"$/
const bytesText = /^:([A-Za-z0-9+/]*={0,2}):$/

function readParameter(value: string): string | number | null {
  if (integerText.test(value)) return Number(value)
  return stringText.exec(value)?.[1] ?? (bytesText.test(value) ? value : null)
}

function readList(field: string | undefined): Item[] {
  return (field ?? '').split(', ').map((text) => {
    const [, name, rest] = itemText.exec(text) ?? []
    if (name === undefined || rest === undefined) throw new Error(`not an item: ${text}`)
    const parameters = rest
      .slice(1)
      .split(';')
      .map((parameter): [string, string | number] => {
        const at = parameter.indexOf('=')
        const value = readParameter(parameter.slice(at + 1))
        if (value === null) throw new Error(`not a value: ${parameter}`)
        return [parameter.slice(0, at), value]
      })
    return { name, parameters: new Map(parameters) }
  })
}

const httpDate =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

describe('forms', () => {
  test.each(['ietf', 'ietf-list', 'ietf-partition'] as const)(
    '%s keeps the draft: lists, names, q, w, r, t',
    (dialect) => {
      fc.assert(
        fc.property(moments, (at) => {
          const headers = format(dialect, at)
          const policies = readList(headers['RateLimit-Policy'])
          const states = readList(headers.RateLimit)
          const nameOf = ({ name, parameters }: Item) => `${name} ${parameters.get('pk') ?? ''}`
          for (const { parameters } of policies) {
            expect(isWhole(parameters.get('q')) && isWhole(parameters.get('w'))).toBe(true)
          }
          for (const { parameters } of states) {
            expect(isWhole(parameters.get('r')) && isWhole(parameters.get('t'))).toBe(true)
          }
          // Each state belongs to one policy by name and partition, and none is told twice.
          expect(states.map(nameOf).sort()).toEqual(policies.map(nameOf).sort())
          expect(new Set(states.map(nameOf)).size).toBe(states.length)
        }),
      )
    },
  )

  test('Retry-After is whole seconds or an HTTP date (RFC 9110, section 10.2.3), on refused requests only', () => {
    for (const dialect of Object.keys(honestHeaders) as (keyof typeof honestHeaders)[]) {
      expect(format(dialect, moment)['Retry-After']).toBeUndefined()
      const told = format(dialect, refusal)['Retry-After']
      if (told !== undefined) expect(/^\d+$/.test(told) || httpDate.test(told)).toBe(true)
    }
  })

  test('every header value may go over the wire, and no dialect is without its line of help', () => {
    fc.assert(
      fc.property(fc.constantFrom(...headerDialects), moments, (dialect, at) => {
        for (const [name, value] of formatRateHeaders(dialect, at)) {
          expect(name).toMatch(/^[A-Za-z-]+$/)
          expect(value).toMatch(/^[\x20-\x7e]*$/)
        }
        expect(describeDialect(dialect)).not.toBe('')
      }),
    )
  })
})

describe('truth', () => {
  /** Ms that a client waits who believes the reset or the Retry-After of an honest dialect. */
  function toldMs(dialect: keyof typeof honestHeaders, at: RateMoment): number | null {
    const headers = format(dialect, at)
    switch (dialect) {
      case 'none':
        return null
      case 'legacy':
        return Number(headers['X-RateLimit-Reset']) * 1000 - at.nowMs
      case 'legacy-ms':
        return Number(headers['X-RateLimit-Reset']) - at.nowMs
      case 'legacy-ms-left':
        return Number(headers['X-RateLimit-Reset'])
      case 'legacy-date':
        return Date.parse(headers['X-RateLimit-Reset'] ?? '') - at.nowMs
      case 'draft':
        return Number(headers['RateLimit-Reset']) * 1000
      case 'gitlab':
        expect(Date.parse(headers['RateLimit-ResetTime'] ?? '')).toBe(Number(headers['RateLimit-Reset']) * 1000)
        return Number(headers['RateLimit-Reset']) * 1000 - at.nowMs
      case 'ietf':
      case 'ietf-list':
      case 'ietf-partition': {
        const own = readList(headers.RateLimit).find(({ parameters }) => parameters.get('r') === at.decision.remaining)
        return Number(own?.parameters.get('t')) * 1000
      }
      case 'retry-after':
        return at.decision.accepted ? null : Number(headers['Retry-After']) * 1000
      case 'retry-after-date':
      case 'retry-after-skewed':
        return at.decision.accepted ? null : Date.parse(headers['Retry-After'] ?? '') - Date.parse(headers.Date ?? '')
      case 'contradicting':
        return at.decision.accepted ? null : Number(headers['Retry-After']) * 1000
    }
  }

  test.each(Object.keys(honestHeaders) as (keyof typeof honestHeaders)[])(
    '%s: who believes it is never early, and at most two seconds late',
    (dialect) => {
      fc.assert(
        fc.property(moments, (at) => {
          const told = toldMs(dialect, at)
          if (told === null) return
          expect(told).toBeGreaterThanOrEqual(at.decision.nextSlotInMs)
          expect(told).toBeLessThan(at.decision.nextSlotInMs + 2000)
        }),
      )
    },
  )

  test('the unit of a reset follows from its size: ms since 1970 from 1e12, seconds from 1e9, else left', () => {
    const resetOf = (dialect: HeaderDialect, name: string) => Number(format(dialect, moment)[name])
    expect(resetOf('legacy-ms', 'X-RateLimit-Reset')).toBeGreaterThanOrEqual(1e12)
    for (const [dialect, name] of [
      ['legacy', 'X-RateLimit-Reset'],
      ['gitlab', 'RateLimit-Reset'],
    ] as const) {
      expect(resetOf(dialect, name)).toBeGreaterThanOrEqual(1e9)
      expect(resetOf(dialect, name)).toBeLessThan(1e12)
    }
    expect(resetOf('draft', 'RateLimit-Reset')).toBe(30)
  })

  test('a skewed clock is a day behind in Date and in Retry-After alike', () => {
    const headers = format('retry-after-skewed', refusal)
    expect(nowMs - Date.parse(headers.Date ?? '')).toBeGreaterThanOrEqual(86_400_000)
    expect(Date.parse(headers['Retry-After'] ?? '')).toBeLessThan(nowMs)
  })

  test('contradicting fields: when refused all but Retry-After say go on', () => {
    expect(format('contradicting', refusal)).toMatchObject({
      'Retry-After': '30',
      RateLimit: '"default";r=100;t=0',
      'X-RateLimit-Remaining': '100',
    })
  })

  test('none is none', () => {
    expect(format('none', refusal)).toEqual({})
  })
})

describe('lies', () => {
  test('backwards: remaining rises and the reset falls without time going by', () => {
    const told = [0, 1, 2].map((earlier) => format('liar-backwards', { ...moment, earlier }))
    expect(told.map((headers) => headers['RateLimit-Remaining'])).toEqual(['82', '100', '82'])
    expect(told.map((headers) => headers['RateLimit-Reset'])).toEqual(['30', '0', '30'])
  })

  test('past: everything was an hour ago', () => {
    const headers = format('liar-past', refusal)
    expect(Number(headers['X-RateLimit-Reset']) * 1000).toBeLessThan(nowMs)
    expect(Date.parse(headers['Retry-After'] ?? '')).toBeLessThan(nowMs)
  })

  test('decade: everything is in ten years', () => {
    const nineYearsMs = 9 * 365 * 86_400_000
    const headers = format('liar-decade', refusal)
    expect(Number(headers['X-RateLimit-Reset']) * 1000 - nowMs).toBeGreaterThan(nineYearsMs)
    expect(Date.parse(headers['Retry-After'] ?? '') - nowMs).toBeGreaterThan(nineYearsMs)
    expect(Number(readList(headers.RateLimit)[0]?.parameters.get('t')) * 1000).toBeGreaterThan(nineYearsMs)
  })

  test('long: well-formed, and ten kilobytes of it, which still fit into a head of 16', () => {
    const field = format('liar-long', moment).RateLimit ?? ''
    expect(field.length).toBeGreaterThan(10 * 1024)
    expect(field.length).toBeLessThan(12 * 1024)
    expect(readList(field).length).toBeGreaterThan(100)
  })

  test('malformed: no RateLimit and no Retry-After of any answer can be read', () => {
    for (let earlier = 0; earlier < 10; earlier += 1) {
      const headers = format('liar-malformed', { ...refusal, earlier })
      expect(() => {
        for (const { parameters } of readList(headers.RateLimit)) {
          // An integer may be negative, but not these.
          if (!isWhole(parameters.get('r')) || !isWhole(parameters.get('t'))) throw new Error('no state')
        }
      }).toThrow()
      expect(headers['Retry-After']).not.toMatch(/^\d{1,12}$/)
      expect(headers['Retry-After']).not.toMatch(httpDate)
    }
  })

  test('cached: an Age, and nothing remaining while there is', () => {
    expect(format('liar-cached', moment)).toMatchObject({ Age: '120', RateLimit: '"default";r=0;t=600' })
    expect(format('liar-cached', refusal)).toEqual({})
  })

  test('every lie is told as one', () => {
    expect(Object.keys(lyingHeaders).every((name) => name.startsWith('liar-'))).toBe(true)
    expect(Object.keys(honestHeaders).some((name) => name.startsWith('liar-'))).toBe(false)
  })
})
