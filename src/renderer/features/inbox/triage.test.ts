import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MessagePreview } from '../../../shared/model/message.ts'
import type { Result } from '../../../shared/result.ts'
import { describeEnd } from './bulk-text.ts'
import { createInbox } from './inbox-store.ts'
import { countLoaded, keyOfMessage, placeIn } from './mailbox.ts'
import { countKept, isTooLow } from './polling.ts'
import { cursorAfter, extendTo, noSelection, toggleAll, toggleUid } from './selection.ts'
import { openTestLine, openTestPorts } from './test-line.ts'
import { groupThreads } from './threads.ts'

const account = 'agent@example.org'
const folder = { environmentId: 'dev', account, folder: 'INBOX' }
const done: Result<null> = { ok: true, value: null }
const limited: Result<never> = {
  ok: false,
  error: { kind: 'RATE_LIMITED', apiMessage: '', retryAfterMs: 4000, callId: null },
}
const items = [1, 2, 3].map((uid) => ({ uid, name: `Message ${uid}` }))
const settle = () => new Promise((next) => setTimeout(next, 0))

function preview(uid: number, subject: string, thread?: string[]): MessagePreview {
  const from = { address: 'ann@example.com', name: null }
  const rest = { to: [], dateMs: uid, snippet: '', unread: true, hasAttachments: false }
  return { uid, from, subject, ...rest, ...(thread === undefined ? {} : { thread }) }
}

async function openInbox() {
  const line = openTestLine()
  const world = openTestPorts(line)
  const inbox = createInbox(world.ports)
  inbox.enter('dev', 'key-1')
  inbox.showList({ ...folder, label: null })
  const messages = [3, 2, 1].map((uid) => preview(uid, `Message ${uid}`))
  await line.last('mail.list').answer({ ok: true, value: { messages, total: 3, callId: 1 } })
  await line.last('mail.labels').answer({
    ok: true,
    value: [
      { id: 'l-1', name: 'refund', color: '#f97316', count: 2 },
      { id: 'l-2', name: 'vendor', color: '#22c55e', count: 0 },
    ],
  })
  const mailbox = () => {
    const found = inbox.store.getState().mailboxes.dev
    if (found === undefined) throw new Error('no mailbox')
    return found
  }
  const isHidden = (uid: number) => mailbox().hidden.has(keyOfMessage(account, 'INBOX', uid))
  return { line, inbox, mailbox, isHidden, ...world }
}

describe('an act on several messages', () => {
  test('is a call for each, one after the other, and stands still at the rate limit without losing any', async () => {
    const { line, inbox, waits } = await openInbox()
    const ended = inbox.markMany(folder, items, 'read')
    await settle()
    expect(line.asked('mail.mark')).toHaveLength(1)
    await line.last('mail.mark').answer(done)
    await line.last('mail.mark').answer(limited)
    expect(inbox.store.getState().bulk).toMatchObject({ done: 1, current: { uid: 2 }, pausedUntilMs: 5000 })
    waits.at(-1)?.end()
    await settle()
    expect(line.asked('mail.mark').map(({ input }) => input.uid)).toEqual([1, 2, 2])
    await line.last('mail.mark').answer(done)
    await line.last('mail.mark').answer(done)
    expect(await ended).toMatchObject({ done: 3, failed: [], stopped: null })
    expect(inbox.store.getState().bulk).toBeNull()
  })

  test('goes on after a failure, says which failed, and stops where the rest would fail too', async () => {
    const { line, inbox } = await openInbox()
    const ended = inbox.markMany(folder, items, 'read')
    await settle()
    await line.last('mail.mark').answer({
      ok: false,
      error: { kind: 'API_NOT_FOUND', apiMessage: '', callId: null },
    })
    await line.last('mail.mark').answer({ ok: false, error: { kind: 'UNAUTHORIZED', apiMessage: '', callId: null } })
    const progress = await ended
    expect(progress).toMatchObject({ done: 0, stopped: 'refused' })
    expect(progress.failed.map(({ item }) => item.uid)).toEqual([1, 2])
    expect(line.asked('mail.mark')).toHaveLength(2)
    const { title, detail } = describeEnd(progress, {})
    expect(title).toBe('None of 3 messages was marked as read')
    expect(detail).toContain('“Message 1”')
    expect(detail).toContain('1 message was left alone')
  })

  test('can be cancelled: what waits is stopped, what is left stays as it was', async () => {
    const { line, inbox, stopped } = await openInbox()
    const ended = inbox.markMany(folder, items, 'read')
    await settle()
    await line.last('mail.mark').answer(done)
    inbox.cancelBulk()
    expect(stopped).toEqual(['/emails/2'])
    await line.last('mail.mark').answer({ ok: false, error: { kind: 'CANCELLED', callId: null } })
    expect(await ended).toMatchObject({ done: 1, failed: [], stopped: 'cancelled' })
    expect(line.asked('mail.mark')).toHaveLength(2)
  })
})

