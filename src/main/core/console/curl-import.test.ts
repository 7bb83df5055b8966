import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../../../shared/limits.ts'
import type { ConsoleRequest, ParameterValue } from '../../../shared/model/console.ts'
import { OperationId } from '../../../shared/model/operation.ts'
import { operations } from '../../../shared/operations.ts'
import { quoteForShell } from '../export/curl.ts'
import { holdsSecret } from '../log/redaction.ts'
import { importCurl } from './curl-import.ts'
import { checkConsoleRequest } from './request.ts'
import { splitCommands } from './shell-words.ts'
import { writeSnippet } from './snippets.ts'

const baseUrl = 'https://api.jasni.ai/api/v1'
const bases = [
  { name: 'Dev', baseUrl, current: true },
  { name: 'Sandbox', baseUrl: 'http://127.0.0.1:4010/api/v1', current: false },
]
const key = 'jsk_live_0123456789abcdef'

function read(text: string) {
  const result = importCurl(text, bases)
  if (!result.ok) throw new Error(`${result.error.fault} ${result.error.name}`)
  return result.value
}

function refusal(text: string) {
  const result = importCurl(text, bases)
  return result.ok ? null : result.error
}

const kinds = (text: string) => read(text).notes.map(({ kind }) => kind)

describe('a cURL command becomes a request', () => {
  const send = { operation: 'createLabel', parameters: {}, body: '{"name":"It\'s"}' }

  test.each([
    ['POSIX quotes', `curl -X POST '${baseUrl}/labels' -d '{"name":"It'\\''s"}'`],
    ['double quotes', `curl "${baseUrl}/labels" --data "{\\"name\\":\\"It's\\"}"`],
    ['ANSI-C quotes', `curl ${baseUrl}/labels --data-raw $'{"name":"It\\'s"}'`],
    ['coded characters', `curl ${baseUrl}/labels --data-raw $'\\x7b"name":"It\\u0027s"\\175'`],
    ['lines that go on', `curl --url ${baseUrl}/labels \\\r\n  --json '{"name":' \\\n  --json "\\"It's\\"}"`],
    ['short options together', `curl -sSXPOST ${baseUrl}/labels/ -d'{"name":"It'"'"'s"}'`],
    ['standard input', `# a note\ncurl ${baseUrl}/labels --data-binary @- <<'END'\n{"name":"It's"}\nEND\n`],
    ['a prompt and a pipe', `$ curl ${baseUrl}/labels -d '{"name":"It'\\''s"}' | jq .`],
  ])('with %s', (_what, text) => {
    expect(read(text).request).toEqual(send)
  })

  test('with parameters of the query, by -G and --url-query too', () => {
    const text = `curl -G "${baseUrl}/emails?account=a%2Bb@x.org" -d limit=20 --data-urlencode 'folder=Sent Mail' --url-query label_ids=l1`
    expect(read(text).request).toEqual({
      operation: 'listEmails',
      parameters: { account: 'a+b@x.org', limit: 20, folder: 'Sent Mail', label_ids: 'l1' },
      body: null,
    })
  })

  test('whose path names the operation: plain parts come before parameters', () => {
    expect(read(`curl ${baseUrl}/emails/threads?account=a`).request.operation).toBe('listThreads')
    expect(read(`curl ${baseUrl}/emails/7?account=a`).request).toMatchObject({
      operation: 'getEmail',
      parameters: { id: 7 },
    })
    expect(read(`curl -X delete ${baseUrl}/emails/drafts/7`).request.operation).toBe('deleteDraft')
  })

  test('below the base URL of another environment, and says so', () => {
    expect(read('curl 127.0.0.1:4010/api/v1/labels')).toEqual({
      request: { operation: 'listLabels', parameters: {}, body: null },
      notes: [{ kind: 'environment', names: ['Sandbox'] }],
    })
  })
})

describe('what is left out is said', () => {
  test.each([
    ['a bearer key', `-H 'Authorization: Bearer ${key}'`, ['key']],
    ['a key of another shape', "-H 'X-API-Key: abc'", ['key']],
    ['a key by name only', '-H "Authorization: Bearer $JASNI_API_KEY"', []],
    ['a key as a login', `-u ${key}:`, ['key']],
    ['a login', '-u me:password', ['login']],
    ['cookies', "-b 'a=b'", ['cookies']],
    ['a header', "-H 'X-Trace: 1' -H 'accept: */*'", ['headers']],
    ['options of the way', '-skL --max-time 5 --proxy http://p', ['options']],
    ['a second address', `${baseUrl}/accounts`, ['rest']],
    ['a body', "-X GET -d '{}'", ['body']],
    ['a command behind it', '&& rm -rf /', ['rest']],
  ])('%s', (_what, rest, notes) => {
    expect(kinds(`curl ${baseUrl}/labels ${rest}`)).toEqual(notes)
  })

  test('parameters that the operation has not, and a key among them', () => {
    expect(read(`curl '${baseUrl}/labels?page=2&api_key=${key}'`)).toEqual({
      request: { operation: 'listLabels', parameters: {}, body: null },
      notes: [
        { kind: 'key', names: [] },
        { kind: 'parameters', names: ['page'] },
      ],
    })
  })

  test('a key in a variable before it', () => {
    expect(kinds(`JASNI_API_KEY=${key} curl ${baseUrl}/labels`)).toEqual(['key'])
  })
})

