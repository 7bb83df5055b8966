import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AppError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import { beginForward, beginReply } from '../../../shared/mail/answer.ts'
import type { MailContent, OutgoingState } from '../../../shared/model/outgoing.ts'
import { fail, succeed } from '../../../shared/result.ts'
import type { ChosenFile } from '../ports.ts'
import { Crash, createDisk, createDiskStore, settleAll, startRun } from './fixtures/outbox-world.ts'
import { copyAfterMs } from './outbox.ts'
import { encodeBase64 } from './outgoing-call.ts'

const account = 'agent@example.org'
const content: MailContent = { account, to: ['bob@example.com'], cc: [], bcc: [], subject: 'Hello', text: 'Hi Bob' }
const draft = { id: 'm1', environmentId: 'dev', content, origin: null }
const original = {
  uid: 7,
  from: { address: 'alice@example.com', name: 'Alice' },
  to: [{ address: account, name: null }],
  cc: [],
  replyTo: null,
  subject: 'Notes',
  dateMs: 0,
  text: 'Read me',
  attachments: [],
}

function fileOf(bytes: Uint8Array, said = bytes.length): ChosenFile & { reads: () => number } {
  let reads = 0
  return {
    filename: 'a.bin',
    contentType: 'application/octet-stream',
    bytes: said,
    reads: () => reads,
    async read() {
      reads += 1
      return succeed(bytes)
    },
  }
}

const stateOf = (run: ReturnType<typeof startRun>, id = 'm1'): OutgoingState['name'] | null =>
  run.outbox.list().find((mail) => mail.id === id)?.state.name ?? null

/** Goes on until nothing waits, at most for what a send takes. */
async function sendOut(run: ReturnType<typeof startRun>): Promise<void> {
  expect(run.outbox.send('m1').ok).toBe(true)
  await settleAll()
  while (stateOf(run) === 'queued' && run.clock.advance()) await settleAll()
  await settleAll()
}

describe('what is written', () => {
  test('is kept with every change, and found by the next run', () => {
    const disk = createDisk()
    const first = startRun(disk)
    first.outbox.save(draft)
    first.outbox.save({ ...draft, content: { ...content, text: 'Hi Bob, still writing' } })
    // Nothing is closed: the process just ends.
    const second = startRun(disk)
    second.outbox.resume()
    const found = second.outbox.get('m1')
    expect(found).toMatchObject({
      ok: true,
      value: { content: { text: 'Hi Bob, still writing' }, environmentId: 'dev' },
    })
  })

  test.each(['text', 'subject', 'to'] as const)('with a key in %s is refused and lies nowhere', (field) => {
    const disk = createDisk()
    const { outbox } = startRun(disk)
    const key = 'jsk_live_SyntheticKeyForTests0001'
    const wrong = { ...content, [field]: field === 'to' ? [key] : `see ${key}` }
    expect(outbox.save({ ...draft, content: wrong })).toEqual({ ok: false, error: { kind: 'KEY_IN_TEXT', field } })
    expect([...disk.mails]).toEqual([])
  })

  test('never moves to another environment', () => {
    const { outbox } = startRun(createDisk())
    outbox.save(draft)
    expect(outbox.save({ ...draft, environmentId: 'prod' })).toMatchObject({ ok: false, error: { kind: 'NOT_FOUND' } })
    expect(outbox.list()).toMatchObject([{ environmentId: 'dev' }])
  })

  test('goes with its environment when that is removed', () => {
    const disk = createDisk()
    const { outbox } = startRun(disk)
    outbox.save(draft)
    outbox.forget('dev')
    expect(outbox.list()).toEqual([])
    expect(disk.mails.size).toBe(0)
  })

  test('can be discarded and had back; afterwards it is gone for good', async () => {
    const disk = createDisk()
    const run = startRun(disk)
    run.outbox.save(draft)
    run.outbox.discard('m1')
    expect(stateOf(run)).toBe('discarded')
    expect(run.outbox.restore('m1').ok).toBe(true)
    expect(stateOf(run)).toBe('draft')
    run.outbox.discard('m1')
    while (stateOf(run) !== null && run.clock.advance()) await settleAll()
    expect(disk.mails.size).toBe(0)
    expect(run.outbox.restore('m1').ok).toBe(false)
  })
})

