import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import type { AppError } from '../../../shared/error.ts'
import { Account, Label, Message, MessageList } from '../../../shared/model/message.ts'
import type { CallInput } from '../pipeline/pipeline.ts'
import { createMailClient } from './mail-client.ts'
import { hasRemoteContent, readAddress, readAddresses, readDate } from './mail-reader.ts'

/** A mail client whose calls all get `body`, and what it sent. */
function answering(body: unknown) {
  const sent: CallInput[] = []
  const published: string[] = []
  const client = createMailClient({
    pipeline: {
      async send(input) {
        sent.push(input)
        return { ok: true, value: { callId: 7, status: 200, body } }
      },
    },
    publishHtml(html) {
      published.push(html)
      return 'app://mail/1'
    },
  })
  return { client, sent, published }
}

function refusing(error: AppError) {
  return createMailClient({ pipeline: { send: async () => ({ ok: false, error }) }, publishHtml: () => null })
}

const place = { environmentId: 'dev', account: 'agent+1@example.org', folder: 'INBOX' }
const envelope = (data: unknown) => ({ success: true, data })
const badAnswer = {
  ok: false,
  error: { kind: 'BAD_ANSWER', reason: 'unexpected', status: 200, apiMessage: '', callId: 7 },
}

describe('the calls', () => {
  test('are those of the reference', async () => {
    const { client, sent } = answering({})
    await client.accounts('dev')
    await client.labels('dev')
    await client.list({ ...place, label: null })
    await client.list({ ...place, label: 'Important' })
    await client.read({ ...place, uid: 12 })
    await client.mark({ ...place, uid: 12, action: 'unread' })
    expect(
      sent.map(({ operation, effect, method, path, query, body }) => [operation, effect, method, path, query, body]),
    ).toEqual([
      ['listAccounts', 'read', 'GET', '/accounts', [], null],
      ['listLabels', 'read', 'GET', '/labels', [['include_count', 'true']], null],
      [
        'listEmails',
        'read',
        'GET',
        '/emails',
        [
          ['account', place.account],
          ['folder', 'INBOX'],
          ['limit', '100'],
        ],
        null,
      ],
      [
        'listEmails',
        'read',
        'GET',
        '/emails',
        [
          ['account', place.account],
          ['folder', 'INBOX'],
          ['limit', '100'],
          ['labels', 'Important'],
        ],
        null,
      ],
      [
        'getEmail',
        'read',
        'GET',
        '/emails/12',
        [
          ['account', place.account],
          ['folder', 'INBOX'],
        ],
        null,
      ],
      [
        'updateEmail',
        'write',
        'PATCH',
        '/emails/12',
        [
          ['account', place.account],
          ['folder', 'INBOX'],
        ],
        { action: 'unread' },
      ],
    ])
    expect(new Set(sent.map(({ source, environmentId }) => `${source} ${environmentId}`))).toEqual(
      new Set(['Inbox dev']),
    )
  })

  test('hand on what the pipeline refuses', async () => {
    const error: AppError = { kind: 'API_NOT_FOUND', apiMessage: 'No such route', callId: 3 }
    const client = refusing(error)
    for (const result of [
      await client.accounts('dev'),
      await client.labels('dev'),
      await client.list({ ...place, label: null }),
      await client.read({ ...place, uid: 1 }),
      await client.mark({ ...place, uid: 1, action: 'read' }),
    ])
      expect(result).toEqual({ ok: false, error })
  })
})

