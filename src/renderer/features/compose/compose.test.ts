import { describe, expect, test } from 'vitest'
import type { InputOf, MethodName, OutputOf } from '../../../shared/contract.ts'
import { beginForward, beginMessage, beginReply, type Original } from '../../../shared/mail/answer.ts'
import type { OutgoingSummary } from '../../../shared/model/outgoing.ts'
import type { Result } from '../../../shared/result.ts'
import { createCompose, type Told } from './compose-store.ts'
import { canOpen, describeKept, describePlan, fieldOf, nameMail, nameRecipients } from './compose-text.ts'

const original: Original = {
  uid: 7,
  from: { address: 'ann@example.com', name: 'Ann' },
  to: [{ address: 'agent@example.org', name: null }],
  cc: [],
  replyTo: null,
  subject: 'Order',
  dateMs: 0,
  text: 'Hello',
  attachments: [],
}
const place = { account: 'agent@example.org', folder: 'INBOX' }
const file = { id: 'f', filename: 'a.txt', contentType: 'text/plain', bytes: 1 }

function summarize(input: InputOf<'outbox.save'>): OutgoingSummary {
  const { id, environmentId, content, origin } = input
  return {
    id,
    environmentId,
    account: content.account,
    to: content.to,
    subject: content.subject,
    snippet: content.text,
    kind: origin?.kind ?? 'new',
    files: [],
    state: { name: 'draft' },
    changedAtMs: 0,
    keepOnServer: false,
    serverUid: null,
    serverAtMs: null,
    serverNote: null,
  }
}

/** A window whose main keeps what it is told and refuses texts that hold `refuse`. */
function openWindow() {
  const calls: { readonly name: string; readonly input: unknown }[] = []
  const told: Told[] = []
  const errors: string[] = []
  const timers: (() => void)[] = []
  const saves = () => calls.filter(({ name }) => name === 'outbox.save').map(({ input }) => input as SaveInput)
  async function call<M extends MethodName>(name: M, input: InputOf<M>): Promise<Result<OutputOf<M>>> {
    calls.push({ name, input })
    const answer = (): Result<unknown> => {
      const id = (input as { readonly id: string }).id
      const last = saves()
        .filter((save) => save.id === id)
        .at(-1)
      if (name === 'outbox.save' && last?.content.text.includes('refuse') === true)
        return { ok: false, error: { kind: 'KEY_IN_TEXT', field: 'text' } }
      if (name === 'outbox.discard' || last === undefined) return { ok: true, value: null }
      if (name === 'outbox.get') return { ok: true, value: { ...last, state: { name: 'draft' } } }
      return { ok: true, value: summarize(last) }
    }
    return answer() as Result<OutputOf<M>>
  }
  let ids = 0
  const compose = createCompose({
    call,
    guarded: call,
    newId: () => `m${++ids}`,
    later(run) {
      timers.push(run)
      return () => void timers.splice(timers.indexOf(run), 1)
    },
    environmentName: () => 'Dev',
    tell: (each) => void told.push(each),
    tellError: ({ kind }) => void errors.push(kind),
  })
  return { compose, calls, saves, told, errors, timers, writing: () => compose.store.getState().writing }
}
type SaveInput = InputOf<'outbox.save'>