describe('a deletion', () => {
  test('is out of sight at once and sent only when its time is over', async () => {
    const { line, inbox, isHidden, waits } = await openInbox()
    inbox.select('dev', account, (selection) => toggleUid(selection, 1))
    void inbox.deleteMany(folder, items.slice(0, 2))
    expect(isHidden(1)).toBe(true)
    expect(line.asked('mailbox.deleteMessage')).toHaveLength(0)
    waits.at(-1)?.end()
    await settle()
    await line.last('mailbox.deleteMessage').answer(done)
    await line.last('mailbox.deleteMessage').answer({
      ok: false,
      error: { kind: 'SERVER_ERROR', status: 500, apiMessage: '', callId: null },
    })
    expect([isHidden(1), isHidden(2)]).toEqual([true, false])
    expect(inbox.store.getState().bulk).toMatchObject({ done: 1, total: 2 })
  })

  test('that is taken back sends nothing, nor does one whose environment is left', async () => {
    const { line, inbox, isHidden } = await openInbox()
    void inbox.deleteMany(folder, items.slice(0, 1))
    expect(inbox.undoDelete()?.items).toEqual(items.slice(0, 1))
    await settle()
    expect(isHidden(1)).toBe(false)
    void inbox.deleteMany(folder, items.slice(0, 1))
    void inbox.deleteMany(folder, items.slice(1))
    inbox.dropPending()
    await settle()
    expect([isHidden(1), isHidden(2), isHidden(3)]).toEqual([false, false, false])
    expect(inbox.store.getState()).toMatchObject({ pending: [], unsent: 3 })
    expect(line.asked('mailbox.deleteMessage')).toHaveLength(0)
    expect(inbox.undoDelete()).toBeNull()
  })

  test('in a protected environment is asked at once, and a refusal leaves everything', async () => {
    const { line, inbox, isHidden, protectedIds, mailbox } = await openInbox()
    protectedIds.add('dev')
    const deleted = inbox.deleteMany(folder, items)
    await settle()
    expect(isHidden(1)).toBe(false)
    await line.last('mailbox.deleteMessage').answer({
      ok: false,
      error: { kind: 'FORBIDDEN', apiMessage: '', callId: null },
    })
    await deleted
    expect(line.asked('mailbox.deleteMessage')).toHaveLength(1)
    expect(mailbox().hidden.size).toBe(0)
  })
})

test('labels go on and off with a call of each kind where they change something', async () => {
  const { line, inbox, mailbox } = await openInbox()
  const [refund, vendor] = mailbox().labels.value ?? []
  if (refund === undefined || vendor === undefined) throw new Error('no labels')
  const first = inbox.labelMany(folder, items.slice(0, 1), [refund], [vendor])
  await settle()
  await line.last('mailbox.assignLabels').answer({ ok: true, value: ['refund', 'vendor'] })
  await line.last('mailbox.removeLabels').answer(done)
  await first
  expect(mailbox().tags[keyOfMessage(account, 'INBOX', 1)]).toEqual(['refund'])
  await inbox.labelMany(folder, items.slice(0, 1), [refund], [vendor])
  expect(line.asked('mailbox.assignLabels')).toHaveLength(1)
  expect(line.asked('mailbox.removeLabels')).toHaveLength(1)
})

test('an account that was removed meanwhile is told of, once its list is refused', async () => {
  const { line, inbox, mailbox } = await openInbox()
  await line.last('mail.accounts').answer({ ok: true, value: [{ email: account, name: '' }] })
  const refreshed = inbox.refresh('dev', { ...folder, label: null })
  await line.last('mail.list').answer({ ok: false, error: { kind: 'API_NOT_FOUND', apiMessage: '', callId: null } })
  await line.last('mail.accounts').answer({ ok: true, value: [{ email: 'other@example.org', name: '' }] })
  await refreshed
  expect(mailbox().lostAccount).toBe(account)
})

