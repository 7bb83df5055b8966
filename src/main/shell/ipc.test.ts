import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { contract, type MethodName } from '../../shared/contract.ts'
import { limits } from '../../shared/limits.ts'
import { succeed } from '../../shared/result.ts'
import type { Log } from '../core/ports.ts'
import { makeValidInputs } from './fixtures/valid-input.ts'
import { createDispatcher, isPlainData } from './ipc.ts'

function createMemoryLog(): Log & { readonly lines: string[] } {
  const lines: string[] = []
  return {
    lines,
    info: (event) => void lines.push(event),
    warn: (event) => void lines.push(event),
    error(event, cause) {
      lines.push(`${event} ${cause instanceof Error ? cause.message : ''}`)
      return `ref-${lines.length}`
    },
  }
}

const names = Object.keys(contract) as MethodName[]
const reached = Object.fromEntries(names.map((name) => [name, (input: unknown) => succeed({ reached: name, input })]))

function createFuzzed() {
  const log = createMemoryLog()
  const dispatch = createDispatcher<boolean>({
    contract,
    handlers: Promise.resolve(reached),
    isTrusted: (sender) => sender,
    log,
    checkOutput: false,
  })
  return { dispatch, log }
}

const cyclic = (): unknown => {
  const loop: Record<string, unknown> = { id: 'a' }
  loop.self = loop
  const ring: unknown[] = []
  ring.push(ring, loop)
  return { id: ring, input: loop }
}

/** Anything that survives a structured clone, and some that does not. */
const garbage = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
      withSparseArray: true,
      withObjectString: true,
      maxDepth: 4,
    }),
  },
  fc.constantFrom<unknown>(undefined, null, Number.NaN, -0, '', [], {}, () => 1, Symbol('x'), 1n, new Date(0), /x/),
  fc.constant(null).map(cyclic),
  fc
    .constantFrom('__proto__', 'constructor', 'prototype', 'toString')
    .map((key) => JSON.parse(`{"${key}":{"id":"a"},"id":"a"}`) as unknown),
  fc.integer({ min: 1, max: 3 }).map((factor) => ({ id: 'a'.repeat(factor * limits.bridgeMessageBytesMax) })),
)

/** Almost right: the real members of a method's input, each with any value. */
const nearMiss = (name: string) => {
  const schema = Object.hasOwn(contract, name) ? contract[name as keyof typeof contract].input : z.strictObject({})
  const members = Object.keys(schema.def.shape)
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('a', 'INBOX', 'a@b', 'read', 'all'),
    fc.anything(),
  )
  return fc.record(Object.fromEntries(members.map((member) => [member, value])), { requiredKeys: [] })
}

describe('ipc fuzz', () => {
  test.each(names)('%s answers garbage with BAD_REQUEST, never with a throw', async (name) => {
    const { dispatch, log } = createFuzzed()
    const method = contract[name as keyof typeof contract]
    await fc.assert(
      fc.asyncProperty(fc.oneof(garbage, nearMiss(name)), async (input) => {
        const result = await dispatch(true, name, input)
        if (result.ok) expect(method.input.safeParse(input).success).toBe(true)
        else expect(result.error.kind).toBe('BAD_REQUEST')
      }),
      { numRuns: 300 },
    )
    expect(log.lines).toEqual([])
  })

  test.each(names)('%s takes what its schema takes, and hands it on as the schema reads it', async (name) => {
    const { dispatch, log } = createFuzzed()
    for (const input of makeValidInputs(name, 20, 1)) {
      expect(await dispatch(true, name, input)).toEqual({
        ok: true,
        value: { reached: name, input: contract[name].input.parse(input) },
      })
    }
    expect(log.lines).toEqual([])
  })

  test('any name that is no method is refused', async () => {
    const { dispatch } = createFuzzed()
    const odd = fc.oneof(
      fc.anything(),
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'app', 'app.load ', 'APP.LOAD'),
    )
    await fc.assert(
      fc.asyncProperty(odd, async (name) => {
        fc.pre(typeof name !== 'string' || !Object.hasOwn(contract, name))
        expect(await dispatch(true, name, {})).toEqual({ ok: false, error: { kind: 'BAD_REQUEST', field: 'method' } })
      }),
    )
  })

  test('no generated input reaches a handler from a wrong sender', async () => {
    const { dispatch, log } = createFuzzed()
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), garbage, async (name, input) => {
        expect(await dispatch(false, name, input)).toEqual({ ok: false, error: { kind: 'WRONG_SENDER' } })
      }),
    )
    expect(new Set(log.lines)).toEqual(new Set(['bridge-wrong-sender']))
  })
})

const small = {
  'thing.echo': { input: z.strictObject({ text: z.string().check(z.trim(), z.maxLength(5)) }), output: z.string() },
}

