import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { Attempt, CallPiece, CallSummary, LoggedBody, Wait } from '../../shared/model/call.ts'
import { buildCallRecord } from './fixtures/call-record.ts'
import { readShape } from './shape-check.ts'

const [attempt] = buildCallRecord({}).attempts
const wait: Wait = {
  cause: 'retry-after',
  beforeAttempt: 1,
  startedAtMs: 5,
  tookMs: 2000.5,
  plannedMs: null,
  header: ['retry-after', '2'],
}
const piece: CallPiece = { wait: null, status: 429, fromMs: 0, tookMs: 1.5 }
const { attempts, waits, stop, origin, keyMask, requestBody, responseBody, ...summary } = buildCallRecord({})
const shapes: readonly (readonly [string, z.ZodMiniType, object])[] = [
  ['an attempt', Attempt, attempt ?? {}],
  ['a wait', Wait, wait],
  ['a piece', CallPiece, piece],
  ['a body', LoggedBody, { text: '{}', bytes: 2, truncated: false }],
  ['a summary', CallSummary, { ...summary, id: 3, attempts: attempts.length, pieces: [piece] }],
  ['a list', z.object({ list: z.array(z.nullable(z.int())) }), { list: [1, null] }],
]
const member = fc.oneof(
  fc.constantFrom(undefined, null, true, '', 'ok', 'jsk', 1.5, -1, 2 ** 60, Number.NaN, Number.POSITIVE_INFINITY),
  fc.constantFrom<unknown>([], {}, [['a', 'b']], [['a']], { dnsMs: 1 }, [null, 2], [[1, 2]]),
)

describe.each(shapes)('%s', (_name, schema, good) => {
  test('of exactly its shape is not even copied', () => {
    expect(z.safeParse(schema, good).success).toBe(true)
    expect(readShape(schema, good)).toBe(good)
  })

  test('with any other member reads as its schema says', () => {
    const names = [...Object.keys(good), 'other', '__proto__']
    const changes = fc.dictionary(fc.constantFrom(...names), member, { maxKeys: 2 })
    const withoutOne = fc.option(fc.constantFrom(...names))
    fc.assert(
      fc.property(changes, withoutOne, (changed, left) => {
        const value = Object.fromEntries(Object.entries({ ...good, ...changed }).filter(([name]) => name !== left))
        const parsed = z.safeParse(schema, value)
        expect(readShape(schema, value)).toEqual(parsed.success ? parsed.data : null)
      }),
    )
  })

  test('of no such kind at all is nothing', () => {
    for (const value of [null, undefined, 7, 'text', [], [good]]) expect(readShape(schema, value)).toBeNull()
  })
})
