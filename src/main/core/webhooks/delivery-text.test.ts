import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDeliveryText } from './delivery-text.ts'

const body = '{"event":"email.sent","data":{"subject":"Grüße 🙂"}}'
const signature = 'a'.repeat(64)

function read(text: string) {
  const reading = readDeliveryText(text)
  if (reading.read !== 'delivery') throw new Error(`${JSON.stringify(reading)} for ${text}`)
  const { delivery } = reading
  return { ...delivery, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(delivery.body) }
}

function problemOf(text: string) {
  const reading = readDeliveryText(text)
  return reading.read === 'problem' ? reading.problem : null
}

const head = `Host: hooks.example.com
Content-Type: application/json
X-Webhook-Signature: ${signature}
x-webhook-timestamp:1768473000`

describe('a paste is read', () => {
  test.each([
    ['http', `POST /hook HTTP/1.1\n${head}\n\n${body}`],
    ['http', `\n\nPOST /hook HTTP/1.1\r\n${head.replaceAll('\n', '\r\n')}\r\n\r\n${body}`],
    ['http', `POST https://hooks.example.com/x\n${head}\n\n${body}`],
    ['headers', `${head}\n\n${body}`],
    ['headers', `${head}\n${body}`],
    ['headers', `\uFEFF${head}\n\n${body}`],
    [
      'curl',
      `*   Trying 127.0.0.1:8080...
* Connected to localhost (127.0.0.1) port 8080 (#0)
> POST /hook HTTP/1.1
${head
  .split('\n')
  .map((line) => `> ${line}`)
  .join('\n')}
> 
} [53 bytes data]
< HTTP/1.1 200 OK
< Date: today
< 
${body}* Connection #0 to host localhost left intact`,
    ],
    [
      'curl',
      `> GET /last HTTP/1.1\n> Host: inspector.example\n>\n< HTTP/1.1 200 OK\n${head
        .split('\n')
        .map((line) => `< ${line}`)
        .join('\n')}\n<\n${body}`,
    ],
    ['json', JSON.stringify({ headers: { 'X-Webhook-Signature': signature }, body })],
    [
      'json',
      JSON.stringify({ Headers: { 'X-Webhook-Signature': [signature] }, rawBody: body, method: 'POST' }, null, 2),
    ],
    ['json', JSON.stringify({ headers: [['X-Webhook-Signature', signature]], content: body })],
    ['json', JSON.stringify([{ request: { headers: [{ name: 'X-Webhook-Signature', value: signature }], body } }])],
    ['json', JSON.stringify({ rawHeaders: ['X-Webhook-Signature', signature], payload: body })],
    ['json', JSON.stringify({ headers: { 'X-Webhook-Signature': signature }, body: JSON.parse(body) })],
    [
      'json',
      JSON.stringify({
        headers: { 'X-Webhook-Signature': signature },
        body: Buffer.from(body).toString('base64'),
        isBase64Encoded: true,
      }),
    ],
  ] as const)('%s', (form, text) => {
    const delivery = read(text)
    expect(delivery.form).toBe(form)
    expect(delivery.text).toBe(body)
    const found = delivery.headers.find(([name]) => name.toLowerCase() === 'x-webhook-signature')
    expect(found?.[1]).toBe(signature)
  })

  test('the length that the request names bounds a body that got a line end, and tells what lacks', () => {
    const bytes = Buffer.byteLength(body)
    const withLength = (length: number, end: string) => read(`Content-Length: ${length}\n\n${body}${end}`)
    expect(withLength(bytes, '\n')).toMatchObject({ text: body, missingBytes: 0 })
    expect(withLength(bytes + 7, '')).toMatchObject({ text: body, missingBytes: 7 })
    expect(withLength(bytes, 'more').text).toBe(`${body}more`)
  })

  test('a folded header is one', () => {
    expect(read(`X-A: one\n  two\n\n${body}`).headers).toEqual([['X-A', 'one two']])
  })
})

describe('a problem has its place', () => {
  test.each([
    ['', 'empty', 1, 1],
    ['  \n\n ', 'empty', 1, 1],
    ['HTTP/1.1 200 OK\nA: b\n\n{}', 'answer', 1, 1],
    ['POST / HTTP/1.1\nHost: x\nno header\n\n{}', 'header', 3, 10],
    ['Host: x\nX Webhook: y\n\n{}', 'header', 2, 2],
    ['Host: x\n: y\n\n{}', 'header', 2, 1],
    ['Host: x\nA: y', 'no-body', 2, 5],
    ['Host: x\n\n', 'no-body', 3, 1],
    ['> POST / HTTP/1.1\n> Host x\n\n{}', 'header', 2, 3],
    ['> POST / HTTP/1.1\n> Host: x\n>\n', 'no-body', 4, 1],
    ['{"headers": {},\n  "body": nope}', 'json', 2, 11],
    ['{"headers": {}', 'json', 1, 15],
    ['{"event":"email.sent","timestamp":"x","data":{}}', 'body-only', 1, 1],
    ['{"a": 1}', 'json-headers', 1, 1],
    ['{\n"headers": 3, "body": "x"}', 'json-headers', 2, 1],
    ['{"headers": {}}', 'json-body', 1, 1],
    ['{"headers": {},\n"body": "*", "isBase64Encoded": true}', 'base64', 2, 1],
    ['[1, 2]', 'json-headers', 1, 1],
  ] as const)('%j: %s at %i:%i', (text, what, line, column) => {
    expect(problemOf(text)).toEqual({ what, line, column })
  })
})

describe('for any text', () => {
  test('it is a delivery, or a problem that lies in the text', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom(
        '\n',
        '\r\n',
        ': ',
        '> ',
        '< ',
        '* ',
        '{',
        '}',
        '"headers":',
        '"body":',
        'POST / HTTP/1.1',
        '[',
        ']',
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('')
        const problem = problemOf(text)
        if (problem === null) return
        const lines = text.replace(/^\uFEFF/, '').split('\n')
        expect(problem.line).toBeLessThanOrEqual(lines.length)
        expect(problem.line).toBeGreaterThanOrEqual(1)
        expect(problem.column).toBeGreaterThanOrEqual(1)
        expect(problem.column).toBeLessThanOrEqual((lines[problem.line - 1]?.length ?? 0) + 1)
      }),
    )
  })

  test('a body comes out as it went in, whatever it holds', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/).filter((text) => !/^content-length$/i.test(text))
    const value = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/)
    const anyBody = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 6 }), anyBody, (headers, content) => {
        const lines = headers.map((header) => header.join(': ')).join('\r\n')
        const raw = read(`POST / HTTP/1.1\r\n${lines}\r\n\r\n${content}`)
        expect(raw.text).toBe(content)
        expect(raw.headers).toEqual(headers)
        expect(read(JSON.stringify({ headers, body: content })).text).toBe(content)
        const base64 = { headers, body: Buffer.from(content).toString('base64url'), isBase64Encoded: true }
        expect(read(JSON.stringify(base64)).text).toBe(content)
      }),
    )
  })
})