test('new mail comes without moving what a person stands on', async () => {
  const { line, inbox, mailbox } = await openInbox()
  inbox.setCursor('dev', account, 2)
  const polled = inbox.poll(folder)
  const messages = [4, 3, 2, 1].map((uid) => preview(uid, `Message ${uid}`))
  await line.last('mailbox.poll').answer({ ok: true, value: { messages, total: 4, callId: 2 } })
  await polled
  expect(mailbox().lists[JSON.stringify([account, 'INBOX', null])]?.value?.messages).toHaveLength(4)
  expect(placeIn(mailbox(), account).cursorUid).toBe(2)
})

describe('conversations', () => {
  test('are found by Message-IDs, else by the subject of an answer', () => {
    const groups = groupThreads([
      preview(6, 'Fwd: RE:  Plan'),
      preview(5, 'Other words', ['<5@x>', '<1@x>']),
      preview(4, 'Invoice'),
      preview(3, 'Re: Plan'),
      preview(2, 'Invoice'),
      preview(1, 'Hello', ['<1@x>']),
      preview(0, 'Plan'),
    ])
    expect(groups.map(({ messages }) => messages.map(({ uid }) => uid))).toEqual([[6, 3, 0], [5, 1], [4], [2]])
  })

  test('hold every message once, whatever the ids say', () => {
    const id = fc.constantFrom('<a>', '<b>', '<c>', '<d>')
    const message = fc.tuple(fc.constantFrom('', 'A', 'Re: A', 'Re: Re: B'), fc.option(fc.array(id)))
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (rows) => {
        const messages = rows.map(([subject, thread], uid) => preview(uid, subject, thread ?? undefined))
        const grouped = groupThreads(messages).flatMap((thread) => thread.messages.map(({ uid }) => uid))
        expect([...grouped].sort((a, b) => a - b)).toEqual(messages.map(({ uid }) => uid))
      }),
    )
  })
})

test('a selection grows by ranges, and the cursor lands on what is left', () => {
  const shown = [9, 8, 7, 6]
  const one = toggleUid(noSelection, 8)
  expect(extendTo(one, shown, null, 6).uids).toEqual([8, 7, 6])
  expect(extendTo(noSelection, shown, 9, 8).uids).toEqual([9, 8])
  expect(toggleAll(one, shown).uids).toEqual(shown)
  expect(toggleAll(toggleAll(one, shown), shown)).toBe(noSelection)
  expect(cursorAfter(shown, 8, new Set([8, 7]))).toBe(6)
  expect(cursorAfter(shown, 6, new Set([6]))).toBe(7)
  expect(cursorAfter(shown, 6, new Set(shown))).toBeNull()
})

test('looking for mail leaves a fifth of the plan alone', () => {
  expect(countKept(100)).toBe(20)
  expect(isTooLow({ used: 79, limit: 100, pausedUntilMs: null }, 0)).toBe(false)
  expect(isTooLow({ used: 80, limit: 100, pausedUntilMs: null }, 0)).toBe(true)
  expect(isTooLow({ used: 0, limit: 100, pausedUntilMs: 9 }, 8)).toBe(true)
})

test('a deleted account takes its lists, places and messages along, and no other account’s', async () => {
  const { line, inbox, mailbox } = await openInbox()
  await line.last('mail.accounts').answer({
    ok: true,
    value: [
      { email: account, name: '' },
      { email: 'a', name: '' },
    ],
  })
  inbox.setCursor('dev', account, 3)
  inbox.setCursor('dev', 'a', 3)
  expect(countLoaded(mailbox(), account)).toBe(3)
  const ended = inbox.deleteAccount('dev', account, account)
  await line.last('mailbox.deleteAccount').answer(done)
  expect(await ended).toEqual(done)
  expect(mailbox().accounts.value).toEqual([{ email: 'a', name: '' }])
  expect(Object.keys(mailbox().places)).toEqual(['a'])
  expect(countLoaded(mailbox(), account)).toBe(0)
})
