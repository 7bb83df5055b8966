import { describe, expect, test } from 'vitest'
import type { AppError } from '../../../shared/error.ts'
import type { CallInput } from '../pipeline/pipeline.ts'
import { createMailClient } from './mail-client.ts'
import { createMailboxClient } from './mailbox-client.ts'

function answering(body: unknown) {
  const sent: CallInput[] = []
  const pipeline = {
    async send(input: CallInput) {
      sent.push(input)
      return { ok: true, value: { callId: 7, status: 200, body } } as const
    },
  }
  return {
    mailbox: createMailboxClient({ pipeline }),
    mail: createMailClient({ pipeline, publishHtml: () => null }),
    sent,
  }
}

const message = { environmentId: 'dev', account: 'agent@example.org', folder: 'Sent', uid: 12 }
const envelope = (data: unknown) => ({ success: true, data })
const placeQuery = [
  ['account', message.account],
  ['folder', 'Sent'],
]

describe('the calls of a mailbox', () => {
  test('are those of the reference', async () => {
    const { mailbox, mail, sent } = answering({})
    await mailbox.createAccount('dev', { username: 'scout', name: null })
    await mailbox.createAccount('dev', { username: null, name: null })
    await mailbox.renameAccount('dev', { email: 'a@example.org', name: 'Scout' })
    await mailbox.deleteAccount('dev', 'a+b@example.org')
    await mailbox.createLabel('dev', { name: 'urgent', color: null })
    await mailbox.deleteLabel('dev', 'l-1')
    await mailbox.messageLabels(message)
    await mailbox.assignLabels({ ...message, labelIds: ['l-1', 'l-2'] })
    await mailbox.removeLabels({ ...message, labelIds: ['l-1', 'l-2'] })
    await mailbox.deleteMessage(message)
    await mail.list({ ...message, label: null, priority: 'poll' })
    expect(sent.map(({ effect, method, path, query, body }) => [effect, method, path, query, body])).toEqual([
      ['write', 'POST', '/accounts', [], { username: 'scout' }],
      ['write', 'POST', '/accounts', [], {}],
      ['write', 'PATCH', '/accounts', [], { email: 'a@example.org', name: 'Scout' }],
      ['destructive', 'DELETE', '/accounts', [['email', 'a+b@example.org']], null],
      ['write', 'POST', '/labels', [], { name: 'urgent' }],
      ['destructive', 'DELETE', '/labels', [['id', 'l-1']], null],
      ['read', 'GET', '/emails/12/labels', placeQuery, null],
      ['write', 'POST', '/emails/12/labels', placeQuery, { label_ids: ['l-1', 'l-2'] }],
      ['write', 'DELETE', '/emails/12/labels', [...placeQuery, ['label_ids', 'l-1,l-2']], null],
      ['destructive', 'DELETE', '/emails/12', placeQuery, null],
      ['read', 'GET', '/emails', [...placeQuery, ['limit', '100']], null],
    ])
    expect(sent.at(-1)?.priority).toBe('poll')
    expect(sent[0]?.priority).toBeUndefined()
  })

  test('hand on what the pipeline refuses', async () => {
    const error: AppError = { kind: 'API_NOT_FOUND', apiMessage: 'gone', callId: 3 }
    const mailbox = createMailboxClient({ pipeline: { send: async () => ({ ok: false, error }) } })
    for (const result of [
      await mailbox.createAccount('dev', { username: null, name: null }),
      await mailbox.renameAccount('dev', { email: 'a@example.org', name: 'A' }),
      await mailbox.deleteAccount('dev', 'a@example.org'),
      await mailbox.createLabel('dev', { name: 'a', color: null }),
      await mailbox.deleteLabel('dev', 'a'),
      await mailbox.messageLabels(message),
      await mailbox.assignLabels({ ...message, labelIds: ['a'] }),
      await mailbox.removeLabels({ ...message, labelIds: ['a'] }),
      await mailbox.deleteMessage(message),
    ])
      expect(result).toEqual({ ok: false, error })
  })
})

describe('an answer', () => {
  test('of strange members is read as far as it can be', async () => {
    const account = answering(envelope({ account: { email: 'x@example.org', name: 7, surprise: [] } })).mailbox
    expect(await account.createAccount('dev', { username: null, name: null })).toEqual({
      ok: true,
      value: { email: 'x@example.org', name: '' },
    })
    const label = answering(envelope({ label: { id: 9, name: 'a\nb', color: 'red', email_count: 'many' } })).mailbox
    expect(await label.createLabel('dev', { name: 'a', color: null })).toEqual({
      ok: true,
      value: { id: '9', name: 'a b', color: '#808080', count: null },
    })
  })

  test('without an account or a label is no success, but one without proof of a done change is', async () => {
    for (const body of [{}, envelope({}), envelope({ account: 'x' }), envelope({ label: { name: '' } }), null]) {
      const { mailbox } = answering(body)
      expect(await mailbox.createAccount('dev', { username: null, name: null })).toMatchObject({ ok: false })
      expect(await mailbox.createLabel('dev', { name: 'a', color: null })).toMatchObject({ ok: false })
      expect(await mailbox.renameAccount('dev', { email: 'a@example.org', name: 'A' })).toEqual({
        ok: true,
        value: { email: 'a@example.org', name: 'A' },
      })
      expect(await mailbox.assignLabels({ ...message, labelIds: ['a'] })).toEqual({ ok: true, value: null })
      expect(await mailbox.deleteMessage(message)).toEqual({ ok: true, value: null })
    }
  })

  test('about labels gives names, from texts or definitions, each once', async () => {
    const { mailbox } = answering(envelope({ labels: ['a', { name: 'b', id: 1 }, { id: 2 }, null, 7, 'a', ' '] }))
    expect(await mailbox.messageLabels(message)).toEqual({ ok: true, value: ['a', 'b'] })
    expect(await mailbox.assignLabels({ ...message, labelIds: ['x'] })).toEqual({ ok: true, value: ['a', 'b'] })
    expect(await answering(envelope({ labels: 'a' })).mailbox.messageLabels(message)).toMatchObject({ ok: false })
  })

  test('of a list says the conversation and the labels where the server gives them', async () => {
    const emails = [
      { uid: 1, messageId: '<1@x>', inReplyTo: '<0@x>', references: '<0@x> <9@x>', labels: [{ name: 'a' }] },
      { uid: 2, messageId: 4, references: ['<0@x>', 7, '<2@x>'], labels: 'a' },
      { uid: 3, messageId: 'no brackets', labels: [] },
      { uid: 3, messageId: '<again@x>' },
    ]
    const list = await answering(envelope({ emails })).mail.list({ ...message, label: null })
    const read = list.ok
      ? new Map(list.value.messages.map(({ uid, thread, labels }) => [uid, { thread, labels }]))
      : null
    expect(read).toEqual(
      new Map([
        [1, { thread: ['<1@x>', '<0@x>', '<9@x>'], labels: ['a'] }],
        [2, { thread: ['<0@x>', '<2@x>'], labels: undefined }],
        [3, { thread: undefined, labels: [] }],
      ]),
    )
  })
})
