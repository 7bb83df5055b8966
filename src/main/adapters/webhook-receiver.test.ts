import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { ReceiverState } from '../../shared/model/webhook.ts'
import { Secret } from '../core/vault/secret.ts'
import { createReceiver, type Receiver } from '../core/webhooks/receiver.ts'
import { verifyDelivery } from '../core/webhooks/verification.ts'
import { nodeMac } from './node-mac.ts'
import { systemClock } from './system-clock.ts'
import { createWebhookReceiver } from './webhook-receiver.ts'

const log = { info: () => {}, warn: () => {}, error: () => 'reference' }
const secret = 'whsec_0123456789abcdef0123456789abcdef'
const open: Receiver[] = []
afterEach(async () => {
  for (const receiver of open.splice(0)) await receiver.stop()
})

async function start() {
  const states: ReceiverState[] = []
  const receiver = createReceiver({
    port: createWebhookReceiver(log),
    clock: systemClock,
    random: { id: () => 'nobody-guesses-this' },
    log,
    verify: async (delivery) =>
      verifyDelivery(nodeMac, [{ webhookId: 'wh_1', secret: new Secret(secret) }], delivery, {
        nowMs: Date.now(),
        undoPaste: false,
      }),
    nameWebhook: () => 'Sandbox',
    onChange: (state) => states.push(state),
  })
  open.push(receiver)
  const started = await receiver.start()
  if (!started.ok) throw new Error('did not start')
  const { url } = started.value
  return {
    receiver,
    url,
    states,
    deliver(event: object, more: Record<string, string> = {}, key = secret) {
      const body = JSON.stringify(event)
      return fetch(url, {
        method: 'POST',
        body,
        headers: {
          'X-Webhook-Signature': createHmac('sha256', key).update(body).digest('hex'),
          'X-Webhook-Timestamp': String(Math.floor(Date.now() / 1000)),
          'X-Webhook-Event': 'email.sent',
          ...more,
        },
      })
    },
  }
}

const event = { event: 'email.sent', timestamp: '2026-01-15T10:30:00.000Z', data: { id: '<m-1@example.org>' } }

describe('the local receiver', () => {
  test('shows a delivery with what its signature is worth, and counts attempts of the same event', async () => {
    const { receiver, deliver, states, url } = await start()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/hook-nobody-guesses-this$/)
    expect((await deliver(event)).status).toBe(200)
    receiver.answerWith('failure')
    expect((await deliver(event, {}, 'whsec_another')).status).toBe(500)
    await deliver({ ...event, data: { id: 'another' } })
    await expect.poll(() => receiver.state().deliveries.every(({ verification }) => verification !== null)).toBe(true)
    expect(receiver.state().deliveries).toMatchObject([
      { id: 3, attempt: 1, answer: 'failure', event: 'email.sent' },
      { id: 2, attempt: 2, verification: { verdict: 'refused' }, webhook: null },
      { id: 1, attempt: 1, answer: 'ok', verification: { verdict: 'verified' }, webhook: 'Sandbox' },
    ])
    expect(receiver.read(1)).toMatchObject({ ok: true, value: { body: JSON.stringify(event), truncated: false } })
    await expect.poll(() => states.at(-1)?.deliveries.length).toBe(3)
    receiver.clear()
    expect(receiver.read(1)).toMatchObject({ ok: false, error: { kind: 'NOT_FOUND' } })
  })

  test('takes a POST to its path and nothing else, and nothing from a web page', async () => {
    const { receiver, url, deliver } = await start()
    expect((await fetch(url)).status).toBe(405)
    expect((await fetch(new URL('/', url), { method: 'POST' })).status).toBe(404)
    expect((await deliver(event, { Origin: 'https://evil.example' })).status).toBe(403)
    expect(receiver.state().deliveries).toEqual([])
  })

  test('survives 50 MB, and keeps none of it', async () => {
    const { receiver, url } = await start()
    const answer = await fetch(url, { method: 'POST', body: Buffer.alloc(50 * 1024 * 1024, 'x') })
    expect(answer.status).toBe(200)
    expect(receiver.state().deliveries).toMatchObject([{ bytes: 50 * 1024 * 1024, whole: false, verification: null }])
    expect(receiver.read(1)).toMatchObject({ ok: true, value: { body: '', truncated: true } })
  })

  test('keeps so many deliveries and so many bytes, and says how many made room', async () => {
    const { receiver, url, deliver } = await start()
    const large = Buffer.alloc(2 * 1024 * 1024, 'x')
    for (let count = 0; count < 12; count += 1) await fetch(url, { method: 'POST', body: large })
    expect(receiver.state()).toMatchObject({ dropped: 2 })
    expect(receiver.state().deliveries).toHaveLength(10)
    for (let count = 0; count < 205; count += 1) await deliver({ count })
    expect(receiver.state().deliveries).toHaveLength(200)
    expect(receiver.state().dropped).toBe(17)
  })

  test('garbage ends its own connection only', async () => {
    const { receiver, url, deliver } = await start()
    const { port } = new URL(url)
    for (const garbage of [
      '\x16\x03\x01\x02\x00',
      'POST\r\n\r\n',
      `POST / HTTP/1.1\r\nX: ${'y'.repeat(200_000)}`,
      '',
    ]) {
      await new Promise<void>((done) => {
        const socket = connect(Number(port), '127.0.0.1', () => socket.end(garbage))
        socket.on('error', () => undefined)
        socket.on('close', () => done())
        socket.resume()
      })
    }
    await fetch(url, { method: 'POST', body: new Uint8Array([0xff, 0xfe, 0x00]) })
    await fetch(url, { method: 'POST', body: '{"event":7,"data":null}' })
    expect((await deliver(event)).status).toBe(200)
    expect(receiver.state().deliveries).toMatchObject([{ event: 'email.sent' }, { event: null }, { event: null }])
  })

  test('frees its port when it stops, also with a slow answer still open, and starts again', async () => {
    const { receiver, deliver, url } = await start()
    receiver.answerWith('slow')
    const waiting = deliver(event).then(
      () => 'answered',
      () => 'cut',
    )
    await expect.poll(() => receiver.state().deliveries.length).toBe(1)
    await receiver.stop()
    expect(await waiting).toBe('cut')
    expect(receiver.state().url).toBe('')
    await expect(fetch(url)).rejects.toThrow()
    const again = await receiver.start()
    expect(again.ok && again.value.url).not.toBe('')
  })
})
