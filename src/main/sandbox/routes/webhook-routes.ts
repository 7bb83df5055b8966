import type { Hono } from 'hono'
import { type Webhook, type WebhookInput, webhookEvents, webhooksMax } from '../webhook-list.ts'
import { type FieldReader, readFields } from './fields.ts'
import {
  addPath,
  answerData,
  answerError,
  answerMessage,
  formatDate,
  mayUse,
  type RouteContext,
  type RouteEnv,
  readJson,
} from './route.ts'

const urlCharsMax = 2048
const descriptionCharsMax = 500

function formatWebhook(webhook: Webhook) {
  const { id, url, events, active, description, createdAtMs, updatedAtMs } = webhook
  const dates = { created_at: formatDate(createdAtMs), updated_at: formatDate(updatedAtMs) }
  return { id, url, events, active, description, ...dates }
}

function isWebUrl(text: string): boolean {
  try {
    return text.length <= urlCharsMax && ['http:', 'https:'].includes(new URL(text).protocol)
  } catch {
    return false
  }
}

/** Reads what is given of a webhook; members that are left out are left out. */
function readInput(fields: FieldReader): Partial<WebhookInput> {
  const url = fields.text('url')
  const events = fields.texts('events')
  const description = fields.text('description')
  if (url !== null && !isWebUrl(url)) fields.refuse('url must begin with http:// or https://')
  if (events?.length === 0) fields.refuse('events must hold at least one')
  const unknown = events?.find((event) => !webhookEvents.includes(event))
  if (unknown !== undefined) fields.refuse('events holds a name that is not known')
  if (description !== null && description.length > descriptionCharsMax)
    fields.refuse(`description may have ${descriptionCharsMax} characters`)
  return {
    ...(url === null ? {} : { url }),
    ...(events === null ? {} : { events: [...new Set(events)] }),
    ...(description === null ? {} : { description }),
  }
}

/** Webhook subscriptions. API reference, section 9. */
export function addWebhookRoutes(app: Hono<RouteEnv>, context: RouteContext): void {
  addPath(app, '/webhooks', {
    get: (c) => {
      if (!mayUse(c.get('key'), 'webhooks')) return answerError(c, 403)
      return answerData(c, { webhooks: context.webhooks().all().map(formatWebhook) })
    },
    post: async (c) => {
      if (!mayUse(c.get('key'), 'webhooks')) return answerError(c, 403)
      const body = await readJson(c)
      if (body instanceof Response) return body
      const fields = readFields(body)
      const { url, events, description = null } = readInput(fields)
      if (url === undefined) fields.refuse('url is required')
      if (events === undefined) fields.refuse('events is required')
      if (fields.fault !== null || url === undefined || events === undefined)
        return answerError(c, 400, fields.fault ?? undefined)
      const added = context.webhooks().add({ url, events, description, active: true })
      if (added === null) return answerError(c, 400, `there may be ${webhooksMax} webhooks`)
      return answerData(c, { webhook: { ...formatWebhook(added.webhook), secret: added.secret } }, 201)
    },
    patch: async (c) => {
      if (!mayUse(c.get('key'), 'webhooks')) return answerError(c, 403)
      const body = await readJson(c)
      if (body instanceof Response) return body
      const fields = readFields(body)
      const id = fields.required('id')
      const change = readInput(fields)
      const active = body.active === undefined ? {} : { active: fields.flag('active', true) }
      if (fields.fault !== null) return answerError(c, 400, fields.fault)
      const webhook = context.webhooks().change(id, { ...change, ...active })
      return webhook === null ? answerError(c, 404) : answerData(c, { webhook: formatWebhook(webhook) })
    },
    delete: (c) => {
      if (!mayUse(c.get('key'), 'webhooks')) return answerError(c, 403)
      const id = c.req.query('id') ?? ''
      if (id === '') return answerError(c, 400, 'id is required')
      if (!context.webhooks().remove(id)) return answerError(c, 404)
      context.deliveries().cancel(id)
      return answerMessage(c, 'Webhook deleted')
    },
  })

  addPath(app, '/webhooks/:id', {
    get: (c) => {
      if (!mayUse(c.get('key'), 'webhooks')) return answerError(c, 403)
      const webhook = context.webhooks().find(c.req.param('id') ?? '')
      return webhook === null ? answerError(c, 404) : answerData(c, { webhook: formatWebhook(webhook) })
    },
  })
}
