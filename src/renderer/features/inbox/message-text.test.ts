import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MessagePreview } from '../../../shared/model/message.ts'
import {
  filterMessages,
  findOtherReplyTo,
  formatSubject,
  nameAccount,
  nameAddress,
  nameFolder,
  nameParty,
} from './message-text.ts'

const preview = (uid: number, from: string, subject: string, snippet = ''): MessagePreview => ({
  uid,
  from: { address: `${from.toLowerCase()}@example.com`, name: from },
  to: [{ address: 'agent@example.org', name: null }],
  subject,
  dateMs: null,
  snippet,
  unread: false,
  hasAttachments: false,
})

describe('message text', () => {
  test('an address without a name shows itself', () => {
    expect(nameAddress({ address: 'a@b.example', name: 'Ann' })).toBe('Ann')
    expect(nameAddress({ address: 'a@b.example', name: '  ' })).toBe('a@b.example')
    expect(nameAddress({ address: '', name: null })).toBe('Unknown sender')
  })

  test('own mail is named by its recipients, other mail by its sender', () => {
    const [ann, bob, cid] = ['Ann', 'Bob', 'Cid'].map((name) => ({ address: `${name}@example.com`, name }))
    if (ann === undefined || bob === undefined || cid === undefined) throw new Error('three people')
    expect(nameParty({ from: ann, to: [bob] }, 'INBOX')).toBe('Ann')
    expect(nameParty({ from: ann, to: [bob, cid] }, 'Sent')).toBe('To Bob, Cid')
    expect(nameParty({ from: ann, to: [bob, cid, ann] }, 'Sent')).toBe('To Bob, Cid and 1 more')
    expect(nameParty({ from: ann, to: [] }, 'Drafts')).toBe('No recipient')
  })

  test('a subject is one line', () => {
    expect(formatSubject(' Re:\r\n two\tlines ')).toBe('Re: two lines')
    expect(formatSubject('\n')).toBe('No subject')
  })

  test('folders and accounts have short names', () => {
    expect(nameFolder('INBOX')).toBe('Inbox')
    expect(nameFolder('Archive/2026')).toBe('Archive/2026')
    expect(nameAccount('support@mail.example')).toBe('support')
    expect(nameAccount('support')).toBe('support')
    expect(nameAccount('@odd')).toBe('@odd')
  })

  test.each([
    [null, null],
    ['', null],
    ['SALES@example.com ', null],
    ['Sales <sales@example.com>', null],
    ['pay@other.example', 'pay@other.example'],
    ['Sales <pay@other.example>', 'Sales <pay@other.example>'],
  ])('reply-to %j is told as %j', (replyTo, other) => {
    expect(findOtherReplyTo({ from: { address: 'sales@example.com', name: null }, replyTo })).toBe(other)
  })

  test('a filter finds words in any order and any of the shown parts', () => {
    const list = [preview(1, 'Priya', 'Refund for order 48213'), preview(2, 'Jonas', 'Invoice', 'order of lenses')]
    const find = (filter: string) => filterMessages(list, filter).map(({ uid }) => uid)
    expect(find('')).toEqual([1, 2])
    expect(find('  ORDER ')).toEqual([1, 2])
    expect(find('order priya')).toEqual([1])
    expect(find('jonas@example.com')).toEqual([2])
    expect(find('agent@example.org')).toEqual([1, 2])
    expect(find('order nobody')).toEqual([])
  })

  test('a longer filter never finds more', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), fc.string(), (subjects, first, second) => {
        const list = subjects.map((subject, index) => preview(index, 'Ann', subject))
        expect(filterMessages(list, `${first} ${second}`).length).toBeLessThanOrEqual(
          filterMessages(list, first).length,
        )
      }),
    )
  })
})