describe('what is written', () => {
  test('is kept from the first change on, once per pause', async () => {
    const { compose, saves, timers, writing } = openWindow()
    await compose.begin('dev', beginReply(original, place, 'reply'))
    await compose.flush()
    expect(saves()).toEqual([])
    compose.edit({ text: 'Y' })
    compose.edit({ text: 'Yes' })
    expect(timers).toHaveLength(1)
    await compose.flush()
    expect(saves().map(({ content }) => content.text)).toEqual(['Yes'])
    expect(writing()?.kept).toBe('kept')
  })

  test('while it is being kept is kept too, in its order', async () => {
    const { compose, saves, writing } = openWindow()
    await compose.begin('dev', beginMessage(place.account))
    compose.edit({ text: 'one' })
    const first = compose.flush()
    await Promise.resolve()
    compose.edit({ text: 'one two' })
    await first
    expect(saves().map(({ content }) => content.text)).toEqual(['one', 'one two'])
    expect(writing()?.kept).toBe('kept')
  })

  test('leaves nothing behind when nothing was changed', async () => {
    const { compose, calls, told, writing } = openWindow()
    await compose.begin('dev', beginMessage(place.account))
    await compose.close()
    expect([writing(), calls, told]).toEqual([null, [], []])
  })

  test('is offered back after it was discarded', async () => {
    const { compose, told, writing, calls } = openWindow()
    await compose.begin('dev', beginMessage(place.account))
    compose.edit({ text: 'Hello' })
    await compose.close()
    expect(told[0]?.text).toBe('Kept as a draft')
    told[0]?.action?.run()
    await expect.poll(() => told.length).toBe(2)
    told[1]?.action?.run()
    await expect.poll(() => writing()?.content.text).toBe('Hello')
    expect(calls.map(({ name }) => name)).toEqual(['outbox.save', 'outbox.discard', 'outbox.restore', 'outbox.get'])
  })

  test('stays on screen when main refuses to keep it, and is not given up for another', async () => {
    const { compose, writing, errors } = openWindow()
    await compose.begin('dev', beginMessage(place.account))
    compose.edit({ text: 'refuse' })
    await compose.close()
    expect(writing()).toMatchObject({ kept: 'refused', error: { kind: 'KEY_IN_TEXT' } })
    await compose.begin('dev', beginMessage(place.account))
    expect(writing()?.id).toBe('m1')
    await compose.leave()
    expect(writing()?.environmentId).toBe('dev')
    expect(errors).toEqual(['KEY_IN_TEXT', 'KEY_IN_TEXT'])
  })

  test('stays as a draft of its environment when that is left', async () => {
    const { compose, writing, told } = openWindow()
    await compose.begin('dev', beginMessage(place.account))
    compose.edit({ text: 'Hello' })
    await compose.leave()
    expect(writing()).toBe(null)
    expect(told[0]?.text).toBe('Your message stays as a draft of Dev')
  })

  test('is not sent before it can be, and is kept first', async () => {
    const { compose, calls, writing } = openWindow()
    await compose.begin('dev', beginMessage(place.account))
    compose.edit({ to: ['ann@example.com'], subject: 'Order' })
    expect(await compose.send()).toBe(false)
    expect(fieldOf(writing()?.error ?? null)).toBe('text')
    compose.edit({ text: 'Hello' })
    expect(await compose.send()).toBe(true)
    expect(calls.map(({ name }) => name)).toEqual(['outbox.save', 'outbox.send'])
    expect(writing()).toBe(null)
  })
})

describe('words', () => {
  test('say how a message goes out', () => {
    const reply = beginReply(original, place, 'reply')
    const forward = beginForward(original, place)
    expect(describePlan({ ...beginMessage(place.account), files: [] })).toBe('Goes out as a new message.')
    expect(describePlan({ ...reply, files: [] })).toBe('Goes out as a reply, in the thread of the original.')
    expect(describePlan({ ...reply, files: [file] })).toContain('because the API’s reply takes no files')
    expect(describePlan({ ...forward, files: [] })).toBe('Goes out as a forward; the server adds the original.')
    expect(describePlan({ ...forward, content: { ...forward.content, text: 'Other' }, files: [] })).toContain(
      'the original below was changed',
    )
  })

  test('name a message and its recipients, whatever is missing', () => {
    expect(nameMail({ subject: ' ', snippet: 'Hi' })).toBe('Hi')
    expect(nameMail({ subject: '', snippet: '' })).toBe('No subject')
    expect(nameRecipients([])).toBe('To nobody yet')
    expect(nameRecipients(['Ann <ann@a.example>', 'b@b.example', 'c@c.example'])).toBe('To Ann, b@b.example and 1 more')
  })

  test('promise a copy in Drafts only where there is one', () => {
    const id = { id: 'm', environmentId: 'dev', origin: null, content: beginMessage(place.account).content }
    expect(describeKept('kept', { ...summarize(id), serverUid: 3 })).toBe('Kept on this machine')
    expect(describeKept('kept', { ...summarize(id), serverUid: 3, keepOnServer: true })).toBe(
      'Kept here, and in Drafts',
    )
  })

  test('only what does not move opens', () => {
    expect(canOpen({ state: { name: 'queued', leavesAtMs: 1 } })).toBe(false)
    expect(canOpen({ state: { name: 'queued', leavesAtMs: null } })).toBe(true)
    expect(canOpen({ state: { name: 'unknown', startedAtMs: 1, callId: null } })).toBe(false)
  })
})
