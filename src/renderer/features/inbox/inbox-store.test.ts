import { describe, expect, test } from 'vitest'
import type { Message, MessageList } from '../../../shared/model/message.ts'
import type { Result } from '../../../shared/result.ts'
import { createInbox, listFreshMs } from './inbox-store.ts'
import { countUnread, keyOfList, keyOfMessage, messagesKeptMax, placeIn } from './mailbox.ts'
import { openTestLine, openTestPorts } from './test-line.ts'

const list = (...uids: number[]): Result<MessageList> => ({
  ok: true,
  value: {
    messages: uids.map((uid) => ({
      uid,
      from: { address: 'ann@example.com', name: null },
      to: [],
      subject: `Message ${uid}`,
      dateMs: uid,
      snippet: '',
      unread: true,
      hasAttachments: false,
    })),
    total: uids.length,
    callId: 1,
  },
})

const message = (uid: number, unread = true): Result<Message> => ({
  ok: true,
  value: {
    uid,
    messageId: `<${uid}@example.com>`,
    from: { address: 'ann@example.com', name: null },
    to: [],
    cc: [],
    replyTo: null,
    subject: `Message ${uid}`,
    dateMs: uid,
    text: 'Hello',
    htmlUrl: null,
    htmlHasRemoteContent: false,
    attachments: [],
    unread,
    callId: 2,
  },
})

const done: Result<null> = { ok: true, value: null }
const refused: Result<never> = {
  ok: false,
  error: { kind: 'GUARDED', environmentId: 'prod', environmentName: 'Prod', need: 'arm' },
}
const account = 'agent@example.org'
const inInbox = { environmentId: 'dev', account, folder: 'INBOX', label: null }
const one = { environmentId: 'dev', account, folder: 'INBOX', uid: 1 }

function enterDev() {
  const line = openTestLine()
  const { ports, pass } = openTestPorts(line)
  const inbox = createInbox(ports)
  inbox.enter('dev', 'key-1')
  const mailbox = () => {
    const found = inbox.store.getState().mailboxes.dev
    if (found === undefined) throw new Error('no mailbox')
    return found
  }
  const shown = () => mailbox().lists[keyOfList(account, 'INBOX', null)]
  return { line, inbox, mailbox, shown, pass }
}

