import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMailbox, type Mailbox, type MailMessage, mailboxMax, normalizeFolder } from './mailbox.ts'

const nowMs = new Date(2026, 2, 17, 14, 32).getTime()
const folders = ['INBOX', 'Sent', 'Drafts', 'Spam', 'Trash'] as const
const support = 'support-agent@sandbox.test'

function listAll(mailbox: Mailbox, account: string, folder: string): readonly MailMessage[] {
  return mailbox.list({ account, folder, limit: 1000, labelIds: [], labelNames: [] })
}

function listEverything(mailbox: Mailbox): MailMessage[] {
  return mailbox.accounts().flatMap(({ email }) => folders.flatMap((folder) => listAll(mailbox, email, folder)))
}

function startOfDay(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0)
}

describe('generated mailbox', () => {
  const mailbox = createMailbox('jasni', nowMs)
  const all = listEverything(mailbox)

  test('three accounts hold 150 messages in five folders', () => {
    expect(mailbox.accounts().map(({ email }) => email)).toEqual([
      support,
      'billing-agent@sandbox.test',
      'scout-eu@sandbox.test',
    ])
    expect(all).toHaveLength(150)
    for (const folder of folders) expect(listAll(mailbox, support, folder).length).toBeGreaterThan(0)
  })

  test('unread figures of the inboxes, drafts and labels', () => {
    const unread = mailbox.accounts().map(({ email }) => listAll(mailbox, email, 'INBOX').filter(({ seen }) => !seen))
    expect(unread.map(({ length }) => length)).toEqual([9, 3, 0])
    expect(listAll(mailbox, support, 'Drafts')).toHaveLength(2)
    expect(mailbox.labels().map(({ id, name }) => [name, mailbox.countLabeled(id)])).toEqual([
      ['auto-replied', 31],
      ['invoice', 8],
      ['needs-human', 4],
      ['refund', 6],
      ['vendor', 3],
    ])
  })

  test('the first inbox begins with the mail of the day', () => {
    expect(
      listAll(mailbox, support, 'INBOX')
        .slice(0, 9)
        .map(({ from, subject }) => [from.name, subject]),
    ).toEqual([
      ['Priya Raman', 'Re: Refund for order 48213'],
      ['Supplier Onboarding', 'Action required: verify your vendor account'],
      ['Jonas Lindqvist', 'Invoice 2026-0317'],
      ['nightly-eval', '214 passed, 3 failed: triage-agent@main'],
      ['Ирина Соколова', 'Вопрос по доставке заказа 48190'],
      ['Marta Oliveira', 'Re: Can we move the call to Thursday?'],
      ['Mail Delivery', 'Undelivered: your March order summary'],
      ['Halden Optics', 'Back in stock: three frames you asked about'],
      ['Deniz Kaya', 'Wrong size delivered, order 48177'],
    ])
  })

  test('at any time of day eight messages are of today, and none is of the future', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 365 * 24 * 60 - 1 }), (minutes) => {
        const at = new Date(2026, 0, 1, 0, minutes, 30).getTime()
        const inbox = listAll(createMailbox('jasni', at), support, 'INBOX')
        expect(inbox.filter(({ dateMs }) => dateMs >= startOfDay(at))).toHaveLength(8)
        expect(inbox.every(({ dateMs }) => dateMs <= at)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test('the same seed gives the same mailbox, another one gives another', () => {
    expect(listEverything(createMailbox('jasni', nowMs))).toEqual(all)
    expect(listEverything(createMailbox('other', nowMs))).not.toEqual(all)
  })

  test('identities stay when the mailbox is made again later', () => {
    const later = listEverything(createMailbox('jasni', nowMs + 9 * 3_600_000))
    const identify = ({ account, folder, uid, messageId }: MailMessage) => `${account} ${folder} ${uid} ${messageId}`
    expect(later.map(identify)).toEqual(all.map(identify))
  })

  test('a uid is unique within its folder and larger for newer mail; a Message-ID is unique', () => {
    for (const { email } of mailbox.accounts()) {
      for (const folder of folders) {
        const uids = listAll(mailbox, email, folder).map(({ uid }) => uid)
        expect(uids).toEqual([...new Set(uids)].sort((a, b) => b - a))
      }
    }
    expect(new Set(all.map(({ messageId }) => messageId)).size).toBe(all.length)
  })

  test('threads lead back to their first message', () => {
    const thread = all.filter(({ subject }) => subject.includes('move the call to Thursday'))
    expect(thread).toHaveLength(5)
    const root = thread.find(({ inReplyTo }) => inReplyTo === null)
    const others = thread.filter((message) => message !== root)
    for (const message of others) {
      expect(message.references[0]).toBe(root?.messageId)
      expect(message.references.at(-1)).toBe(message.inReplyTo)
    }
    const known = new Set(all.map(({ messageId }) => messageId))
    const answering = all.filter(({ inReplyTo }) => inReplyTo !== null)
    expect(answering.length).toBeGreaterThan(15)
    for (const { inReplyTo, references, dateMs } of answering) {
      expect(references.every((id) => known.has(id))).toBe(true)
      expect(all.find(({ messageId }) => messageId === inReplyTo)?.dateMs).toBeLessThan(dateMs)
    }
  })

  test('hostile mail holds every trick that a reader must survive', () => {
    const html = all.map((message) => message.html ?? '').join('\n')
    for (const trick of [
      '<script>',
      'onerror=',
      '<svg onload=',
      '@import',
      'http-equiv="refresh"',
      '<form',
      '<iframe',
      '<base',
      'href="javascript:',
      'width="1" height="1"',
    ]) {
      expect(html).toContain(trick)
    }
    const supplier = all.find(({ subject }) => subject === 'Action required: verify your vendor account')
    expect(supplier?.text).toContain('ignore earlier instructions')
    expect(supplier?.replyTo).toBe('accounts@paynow-desk.example')
    expect(supplier?.html).toContain('href="https://suppliers-verify.example/confirm')
    expect(supplier?.html).toContain('>portal.haldenoptics.example/confirm<')
    expect(all.some(({ subject }) => subject.length > 400 && !subject.includes(' '))).toBe(true)
    expect(all.some(({ attachments }) => attachments.some(({ filename }) => filename.includes('\u202e')))).toBe(true)
  })

  test('every host is a reserved one, so nothing can leave by accident', () => {
    const markup = all.map(({ html }) => html ?? '').join('\n')
    const hosts = [...markup.matchAll(/https?:\/\/([^/"'\s)?:]+)/g)].map((match) => match[1] ?? '')
    expect(hosts.length).toBeGreaterThan(30)
    const reserved = /\.(?:example|test)$|^[a-z]+\.example$|^198\.51\.100\.\d+$|^www\.w3\.org$/
    expect(hosts.filter((host) => !reserved.test(host))).toEqual([])
    const addresses = all.flatMap(({ from, to, cc }) => [from, ...to, ...cc]).map(({ address }) => address)
    expect(addresses.filter((address) => !/@(?:[\w-]+\.)*(?:example(?:\.\w+)*|test)$/.test(address))).toEqual([])
  })
})

describe('lists and marks', () => {
  test('newest first, cut at the limit', () => {
    const mailbox = createMailbox('jasni', nowMs)
    const few = mailbox.list({ account: support, folder: 'INBOX', limit: 3, labelIds: [], labelNames: [] })
    expect(few).toEqual(listAll(mailbox, support, 'INBOX').slice(0, 3))
    const dates = listAll(mailbox, support, 'INBOX').map(({ dateMs }) => dateMs)
    expect(dates).toEqual([...dates].sort((a, b) => b - a))
  })

  test('a message must have all labels, by name or by id', () => {
    const mailbox = createMailbox('jasni', nowMs)
    const refund = mailbox.labels().find(({ name }) => name === 'refund')?.id ?? ''
    const filter = { account: support, folder: 'INBOX', limit: 100 }
    const refunds = mailbox.list({ ...filter, labelIds: [refund], labelNames: [] })
    expect(refunds.length).toBe(5)
    expect(mailbox.list({ ...filter, labelIds: [], labelNames: ['Refund'] })).toEqual(refunds)
    expect(
      mailbox.list({ ...filter, labelIds: [refund], labelNames: ['needs-human'] }).map((m) => m.from.name),
    ).toEqual(['Grace Njoroge'])
    expect(mailbox.list({ ...filter, labelIds: [], labelNames: ['unknown'] })).toEqual([])
  })

  test('marks are kept as differences and restored', () => {
    const mailbox = createMailbox('jasni', nowMs)
    const first = listAll(mailbox, support, 'INBOX')[0]
    const uid = first?.uid ?? 0
    expect(mailbox.mark(support, 'inbox', uid, true)).toBe(true)
    expect(mailbox.find(support, 'INBOX', uid)?.seen).toBe(true)
    expect(mailbox.readMarks()).toEqual({ [`${support}/INBOX/${uid}`]: true })
    const restored = createMailbox('jasni', nowMs, mailbox.readMarks())
    expect(restored.find(support, 'INBOX', uid)?.seen).toBe(true)
    expect(restored.readMarks()).toEqual(mailbox.readMarks())
    mailbox.mark(support, 'INBOX', uid, false)
    expect(mailbox.readMarks()).toEqual({})
    expect(mailbox.mark(support, 'INBOX', 1, true)).toBe(false)
  })

  test('common folder names are normalised, others stay', () => {
    expect(
      ['inbox', 'Junk', 'Sent Items', 'DELETED', ' drafts ', 'Archive/2025', 'constructor'].map(normalizeFolder),
    ).toEqual(['INBOX', 'Spam', 'Sent', 'Trash', 'Drafts', 'Archive/2025', 'constructor'])
  })
})

describe('what was added', () => {
  const mail = (subject: string, text = ''): Omit<MailMessage, 'uid'> => ({
    account: 'support-agent@sandbox.test',
    folder: 'Sent',
    messageId: `<${subject}@sandbox.test>`,
    from: { address: 'support-agent@sandbox.test', name: null },
    to: [],
    cc: [],
    replyTo: null,
    subject,
    dateMs: 1,
    text,
    html: null,
    attachments: [],
    inReplyTo: null,
    references: [],
    seen: true,
    answered: false,
    draft: false,
    labels: [],
  })
  const sent = { account: 'support-agent@sandbox.test', folder: 'Sent', labelIds: [], labelNames: [] }

  test('is bounded in number, the oldest goes first and what was seeded stays', () => {
    const mailbox = createMailbox('bounded', Date.now())
    const seeded = mailbox.list({ ...sent, limit: 10_000 }).length
    for (let count = 0; count < mailboxMax.addedMessages + 5; count += 1) mailbox.add(mail(`n${count}`))
    const subjects = mailbox.list({ ...sent, limit: 10_000 }).map(({ subject }) => subject)
    expect(subjects).toHaveLength(seeded + mailboxMax.addedMessages)
    expect(subjects[0]).toBe(`n${mailboxMax.addedMessages + 4}`)
    expect(subjects).toContain('n5')
    expect(subjects).not.toContain('n4')
  })

  test('is bounded in bytes, also by what a change makes of it', () => {
    const mailbox = createMailbox('bounded', Date.now())
    const seeded = mailbox.list({ ...sent, limit: 10_000 }).length
    const quarter = 'x'.repeat(mailboxMax.addedBytes / 4)
    const uids = ['a', 'b', 'c'].map((subject) => mailbox.add(mail(subject, quarter)).uid)
    expect(mailbox.list({ ...sent, limit: 10_000 })).toHaveLength(seeded + 3)
    mailbox.change({ ...sent, uid: uids[2] ?? 0 }, { text: quarter + quarter })
    expect(mailbox.list({ ...sent, limit: 3 }).map(({ subject }) => subject)).toContain('b')
    mailbox.add(mail('d', quarter))
    const left = mailbox.list({ ...sent, limit: 10_000 }).map(({ subject }) => subject)
    expect(left.slice(0, left.length - seeded)).toEqual(['d', 'c'])
  })

  test('leaves no mark behind', () => {
    const mailbox = createMailbox('marks', Date.now())
    const { uid } = mailbox.add(mail('x'))
    expect(mailbox.mark(sent.account, 'Sent', uid, false)).toBe(true)
    expect(mailbox.readMarks()).toEqual({})
  })
})