describe('files', () => {
  test('one of 30 MB is refused by its size before a byte of it is read', async () => {
    const big = fileOf(new Uint8Array(1), 30_000_000)
    const { outbox } = startRun(createDisk(), { files: [big] })
    outbox.save(draft)
    expect(await outbox.attach('m1')).toEqual({ ok: false, error: { kind: 'OUTBOX', fault: 'files-too-large' } })
    expect(big.reads()).toBe(0)
  })

  test('one that grew meanwhile, and several that are too large together, are refused', async () => {
    const half = fileOf(new Uint8Array(limits.mailFilesBytesMax / 2 + 1))
    const { outbox } = startRun(createDisk(), { files: [half] })
    outbox.save(draft)
    expect((await outbox.attach('m1')).ok).toBe(true)
    expect(await outbox.attach('m1')).toEqual({ ok: false, error: { kind: 'OUTBOX', fault: 'files-too-large' } })
  })

  test('one with a key in it is refused, wherever it stands', async () => {
    const bytes = new Uint8Array(1_200_000).fill(0x20)
    bytes.set(new TextEncoder().encode('KEY=jsk_live_SyntheticKeyForTests0001\n'), 512 * 1024 - 8)
    const { outbox } = startRun(createDisk(), { files: [fileOf(bytes)] })
    outbox.save(draft)
    expect(await outbox.attach('m1')).toEqual({ ok: false, error: { kind: 'KEY_IN_TEXT', field: 'file' } })
    expect(outbox.list()[0]?.files).toEqual([])
  })

  test('travel in Base64 and are let go once they are sent', async () => {
    const disk = createDisk()
    const bytes = new TextEncoder().encode('Grüße, zum Anfassen')
    const run = startRun(disk, { files: [fileOf(bytes)] })
    run.outbox.save(draft)
    await run.outbox.attach('m1')
    expect(disk.files.size).toBe(1)
    await sendOut(run)
    expect(run.calls.at(-1)?.body).toMatchObject({
      attachments: [{ filename: 'a.bin', content: Buffer.from(bytes).toString('base64') }],
    })
    expect(disk.files.size).toBe(0)
  })

  test('are written as Base64 like everybody writes it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
      }),
    )
    const long = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 7) % 256)
    expect(encodeBase64(long)).toBe(Buffer.from(long).toString('base64'))
  })

  test('of the original are fetched by one call', async () => {
    const { outbox, calls } = startRun(createDisk(), {
      wire: () =>
        succeed({
          callId: 1,
          status: 200,
          body: { data: { attachments: [{ filename: 'n.txt', contentType: 'text/plain', content: 'aGk=' }, 7, {}] } },
        }),
    })
    outbox.save({ id: 'm1', environmentId: 'dev', ...beginForward(original, { account, folder: 'INBOX' }) })
    expect(await outbox.attachOriginal('m1')).toMatchObject({
      ok: true,
      value: { files: [{ filename: 'n.txt', bytes: 2 }] },
    })
    expect(calls.map(({ path }) => path)).toEqual(['/emails/7/attachments'])
  })
})