describe('what is not imported is explained', () => {
  test.each([
    ['nothing', ' ', 'empty', ''],
    ['another text', 'hello', 'not-curl', ''],
    ['another program', 'wget https://x.org', 'not-curl', ''],
    ['an open quote', `curl '${baseUrl}`, 'quote', ''],
    ['a command inside', `curl ${baseUrl}/labels -d "$(cat x)"`, 'substitution', ''],
    ['an unknown option', `curl --frobnicate ${baseUrl}/labels`, 'option', '--frobnicate'],
    ['an unknown letter', `curl -sy ${baseUrl}/labels`, 'option', '-y'],
    ['an option without its value', `curl ${baseUrl}/labels -X`, 'value', '-X'],
    ['a file', `curl ${baseUrl}/labels -d @body.json`, 'file', 'body.json'],
    ['a file of a form', `curl ${baseUrl}/labels -F 'a=@photo.png'`, 'file', 'photo.png'],
    ['an upload', `curl ${baseUrl}/labels -T mail.eml`, 'file', 'mail.eml'],
    ['a form', `curl ${baseUrl}/labels -F a=b`, 'form', ''],
    ['no address', 'curl -s', 'url', ''],
    ['an address in a variable', 'curl "$BASE/labels"', 'url', ''],
    ['another host', 'curl https://evil.example/api/v1/labels', 'host', 'evil.example'],
    [
      'a host that only begins alike',
      'curl https://api.jasni.ai.evil.example/api/v1/labels',
      'host',
      'api.jasni.ai.evil.example',
    ],
    ['an unknown path', `curl ${baseUrl}/nothing`, 'path', 'GET /nothing'],
    ['an unknown method', `curl -I ${baseUrl}/labels`, 'path', 'HEAD /labels'],
    ['a path beside the base URL', 'curl https://api.jasni.ai/api/v10/labels', 'path', 'GET /api/v10/labels'],
    ['a body that is no JSON', `curl ${baseUrl}/labels -d name=x`, 'body', ''],
    ['a body that is no object', `curl ${baseUrl}/labels -d '[1]'`, 'body', ''],
    ['a key inside the body', `curl ${baseUrl}/labels -d '{"name":"\\u006a${key.slice(1)}"}'`, 'key', ''],
    ['a long text', `curl ${'x'.repeat(limits.curlCharsMax)}`, 'too-long', ''],
  ])('%s', (_what, text, fault, name) => {
    expect(refusal(text)).toEqual({ fault, name })
  })
})

describe('whatever the text', () => {
  const parts = fc.constantFrom(
    'curl',
    ' ',
    `${baseUrl}/labels`,
    `-H 'Authorization: Bearer ${key}'`,
    key,
    `-d '{"name":"${key}"}'`,
    `?api_key=${key}`,
    `--${key}`,
    `https://${key}.example/`,
    `@${key}`,
    '-X',
    '-F',
    "$'",
    "'",
    '"',
    '\\',
    '<<',
    '\n',
    '=',
    '&',
  )

  test('nothing throws, and no key is in the answer', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(parts, fc.string({ maxLength: 6 })), { maxLength: 12 }), (texts) => {
        for (const text of [texts.join(''), `curl ${texts.join(' ')}`]) {
          expect(holdsSecret(JSON.stringify(importCurl(text, bases)))).toBe(false)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('words that were quoted for a shell are read as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 10 }), (texts) => {
        const words = texts.map((text) => text.replaceAll('\0', '').replaceAll('\r\n', '\n'))
        expect(splitCommands(words.map(quoteForShell).join(' \\\n'))).toEqual({
          ok: true,
          value: [{ words, input: null }],
        })
      }),
    )
  })

  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .filter((value) => !/\r\n|\0|^[.]+$/.test(value) && !/\p{Surrogate}/u.test(value))
  const request: fc.Arbitrary<ConsoleRequest> = fc.constantFrom(...OperationId.options).chain((id) => {
    const operation = operations[id]
    const values = operation.parameters.map(({ name, schema }) => {
      const value: fc.Arbitrary<ParameterValue> =
        schema.enum !== undefined
          ? fc.constantFrom(...schema.enum)
          : schema.type === 'integer'
            ? fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 100_000 })
            : schema.type === 'boolean'
              ? fc.boolean()
              : text
      return fc.tuple(fc.constant(name), value)
    })
    const body = operation.body === null ? fc.constant(null) : fc.constant(operation.body.example ?? {})
    return fc.tuple(fc.tuple(...values), body, text, fc.boolean()).map(([entries, example, more, long]) => ({
      operation: id,
      parameters: Object.fromEntries(entries),
      body:
        example === null
          ? null
          : JSON.stringify({ ...Object(example), more: long ? more.repeat(2000) + 'x'.repeat(30_000) : more }),
    }))
  })

  test('a request that the app copied as cURL comes back as it was', () => {
    let compared = 0
    fc.assert(
      fc.property(request, (original) => {
        const checked = checkConsoleRequest(original)
        // A value that the schema forbids, or a thread's name that is another path, is never copied.
        if (!checked.ok || ['threads', 'drafts'].includes(String(original.parameters.id))) return
        compared += 1
        const { request: again, notes } = read(writeSnippet(baseUrl, checked.value, 'curl'))
        expect(again).toEqual(original)
        expect(notes).toEqual([])
      }),
      { numRuns: 400 },
    )
    expect(compared).toBeGreaterThan(200)
  })
})
