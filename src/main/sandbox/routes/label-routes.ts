import type { Hono } from 'hono'
import { type MailLabel, mailboxMax } from '../mailbox.ts'
import { readFields } from './fields.ts'
import {
  addPath,
  answerData,
  answerError,
  formatDate,
  mayUse,
  type RouteContext,
  type RouteEnv,
  readJson,
} from './route.ts'

/** Longest name of a label. API reference, section 8. */
export const labelNameCharsMax = 50
const descriptionCharsMax = 500

// The colours that the service picks from. API reference, section 8.
const colors = [
  '#6366f1',
  '#8b5cf6',
  '#a855f7',
  '#d946ef',
  '#ec4899',
  '#ef4444',
  '#f97316',
  '#f59e0b',
  '#22c55e',
  '#0ea5e9',
] as const

/** A label as the API writes it. API reference, section 8. */
export function formatLabel({ id, name, color, description, createdAtMs }: MailLabel) {
  return { id, name, color, description, created_at: formatDate(createdAtMs) }
}

/** Adds a label; without a colour it gets one of the ten. */
export function createLabel(
  context: RouteContext,
  input: { readonly name: string; readonly color: string | null; readonly description: string | null },
): MailLabel {
  const mailbox = context.mailbox()
  const color = input.color ?? colors[mailbox.labels().length % colors.length] ?? colors[0]
  const label = { ...input, color, id: context.newId(), createdAtMs: context.nowMs() }
  mailbox.addLabel(label)
  return label
}

/** Label definitions. API reference, section 8. */
export function addLabelRoutes(app: Hono<RouteEnv>, context: RouteContext): void {
  addPath(app, '/labels', {
    get: (c) => {
      if (!mayUse(c.get('key'), 'labels')) return answerError(c, 403)
      const mailbox = context.mailbox()
      const withCount = c.req.query('include_count') === 'true'
      const labels = mailbox.labels().map((label) => ({
        ...formatLabel(label),
        ...(withCount ? { email_count: mailbox.countLabeled(label.id) } : {}),
      }))
      return answerData(c, { labels, total: labels.length })
    },
    post: async (c) => {
      if (!mayUse(c.get('key'), 'labels')) return answerError(c, 403)
      const body = await readJson(c)
      if (body instanceof Response) return body
      const fields = readFields(body)
      const name = fields.required('name').trim()
      const color = fields.text('color')
      const description = fields.text('description')
      if (name.length > labelNameCharsMax) fields.refuse(`name may have ${labelNameCharsMax} characters`)
      if (color !== null && !/^#[0-9A-Fa-f]{6}$/.test(color)) fields.refuse('color must look like #ef4444')
      if (description !== null && description.length > descriptionCharsMax)
        fields.refuse(`description may have ${descriptionCharsMax} characters`)
      if (context.mailbox().labels().length >= mailboxMax.labels) fields.refuse('there are too many labels')
      if (fields.fault !== null) return answerError(c, 400, fields.fault)
      if (context.mailbox().findLabel(name) !== null) return answerError(c, 409)
      const label = createLabel(context, { name, color, description })
      // The reference prints the sentence beside `data`.
      return c.json({ success: true, data: { label: formatLabel(label) }, message: 'Label created successfully' }, 201)
    },
    delete: (c) => {
      if (!mayUse(c.get('key'), 'labels')) return answerError(c, 403)
      const id = c.req.query('id') ?? ''
      if (id === '') return answerError(c, 400, 'id is required')
      const removed = context.mailbox().removeLabel(id)
      if (removed === null) return answerError(c, 404)
      const message = 'Label deleted successfully'
      return answerData(c, { deleted_id: removed.id, deleted_name: removed.name, message })
    },
  })
}
