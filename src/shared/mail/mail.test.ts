import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../limits.ts'
import type { Address } from '../model/message.ts'
import { MailContent, MailOrigin } from '../model/outgoing.ts'
import {
  bareOf,
  formatAddress,
  isAddress,
  isSameAddress,
  isSameParty,
  nameOf,
  splitAddresses,
  uniteAddresses,
} from './addresses.ts'
import { beginForward, beginMessage, beginReply, type Original, prefixSubject, quoteOriginal } from './answer.ts'
import { findSendFault, planSend } from './send-plan.ts'

const account = 'agent@example.org'
const place = { account, folder: 'INBOX' }
const some = (address: string, name: string | null = null): Address => ({ address, name })

function build(changes: Partial<Original> = {}): Original {
  return {
    uid: 12,
    from: some('alice@example.com', 'Alice'),
    to: [some(account)],
    cc: [],
    replyTo: null,
    subject: 'Kick-off notes',
    dateMs: Date.UTC(2024, 0, 15, 10, 30),
    text: 'Notes from today\n> older\n\nBye',
    attachments: [],
    ...changes,
  }
}

describe('an address', () => {
  test.each(['a@b', 'Ada Lovelace <ada@example.com>', '"Lovelace, Ada" <ada@example.com>', 'ü+tag@bücher.example'])(
    '%s can be written to',
    (text) => expect(isAddress(text)).toBe(true),
  )
  test.each(['', 'ada', '@b', 'a@', 'a b@c', 'a@b@c', 'a..b@c', '.a@b', 'a@b.', 'a@-b', 'Ada <ada>', 'x'.repeat(400)])(
    '%s can not',
    (text) => expect(isAddress(text)).toBe(false),
  )

  test('is found inside its name, and a name survives being written', () => {
    const names = fc.string({ maxLength: 60 }).filter((name) => !/[\p{Cc}<>]/u.test(name) && name.trim() === name)
    fc.assert(
      fc.property(names, (name) => {
        const text = formatAddress('ada@example.com', name)
        expect(bareOf(text)).toBe('ada@example.com')
        expect(isAddress(text)).toBe(true)
        if (name !== '' && !name.startsWith('"')) expect(nameOf(text)).toBe(name)
        expect(splitAddresses(text)).toHaveLength(1)
      }),
    )
  })

  test('a pasted list falls into its addresses', () => {
    expect(splitAddresses('a@b, "Lovelace, Ada" <ada@example.com>;\nc@d ,, ')).toEqual([
      'a@b',
      '"Lovelace, Ada" <ada@example.com>',
      'c@d',
    ])
    expect(uniteAddresses(['a@b', 'A <A@B>', 'c@d'])).toEqual(['a@b', 'c@d'])
    expect(isSameParty(['a@b', 'c@d'], ['X <C@D>', 'A@B'])).toBe(true)
    expect(isSameParty(['a@b'], ['a@b', 'c@d'])).toBe(false)
  })
})

describe('a subject', () => {
  test.each([
    ['Re', 'Hello', 'Re: Hello'],
    ['Re', 'RE: re : Hello', 'Re: Hello'],
    ['Re', 'AW: Re[2]: Hello', 'Re: Hello'],
    ['Re', 'Fwd: Hello', 'Re: Fwd: Hello'],
    ['Re', 'Research: x', 'Re: Research: x'],
    ['Fwd', 'Fw: Hello', 'Fwd: Hello'],
    ['Fwd', '', 'Fwd:'],
  ] as const)('%s of %j is %j', (prefix, subject, expected) => expect(prefixSubject(prefix, subject)).toBe(expected))

  test('has its prefix once, however often it is answered', () => {
    fc.assert(
      fc.property(fc.constantFrom('Re' as const, 'Fwd' as const), fc.string(), (prefix, subject) => {
        const once = prefixSubject(prefix, subject)
        expect(prefixSubject(prefix, once)).toBe(once)
        expect(once.startsWith(`${prefix}:`)).toBe(true)
      }),
    )
  })
})