describe('a list', () => {
  test('of the shape in the REST reference is read', async () => {
    const { client } = answering(
      envelope({
        emails: [
          {
            uid: 1,
            from: 'a@example.com',
            to: ['b@example.org'],
            subject: 'Old',
            date: '2024-01-15T09:00:00Z',
            text: 'x\n y',
            flags: ['\\Seen'],
          },
          {
            uid: 2,
            from: 'Alice <a@example.com>',
            to: ['b@example.org'],
            subject: 'New',
            date: '2024-01-15T10:00:00Z',
            flags: [],
          },
        ],
        folder: 'INBOX',
        total: 2,
      }),
    )
    expect(await client.list({ ...place, label: null })).toEqual({
      ok: true,
      value: {
        messages: [
          {
            uid: 2,
            from: { address: 'a@example.com', name: 'Alice' },
            to: [{ address: 'b@example.org', name: null }],
            subject: 'New',
            dateMs: Date.UTC(2024, 0, 15, 10),
            snippet: '',
            unread: true,
            hasAttachments: false,
          },
          {
            uid: 1,
            from: { address: 'a@example.com', name: null },
            to: [{ address: 'b@example.org', name: null }],
            subject: 'Old',
            dateMs: Date.UTC(2024, 0, 15, 9),
            snippet: 'x y',
            unread: false,
            hasAttachments: false,
          },
        ],
        total: 2,
        callId: 7,
      },
    })
  })

  test('of the shape in the SDK types is read', async () => {
    const { client } = answering(
      envelope({
        emails: [
          {
            uid: 3,
            from: { address: 'a@example.com', name: 'A' },
            to: [{ address: 'b@example.org' }],
            seen: false,
            hasAttachments: true,
            snippet: 'Hi',
          },
        ],
      }),
    )
    expect(await client.list({ ...place, label: null })).toMatchObject({
      value: {
        messages: [
          {
            from: { name: 'A' },
            to: [{ address: 'b@example.org', name: null }],
            unread: true,
            hasAttachments: true,
            snippet: 'Hi',
            dateMs: null,
          },
        ],
        total: 1,
      },
    })
  })

  test('names no message twice, leaves out what has no uid, and puts those without a date last', async () => {
    const { client } = answering(
      envelope({
        emails: [
          { uid: 5, date: 'never' },
          { uid: 9, date: '2024-01-01T00:00:00Z' },
          { uid: 5 },
          { uid: 'x' },
          { uid: -1 },
          { uid: '6' },
          null,
          7,
        ],
        total: -3,
      }),
    )
    const result = await client.list({ ...place, label: null })
    expect(result.ok && result.value.messages.map(({ uid }) => uid)).toEqual([9, 6, 5])
    expect(result).toMatchObject({ value: { total: 3 } })
  })

  test('longer than asked for is cut', async () => {
    const emails = Array.from({ length: 5000 }, (_, uid) => ({ uid, subject: 'x'.repeat(5000) }))
    const result = await answering(envelope({ emails })).client.list({ ...place, label: null })
    expect(result.ok && result.value.messages.length).toBe(1000)
    expect(result.ok && result.value.messages[0]?.subject.length).toBe(1000)
  })
})

describe('a message', () => {
  const email = {
    uid: 12,
    messageId: '<m@example.com>',
    from: '"Smith, \\"Al\\"" <al@example.com>',
    to: 'x@example.org, "Doe, J" <j@example.org>',
    cc: [],
    replyTo: ['Desk <desk@example.com>'],
    subject: 'a\r\nb \u202etxt',
    date: '2024-01-15T10:30:00Z',
    text: 'line 1\nline 2',
    html: '<p>hi</p>',
    attachments: [{ filename: 'a.pdf', contentType: 'application/pdf', size: 10 }, { filename: 'b' }, 'c'],
    flags: ['\\Answered'],
  }

  test('is read, and its HTML is given away for an address', async () => {
    const { client, published } = answering(envelope({ email }))
    expect(await client.read({ ...place, uid: 12 })).toEqual({
      ok: true,
      value: {
        uid: 12,
        messageId: '<m@example.com>',
        from: { address: 'al@example.com', name: 'Smith, "Al"' },
        to: [
          { address: 'x@example.org', name: null },
          { address: 'j@example.org', name: 'Doe, J' },
        ],
        cc: [],
        replyTo: 'desk@example.com',
        subject: 'a b txt',
        dateMs: Date.UTC(2024, 0, 15, 10, 30),
        text: 'line 1\nline 2',
        htmlUrl: 'app://mail/1',
        htmlHasRemoteContent: false,
        attachments: [
          { filename: 'a.pdf', contentType: 'application/pdf', bytes: 10 },
          { filename: 'b', contentType: 'application/octet-stream', bytes: 0 },
        ],
        unread: true,
        callId: 7,
      },
    })
    expect(published).toEqual(['<p>hi</p>'])
  })

  test.each([undefined, null, '', '  ', 5, {}])('without HTML (%j) has no address', async (html) => {
    const { client, published } = answering(envelope({ email: { ...email, html } }))
    expect(await client.read({ ...place, uid: 12 })).toMatchObject({
      value: { htmlUrl: null, htmlHasRemoteContent: false },
    })
    expect(published).toEqual([])
  })
})

describe('accounts and labels', () => {
  test('are read', async () => {
    const { client } = answering(
      envelope({
        accounts: [{ id: '1', email: 'a@example.org', name: 'A' }, { email: 'a@example.org' }, { name: 'x' }],
        labels: [{ id: 'u', name: 'Important', color: '#ef4444', email_count: 3 }, { name: 'Plain', color: 'red' }, {}],
      }),
    )
    expect(await client.accounts('dev')).toEqual({ ok: true, value: [{ email: 'a@example.org', name: 'A' }] })
    expect(await client.labels('dev')).toEqual({
      ok: true,
      value: [
        { id: 'u', name: 'Important', color: '#ef4444', count: 3 },
        { id: 'Plain', name: 'Plain', color: '#808080', count: null },
      ],
    })
  })
})

