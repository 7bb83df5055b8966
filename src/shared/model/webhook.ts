import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { RecordId } from './environment.ts'

/** A webhook's name at the server: opaque text. API reference, section 13. */
export const WebhookId = z.string().check(z.minLength(1), z.maxLength(limits.webhookIdCharsMax))

/** Name of an event. The server may know more than are documented. */
export const WebhookEvent = z
  .string()
  .check(z.minLength(1), z.maxLength(limits.webhookEventCharsMax), z.regex(/^[a-z0-9_]+(?:[.-][a-z0-9_]+)*$/))

/** What a person decides about a webhook. */
export const WebhookInput = z.strictObject({
  url: z.string().check(z.minLength(1), z.maxLength(limits.urlCharsMax)),
  events: z.array(WebhookEvent).check(z.minLength(1), z.maxLength(limits.webhookEventsMax)),
  description: z.string().check(z.maxLength(limits.webhookDescriptionCharsMax)),
})
export type WebhookInput = z.infer<typeof WebhookInput>

/**
 * Where the secret of a webhook is. `stored`: in the keychain. `none`: it was made elsewhere, and
 * the server tells it once only. `lost`: it was made here and its secret could not be kept.
 * `missing`: it was stored and is not in the keychain any more.
 */
export const WebhookSecretState = z.enum(['stored', 'none', 'lost', 'missing'])
export type WebhookSecretState = z.infer<typeof WebhookSecretState>

/** Secret of a webhook as it may be shown. `mask` is its prefix and last four; empty unless it is stored. */
export const WebhookSecret = z.object({ state: WebhookSecretState, mask: z.string(), id: z.nullable(RecordId) })
export type WebhookSecret = z.infer<typeof WebhookSecret>

/**
 * What is known of the secret of a webhook, without the secret; the journal of its making. `asked`:
 * a webhook is being made. `storing`: the server made it and told its secret. `removing`: the webhook
 * is gone, and its secret has to leave the keychain.
 */
export const WebhookSecretRecord = z.object({
  /** Names the item in the keychain. */
  id: RecordId,
  environmentId: RecordId,
  webhookId: z.nullable(WebhookId),
  state: z.enum(['asked', 'storing', 'stored', 'lost', 'missing', 'removing']),
  mask: z.string(),
  url: z.string(),
  atMs: z.number(),
})
export type WebhookSecretRecord = z.infer<typeof WebhookSecretRecord>

/** A subscription to events. Times are epoch ms. API reference, section 9. */
export const Webhook = z.object({
  id: WebhookId,
  url: z.string(),
  events: z.array(z.string()),
  active: z.boolean(),
  description: z.string(),
  createdAtMs: z.nullable(z.number()),
  secret: WebhookSecret,
  /** False when the server does not list it: it was deleted elsewhere, or belongs to another key's account. */
  listed: z.boolean(),
})
export type Webhook = z.infer<typeof Webhook>

/** The two signature schemes: the documentation's and the Python SDK's. API reference, section 13. */
export const SignatureScheme = z.enum(['documented', 'sdk'])
export type SignatureScheme = z.infer<typeof SignatureScheme>

/** What a paste did to a body, found by undoing it until the signature fits. */
export const BodyAlteration = z.enum([
  'line-end-added',
  'line-end-removed',
  'crlf-to-lf',
  'lf-to-crlf',
  'spaces-around',
  'json-spaced',
])
export type BodyAlteration = z.infer<typeof BodyAlteration>

/** Why a signature header cannot be compared at all. */
export const SignatureFault = z.enum(['empty', 'several', 'prefix', 'not-hex', 'length', 'no-time', 'no-v1'])
export type SignatureFault = z.infer<typeof SignatureFault>

/** What one signature header is worth. */
export const SignatureCheck = z.object({
  scheme: SignatureScheme,
  result: z.enum(['match', 'mismatch', 'malformed']),
  /** Set with `match` when the body fits only once this is undone. */
  alteration: z.nullable(BodyAlteration),
  fault: z.nullable(SignatureFault),
})
export type SignatureCheck = z.infer<typeof SignatureCheck>

