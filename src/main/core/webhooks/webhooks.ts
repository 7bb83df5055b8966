import type { AppError } from '../../../shared/error.ts'
import type { DeliveryReport, Verification, Webhook, WebhookInput } from '../../../shared/model/webhook.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { readData } from '../jasni/mail-reader.ts'
import { type Operation, operations } from '../jasni/operations.ts'
import { holdsSecret, redactHeader, redactText } from '../log/redaction.ts'
import type { CallAnswer, Pipeline } from '../pipeline/pipeline.ts'
import type { Clock, Mac } from '../ports.ts'
import type { Secret } from '../vault/secret.ts'
import { readDeliveryText } from './delivery-text.ts'
import type { SecretKeeper } from './secret-keeper.ts'
import { type Delivery, verifyDelivery } from './verification.ts'
import { type ListedWebhook, readOneWebhook, readWebhooks } from './webhook-reader.ts'

/** What of a webhook may be changed. API reference, section 9: members left out stay as they are. */
export interface WebhookChange extends Partial<WebhookInput> {
  readonly active?: boolean
}

/** Webhooks of an environment, their secrets, and what deliveries are worth. None throws. */
export interface Webhooks {
  /** As the server sorts them; behind them those whose secret is kept and which it does not list. */
  list(environmentId: string): Promise<Result<Webhook[]>>
  /** Its secret goes straight to the keychain. */
  create(environmentId: string, input: WebhookInput): Promise<Result<Webhook>>
  update(environmentId: string, id: string, change: WebhookChange): Promise<Result<Webhook>>
  /** Deletes the webhook at the server, then its secret. */
  remove(environmentId: string, id: string): Promise<Result<null>>
  /** For the clipboard. */
  revealSecret(
    environmentId: string,
    id: string,
  ): Promise<Result<{ readonly recordId: string; readonly secret: Secret }>>
  /** Keeps the secret of a webhook that was made elsewhere. */
  addSecret(environmentId: string, id: string, url: string, text: string): Promise<Result<null>>
  /** Drops a secret and keeps the webhook. */
  forgetSecret(environmentId: string, id: string): Promise<Result<null>>
  /** Reads and judges a pasted delivery by the secret of one webhook, or by all of the environment. */
  verifyText(environmentId: string, id: string | null, text: string): Promise<Result<DeliveryReport>>
  /** Judges a delivery that came off the wire, by every secret there is. */
  verify(delivery: Delivery): Promise<Verification>
}

function rejectAnswer({ callId, status }: CallAnswer): Result<never, AppError> {
  return fail({ kind: 'BAD_ANSWER', reason: 'unexpected', status, apiMessage: '', callId })
}

/** Reads an address for a webhook: http or https, nothing that holds a key. API reference, section 9. */
function checkInput({ url, description }: Partial<WebhookInput>): AppError | null {
  if (url !== undefined) {
    if (holdsSecret(url)) return { kind: 'KEY_IN_TEXT', field: 'url' }
    try {
      if (/[\s\p{Cc}]/u.test(url) || !['http:', 'https:'].includes(new URL(url).protocol)) throw new Error('scheme')
    } catch {
      return { kind: 'BAD_REQUEST', field: 'url' }
    }
  }
  return description !== undefined && holdsSecret(description) ? { kind: 'KEY_IN_TEXT', field: 'description' } : null
}

