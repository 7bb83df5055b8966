import type { Hono } from 'hono'
import { limits } from '../../../shared/limits.ts'
import { formatEmail, formatPreview } from './message-format.ts'
import {
  addPath,
  answerData,
  answerError,
  answerMessage,
  type RouteContext,
  type RouteEnv,
  readJson,
  readLimit,
  readList,
  readPlace,
  readUid,
} from './route.ts'

const defaultLimit = 50

/** Messages: list, read, mark and delete. API reference, sections 6.1, 6.2, 6.6 and 6.7. */
export function addEmailRoutes(app: Hono<RouteEnv>, context: RouteContext): void {
  addPath(app, '/emails', {
    get: (c) => {
      const place = readPlace(c, context)
      if (place instanceof Response) return place
      const limit = readLimit(c.req.query('limit'), defaultLimit, limits.messageListMax)
      if (limit === null) return answerError(c, 400, `limit must be a whole number from 1 to ${limits.messageListMax}`)
      const { mailbox, account, folder } = place
      const emails = mailbox
        .list({
          account,
          folder,
          limit,
          labelIds: readList(c.req.query('label_ids')),
          labelNames: readList(c.req.query('labels')),
        })
        .map(formatPreview)
      return answerData(c, { emails, folder, total: emails.length, account })
    },
  })

  addPath(app, '/emails/:id', {
    get: (c) => {
      const place = readPlace(c, context)
      if (place instanceof Response) return place
      const uid = readUid(c.req.param('id'))
      if (uid === null) return answerError(c, 400, 'id must be a whole number')
      const message = place.mailbox.find(place.account, place.folder, uid)
      if (message === null) return answerError(c, 404)
      return answerData(c, { email: formatEmail(message) })
    },
    patch: async (c) => {
      const place = readPlace(c, context)
      if (place instanceof Response) return place
      const uid = readUid(c.req.param('id'))
      if (uid === null) return answerError(c, 400, 'id must be a whole number')
      const body = await readJson(c)
      if (body instanceof Response) return body
      const { action } = body
      if (action !== 'read' && action !== 'unread') return answerError(c, 400, 'action must be read or unread')
      if (!place.mailbox.mark(place.account, place.folder, uid, action === 'read')) return answerError(c, 404)
      context.saveMarks()
      return answerMessage(c, `Email marked as ${action}`)
    },
    delete: (c) => {
      const place = readPlace(c, context)
      if (place instanceof Response) return place
      const uid = readUid(c.req.param('id'))
      if (uid === null) return answerError(c, 400, 'id must be a whole number')
      if (place.mailbox.remove({ ...place, uid }) === null) return answerError(c, 404)
      return answerMessage(c, 'Email deleted successfully')
    },
  })
}