describe('a send', () => {
  test('is one call, after the time in which it can be taken back', async () => {
    const run = startRun(createDisk())
    run.outbox.save(draft)
    expect(run.outbox.send('m1').ok).toBe(true)
    await settleAll()
    expect(run.calls).toEqual([])
    expect(run.outbox.unsend('m1').ok).toBe(true)
    while (run.clock.advance()) await settleAll()
    expect(run.calls.filter(({ operation }) => operation === 'sendEmail')).toEqual([])
    expect(stateOf(run)).toBe('draft')

    await sendOut(run)
    expect(run.calls.filter(({ effect }) => effect === 'outbound')).toHaveLength(1)
    expect(stateOf(run)).toBe('sent')
    expect(run.outbox.unsend('m1')).toEqual({ ok: false, error: { kind: 'OUTBOX', fault: 'left-already' } })
    expect(run.outbox.send('m1').ok).toBe(false)
  })

  test('can be taken back while it waits for its turn', async () => {
    let free = (): void => undefined
    const held = new Promise<void>((resolve) => {
      free = resolve
    })
    const run = startRun(createDisk(), { hold: () => held, environment: { activeKeyId: 'k' } })
    run.outbox.save(draft)
    await sendOut(run)
    expect(stateOf(run)).toBe('queued')
    expect(run.outbox.unsend('m1').ok).toBe(true)
    free()
    await settleAll()
    expect(run.calls).toEqual([])
    expect(stateOf(run)).toBe('draft')
  })

  test('that is not armed says so at once and changes nothing', () => {
    const error: AppError = { kind: 'GUARDED', environmentId: 'dev', environmentName: 'Dev', need: 'arm' }
    const run = startRun(createDisk(), { admit: () => fail(error) })
    run.outbox.save(draft)
    expect(run.outbox.send('m1')).toEqual({ ok: false, error })
    expect(stateOf(run)).toBe('draft')
  })

  test.each([
    [{ kind: 'API_REFUSED', status: 400, apiMessage: 'no', callId: 5 }, 'failed'],
    [{ kind: 'RATE_LIMITED', apiMessage: '', retryAfterMs: null, callId: 5 }, 'failed'],
    [{ kind: 'NETWORK', reason: 'refused', callId: 5 }, 'failed'],
    [{ kind: 'BAD_ANSWER', reason: 'success-false', status: 200, apiMessage: '', callId: 5 }, 'failed'],
    [{ kind: 'UNKNOWN_OUTCOME', status: 502, callId: 5 }, 'unknown'],
    [{ kind: 'NETWORK', reason: 'reset', callId: 5 }, 'unknown'],
    [{ kind: 'TIMEOUT', afterMs: 1, callId: 5 }, 'unknown'],
    [{ kind: 'BAD_ANSWER', reason: 'not-json', status: 200, apiMessage: '', callId: 5 }, 'unknown'],
    [{ kind: 'CANCELLED', callId: 5 }, 'unknown'],
    [{ kind: 'INTERNAL', reference: 'x' }, 'unknown'],
  ] as const satisfies readonly (readonly [AppError, string])[])('that ends as %o is %s', async (error, state) => {
    const run = startRun(createDisk(), { wire: () => fail(error) })
    run.outbox.save(draft)
    await sendOut(run)
    expect(stateOf(run)).toBe(state)
    const before = run.calls.length
    while (run.clock.advance()) await settleAll()
    expect(run.calls.filter(({ effect }) => effect === 'outbound')).toHaveLength(before)
  })

  test('of unknown outcome is looked for in Sent, changes by the person alone, and can be sent again', async () => {
    const at = (ms: number) => new Date(ms).toISOString()
    const run = startRun(createDisk(), {
      wire: ({ operation }) =>
        operation === 'listEmails'
          ? succeed({
              callId: 9,
              status: 200,
              body: {
                data: {
                  emails: [
                    { uid: 1, to: ['BOB@example.com'], subject: 'Hello', date: at(1_005_000) },
                    { uid: 2, to: ['bob@example.com'], subject: 'Hello', date: at(100_000) },
                    { uid: 3, to: ['bob@example.com'], subject: 'Other', date: at(1_005_000) },
                  ],
                },
              },
            })
          : fail({ kind: 'UNKNOWN_OUTCOME', status: 504, callId: 5 }),
    })
    run.outbox.save(draft)
    await sendOut(run)
    expect(await run.outbox.checkSent('m1')).toMatchObject({ ok: true, value: [{ uid: 1 }] })
    expect(stateOf(run)).toBe('unknown')
    expect(run.outbox.save(draft)).toEqual({ ok: false, error: { kind: 'OUTBOX', fault: 'moved-on' } })
    await sendOut(run)
    expect(run.calls.filter(({ operation }) => operation === 'sendEmail')).toHaveLength(2)
    expect(run.outbox.settleSent('m1').ok).toBe(true)
    expect(run.outbox.list()).toEqual([])
  })

  test('of a reply goes by the API’s reply, and as a message of its own once a file is in it', async () => {
    const begun = beginReply(original, { account, folder: 'Archive' }, 'reply')
    const run = startRun(createDisk(), { files: [fileOf(new Uint8Array([1, 2]))] })
    run.outbox.save({ id: 'm1', environmentId: 'dev', ...begun })
    await sendOut(run)
    expect(run.calls.at(-1)).toMatchObject({
      operation: 'replyToEmail',
      path: '/emails/7/reply',
      query: [
        ['account', account],
        ['folder', 'Archive'],
      ],
      body: { text: begun.content.text, replyAll: false, includeOriginal: false },
    })
    run.outbox.save({ id: 'm2', environmentId: 'dev', ...begun })
    await run.outbox.attach('m2')
    run.outbox.send('m2')
    while (stateOf(run, 'm2') === 'queued' && run.clock.advance()) await settleAll()
    expect(run.calls.filter(({ effect }) => effect === 'outbound').at(-1)).toMatchObject({
      operation: 'sendEmail',
      body: { to: ['Alice <alice@example.com>'], subject: 'Re: Notes', attachments: [{ content: 'AQI=' }] },
    })
  })
})