/** Builds the webhooks on the pipeline, which takes secrets out of answers by itself. */
export function createWebhooks(parts: {
  readonly pipeline: Pipeline
  readonly keeper: SecretKeeper
  readonly mac: Mac
  readonly clock: Pick<Clock, 'nowMs'>
}): Webhooks {
  const { pipeline, keeper, mac, clock } = parts

  function call(environmentId: string, operation: Operation, more: { query?: [string, string][]; body?: unknown }) {
    const { id, effect, method, path } = operation
    const { query = [], body = null } = more
    return pipeline.send({ environmentId, operation: id, effect, method, path, query, body, source: 'Webhooks' })
  }

  const complete = (environmentId: string, webhook: ListedWebhook, listed = true): Webhook => ({
    ...webhook,
    secret: keeper.stateOf(environmentId, webhook.id),
    listed,
  })

  async function askForOne(environmentId: string, operation: Operation, body: object): Promise<Result<Webhook>> {
    const answer = await call(environmentId, operation, { body })
    if (!answer.ok) return answer
    const data = readData(answer.value.body)
    const webhook = data === null ? null : readOneWebhook(data)
    return webhook === null ? rejectAnswer(answer.value) : succeed(complete(environmentId, webhook))
  }

  return {
    async list(environmentId) {
      const answer = await call(environmentId, operations.listWebhooks, {})
      if (!answer.ok) return answer
      const data = readData(answer.value.body)
      const listed = data === null ? null : readWebhooks(data)
      if (listed === null) return rejectAnswer(answer.value)
      await keeper.settle(environmentId, listed)
      const others = keeper
        .knownIn(environmentId)
        .filter(({ webhookId, state }) => state !== 'removing' && !listed.some(({ id }) => id === webhookId))
        .map(({ webhookId, url }): ListedWebhook => {
          const nothing = { events: [], active: false, description: '', createdAtMs: null }
          return { ...nothing, id: webhookId ?? '', url }
        })
      return succeed([
        ...listed.map((webhook) => complete(environmentId, webhook)),
        ...others.map((webhook) => complete(environmentId, webhook, false)),
      ])
    },

    async create(environmentId, input) {
      const fault = checkInput(input)
      if (fault !== null) return fail(fault)
      const { url, events, description } = input
      return askForOne(environmentId, operations.createWebhook, {
        url,
        events,
        ...(description.trim() === '' ? {} : { description: description.trim() }),
      })
    },

    async update(environmentId, id, change) {
      const fault = checkInput(change)
      if (fault !== null) return fail(fault)
      return askForOne(environmentId, operations.updateWebhook, { id, ...change })
    },

    async remove(environmentId, id) {
      const answer = await call(environmentId, operations.deleteWebhook, { query: [['id', id]] })
      // It is gone all the same, and so is its secret: the watch saw to that.
      return answer.ok || answer.error.kind === 'API_NOT_FOUND' ? succeed(null) : answer
    },

    async revealSecret(environmentId, id) {
      const revealed = await keeper.reveal(environmentId, id)
      if (!revealed.ok) return revealed
      const recordId = keeper.stateOf(environmentId, id).id
      return recordId === null
        ? fail<AppError>({ kind: 'WEBHOOK_SECRET', fault: 'none' })
        : succeed({ recordId, secret: revealed.value })
    },

    addSecret: (environmentId, webhookId, url, text) => keeper.add({ environmentId, webhookId, url }, text),
    forgetSecret: (environmentId, id) => keeper.forget(environmentId, id),

    async verifyText(environmentId, id, text) {
      if (holdsSecret(text)) return fail<AppError>({ kind: 'KEY_IN_TEXT', field: 'text' })
      const reading = readDeliveryText(text)
      if (reading.read === 'problem') return fail<AppError>({ kind: 'DELIVERY_TEXT', problem: reading.problem })
      const { form, headers, body, missingBytes } = reading.delivery
      const all = await keeper.readAll(environmentId)
      // The one that was asked about first: without one that fits, it is the one that is answered for.
      const ordered = [...all].sort((a, b) => Number(b.webhookId === id) - Number(a.webhookId === id))
      const asked = id !== null && ordered[0]?.webhookId !== id
      const verification = verifyDelivery(mac, ordered, { headers, body }, { nowMs: clock.nowMs(), undoPaste: true })
      return succeed({
        form,
        event: headers.find(([name]) => name.toLowerCase() === 'x-webhook-event')?.[1].slice(0, 100) ?? null,
        headers: headers.slice(0, 100).map(([name, value]) => [redactText(name), redactHeader(name, value)]),
        bodyBytes: body.length,
        missingBytes,
        verification:
          asked && verification.verdict === 'refused'
            ? { ...verification, verdict: 'no-secret', webhookId: null }
            : verification,
      })
    },

    async verify(delivery) {
      return verifyDelivery(mac, await keeper.readAll(null), delivery, { nowMs: clock.nowMs(), undoPaste: false })
    },
  }
}
