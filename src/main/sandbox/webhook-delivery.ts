import { createHmac } from 'node:crypto'
import { type PostOutcome, postToLoopback, type ResolveName } from './loopback-post.ts'
import type { Webhook, WebhookList } from './webhook-list.ts'

/**
 * Headers that a delivery is signed with. The documentation and the Python SDK know one scheme
 * each: API reference, section 13.
 */
export type SignatureForm = 'documented' | 'sdk' | 'both'

/** One try to deliver one event to one webhook. */
export interface DeliveryAttempt {
  readonly deliveryId: string
  readonly webhookId: string
  readonly url: string
  readonly event: string
  /** From 1 on. */
  readonly attempt: number
  /** Epoch ms. */
  readonly atMs: number
  readonly tookMs: number
  /** `dropped`: too many deliveries wait already, so this one was never tried. */
  readonly outcome: PostOutcome | { readonly kind: 'dropped' }
  /** Epoch ms of the next try; null when there is none. */
  readonly nextAtMs: number | null
}

/** Sends events to the webhooks that subscribe to them. */
export interface WebhookDelivery {
  /** Delivers an event, off the caller's path. */
  raise(event: string, data: object): void
  /** Ends what is queued for a webhook. API reference, section 9: deleting cancels queued retries. */
  cancel(webhookId: string): void
  /** The last attempts, oldest first, at most 500. */
  attempts(): readonly DeliveryAttempt[]
  /** Ends everything and resolves once nothing is on its way. */
  close(): Promise<void>
}

/** How deliveries are made. */
export interface DeliveryOptions {
  readonly webhooks: Pick<WebhookList, 'all' | 'find' | 'secretOf'>
  /** Epoch ms. */
  readonly nowMs: () => number
  readonly newId: () => string
  /** Resolves after `ms`, or as soon as the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly signatures: SignatureForm
  readonly timeoutMs: number
  readonly resolve?: ResolveName
  /** Called once per attempt, when it has ended. */
  readonly onAttempt: (attempt: DeliveryAttempt) => void
}

/**
 * Delays before each attempt, counted from the end of the one before. API reference, section 10. The
 * event is dropped after the last one and the webhook stays as it is: undocumented, assumed there.
 */
export const deliveryDelaysMs = [0, 10_000, 60_000, 300_000] as const
/** How long an endpoint has for its answer. API reference, section 10. */
export const deliveryTimeoutMs = 30_000

const attemptsKept = 500
const pendingMax = 500

/** Hex HMAC-SHA256, as both schemes have it. */
function sign(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}

/** The headers of one attempt. The time is that of the attempt: a retry of minutes later must still be fresh. */
export function formatDeliveryHeaders(delivery: {
  readonly event: string
  readonly body: string
  readonly secret: string
  readonly atMs: number
  readonly signatures: SignatureForm
}): Readonly<Record<string, string>> {
  const { event, body, secret, atMs, signatures } = delivery
  const seconds = String(Math.floor(atMs / 1000))
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'JasniAI-Webhooks/1.0',
    'X-Webhook-Event': event,
    'X-Webhook-Timestamp': seconds,
    ...(signatures === 'sdk' ? {} : { 'X-Webhook-Signature': sign(secret, body) }),
    ...(signatures === 'documented'
      ? {}
      : { 'X-Jasni-Signature': `t=${seconds},v1=${sign(secret, `${seconds}.${body}`)}` }),
  }
}

function isDelivered(outcome: PostOutcome): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status <= 299
}

/** Makes the delivery of one server. */
export function createWebhookDelivery(options: DeliveryOptions): WebhookDelivery {
  const { webhooks, nowMs, newId, sleep, signatures, timeoutMs, resolve, onAttempt } = options
  const pending = new Map<string, { readonly webhookId: string; readonly controller: AbortController }>()
  const running = new Set<Promise<void>>()
  let attempts: DeliveryAttempt[] = []
  let closed = false

  function keep(attempt: DeliveryAttempt): void {
    attempts = [...attempts.slice(1 - attemptsKept), attempt]
    onAttempt(attempt)
  }

  /** Every attempt takes the webhook as it is by then: its URL may have changed, it may be paused or gone. */
  async function deliver(id: string, webhookId: string, event: string, body: string, signal: AbortSignal) {
    for (const [index, delayMs] of deliveryDelaysMs.entries()) {
      await sleep(delayMs, signal)
      const webhook = webhooks.find(webhookId)
      const secret = webhooks.secretOf(webhookId)
      if (signal.aborted || webhook?.active !== true || secret === null) return
      const atMs = nowMs()
      const startedMs = performance.now()
      const headers = formatDeliveryHeaders({ event, body, secret, atMs, signatures })
      const outcome = await postToLoopback({ url: webhook.url, headers, body, timeoutMs, signal }, resolve)
      // Where nothing may be sent to, nothing may be sent to later.
      const isOver = isDelivered(outcome) || outcome.kind === 'not-loopback' || signal.aborted
      const next = isOver ? undefined : deliveryDelaysMs[index + 1]
      keep({
        deliveryId: id,
        webhookId,
        url: webhook.url,
        event,
        attempt: index + 1,
        atMs,
        tookMs: performance.now() - startedMs,
        outcome,
        nextAtMs: next === undefined ? null : nowMs() + next,
      })
      if (isOver) return
    }
  }

  function start(webhook: Webhook, event: string, body: string): void {
    const id = newId()
    if (pending.size >= pendingMax) {
      const { id: webhookId, url } = webhook
      const about = { deliveryId: id, webhookId, url, event, attempt: 1, atMs: nowMs(), tookMs: 0 }
      keep({ ...about, outcome: { kind: 'dropped' }, nextAtMs: null })
      return
    }
    const controller = new AbortController()
    pending.set(id, { webhookId: webhook.id, controller })
    const done = deliver(id, webhook.id, event, body, controller.signal).finally(() => {
      pending.delete(id)
      running.delete(done)
    })
    running.add(done)
  }

  return {
    raise(event, data) {
      if (closed) return
      const takers = webhooks.all().filter(({ active, events }) => active && events.includes(event))
      if (takers.length === 0) return
      const body = JSON.stringify({ event, timestamp: new Date(nowMs()).toISOString(), data })
      for (const webhook of takers) start(webhook, event, body)
    },
    cancel(webhookId) {
      for (const each of pending.values()) if (each.webhookId === webhookId) each.controller.abort()
    },
    attempts: () => attempts,
    async close() {
      closed = true
      for (const { controller } of pending.values()) controller.abort()
      await Promise.all(running)
    },
  }
}
