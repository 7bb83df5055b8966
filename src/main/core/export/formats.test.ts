import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CallDetail } from '../../../shared/model/call.ts'
import { buildAttempt, buildCallRecord } from '../../adapters/fixtures/call-record.ts'
import { loadHarCheck } from '../../adapters/fixtures/har-check.ts'
import type { CallRecord } from '../ports.ts'
import { createCsvWriter } from './csv.ts'
import type { ExportOptions, ExportWriter } from './export-format.ts'
import { createHarWriter } from './har.ts'

const checkHar = loadHarCheck()
const dev = { name: 'Dev', baseUrl: 'https://api.jasni.ai/api/v1' }

function options(changes: Partial<ExportOptions> = {}): ExportOptions {
  return { includeBodies: true, version: '1.2.3', environment: (id) => (id === 'dev' ? dev : null), ...changes }
}

function buildCall(changes: Partial<CallRecord> = {}, id = 1): CallDetail {
  const { origin, keyMask, attempts, waits, stop, requestBody, responseBody, ...rest } = buildCallRecord(changes)
  return {
    summary: { id, ...rest, attempts: attempts.length },
    origin,
    keyMask,
    attempts: [...attempts],
    waits,
    stop,
    requestBody,
    responseBody,
  }
}

function writeAll(writer: ExportWriter, calls: readonly CallDetail[]): string {
  return writer.head() + calls.map((call) => writer.writeCall(call)).join('') + writer.tail()
}

function writeHar(calls: readonly CallDetail[], changes: Partial<ExportOptions> = {}) {
  const text = writeAll(createHarWriter(options(changes)), calls)
  return { text, har: JSON.parse(text) }
}

const refused = buildAttempt({
  status: 429,
  outcome: 'RATE_LIMITED',
  responseHeaders: [
    ['retry-after', '2'],
    ['set-cookie', '[redacted]'],
  ],
})
const retried = buildCall({
  attempts: [refused, buildAttempt({ startedAtMs: 1_700_000_002_500 })],
  waits: [
    {
      cause: 'retry-after',
      beforeAttempt: 1,
      startedAtMs: 1_700_000_000_100,
      tookMs: 2250,
      plannedMs: 2250,
      toldMs: 2000,
      addedMs: 250,
      header: ['retry-after', '2'],
    },
  ],
})