describe('the copy in Drafts', () => {
  const answerDraft = (changes: Record<string, unknown> = {}) => ({
    uid: 4,
    to: ['bob@example.com'],
    cc: [],
    subject: 'Hello',
    text: 'Hi Bob',
    ...changes,
  })

  async function writeTwice(found: () => ReturnType<typeof succeed> | ReturnType<typeof fail<AppError>>) {
    const run = startRun(createDisk(), {
      wire: ({ operation }) => {
        if (operation === 'getEmail') return found() as never
        return succeed({ callId: 1, status: 200, body: { data: { uid: operation === 'createDraft' ? 4 : 4 } } })
      },
    })
    run.outbox.save(draft)
    await settleAll()
    while (run.clock.advance()) await settleAll()
    run.outbox.save({ ...draft, content: { ...content, text: 'Hi Bob, more' } })
    while (run.clock.advance()) await settleAll()
    return run
  }

  test('is made once, after a pause, whatever was typed before it', async () => {
    const run = startRun(createDisk(), {
      wire: () => succeed({ callId: 1, status: 201, body: { data: { uid: 4 } } }),
    })
    for (const text of ['H', 'Hi', 'Hi B', 'Hi Bob']) {
      run.outbox.save({ ...draft, content: { ...content, text } })
      await settleAll()
    }
    while (run.clock.advance()) await settleAll()
    expect(run.calls.map(({ operation, body }) => [operation, body])).toEqual([
      ['createDraft', { account, to: ['bob@example.com'], subject: 'Hello', text: 'Hi Bob' }],
    ])
    expect(copyAfterMs).toBeGreaterThan(1000)
    expect(run.outbox.list()[0]).toMatchObject({ serverUid: 4, serverNote: null })
  })

  test('is replaced after a look at it', async () => {
    const run = await writeTwice(() => succeed({ callId: 1, status: 200, body: { data: { email: answerDraft() } } }))
    expect(run.calls.map(({ operation }) => operation)).toEqual(['createDraft', 'getEmail', 'updateDraftByBody'])
  })

  test('that was changed elsewhere is left alone: ours is put beside it, and that is said', async () => {
    const run = await writeTwice(() =>
      succeed({ callId: 1, status: 200, body: { data: { email: answerDraft({ text: 'Theirs' }) } } }),
    )
    expect(run.calls.map(({ operation }) => operation)).toEqual(['createDraft', 'getEmail', 'createDraft'])
    expect(run.outbox.list()[0]?.serverNote).toBe('conflict')
  })

  test('that was removed elsewhere is not made again by itself', async () => {
    const run = await writeTwice(() => fail<AppError>({ kind: 'API_NOT_FOUND', apiMessage: '', callId: 1 }))
    expect(run.calls.map(({ operation }) => operation)).toEqual(['createDraft', 'getEmail'])
    expect(run.outbox.list()[0]).toMatchObject({ serverNote: 'gone', keepOnServer: false })
  })

  test('is not made by itself in a protected environment, and costs nothing there', async () => {
    const run = startRun(createDisk(), { environment: { protected: true } })
    run.outbox.save(draft)
    while (run.clock.advance()) await settleAll()
    expect(run.calls).toEqual([])
  })

  test('goes when the message was sent', async () => {
    const run = startRun(createDisk(), {
      wire: () => succeed({ callId: 1, status: 200, body: { data: { uid: 4, messageId: '<m@x>' } } }),
    })
    run.outbox.save(draft)
    while (run.clock.advance()) await settleAll()
    await sendOut(run)
    expect(run.calls.map(({ operation }) => operation)).toEqual(['createDraft', 'sendEmail', 'deleteDraftByQuery'])
  })

  test('is written in the other form where a server knows no such path, and remembered', async () => {
    const run = startRun(createDisk(), {
      wire: ({ operation }) => {
        if (operation === 'updateDraftByBody')
          return fail({ kind: 'API_REFUSED', status: 405, apiMessage: '', callId: 1 })
        const email = answerDraft({ text: run.outbox.list()[0]?.serverUid === 4 ? texts.at(-2) : 'Hi Bob' })
        return succeed({ callId: 1, status: 200, body: { data: operation === 'getEmail' ? { email } : { uid: 4 } } })
      },
    })
    const texts = ['Hi Bob']
    run.outbox.save(draft)
    while (run.clock.advance()) await settleAll()
    for (const text of ['two', 'three']) {
      texts.push(text)
      run.outbox.save({ ...draft, content: { ...content, text } })
      while (run.clock.advance()) await settleAll()
    }
    expect(run.calls.map(({ operation }) => operation)).toEqual([
      'createDraft',
      'getEmail',
      'updateDraftByBody',
      'updateDraft',
      'getEmail',
      'updateDraft',
    ])
  })

  test('of the server opens to go on writing, once; what it holds besides text is never written over', async () => {
    const run = startRun(createDisk(), {
      wire: () => succeed({ callId: 1, status: 200, body: { data: { email: answerDraft({ html: '<b>x</b>' }) } } }),
    })
    const place = { environmentId: 'dev', account, uid: 4 }
    const opened = await run.outbox.openDraft(place)
    expect(opened).toMatchObject({
      ok: true,
      value: { content: { text: 'Hi Bob' }, serverNote: 'more', keepOnServer: false },
    })
    const again = await run.outbox.openDraft(place)
    expect(again.ok && opened.ok && again.value.id === opened.value.id).toBe(true)
    expect(run.calls).toHaveLength(1)
    if (!opened.ok) return
    run.outbox.save({ id: opened.value.id, environmentId: 'dev', content: { ...content, text: 'more' }, origin: null })
    while (run.clock.advance()) await settleAll()
    expect(run.calls).toHaveLength(1)
  })
})

