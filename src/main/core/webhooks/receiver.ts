import type { AppError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import type {
  ReceivedContent,
  ReceivedDelivery,
  ReceiverAnswer,
  ReceiverState,
  Verification,
} from '../../../shared/model/webhook.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { isSecretName, redactKeys, redactText } from '../log/redaction.ts'
import type { Clock, Log, OpenReceiver, Random, ReceivedRequest, ReceiverPort } from '../ports.ts'
import { signatureHeaders } from './signature.ts'
import type { Delivery } from './verification.ts'

/** The local receiver: a person starts it, and sees what webhooks deliver. It stops with the app. */
export interface Receiver {
  state(): ReceiverState
  /** Listens on a free port under a path that nobody guesses; keeps listening when it does already. */
  start(): Promise<Result<ReceiverState>>
  stop(): Promise<void>
  /** How deliveries are answered from now on. */
  answerWith(answer: ReceiverAnswer): void
  /** NOT_FOUND once newer deliveries took its place. */
  read(id: number): Result<ReceivedContent>
  clear(): void
}

interface Kept {
  readonly summary: ReceivedDelivery
  readonly request: ReceivedRequest
  /** What makes two deliveries the same event. API reference, section 10. */
  readonly identity: string
}

const answers: { readonly [A in ReceiverAnswer]: { readonly status: number; readonly delayMs: number } } = {
  ok: { status: 200, delayMs: 0 },
  failure: { status: 500, delayMs: 0 },
  slow: { status: 200, delayMs: limits.receiverSlowMs },
}

/** Pause between two pictures that the window gets while many deliveries come. */
const tellEveryMs = 100
const eventCharsMax = 100

const shownSignatures: readonly string[] = Object.values(signatureHeaders)

function decode(body: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(body)
}

function readPayload(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(decode(body))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}

/** Event and identity of a delivery. One that is no event is the same as nothing else. */
function identify(request: ReceivedRequest, id: number): { readonly event: string | null; readonly identity: string } {
  const { event, timestamp, data } = readPayload(request.body)
  const header = request.headers.find(([name]) => name.toLowerCase() === 'x-webhook-event')?.[1]
  const name = header ?? event
  const about: unknown = data !== null && typeof data === 'object' ? Reflect.get(data, 'id') : undefined
  return {
    event: typeof name === 'string' && name !== '' ? redactText(name.slice(0, eventCharsMax)) : null,
    identity: typeof event === 'string' ? JSON.stringify([event, timestamp, about]) : `delivery ${id}`,
  }
}

/** Builds the receiver; nothing listens before `start`. */
export function createReceiver(parts: {
  readonly port: ReceiverPort
  readonly clock: Clock
  readonly random: Pick<Random, 'id'>
  readonly log: Log
  readonly verify: (delivery: Delivery) => Promise<Verification>
  /** Words for the webhook whose secret fits. */
  readonly nameWebhook: (webhookId: string) => string | null
  readonly onChange: (state: ReceiverState) => void
}): Receiver {
  const { port, clock, random, log, verify, nameWebhook, onChange } = parts
  let open: OpenReceiver | null = null
  let opening: Promise<Result<ReceiverState>> | null = null
  let answer: ReceiverAnswer = 'ok'
  let kept: Kept[] = []
  let dropped = 0
  let lastId = 0
  let telling = false

  const state = (): ReceiverState => ({
    url: open?.url ?? '',
    answer,
    deliveries: kept.map(({ summary }) => summary),
    dropped,
  })

  /** Tells the window soon, and once for all that comes until then. */
  async function tell(): Promise<void> {
    if (telling) return
    telling = true
    await clock.sleep(tellEveryMs)
    telling = false
    onChange(state())
  }

  function keep(next: Kept): void {
    kept = [next, ...kept]
    let bytes = 0
    const fits = kept.filter(({ request }, index) => {
      bytes += request.body.length
      return index < limits.receivedMax && (index === 0 || bytes <= limits.receivedBytesMax)
    })
    dropped += kept.length - fits.length
    kept = fits
  }

  async function judge(id: number, request: ReceivedRequest): Promise<void> {
    const verification = await verify(request)
    const { verdict, webhookId } = verification
    const fits = verdict === 'verified' && webhookId !== null
    kept = kept.map((each) =>
      each.summary.id === id
        ? { ...each, summary: { ...each.summary, verification, webhook: fits ? nameWebhook(webhookId) : null } }
        : each,
    )
    void tell()
  }

  function take(request: ReceivedRequest): { readonly status: number; readonly delayMs: number } {
    lastId += 1
    const id = lastId
    const { event, identity } = identify(request, id)
    const summary: ReceivedDelivery = {
      id,
      atMs: clock.nowMs(),
      event,
      bytes: request.bytes,
      attempt: kept.filter((each) => each.identity === identity).length + 1,
      answer,
      verification: null,
      webhook: null,
      whole: request.whole,
    }
    keep({ summary, request, identity })
    void tell()
    if (request.whole) judge(id, request).catch((cause: unknown) => void log.error('delivery-not-verified', cause))
    return answers[answer]
  }

  async function start(): Promise<Result<ReceiverState>> {
    open = await port.open(`/hook-${random.id()}`, take)
    if (open === null) return fail<AppError>({ kind: 'RECEIVER' })
    onChange(state())
    return succeed(state())
  }

  return {
    state,
    async start() {
      if (open !== null) return succeed(state())
      opening ??= start().finally(() => {
        opening = null
      })
      return opening
    },
    async stop() {
      await opening
      const closing = open
      open = null
      await closing?.close()
      onChange(state())
    },
    answerWith(next) {
      answer = next
      onChange(state())
    },
    read(id) {
      const found = kept.find(({ summary }) => summary.id === id)
      if (found === undefined) return fail<AppError>({ kind: 'NOT_FOUND', what: 'delivery' })
      const { headers, body, whole } = found.request
      const text = redactKeys(decode(body))
      return succeed({
        // A signature says nothing of the secret, and is what this is about; whatever else is secret by its name is not shown.
        headers: headers.map(([name, value]): [string, string] => {
          const isHidden = isSecretName(name) && !shownSignatures.includes(name.toLowerCase())
          return [redactText(name), isHidden ? '[redacted]' : redactText(value)]
        }),
        body: text.slice(0, limits.consoleSliceCharsMax),
        truncated: !whole || text.length > limits.consoleSliceCharsMax,
      })
    },
    clear() {
      kept = []
      dropped = 0
      onChange(state())
    },
  }
}