describe('a HAR', () => {
  test('of nothing is one', () => {
    const { har } = writeHar([])
    expect(checkHar(har)).toEqual([])
    expect(checkHar({ log: { ...har.log, entries: [{}] } })).not.toEqual([])
    expect(har.log).toMatchObject({ version: '1.2', creator: { name: 'Jasni Vault', version: '1.2.3' }, entries: [] })
  })

  test('has an entry per attempt, linked to its call, with the waits before it and their numbers', () => {
    const { har } = writeHar([retried, buildCall({}, 2)])
    expect(checkHar(har)).toEqual([])
    expect(har.log.entries).toHaveLength(3)
    expect(har.log.entries).toMatchObject([
      { _callId: 1, _attempt: 1, _attempts: 2, _waits: [], response: { status: 429 } },
      {
        _callId: 1,
        _attempt: 2,
        response: { status: 200 },
        _waits: [{ cause: 'retry-after', tookMs: 2250, toldMs: 2000, addedMs: 250, header: ['retry-after', '2'] }],
      },
      { _callId: 2, _attempt: 1, _environment: 'Dev', _key: 'jsk_live_…x7Qp', _operation: 'listEmails' },
    ])
  })

  test('names the address in full, its query apart, and where a redirect led', () => {
    const attempt = buildAttempt({ status: 302, outcome: 'REDIRECTED', responseHeaders: [['location', '/elsewhere']] })
    const { har } = writeHar([buildCall({ attempts: [attempt] })])
    expect(har.log.entries[0]).toMatchObject({
      request: {
        url: 'https://api.jasni.ai/api/v1/emails?account=agent%40example.org',
        queryString: [{ name: 'account', value: 'agent@example.org' }],
      },
      response: { redirectURL: '/elsewhere' },
    })
  })

  test('times the phases: -1 for none, TLS inside the connecting, and all but TLS make up the time', () => {
    const timings = { dnsMs: 2, connectMs: 10, tlsMs: 20, firstByteMs: 30, bodyMs: 7 }
    const fresh = buildAttempt({ tookMs: 75, timings })
    const kept = buildAttempt({ timings: { ...timings, dnsMs: null, connectMs: null, tlsMs: null } })
    const { har } = writeHar([buildCall({ attempts: [fresh, kept] })])
    expect(har.log.entries.map(({ time, timings }: { time: number; timings: unknown }) => ({ time, timings }))).toEqual(
      [
        { time: 75, timings: { blocked: 6, dns: 2, connect: 30, send: 0, wait: 30, receive: 7, ssl: 20 } },
        { time: 38, timings: { blocked: 1, dns: -1, connect: -1, send: 0, wait: 30, receive: 7, ssl: -1 } },
      ],
    )
  })

  test('puts the time that no answer came in to the waiting for it', () => {
    const timings = { dnsMs: null, connectMs: 3, tlsMs: null, firstByteMs: null, bodyMs: null }
    const attempt = buildAttempt({ status: null, outcome: 'TIMEOUT', tookMs: 30_000, timings })
    const { har } = writeHar([buildCall({ attempts: [attempt], status: null, responseBody: null })])
    expect(har.log.entries[0]).toMatchObject({ time: 30_000, timings: { blocked: 0, connect: 3, wait: 29_997 } })
  })

  test('of a call without an answer says why, and why nothing followed', () => {
    const attempt = buildAttempt({
      status: null,
      outcome: 'NETWORK',
      networkFault: 'refused',
      responseHeaders: [],
      timings: { dnsMs: null, connectMs: 1, tlsMs: null, firstByteMs: null, bodyMs: null },
    })
    const wait = { cause: 'parked', beforeAttempt: 1, startedAtMs: 1, tookMs: 5, plannedMs: null } as const
    const { har } = writeHar([
      buildCall({ attempts: [attempt], waits: [wait], stop: 'gave-up', responseBody: null, status: null }),
    ])
    expect(checkHar(har)).toEqual([])
    expect(har.log.entries).toMatchObject([
      {
        response: { status: 0, bodySize: -1 },
        _outcome: 'NETWORK',
        _networkFault: 'refused',
        _stop: 'gave-up',
        _waitsAfter: [{ cause: 'parked' }],
      },
    ])
  })

  test('of a call that was cancelled while it waited lists it with its waits, beside the entries', () => {
    const wait = { cause: 'pacing', beforeAttempt: 0, startedAtMs: 1, tookMs: 900, plannedMs: 2000 } as const
    const cancelled: Partial<CallRecord> = {
      attempts: [],
      waits: [wait],
      stop: 'cancelled',
      status: null,
      outcome: 'CANCELLED',
      responseBody: null,
    }
    const { har } = writeHar([buildCall({}, 1), buildCall(cancelled, 2)])
    expect(checkHar(har)).toEqual([])
    expect(har.log.entries).toHaveLength(1)
    expect(har.log._unsent).toMatchObject([
      {
        _callId: 2,
        request: { method: 'GET', url: 'https://api.jasni.ai/api/v1/emails?account=agent%40example.org' },
        _environment: 'Dev',
        _outcome: 'CANCELLED',
        _stop: 'cancelled',
        _waits: [{ cause: 'pacing', tookMs: 900, plannedMs: 2000 }],
      },
    ])
    expect(har.log._removed).toMatchObject({ calls: 2, attempts: 1, callsWithoutAttempt: 1 })
  })

  test('leaves secret headers out and takes keys out, and says how many', () => {
    const attempt = buildAttempt({
      requestHeaders: [
        ['authorization', '[redacted]'],
        ['accept', 'application/json'],
      ],
      responseHeaders: [
        ['Set-Cookie', 'a=b'],
        ['x-note', 'jsk_live_0123456789abcdefABCDEF'],
      ],
    })
    const { text, har } = writeHar([
      buildCall({ attempts: [attempt], requestBody: { text: 'whsec_0123456789abcdef', bytes: 22, truncated: false } }),
    ])
    expect(text).not.toMatch(/authorization|set-cookie|0123456789abcdef/i)
    expect(har.log._removed).toMatchObject({ headersRemoved: 2, keysRemoved: 2, calls: 1, attempts: 1 })
    expect(har.log.comment).toContain('2 secret headers')
  })

  test('holds bodies only when it is told to, and says which were cut', () => {
    const call = buildCall({
      method: 'POST',
      requestBody: { text: '{"subject":"hello"}', bytes: 19, truncated: false },
      responseBody: { text: '{"succ', bytes: 5000, truncated: true },
    })
    const without = writeHar([call], { includeBodies: false })
    expect(checkHar(without.har)).toEqual([])
    expect(without.text).not.toMatch(/hello|succ/)
    expect(without.har.log._removed).toMatchObject({ bodiesLeftOut: 2, bodiesCut: 0 })
    expect(without.har.log.entries[0]).toMatchObject({
      request: { bodySize: 19 },
      response: { content: { size: 5000, comment: 'The body was left out.' } },
    })
    const whole = writeHar([call])
    expect(checkHar(whole.har)).toEqual([])
    expect(whole.har.log._removed).toMatchObject({ bodiesLeftOut: 0, bodiesCut: 1 })
    expect(whole.har.log.entries[0]).toMatchObject({
      request: { postData: { text: '{"subject":"hello"}' } },
      response: { content: { size: 5000, text: '{"succ', comment: expect.stringContaining('6 characters of 5000') } },
    })
  })

  test('is valid whatever the texts in it are', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 })
    fc.assert(
      fc.property(text, text, text, fc.boolean(), (path, header, body, includeBodies) => {
        const attempt = buildAttempt({ requestHeaders: [[header, body]], responseHeaders: [[body, header]] })
        const { har } = writeHar(
          [
            buildCall({
              path: `/${encodeURIComponent(path)}`,
              attempts: [attempt],
              responseBody: { text: body, bytes: 1, truncated: false },
            }),
          ],
          { includeBodies },
        )
        expect(checkHar(har)).toEqual([])
      }),
    )
  })
})

