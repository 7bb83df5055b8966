import type { Context, Hono } from 'hono'
import type { MailAttachment, MailMessage } from '../mailbox.ts'
import { formatSource, readContent } from '../outgoing.ts'
import { addPath, answerData, answerError, type RouteContext, type RouteEnv, readPlace, readUid } from './route.ts'

function formatContent(attachment: MailAttachment) {
  const { filename, contentType, size } = attachment
  return { filename, contentType, size, content: readContent(attachment) }
}

function findMessage(c: Context<RouteEnv>, context: RouteContext): MailMessage | Response {
  const place = readPlace(c, context)
  if (place instanceof Response) return place
  const uid = readUid(c.req.param('id'))
  if (uid === null) return answerError(c, 400, 'id must be a whole number')
  return place.mailbox.find(place.account, place.folder, uid) ?? answerError(c, 404)
}

/** Attachments with content, and the source of a message. API reference, section 6.9. */
export function addAttachmentRoutes(app: Hono<RouteEnv>, context: RouteContext): void {
  addPath(app, '/emails/:id/attachments', {
    get: (c) => {
      const message = findMessage(c, context)
      if (message instanceof Response) return message
      const { uid, account } = message
      return answerData(c, { attachments: message.attachments.map(formatContent), uid, account })
    },
  })

  addPath(app, '/emails/:id/attachments/:attachment', {
    get: (c) => {
      const message = findMessage(c, context)
      if (message instanceof Response) return message
      const { uid, account, attachments } = message
      const wanted = c.req.param('attachment') ?? ''
      const byPosition = /^\d{1,4}$/.test(wanted) ? attachments[Number(wanted)] : undefined
      const attachment = attachments.find(({ filename }) => filename === wanted) ?? byPosition
      if (attachment === undefined) return answerError(c, 404)
      return answerData(c, { attachment: formatContent(attachment), uid, account })
    },
  })

  addPath(app, '/emails/:id/raw', {
    get: (c) => {
      const message = findMessage(c, context)
      if (message instanceof Response) return message
      return answerData(c, { raw: formatSource(message), uid: message.uid, account: message.account })
    },
  })
}
