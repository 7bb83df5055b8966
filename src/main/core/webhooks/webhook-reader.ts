import { limits } from '../../../shared/limits.ts'
import type { Webhook } from '../../../shared/model/webhook.ts'
import { readDate } from '../jasni/mail-reader.ts'

/** A webhook as the server tells of it. */
export type ListedWebhook = Omit<Webhook, 'secret' | 'listed'>

type Members = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Members {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** One line of bounded length: controls and marks of direction become blanks. */
function readLine(value: unknown, charsMax: number): string {
  if (typeof value !== 'string') return ''
  return value
    .slice(0, charsMax * 4)
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+/gu, ' ')
    .trim()
    .slice(0, charsMax)
}

function readId(value: unknown): string {
  return typeof value === 'number' ? String(value) : readLine(value, limits.webhookIdCharsMax)
}

function readEvents(value: unknown): string[] {
  const items = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : []
  const names = items.slice(0, limits.webhookEventsMax).map((item) => readLine(item, limits.webhookEventCharsMax))
  return [...new Set(names.filter((name) => name !== ''))]
}

/** One webhook; null for what has no id. Its id is opaque, its events may be unknown: API reference, section 13. */
export function readWebhook(value: unknown): ListedWebhook | null {
  if (!isObject(value)) return null
  const id = readId(value.id)
  if (id === '') return null
  return {
    id,
    url: readLine(value.url, limits.urlCharsMax),
    events: readEvents(value.events),
    active: typeof value.active === 'boolean' ? value.active : value.status !== 'paused',
    description: readLine(value.description, limits.webhookDescriptionCharsMax),
    createdAtMs: readDate(value.created_at ?? value.createdAt),
  }
}

/** The webhook of an answer: within `webhook`, or the data itself. */
export function readOneWebhook(data: Members): ListedWebhook | null {
  return readWebhook(data.webhook) ?? readWebhook(data)
}

/** The webhooks of an answer, each once, as the server sorts them; null when there is no list. */
export function readWebhooks(data: Members): ListedWebhook[] | null {
  if (!Array.isArray(data.webhooks)) return null
  const webhooks = data.webhooks.slice(0, limits.webhooksListedMax).flatMap((item) => readWebhook(item) ?? [])
  return webhooks.filter(({ id }, index) => webhooks.findIndex((other) => other.id === id) === index)
}
