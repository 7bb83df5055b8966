/** A subscription to events. The secret is kept for signing and given out once. API reference, section 9. */
export interface Webhook {
  readonly id: string
  readonly url: string
  readonly events: readonly string[]
  readonly active: boolean
  readonly description: string | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** What a person decides about a webhook. */
export type WebhookInput = Pick<Webhook, 'url' | 'events' | 'active' | 'description'>

/** Subscriptions of this run. */
export interface WebhookList {
  /** Newest first. */
  all(): readonly Webhook[]
  find(id: string): Webhook | null
  /** What deliveries are signed with; null when there is no such webhook. */
  secretOf(id: string): string | null
  /** Null when there are as many as one user may have. */
  add(input: WebhookInput): { readonly webhook: Webhook; readonly secret: string } | null
  change(id: string, change: Partial<WebhookInput>): Webhook | null
  remove(id: string): boolean
}

/** Most webhooks of one user. API reference, section 9. */
export const webhooksMax = 10

/** Events by name: the first five are documented, the others are known from the SDK only. */
export const webhookEvents: readonly string[] = [
  'email.received',
  'email.sent',
  'email.bounced',
  'email.spam',
  'email.deleted',
  'email.delivered',
  'email.rejected',
  'domain.verified',
]

/** Makes an empty list. */
export function createWebhookList(parts: {
  readonly nowMs: () => number
  readonly newId: () => string
  readonly newSecret: () => string
}): WebhookList {
  let webhooks: Webhook[] = []
  const secrets = new Map<string, string>()
  const find = (id: string): Webhook | null => webhooks.find((webhook) => webhook.id === id) ?? null
  return {
    all: () => webhooks,
    find,
    secretOf: (id) => secrets.get(id) ?? null,
    add(input) {
      if (webhooks.length >= webhooksMax) return null
      const now = parts.nowMs()
      const webhook = { ...input, id: parts.newId(), createdAtMs: now, updatedAtMs: now }
      const secret = parts.newSecret()
      webhooks = [webhook, ...webhooks]
      secrets.set(webhook.id, secret)
      return { webhook, secret }
    },
    change(id, change) {
      const before = find(id)
      if (before === null) return null
      const after = { ...before, ...change, updatedAtMs: parts.nowMs() }
      webhooks = webhooks.map((webhook) => (webhook === before ? after : webhook))
      return after
    },
    remove(id) {
      const before = webhooks.length
      webhooks = webhooks.filter((webhook) => webhook.id !== id)
      secrets.delete(id)
      return webhooks.length < before
    },
  }
}