describe('a reply', () => {
  test('goes to the sender, and one to all to the rest as copies, never to oneself', () => {
    const original = build({
      to: [some('AGENT@example.org'), some('bob@example.com', 'Bob')],
      cc: [some('carol@example.com'), some(account)],
    })
    expect(beginReply(original, place, 'reply').content).toMatchObject({ to: ['Alice <alice@example.com>'], cc: [] })
    expect(beginReply(original, place, 'reply-all').content).toMatchObject({
      to: ['Alice <alice@example.com>'],
      cc: ['Bob <bob@example.com>', 'carol@example.com'],
    })
  })

  test('goes where the sender asked for, and says so', () => {
    const begun = beginReply(build({ replyTo: 'Desk <desk@elsewhere.example>' }), place, 'reply')
    expect(begun.content.to).toEqual(['desk@elsewhere.example'])
    expect(begun.origin?.otherReplyTo).toBe('desk@elsewhere.example')
    const same = beginReply(build({ replyTo: 'ALICE@example.com' }), place, 'reply')
    expect(same.origin?.otherReplyTo).toBeNull()
  })

  test('to a message of one’s own goes to those whom it went to', () => {
    const own = build({ from: some(account), to: [some('bob@example.com')] })
    expect(beginReply(own, place, 'reply').content.to).toEqual(['bob@example.com'])
    expect(beginReply(build({ from: some(account), to: [some(account)] }), place, 'reply').content.to).toEqual([
      account,
    ])
  })

  test('quotes the original', () => {
    expect(quoteOriginal(build())).toBe(
      '\n\nOn Mon, 15 Jan 2024 10:30:00 GMT, Alice <alice@example.com> wrote:\n> Notes from today\n>> older\n>\n> Bye',
    )
  })

  const addresses = fc
    .record({ address: fc.oneof(fc.emailAddress(), fc.constant(account), fc.string()), name: fc.option(fc.string()) })
    .map(({ address, name }) => ({ address, name }))
  const originals: fc.Arbitrary<Original> = fc.record({
    uid: fc.nat(),
    from: addresses,
    to: fc.array(addresses, { maxLength: 8 }),
    cc: fc.array(addresses, { maxLength: 8 }),
    replyTo: fc.option(fc.oneof(fc.emailAddress(), fc.string())),
    subject: fc.string({ maxLength: 1500 }),
    dateMs: fc.option(fc.integer({ min: 0, max: 4_000_000_000_000 })),
    text: fc.option(fc.string({ unit: fc.constantFrom('a', '\n', '>', ' ', '\r\n', '🔑'), maxLength: 400 })),
    attachments: fc.array(fc.constant({ filename: 'a', contentType: 'b', bytes: 1 }), { maxLength: 3 }),
  })

  test('whatever is answered: only addresses, each once, none of one’s own but when alone, and what the schema allows', () => {
    fc.assert(
      fc.property(originals, fc.constantFrom('reply' as const, 'reply-all' as const), (original, kind) => {
        const { content, origin } = beginReply(original, place, kind)
        const all = [...content.to, ...content.cc]
        expect(all.filter((text) => !isAddress(text))).toEqual([])
        expect(uniteAddresses(all)).toEqual(all)
        expect(content.cc.some((text) => isSameAddress(text, account))).toBe(false)
        expect(MailContent.safeParse(content).success).toBe(true)
        expect(MailOrigin.safeParse(origin).success).toBe(true)
        expect(MailContent.safeParse(beginForward(original, place).content).success).toBe(true)
        expect(MailOrigin.safeParse(beginForward(original, place).origin).success).toBe(true)
      }),
    )
  })

  test('a text of a million line ends stays within what the bridge takes', () => {
    const begun = beginReply(build({ text: '\n'.repeat(1_000_000).concat('x') }), place, 'reply')
    expect(begun.content.text.length).toBeLessThan(limits.mailTextCharsMax)
  })

  test('the API’s own operation is used only where it does exactly what is on screen', () => {
    fc.assert(
      fc.property(originals, fc.constantFrom('reply' as const, 'reply-all' as const), (original, kind) => {
        const begun = beginReply(original, place, kind)
        const plan = planSend({ ...begun, files: [] })
        if (plan.operation !== 'replyToEmail') return
        // The documented rule: the sender alone, with `replyAll` the copies too.
        expect(isSameParty(begun.content.to, [original.from.address])).toBe(true)
        const copies = plan.replyAll ? original.cc.map(({ address }) => address) : []
        expect(
          isSameParty(
            begun.content.cc,
            copies.filter((text) => !isSameAddress(text, account)),
          ),
        ).toBe(true)
      }),
    )
  })
})

describe('a plan', () => {
  const file = { id: 'f', filename: 'a.txt', contentType: 'text/plain', bytes: 1 }

  test('is the API’s reply until something is in its way', () => {
    const begun = beginReply(build(), place, 'reply')
    const mail = { ...begun, files: [] }
    const { content } = mail
    expect(planSend(mail)).toEqual({ operation: 'replyToEmail', replyAll: false })
    expect(planSend({ ...mail, content: { ...content, text: `Thanks${content.text}` } }).operation).toBe('replyToEmail')
    expect(planSend({ ...mail, files: [file] })).toMatchObject({ operation: 'sendEmail', detachedBy: 'files' })
    expect(planSend({ ...mail, content: { ...content, cc: ['x@y'] } })).toMatchObject({ detachedBy: 'recipients' })
    expect(planSend({ ...mail, content: { ...content, bcc: ['x@y'] } })).toMatchObject({ detachedBy: 'recipients' })
    expect(planSend({ ...mail, content: { ...content, subject: 'Other' } })).toMatchObject({ detachedBy: 'subject' })
  })

  test('is the API’s forward with the own text alone, until the original was changed', () => {
    const begun = beginForward(build(), place)
    const content = { ...begun.content, to: ['bob@example.com'], text: `See below.\n${begun.content.text}` }
    const mail = { ...begun, content, files: [] }
    expect(planSend(mail)).toEqual({ operation: 'forwardEmail', text: 'See below.' })
    expect(planSend({ ...mail, content: { ...content, text: `${content.text} cut` } })).toMatchObject({
      operation: 'sendEmail',
      detachedBy: 'quote',
    })
  })

  test('a new message is sent', () =>
    expect(planSend({ ...beginMessage(account), files: [] })).toEqual({ operation: 'sendEmail', detachedBy: null }))

  test.each([
    ['bad-address', { to: ['a@b', 'nobody'] }],
    ['no-recipient', { to: [], cc: ['a@b'] }],
    ['no-subject', { subject: ' ' }],
    ['no-text', { text: '\n' }],
    [null, {}],
  ] as const)('what stands in the way: %s', (fault, changes) => {
    const content = { account, to: ['a@b'], cc: [], bcc: [], subject: 's', text: 't', ...changes }
    expect(findSendFault({ content: { ...content, to: [...content.to], cc: [...content.cc] } })).toBe(fault)
  })
})