function createSmall(handler: (input: { text: string }) => unknown, checkOutput = true) {
  const log = createMemoryLog()
  const dispatch = createDispatcher<null>({
    contract: small,
    handlers: Promise.resolve({ 'thing.echo': handler }),
    isTrusted: () => true,
    log,
    checkOutput,
  })
  return { dispatch, log }
}

describe('dispatcher', () => {
  test('a handler gets the parsed input and its result goes back', async () => {
    const { dispatch } = createSmall(({ text }) => succeed(`<${text}>`))
    expect(await dispatch(null, 'thing.echo', { text: ' a ' })).toEqual(succeed('<a>'))
  })

  test('the refused field is named', async () => {
    const { dispatch } = createSmall(() => succeed(''))
    expect(await dispatch(null, 'thing.echo', { text: 'too long' })).toEqual({
      ok: false,
      error: { kind: 'BAD_REQUEST', field: 'text' },
    })
    expect(await dispatch(null, 'thing.echo', 1)).toEqual({ ok: false, error: { kind: 'BAD_REQUEST', field: 'input' } })
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('jsk_live_secretsecret')
      },
    ],
    ['rejects', () => Promise.reject(new Error('jsk_live_secretsecret'))],
    ['answers nothing', () => undefined],
  ])('a handler that %s becomes INTERNAL with a reference and nothing else', async (_how, handler) => {
    const { dispatch, log } = createSmall(handler)
    expect(await dispatch(null, 'thing.echo', { text: 'a' })).toEqual({
      ok: false,
      error: { kind: 'INTERNAL', reference: 'ref-1' },
    })
    expect(log.lines).toHaveLength(1)
    const second = await dispatch(null, 'thing.echo', { text: 'b' })
    expect(second).toMatchObject({ ok: false, error: { reference: 'ref-2' } })
  })

  test('an answer against its schema is found when outputs are checked', async () => {
    expect(await createSmall(() => succeed(1)).dispatch(null, 'thing.echo', { text: 'a' })).toMatchObject({
      error: { kind: 'INTERNAL' },
    })
    expect(await createSmall(() => succeed(1), false).dispatch(null, 'thing.echo', { text: 'a' })).toEqual(succeed(1))
  })

  test('calls beyond the limit are refused, and taken again when others have ended', async () => {
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { dispatch } = createSmall(async () => {
      await gate
      return succeed('done')
    })
    const running = Array.from({ length: limits.bridgeCallsInFlightMax }, () =>
      dispatch(null, 'thing.echo', { text: 'a' }),
    )
    expect(await dispatch(null, 'thing.echo', { text: 'a' })).toEqual({ ok: false, error: { kind: 'OVERLOADED' } })
    release()
    for (const result of await Promise.all(running)) expect(result).toEqual(succeed('done'))
    expect(await dispatch(null, 'thing.echo', { text: 'a' })).toEqual(succeed('done'))
  })
})

test('calls can be seen and cancelled while all places are taken by calls that wait', async () => {
  let release = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const dispatch = createDispatcher<null>({
    contract: { ...small, 'calls.cancel': contract['calls.cancel'] },
    handlers: Promise.resolve({
      'thing.echo': async () => {
        await gate
        return succeed('done')
      },
      'calls.cancel': () => {
        release()
        return succeed(null)
      },
    }),
    isTrusted: () => true,
    log: createMemoryLog(),
    checkOutput: true,
  })
  const running = Array.from({ length: limits.bridgeCallsInFlightMax }, () =>
    dispatch(null, 'thing.echo', { text: 'a' }),
  )
  expect(await dispatch(null, 'thing.echo', { text: 'a' })).toEqual({ ok: false, error: { kind: 'OVERLOADED' } })
  expect(await dispatch(null, 'calls.cancel', { ticket: 'call-1' })).toEqual(succeed(null))
  for (const result of await Promise.all(running)) expect(result).toEqual(succeed('done'))
})

describe('isPlainData', () => {
  test('takes what JSON can hold, within the size', () => {
    expect(isPlainData({ a: [1, 'b', null, true, { c: undefined }] }, 1000)).toBe(true)
    expect(isPlainData(Object.create(null), 1000)).toBe(true)
  })

  test.each<[string, unknown]>([
    ['a cycle', cyclic()],
    ['a map', new Map()],
    ['a buffer', new Uint8Array(4)],
    ['a date', new Date(0)],
    ['a function', { a: () => 1 }],
    ['an own __proto__', JSON.parse('{"__proto__":1}')],
    ['a long text', 'a'.repeat(501)],
    ['a long list', new Array(200).fill(null)],
    ['long names', { ['a'.repeat(600)]: 1 }],
  ])('refuses %s', (_what, value) => {
    expect(isPlainData(value, 1000)).toBe(false)
  })

  test('a deep value costs no stack', () => {
    let deep: unknown = null
    for (let depth = 0; depth < 50_000; depth += 1) deep = [deep]
    expect(isPlainData(deep, limits.bridgeMessageBytesMax)).toBe(true)
  })
})
