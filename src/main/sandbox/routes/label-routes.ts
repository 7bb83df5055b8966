import type { Hono } from 'hono'
import type { MailLabel } from '../mailbox.ts'
import { addPath, answerData, answerError, formatDate, mayUse, type RouteContext, type RouteEnv } from './route.ts'

/** A label as the API writes it. API reference, section 8. */
export function formatLabel({ id, name, color, description, createdAtMs }: MailLabel) {
  return { id, name, color, description, created_at: formatDate(createdAtMs) }
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
  })
}