test('a model: with faults and ends of the process at every point, no message is lost, and none is sent twice unasked', async () => {
  const step = fc.oneof(
    fc.constantFrom('save', 'send', 'unsend', 'advance', 'settle', 'restart', 'send again', 'settle sent'),
  )
  const fate = fc.constantFrom('answer', 'refuse', 'vanish', 'lose', 'crash before', 'crash after')
  const disk = fc.constantFrom('keep', 'keep', 'keep', 'refuse', 'crash before', 'crash after')
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 24 }),
      fc.infiniteStream(fate),
      fc.infiniteStream(disk),
      async (steps, fates, diskFates) => {
        const kept = createDisk()
        const time = { nowMs: 1_000_000 }
        /** Messages that the server took. */
        let delivered = 0
        /** How often a person asked for it. */
        let asked = 0
        /** The message as it was sent last reached the server. */
        let arrived = false
        let written = false
        let dead = false
        const begin = () => {
          dead = false
          const store = createDiskStore(kept, () => {
            if (dead) throw new Crash()
            const next = diskFates.next().value
            if (next === 'crash before' || next === 'crash after') dead = true
            return next
          })
          const run = startRun(kept, {
            time,
            store,
            environment: { protected: true },
            wire: () => {
              if (dead) throw new Crash()
              const next = fates.next().value
              if (next === 'refuse') return fail({ kind: 'API_REFUSED', status: 400, apiMessage: '', callId: 1 })
              if (next === 'vanish') return fail({ kind: 'UNKNOWN_OUTCOME', status: null, callId: 1 })
              if (next === 'crash before') {
                dead = true
                throw new Crash()
              }
              delivered += 1
              arrived = true
              if (next === 'crash after') {
                dead = true
                throw new Crash()
              }
              return next === 'lose'
                ? fail({ kind: 'UNKNOWN_OUTCOME', status: 504, callId: 1 })
                : succeed({ callId: 1, status: 200, body: { data: {} } })
            },
          })
          return run
        }
        const attempt = (work: () => unknown): unknown => {
          try {
            return work()
          } catch (error) {
            if (error instanceof Crash) return null
            throw error
          }
        }
        const start = () => {
          // A start that dies is followed by another one.
          for (;;) {
            const next = begin()
            attempt(() => next.outbox.resume())
            if (!dead) return next
          }
        }
        let run = start()
        for (const each of steps) {
          if (dead) run = start()
          const { outbox, clock } = run
          const before = stateOf(run)
          switch (each) {
            case 'save': {
              const saved = attempt(() => outbox.save(draft)) as ReturnType<typeof outbox.save> | null
              if (saved?.ok === true) written = true
              break
            }
            case 'send':
            case 'send again': {
              // A person sends an unknown one again only on purpose.
              if (before === 'unknown' && each === 'send') break
              const queued = attempt(() => outbox.send('m1')) as ReturnType<typeof outbox.send> | null
              // A send that died with the process may be on disk.
              if (queued === null || queued.ok) {
                asked += 1
                arrived = false
              }
              break
            }
            case 'unsend':
              attempt(() => outbox.unsend('m1'))
              break
            case 'advance':
              attempt(() => clock.advance())
              break
            case 'settle sent':
              if (before === 'unknown' && delivered > 0) {
                const settled = attempt(() => outbox.settleSent('m1')) as ReturnType<typeof outbox.settleSent> | null
                if (settled?.ok !== false) {
                  written = false
                  arrived = false
                }
              }
              break
            case 'restart':
              run = start()
              break
            default:
          }
          await settleAll()
          expect(delivered, 'sent no more often than asked for').toBeLessThanOrEqual(asked)
          if (dead) continue
          const now = stateOf(run)
          if (delivered === 0) expect(now, 'nothing is called sent that was not').not.toBe('sent')
          if (arrived) expect(['sent', 'sending', 'unknown', null], 'what arrived is not called unsent').toContain(now)
          if (written && delivered === 0) expect(now, 'what was written is still there').not.toBeNull()
        }
        // Left to itself, over a restart and any time, nothing more goes out.
        if (dead) run = start()
        run.outbox.close()
        const before = delivered
        run = start()
        for (let turn = 0; turn < 20 && run.clock.advance(); turn += 1) await settleAll()
        expect(delivered, 'nothing leaves by itself after a start').toBe(before)
        const last = dead ? null : stateOf(run)
        expect(last === 'sending', 'nothing is called on its way when nothing is').toBe(false)
      },
    ),
    { numRuns: 400 },
  )
})