/** What the time of a delivery is worth against the 300 s of the documentation. `seconds`: how long ago; negative ahead. */
export const TimeCheck = z.object({
  state: z.enum(['fresh', 'old', 'ahead', 'missing', 'malformed']),
  seconds: z.nullable(z.number()),
  /** Whether the signature covers it. */
  signed: z.boolean(),
})
export type TimeCheck = z.infer<typeof TimeCheck>

/**
 * What a delivery is worth. `verified`: every signature fits. `altered`: fits once something that a
 * paste does is undone. `refused`: a signature does not fit. `malformed`: none can be compared.
 * `unsigned`: there is none. `no-secret`: there is no secret to compare with.
 */
export const Verification = z.object({
  verdict: z.enum(['verified', 'altered', 'refused', 'malformed', 'unsigned', 'no-secret']),
  checks: z.array(SignatureCheck),
  time: TimeCheck,
  /** The webhook whose secret fits, or was compared with; null when there was none. */
  webhookId: z.nullable(WebhookId),
})
export type Verification = z.infer<typeof Verification>

/** Where a paste cannot be read, or lacks something. Lines and columns from 1. */
export const DeliveryProblem = z.object({
  what: z.enum(['empty', 'header', 'answer', 'json', 'json-headers', 'json-body', 'body-only', 'no-body', 'base64']),
  line: z.int(),
  column: z.int(),
})
export type DeliveryProblem = z.infer<typeof DeliveryProblem>

/** A delivery as text, to be verified. */
export const DeliveryText = z.string().check(z.maxLength(limits.deliveryTextCharsMax))

/** What a pasted delivery came to. */
export const DeliveryReport = z.object({
  form: z.enum(['http', 'headers', 'curl', 'json']),
  event: z.nullable(z.string()),
  headers: z.array(z.tuple([z.string(), z.string()])),
  bodyBytes: z.int(),
  /** Bytes that the `Content-Length` names and the paste lacks; 0 when it is whole. */
  missingBytes: z.int(),
  verification: Verification,
})
export type DeliveryReport = z.infer<typeof DeliveryReport>

/** How the local receiver answers. `slow`: with 200, after the 30 s that an endpoint has. */
export const ReceiverAnswer = z.enum(['ok', 'failure', 'slow'])
export type ReceiverAnswer = z.infer<typeof ReceiverAnswer>

/** One delivery that came to the local receiver. `atMs` is epoch ms. */
export const ReceivedDelivery = z.object({
  id: z.int(),
  atMs: z.number(),
  /** As the header says, else as the body says. */
  event: z.nullable(z.string()),
  bytes: z.int(),
  /** The how-manieth delivery of the same event it is, among those that are kept: no header says it. */
  attempt: z.int(),
  /** What was answered. */
  answer: ReceiverAnswer,
  /** Null for a body that is too long to be kept, or while it is being verified. */
  verification: z.nullable(Verification),
  /** Name of the environment and address of the webhook whose secret fits. */
  webhook: z.nullable(z.string()),
  /** False for a body that was too long to be kept. */
  whole: z.boolean(),
})
export type ReceivedDelivery = z.infer<typeof ReceivedDelivery>

/** The local receiver. `url` is empty while it does not listen. Newest delivery first. */
export const ReceiverState = z.object({
  url: z.string(),
  answer: ReceiverAnswer,
  deliveries: z.array(ReceivedDelivery).check(z.maxLength(limits.receivedMax)),
  /** Deliveries that made room for newer ones. */
  dropped: z.int(),
})
export type ReceiverState = z.infer<typeof ReceiverState>

/** A received delivery with its headers and the start of its body, keys redacted. */
export const ReceivedContent = z.object({
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.string(),
  /** True when the body goes on behind the text. */
  truncated: z.boolean(),
})
export type ReceivedContent = z.infer<typeof ReceivedContent>

/** One try of the local server to deliver an event. Times are epoch ms. */
export const DeliveryAttempt = z.object({
  deliveryId: z.string(),
  webhookId: z.string(),
  event: z.string(),
  attempt: z.int(),
  atMs: z.number(),
  tookMs: z.number(),
  status: z.nullable(z.int()),
  /** Why there is no status. */
  fault: z.nullable(z.enum(['not-loopback', 'timeout', 'network', 'cancelled', 'dropped'])),
  nextAtMs: z.nullable(z.number()),
})
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>
