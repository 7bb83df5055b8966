import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CallDetail } from '../../../shared/model/call.ts'
import { buildAttempt, buildCallRecord } from '../../adapters/fixtures/call-record.ts'
import type { CallRecord } from '../ports.ts'
import { quoteForShell, writeCurl } from './curl.ts'

const hasShell = spawnSync('/bin/sh', ['-c', 'true']).status === 0
const hasCurl = hasShell && spawnSync('curl', ['--version']).status === 0
const key = 'jsk_test_0123456789abcdef'

interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let received: Received[] = []
const server = createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    const { method = '', url = '', headers } = request
    received.push({ method, url, headers, body: Buffer.concat(pieces).toString() })
    response.end('{"success":true}')
  })
})
let origin: string

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())
beforeEach(() => {
  received = []
})

function buildCall(changes: Partial<CallRecord> = {}): CallDetail {
  const { keyMask, attempts, waits, stop, requestBody, responseBody, origin: _, ...rest } = buildCallRecord(changes)
  const summary = { id: 1, ...rest, attempts: attempts.length }
  return { summary, origin, keyMask, attempts: [...attempts], waits, stop, requestBody, responseBody }
}

const post = (text: string, truncated = false): Partial<CallRecord> => ({
  method: 'POST',
  path: '/emails/send',
  requestBody: { text, bytes: text.length, truncated },
  attempts: [
    buildAttempt({
      requestHeaders: [
        ['accept', 'application/json'],
        ['user-agent', 'jasni-vault/1.0'],
        ['content-type', 'application/json'],
        ['authorization', '[redacted]'],
      ],
    }),
  ],
})

/** Runs a command line as a person would paste it, with the key where it belongs. */
function runInShell(text: string): Promise<number | null> {
  return new Promise((resolve) => {
    const env = { ...process.env, JASNI_API_KEY: key }
    const child = spawn('/bin/sh', ['-s'], { env, stdio: ['pipe', 'ignore', 'ignore'] })
    child.once('exit', resolve)
    child.stdin.end(text)
  })
}

describe('a command line', () => {
  test('names the key and never holds it, nor what curl decides by itself', () => {
    const { text } = writeCurl(buildCall(post('{"a":1}')), `${origin}/api/v1`)
    expect(text).toBe(
      [
        'curl --request POST',
        `--url '${origin}/api/v1/emails/send'`,
        '--header "Authorization: Bearer $JASNI_API_KEY"',
        "--header 'accept: application/json'",
        "--header 'content-type: application/json'",
        `--data-raw '{"a":1}'`,
      ].join(' \\\n  '),
    )
  })

  test.skipIf(!hasCurl).each([
    ['nothing', null],
    ['JSON', '{"to":["a@example.org"],"subject":"hello"}'],
    ['quotes of every kind', `{"text":"it's \\"$HOME\\" \`id\` $(id) \\\\ !x"}`],
    ['an at sign first', '@/etc/passwd'],
    ['lines', 'one\ntwo\n'],
    ['more than one argument can hold', JSON.stringify({ text: "it's $HOME ".repeat(30_000) })],
  ])('with %s really runs, and sends the same call with the key', async (_, body) => {
    const changes = body === null ? {} : post(body)
    const call = buildCall(changes)
    const { text } = writeCurl(call, `${origin}/api/v1`)
    expect(await runInShell(text)).toBe(0)
    expect(received).toHaveLength(1)
    expect(received[0]).toMatchObject({
      method: call.summary.method,
      url: `/api/v1${call.summary.path}`,
      headers: { authorization: `Bearer ${key}`, accept: 'application/json' },
    })
    expect(received[0]?.body.replace(/\n$/, '')).toBe((body ?? '').replace(/\n$/, ''))
  })

  test.skipIf(!hasCurl)('takes brackets in an address as they are', async () => {
    const call = buildCall({ path: '/emails?folder=[1-3]' })
    expect(await runInShell(writeCurl(call, `${origin}/api/v1`).text)).toBe(0)
    expect(received.map(({ url }) => url)).toEqual(['/api/v1/emails?folder=[1-3]'])
  })

  test('says first what is missing: a cut body, a key that was taken out, an address that changed', () => {
    const call = buildCall(post('{"a":"jsk_[redacted]', true))
    const { text, ...said } = writeCurl(call, 'https://elsewhere.example/api/v1')
    expect(said).toEqual({ bodyCut: true, redacted: true, urlGuessed: true })
    expect(text.split('\n').filter((line) => line.startsWith('#'))).toHaveLength(3)
    expect(writeCurl(buildCall(), `${origin}/api/v1`)).toMatchObject({
      bodyCut: false,
      redacted: false,
      urlGuessed: false,
    })
  })

  test('loses a key that the log should never have held', () => {
    expect(writeCurl(buildCall(post(`{"a":"${key}"}`)), null).text).not.toContain('0123456789abcdef')
  })

  test('writes a method that is none as one word too', () => {
    expect(writeCurl(buildCall({ method: 'GET; touch /' }), null).text).toContain("--request 'GET; touch /'")
  })

  test.skipIf(!hasShell)('whatever the texts, a shell reads each as one word', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 40 }), (texts) => {
        const plain = texts.map((text) => text.replaceAll('\0', ''))
        const said = execFileSync('/bin/sh', ['-s'], { input: `printf '%s\\0' ${plain.map(quoteForShell).join(' ')}` })
        expect(said.toString().split('\0').slice(0, -1)).toEqual(plain)
      }),
      { numRuns: 10 },
    )
  })
})
