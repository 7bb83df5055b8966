import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { Secret } from '../vault/secret.ts'
import {
  forgetRegisteredSecrets,
  holdsSecret,
  redactBody,
  redacted,
  redactHeader,
  redactJson,
  redactKeys,
  redactText,
  redactValue,
  registerSecret,
} from './redaction.ts'

afterEach(forgetRegisteredSecrets)

const covered = [...'ABCXYZabcxyz0189_-.~+/=%!#$&*:@^|?']
const visibleAscii = Array.from({ length: 0x7e - 0x21 + 1 }, (_, index) => String.fromCharCode(0x21 + index))

const keyOf = (alphabet: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom('jsk_', 'jsk_live_', 'jsk_test_', 'whsec_'),
      fc.array(fc.constantFrom(...alphabet), { minLength: 12, maxLength: 60 }),
    )
    .map(([marker, rest]) => marker + rest.join(''))
const text = fc.string({ unit: 'binary', maxLength: 60 })

/** True when any 12 characters of the key that follow its marker stand in the text. */
function leaks(output: string, key: string): boolean {
  const tail = key.replace(/^(?:jsk_(?:live_|test_)?|whsec_)/, '')
  for (let at = 0; at + 12 <= tail.length; at += 1) if (output.includes(tail.slice(at, at + 12))) return true
  return false
}

describe('a key in text', () => {
  test('is removed wholly, whatever stands around it', () => {
    fc.assert(
      fc.property(keyOf(covered), text, text, (key, before, after) => {
        // What follows must not continue the key by chance, else there is nothing to look for.
        const output = redactText(`${before}${key} ${after}`)
        expect(leaks(output, key)).toBe(false)
        expect(holdsSecret(before + key)).toBe(true)
      }),
    )
  })

  test('of any visible ASCII is removed wholly once it is registered, also inside JSON and URLs', () => {
    fc.assert(
      fc.property(keyOf(visibleAscii), text, text, (key, before, after) => {
        forgetRegisteredSecrets()
        registerSecret(key)
        for (const form of [key, JSON.stringify({ a: key }), encodeURIComponent(key)]) {
          expect(redactText(before + form + after)).not.toContain(form.includes('"') ? JSON.stringify(key) : key)
          expect(leaks(redactText(`${form} ${after}`), key)).toBe(false)
          expect(holdsSecret(before + form)).toBe(true)
        }
      }),
    )
  })

  test('loses its shape even when it is not registered: nothing behind the marker is kept up to a bracket or quote', () => {
    expect(redactText('jsk_live_abcd"efgh')).toBe('jsk_[redacted]"efgh')
  })

  test('a usual key is not kept in memory by registering it', () => {
    registerSecret('jsk_live_abcdefghijkl')
    // Only a registered text is removed as a whole, marker included.
    expect(redactText('jsk_live_abcdefghijkl')).toBe('jsk_[redacted]')
    registerSecret('jsk_live_abc"defghijkl')
    expect(redactText('jsk_live_abc"defghijkl')).toBe(redacted)
  })

  test('what was redacted stays as it is when redacted again', () => {
    fc.assert(
      fc.property(keyOf(covered), text, (key, around) => {
        const once = redactText(`${around} ${key} ${around}`)
        expect(redactText(once)).toBe(once)
      }),
    )
  })

  test('of 20 million characters does not exhaust the stack', () => {
    expect(redactText(`jsk_${'a'.repeat(20_000_000)}`)).toBe('jsk_[redacted]')
    expect(redactText(`Bearer ${'a'.repeat(20_000_000)}`)).toBe('Bearer [redacted]')
    expect(redactText('jsk'.repeat(5_000_000))).toHaveLength(15_000_000)
  })

  test.each([
    ['Authorization: Bearer abc123def', 'Authorization: Bearer [redacted]'],
    ['basic dXNlcjpwYXNz', 'basic [redacted]'],
    ['basic settings and bearer certificates', 'basic settings and bearer certificates'],
    ['my_jsk_live_abcdefgh', 'my_jsk_[redacted]'],
    ['jsk_live', 'jsk_[redacted]'],
    ['jsk_', 'jsk_'],
    ['https://h/?key=jsk_live_abcdefgh&x=1', 'https://h/?key=jsk_[redacted]'],
  ])('%s becomes %s', (from, to) => {
    expect(redactText(from)).toBe(to)
  })

  test('the words of a mail stay', () => {
    fc.assert(
      fc.property(fc.lorem(), (words) => {
        expect(redactKeys(words)).toBe(words)
        expect(redactBody(words)).toBe(words)
      }),
    )
    expect(redactKeys('Basic Information2 for you')).toBe('Basic Information2 for you')
  })
})