describe('garbage', () => {
  const names = [
    'uid',
    'from',
    'to',
    'cc',
    'replyTo',
    'subject',
    'date',
    'text',
    'html',
    'attachments',
    'flags',
    'seen',
    'snippet',
    'address',
    'email',
    'name',
    'filename',
    'size',
    'id',
    'color',
    'email_count',
  ] as const
  const leaf = fc.oneof(
    fc.jsonValue(),
    fc.integer({ min: -5, max: 50 }),
    fc.constantFrom('A <a@b>', '\\Seen', '2024-01-15T10:30:00Z', '<', '<>', '"', 1e300, -0),
    fc.string({ unit: 'binary' }),
  )
  const item = fc.oneof(leaf, fc.dictionary(fc.constantFrom(...names), fc.oneof(leaf, fc.array(leaf))))
  const data = fc.oneof(
    leaf,
    fc.record(
      {
        emails: fc.oneof(leaf, fc.array(item)),
        email: item,
        accounts: fc.oneof(leaf, fc.array(item)),
        labels: fc.oneof(leaf, fc.array(item)),
        total: leaf,
      },
      { requiredKeys: [] },
    ),
  )

  test('of any shape gives a value that keeps the contract, or a bad answer', async () => {
    await fc.assert(
      fc.asyncProperty(data, async (generated) => {
        const { client } = answering(envelope(generated))
        for (const [result, schema] of [
          [await client.accounts('dev'), z.array(Account)],
          [await client.labels('dev'), z.array(Label)],
          [await client.list({ ...place, label: null }), MessageList],
          [await client.read({ ...place, uid: 1 }), Message],
        ] as const) {
          if (result.ok) expect(z.safeParse(schema, result.value).success).toBe(true)
          else expect(result).toEqual(badAnswer)
        }
      }),
      { numRuns: 500 },
    )
  })

  test.each([undefined, null, 1, 'x', [], {}, { data: null }, { data: [] }, { data: { emails: {} } }])(
    'an envelope of %j is a bad answer',
    async (body) => {
      const { client } = answering(body)
      expect(await client.accounts('dev')).toEqual(badAnswer)
      expect(await client.labels('dev')).toEqual(badAnswer)
      expect(await client.list({ ...place, label: null })).toEqual(badAnswer)
      expect(await client.read({ ...place, uid: 1 })).toEqual(badAnswer)
    },
  )
})

describe('an address', () => {
  test.each([
    ['a@b.c', { address: 'a@b.c', name: null }],
    ['<a@b.c>', { address: 'a@b.c', name: null }],
    ['Ann <a@b.c>', { address: 'a@b.c', name: 'Ann' }],
    ['"Ann, B" <a@b.c>', { address: 'a@b.c', name: 'Ann, B' }],
    ['undisclosed-recipients:;', { address: 'undisclosed-recipients:;', name: null }],
    [{ email: 'a@b.c' }, { address: 'a@b.c', name: null }],
    ['', null],
    [{}, null],
    [5, null],
  ])('of %j', (value, address) => {
    expect(readAddress(value)).toEqual(address)
  })

  test('that was written as a name and an address is read back', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9.,;:@()\u00e4\u4e2d-]{1,20}$/)
    const address = fc.stringMatching(/^[a-z0-9.]{1,10}@[a-z0-9.]{1,10}$/)
    fc.assert(
      fc.property(fc.array(fc.record({ name, address }), { maxLength: 5 }), (addresses) => {
        const line = addresses.map((item) => `"${item.name}" <${item.address}>`).join(', ')
        expect(readAddresses(line)).toEqual(addresses)
      }),
    )
  })
})

describe('a date', () => {
  test.each([
    ['2024-01-15T10:30:00Z', Date.UTC(2024, 0, 15, 10, 30)],
    ['2024-01-15T10:30:00.5+02:00', Date.UTC(2024, 0, 15, 8, 30, 0, 500)],
    ['2024-01-15T10:30:00', Date.UTC(2024, 0, 15, 10, 30)],
    ['Mon, 15 Jan 2024 10:30:00 +0000', Date.UTC(2024, 0, 15, 10, 30)],
    ['2024-13-45T00:00:00Z', null],
    ['1', null],
    ['yesterday', null],
    ['1950-01-01T00:00:00Z', null],
    [1705314600000, null],
    [null, null],
  ])('of %j', (value, dateMs) => {
    expect(readDate(value)).toBe(dateMs)
  })
})

describe('remote content', () => {
  test.each([
    '<img src="https://x/y.png">',
    '<IMG SRC = //x/y>',
    "<td background='http://x/y'>",
    '<div style="background:url( https://x/y)">',
    '<img srcset="a.png 2x">',
    '<style>@import "x"</style>',
    '<link rel=stylesheet href=x>',
    '<video poster=https://x>',
  ])('%s is found', (html) => {
    expect(hasRemoteContent(html)).toBe(true)
  })
  test.each([
    '<p>text</p>',
    '<a href="https://x/">x</a>',
    '<img src="cid:1">',
    '<img src="data:image/png;base64,AA">',
    '<blink>',
  ])('%s has none', (html) => {
    expect(hasRemoteContent(html)).toBe(false)
  })
  test('is looked for in a time that grows with the text alone', () => {
    for (const piece of ['<img src=', 'url(', '<img ', ' src = "', 'srcset '])
      expect(hasRemoteContent(piece.repeat(500_000))).toBe(false)
  })
})