describe('inbox store', () => {
  test('coming into an environment asks for accounts and labels once', () => {
    const { line, inbox } = enterDev()
    inbox.enter('dev', 'key-1')
    expect(line.asked('mail.accounts')).toHaveLength(1)
    expect(line.asked('mail.labels')).toHaveLength(1)
  })

  test('of two questions for one list the later one wins, whatever order the answers come in', async () => {
    const { line, inbox, shown } = enterDev()
    void inbox.refresh('dev', inInbox)
    void inbox.refresh('dev', inInbox)
    const [first, second] = line.asked('mail.list')
    await second?.answer(list(2, 1))
    await first?.answer(list(1))
    expect(shown()?.value?.messages.map(({ uid }) => uid)).toEqual([2, 1])
    expect(shown()?.loading).toBe(false)
  })

  test('an answer for another folder goes to its own list', async () => {
    const { line, inbox, shown, mailbox } = enterDev()
    inbox.showList({ ...inInbox, folder: 'Sent' })
    const sent = line.last('mail.list')
    inbox.showList(inInbox)
    await line.last('mail.list').answer(list(2, 1))
    await sent.answer(list(9))
    expect(shown()?.value?.messages).toHaveLength(2)
    expect(mailbox().lists[keyOfList(account, 'Sent', null)]?.value?.messages).toHaveLength(1)
  })

  test('answers that a former key reached are dropped', async () => {
    const { line, inbox, shown, mailbox } = enterDev()
    inbox.showList(inInbox)
    const old = line.last('mail.list')
    const oldAccounts = line.last('mail.accounts')
    inbox.enter('dev', 'key-2')
    await old.answer(list(1))
    await oldAccounts.answer({ ok: true, value: [{ email: account, name: 'Agent' }] })
    expect(shown()).toBeUndefined()
    expect(mailbox().accounts.value).toBeNull()
    await line.last('mail.accounts').answer({ ok: true, value: [] })
    expect(mailbox().accounts.value).toEqual([])
  })

  test('a known list stays on screen while it is fetched again, and after a failure', async () => {
    const { line, inbox, shown, pass } = enterDev()
    inbox.showList(inInbox)
    await line.last('mail.list').answer(list(1))
    inbox.showList(inInbox)
    expect(line.asked('mail.list')).toHaveLength(1)
    pass(listFreshMs)
    inbox.showList(inInbox)
    expect(line.asked('mail.list')).toHaveLength(2)
    expect(shown()).toMatchObject({ loading: true, value: { total: 1 } })
    await line.last('mail.list').answer({ ok: false, error: { kind: 'NETWORK', reason: 'refused', callId: 7 } })
    expect(shown()).toMatchObject({ loading: false, value: { total: 1 }, error: { kind: 'NETWORK' } })
  })

  test('places are remembered by environment and account', () => {
    const { inbox, mailbox } = enterDev()
    inbox.go('dev', account, 'Sent', null)
    inbox.setCursor('dev', account, 4)
    inbox.enter('prod', 'key-9')
    inbox.enter('dev', 'key-1')
    expect(placeIn(mailbox(), account)).toMatchObject({ folder: 'Sent', cursorUid: 4 })
    expect(placeIn(mailbox(), 'other@example.org').folder).toBe('INBOX')
    inbox.go('dev', account, 'Trash', null)
    expect(placeIn(mailbox(), account)).toMatchObject({ folder: 'Trash', cursorUid: null, openUid: null })
  })

  test('a folder opened by name is kept once', () => {
    const { inbox, mailbox } = enterDev()
    inbox.openFolder('dev', account, 'Archive')
    inbox.openFolder('dev', account, 'Archive')
    expect(mailbox().folders[account]).toEqual(['Archive'])
    expect(placeIn(mailbox(), account).folder).toBe('Archive')
  })

  test('opening an unread message marks it read by one call, everywhere it is shown', async () => {
    const { line, inbox, mailbox } = enterDev()
    inbox.showList(inInbox)
    await line.last('mail.list').answer(list(2, 1))
    const opened = inbox.open(one, true)
    await line.last('mail.read').answer(message(1))
    expect(countUnread(mailbox(), account, 'INBOX')).toBe(2)
    await line.last('mail.mark').answer(done)
    await opened
    expect(line.asked('mail.mark')).toHaveLength(1)
    expect(line.last('mail.mark').input).toMatchObject({ uid: 1, action: 'read' })
    expect(countUnread(mailbox(), account, 'INBOX')).toBe(1)
    expect(mailbox().messages.get(keyOfMessage(account, 'INBOX', 1))?.value?.unread).toBe(false)
  })

  test('a protected environment is read without changing it', async () => {
    const { line, inbox } = enterDev()
    const opened = inbox.open(one, false)
    await line.last('mail.read').answer(message(1))
    await opened
    expect(line.asked('mail.mark')).toHaveLength(0)
  })

  test('a message that is known is not fetched again', async () => {
    const { line, inbox } = enterDev()
    const opened = inbox.open(one, true)
    await line.last('mail.read').answer(message(1, false))
    await opened
    await inbox.open(one, true)
    expect(line.asked('mail.read')).toHaveLength(1)
  })

  test('a refused mark is kept to be told and changes nothing', async () => {
    const { line, inbox, mailbox } = enterDev()
    inbox.showList(inInbox)
    await line.last('mail.list').answer(list(1))
    const marked = inbox.mark(one, 'read')
    await line.last('mail.mark').answer(refused)
    await marked
    expect(countUnread(mailbox(), account, 'INBOX')).toBe(1)
    expect(mailbox().markFailure?.error.kind).toBe('GUARDED')
    inbox.clearMarkFailure('dev')
    expect(mailbox().markFailure).toBeNull()
  })

  test('the message read first gives way, whatever environment it belongs to', async () => {
    const { line, inbox, mailbox, pass } = enterDev()
    inbox.enter('prod', 'key-9')
    const read = async (environmentId: string, uid: number) => {
      pass(1)
      const opened = inbox.open({ ...one, environmentId, uid }, true)
      await line.last('mail.read').answer(message(uid, false))
      await opened
    }
    await read('dev', 1)
    await read('dev', 2)
    for (let uid = 1; uid < messagesKeptMax; uid += 1) await read('prod', uid)
    expect([...mailbox().messages.keys()]).toEqual([keyOfMessage(account, 'INBOX', 2)])
    expect(inbox.store.getState().mailboxes.prod?.messages.size).toBe(messagesKeptMax - 1)
  })
})