describe('a key in JSON', () => {
  const escapeAll = (json: string) =>
    json.replace(/[a-z_/]/g, (character) =>
      character === '/' ? '\\/' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )

  test('cannot hide behind escapes, and the JSON keeps its meaning', () => {
    fc.assert(
      fc.property(keyOf(covered), fc.string({ unit: 'binary' }), (key, other) => {
        const output = redactBody(`{"${escapeAll(`k${key}`)}":${JSON.stringify(other)},"b":"${escapeAll(key)}"}`)
        expect(leaks(output, key)).toBe(false)
        expect(Object.values(JSON.parse(output) as object)).toContain(redactKeys(other))
      }),
    )
  })

  test('JSON without keys means the same afterwards', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(JSON.parse(redactBody(json))).toEqual(JSON.parse(json))
        expect(redactJson(JSON.parse(json))).toEqual(JSON.parse(json))
      }),
    )
  })

  test('is removed from values and from names', () => {
    const key = 'jsk_live_abcdefghijkl'
    expect(JSON.stringify(redactJson({ [key]: [{ a: key }, 1, null] }))).not.toContain('abcdefgh')
  })

  test('nesting of a million levels ends in null instead of an exhausted stack', () => {
    const deep = JSON.parse(`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`) as unknown
    expect(JSON.stringify(redactJson(deep))).toBe(`${'['.repeat(100)}null${']'.repeat(100)}`)
  })

  test('`__proto__` stays a member like any other', () => {
    const copy = redactJson(JSON.parse('{"__proto__":{"polluted":true}}'))
    expect(Object.hasOwn(copy as object, '__proto__')).toBe(true)
    expect((copy as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('a value for the log', () => {
  const key = 'jsk_live_abcdefghijklmnop'

  test('of any kind gives JSON without the key', () => {
    fc.assert(
      fc.property(
        keyOf(covered),
        fc.object({ values: [fc.string(), fc.integer(), fc.constant(null), fc.bigInt(), fc.date()], maxDepth: 12 }),
        (generated, around) => {
          const output = JSON.stringify(redactValue({ a: [around, generated], b: { [generated]: around } }))
          expect(leaks(output, generated)).toBe(false)
        },
      ),
    )
  })

  test.each([
    ['an error and its causes', new Error(key, { cause: new TypeError('x', { cause: key }) })],
    ['errors together', new AggregateError([new Error(key)], key)],
    ['fields of an error', Object.assign(new Error('x'), { request: { headers: { authorization: 'plain-token' } } })],
    ['a header by its name', { Authorization: 'plain-token', cookie: 'plain-token' }],
    ['a header pair', [['authorization', 'plain-token']]],
    ['a map', new Map([[key, new Set([key])]])],
    ['bytes', { bytes: new TextEncoder().encode(key) }],
    ['a secret', { secret: new Secret(key), other: new Secret(key) }],
  ])('%s', (_, value) => {
    const output = JSON.stringify(redactValue(value))
    expect(output).not.toContain('abcdefgh')
    expect(output).not.toContain('plain-token')
    expect(output).not.toContain('106,115,107')
  })

  test('a cycle, a getter that throws and a function are survived', () => {
    const cycle: Record<string, unknown> = { work: () => key }
    cycle.self = cycle
    Object.defineProperty(cycle, 'bad', {
      enumerable: true,
      get() {
        throw new Error(key)
      },
    })
    const output = JSON.stringify(redactValue(cycle))
    expect(output).toContain('[deep]')
    expect(output).toContain('[unreadable]')
    expect(output).not.toContain('abcdefgh')
  })
})

describe('a header', () => {
  test.each(['Authorization', 'PROXY-AUTHORIZATION', 'cookie', 'Set-Cookie', 'x-api-key'])('%s is secret', (name) => {
    expect(redactHeader(name, 'anything')).toBe(redacted)
  })
  test('of another name keeps its value, without keys', () => {
    expect(redactHeader('x-note', 'a jsk_live_abcdefgh b')).toBe('a jsk_[redacted] b')
  })
})