describe('a CSV', () => {
  const writeCsv = (calls: readonly CallDetail[], changes: Partial<ExportOptions> = {}) =>
    writeAll(createCsvWriter(options(changes)), calls)

  test('has a line per call', () => {
    const [head, line, end] = writeCsv([retried]).split('\r\n')
    expect(head).toBe(
      'id,started,environment,key,operation,method,url,status,outcome,attempts,waited_ms,took_ms,source,stop,waits',
    )
    expect(line).toBe(
      '1,2023-11-14T22:13:20.000Z,Dev,jsk_live_…x7Qp,listEmails,GET,' +
        'https://api.jasni.ai/api/v1/emails?account=agent%40example.org,200,ok,2,0,38,Inbox,,retry-after 2250',
    )
    expect(end).toBe('')
  })

  test.each(['=1+1', '+1', '-1', '@a', '\t=1', '\r=1'])('a field %j is no formula', (name) => {
    const writer = createCsvWriter(options({ environment: () => ({ ...dev, name }) }))
    const text = writeAll(writer, [buildCall()])
    expect(parseCsv(text)[1]?.[2]).toBe(`'${name}`)
    expect(writer.manifest().fieldsGuarded).toBe(1)
  })

  test('loses a key on its way', () => {
    const text = writeCsv([buildCall({ path: '/emails?q=jsk_live_0123456789abcdef' })])
    expect(text).toContain('jsk_[redacted]')
    expect(text).not.toContain('0123456789abcdef')
  })

  test('whatever a name holds, a reader of RFC 4180 finds the same fields', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const rows = parseCsv(writeCsv([buildCall(), buildCall({}, 2)], { environment: () => ({ ...dev, name }) }))
        expect(rows.map((row) => row.length)).toEqual([15, 15, 15])
        expect(rows[1]?.[2]?.replace(/^'/, '')).toBe(name.replace(/^'/, ''))
      }),
    )
  })
})

/** A reader of RFC 4180, written from its grammar alone. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    let field = ''
    if (text[at] === '"') {
      for (at += 1; ; at += 1) {
        if (text[at] !== '"') field += text[at] ?? ''
        else if (text[at + 1] === '"') {
          field += '"'
          at += 1
        } else break
      }
      at += 1
    } else {
      while (at < text.length && text[at] !== ',' && !text.startsWith('\r\n', at)) {
        field += text[at]
        at += 1
      }
    }
    row.push(field)
    if (text[at] === ',') at += 1
    else {
      rows.push(row)
      row = []
      at += 2
    }
  }
  return rows
}
