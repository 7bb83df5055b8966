import { expect, test } from 'vitest'
import type { MessagePreview } from '../../../shared/model/message.ts'
import { makeRows, placeInRows } from './conversation-rows.ts'
import { firstPlace } from './mailbox.ts'

function preview(uid: number, subject: string, unread = false): MessagePreview {
  const from = { address: 'ann@example.com', name: null }
  return { uid, from, to: [], subject, dateMs: uid, snippet: '', unread, hasAttachments: false }
}

const messages = [preview(4, 'Re: Refund'), preview(3, 'Other'), preview(2, 'Refund', true)]

test('a conversation is one row with the newest first, unread when any of it is', () => {
  const rows = makeRows(messages, true)
  expect(rows.rows.map(({ uid, unread }) => [uid, unread])).toEqual([
    [4, true],
    [3, false],
  ])
  expect(rows.membersOf(2).map(({ uid }) => uid)).toEqual([4, 2])
  expect(rows.rowOfUid(2)).toBe(4)
  expect(rows.membersOf(99)).toEqual([])
})

test('without conversations each message is its own row, untouched', () => {
  const rows = makeRows(messages, false)
  expect(rows.rows).toBe(messages)
  expect(rows.membersOf(2)).toEqual([messages[2]])
})

test('the cursor, the open message and what is chosen keep their row when an answer comes in', () => {
  const place = { ...firstPlace, cursorUid: 2, openUid: 2, selection: { uids: [2, 3], anchor: 2 } }
  const rows = makeRows([preview(5, 'Re: Refund'), ...messages], true)
  expect(placeInRows(place, rows)).toMatchObject({
    cursorUid: 5,
    openUid: 5,
    selection: { uids: [5, 3], anchor: 5 },
  })
})
