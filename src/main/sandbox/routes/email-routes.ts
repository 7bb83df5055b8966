import type { Context, Hono } from 'hono'
import { limits } from '../../../shared/limits.ts'
import { parseBody, readBodyText } from '../body.ts'
import { type MailAddress, type Mailbox, type MailMessage, normalizeFolder } from '../mailbox.ts'
import { formatLabel } from './label-routes.ts'
import {
  accountsOf,
  addPath,
  answerData,
  answerError,
  answerMessage,
  formatDate,
  mayUse,
  type RouteContext,
  type RouteEnv,
} from './route.ts'

const defaultFolder = 'INBOX'
const defaultLimit = 50
const snippetChars = 140
const previewChars = 240

// The union that the schema allows: text as the reference prints it, an object when a name is known.
function formatAddress({ address, name }: MailAddress) {
  return name === null ? address : { address, name }
}

function formatFlags({ seen, answered, draft }: MailMessage): string[] {
  return [...(seen ? ['\\Seen'] : []), ...(answered ? ['\\Answered'] : []), ...(draft ? ['\\Draft'] : [])]
}

// By code points, so that no emoji is cut in half.
function cutText(text: string, chars: number): string {
  const start = text
    .slice(0, chars * 4)
    .replace(/\s+/g, ' ')
    .trim()
  return start.length <= chars ? start : [...start].slice(0, chars).join('')
}

/** A message as a list shows it: the reference's members and the SDK's. API reference, section 6.1. */
function formatPreview(message: MailMessage) {
  return {
    uid: message.uid,
    messageId: message.messageId,
    from: formatAddress(message.from),
    to: message.to.map(({ address }) => address),
    subject: message.subject,
    date: formatDate(message.dateMs),
    text: cutText(message.text, previewChars),
    flags: formatFlags(message),
    seen: message.seen,
    hasAttachments: message.attachments.length > 0,
    snippet: cutText(message.text, snippetChars),
  }
}

/** A message in full. API reference, section 6.2. */
function formatEmail(message: MailMessage) {
  return {
    ...formatPreview(message),
    to: message.to.map(formatAddress),
    cc: message.cc.map(formatAddress),
    text: message.text,
    html: message.html,
    attachments: message.attachments,
    replyTo: message.replyTo,
    inReplyTo: message.inReplyTo,
    references: message.references.length === 0 ? null : message.references.join(' '),
  }
}

interface Place {
  readonly mailbox: Mailbox
  readonly account: string
  readonly folder: string
}

/** The account and folder that a call names, or the answer that refuses it. */
function readPlace(c: Context<RouteEnv>, context: RouteContext): Place | Response {
  const key = c.get('key')
  if (!mayUse(key, 'emails')) return answerError(c, 403)
  const wanted = c.req.query('account')
  if (wanted === undefined || wanted === '') return answerError(c, 400, 'account is required')
  const mailbox = context.mailbox()
  const account = accountsOf(key, mailbox).find(({ email }) => email.toLowerCase() === wanted.toLowerCase())
  if (account === undefined) return answerError(c, 403)
  return { mailbox, account: account.email, folder: normalizeFolder(c.req.query('folder') || defaultFolder) }
}

function readUid(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null
}

function readLimit(text: string | undefined): number | null {
  if (text === undefined) return defaultLimit
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0
  return limit >= 1 && limit <= limits.messageListMax ? limit : null
}

function readList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** Messages and the labels on them. API reference, section 6. */
export function addEmailRoutes(app: Hono<RouteEnv>, context: RouteContext): void {
  addPath(app, '/emails', {
    get: (c) => {
      const place = readPlace(c, context)
      if (place instanceof Response) return place
      const limit = readLimit(c.req.query('limit'))
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
      const body = await readBodyText(c.env.incoming)
      if (body.read === 'too-large') return answerError(c, 413)
      const action = body.read === 'text' ? parseBody(body.text)?.action : undefined
      if (action !== 'read' && action !== 'unread') return answerError(c, 400, 'action must be read or unread')
      if (!place.mailbox.mark(place.account, place.folder, uid, action === 'read')) return answerError(c, 404)
      context.saveMarks()
      return answerMessage(c, `Email marked as ${action}`)
    },
  })

  addPath(app, '/emails/:id/labels', {
    get: (c) => {
      const place = readPlace(c, context)
      if (place instanceof Response) return place
      if (!mayUse(c.get('key'), 'labels')) return answerError(c, 403)
      const { mailbox, account, folder } = place
      const id = c.req.param('id') ?? ''
      const uid = readUid(id)
      const message = uid === null ? mailbox.findByMessageId(account, folder, id) : mailbox.find(account, folder, uid)
      if (message === null) return answerError(c, 404)
      const definitions = new Map(mailbox.labels().map((label) => [label.id, label]))
      const labels = message.labels.flatMap(({ labelId, appliedBy, appliedAtMs }) => {
        const label = definitions.get(labelId)
        if (label === undefined) return []
        return [{ ...formatLabel(label), applied_by: appliedBy, applied_at: formatDate(appliedAtMs) }]
      })
      return answerData(c, { labels, message_id: message.messageId, account })
    },
  })
}
