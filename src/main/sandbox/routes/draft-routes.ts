import type { Context, Hono } from 'hono'
import type { MailMessage } from '../mailbox.ts'
import { sendMail } from '../outgoing.ts'
import { type FieldReader, readFields } from './fields.ts'
import { formatEmail } from './message-format.ts'
import { stampOf } from './outgoing-routes.ts'
import {
  addPath,
  answerData,
  answerError,
  answerMessage,
  findAccount,
  mayUse,
  type RouteContext,
  type RouteEnv,
  readJson,
  readLimit,
  readPlace,
  readUid,
} from './route.ts'

const folder = 'Drafts'
const defaultLimit = 50
const limitMax = 1000

type DraftContent = Pick<MailMessage, 'to' | 'cc' | 'subject' | 'text' | 'html'>

function readDraft(fields: FieldReader): DraftContent {
  return {
    to: fields.addresses('to'),
    cc: fields.addresses('cc'),
    subject: fields.text('subject') ?? '',
    text: fields.text('text') ?? '',
    html: fields.text('html'),
  }
}

/** The account that the body of a call names, or the answer that refuses it. */
function readAccount(c: Context<RouteEnv>, context: RouteContext, fields: FieldReader): string | Response {
  const wanted = fields.required('account')
  if (fields.fault !== null) return answerError(c, 400, fields.fault)
  return findAccount(c.get('key'), context.mailbox(), wanted)?.email ?? answerError(c, 403)
}

async function replaceDraft(
  c: Context<RouteEnv>,
  context: RouteContext,
  findUid: (fields: FieldReader) => number | null,
): Promise<Response> {
  if (!mayUse(c.get('key'), 'emails')) return answerError(c, 403)
  const body = await readJson(c)
  if (body instanceof Response) return body
  const fields = readFields(body)
  const uid = findUid(fields)
  if (uid === null) return answerError(c, 400, 'draftId must be a whole number')
  const draft = readDraft(fields)
  const account = readAccount(c, context, fields)
  if (account instanceof Response) return account
  const changed = context.mailbox().change({ account, folder, uid }, { ...draft, dateMs: context.nowMs() })
  return changed === null ? answerError(c, 404) : answerData(c, { uid, account, message: 'Draft updated' })
}

function deleteDraft(c: Context<RouteEnv>, context: RouteContext, uidText: string | undefined): Response {
  const place = readPlace(c, context, folder)
  if (place instanceof Response) return place
  const uid = readUid(uidText)
  if (uid === null) return answerError(c, 400, 'uid must be a whole number')
  const removed = place.mailbox.remove({ account: place.account, folder, uid })
  return removed === null ? answerError(c, 404) : answerMessage(c, 'Draft deleted successfully')
}

/** Drafts, in the concept page's form and the SDK's. API reference, section 7. */
export function addDraftRoutes(app: Hono<RouteEnv>, context: RouteContext): void {
  addPath(app, '/emails/drafts', {
    get: (c) => {
      const place = readPlace(c, context, folder)
      if (place instanceof Response) return place
      const limit = readLimit(c.req.query('limit'), defaultLimit, limitMax)
      if (limit === null) return answerError(c, 400, `limit must be a whole number from 1 to ${limitMax}`)
      const { mailbox, account } = place
      const drafts = mailbox.list({ account, folder, limit, labelIds: [], labelNames: [] }).map(formatEmail)
      return answerData(c, { drafts, total: drafts.length, account })
    },
    post: async (c) => {
      if (!mayUse(c.get('key'), 'emails')) return answerError(c, 403)
      const body = await readJson(c)
      if (body instanceof Response) return body
      const fields = readFields(body)
      const draft = readDraft(fields)
      const account = readAccount(c, context, fields)
      if (account instanceof Response) return account
      const { nowMs, messageId } = stampOf(context, account)
      const { uid } = context.mailbox().add({
        ...draft,
        account,
        folder,
        messageId,
        from: { address: account, name: null },
        replyTo: null,
        dateMs: nowMs,
        attachments: [],
        inReplyTo: null,
        references: [],
        seen: true,
        answered: false,
        draft: true,
        labels: [],
      })
      return answerData(c, { uid, account, message: 'Draft saved' }, 201)
    },
    put: (c) =>
      replaceDraft(c, context, (fields) => {
        const uid = fields.uid('uid')
        return fields.fault === null ? uid : 0
      }),
    delete: (c) => deleteDraft(c, context, c.req.query('uid')),
  })

  addPath(app, '/emails/drafts/:id', {
    put: (c) => replaceDraft(c, context, () => readUid(c.req.param('id'))),
    delete: (c) => deleteDraft(c, context, c.req.param('id')),
  })

  addPath(app, '/emails/drafts/:id/send', {
    post: async (c) => {
      if (!mayUse(c.get('key'), 'emails')) return answerError(c, 403)
      const uid = readUid(c.req.param('id'))
      if (uid === null) return answerError(c, 400, 'draftId must be a whole number')
      const body = await readJson(c)
      if (body instanceof Response) return body
      const account = readAccount(c, context, readFields(body))
      if (account instanceof Response) return account
      const mailbox = context.mailbox()
      const draft = mailbox.find(account, folder, uid)
      if (draft === null) return answerError(c, 404)
      if (draft.to.length === 0) return answerError(c, 400, 'the draft has no recipient')
      const sent = sendMail(mailbox, { ...draft, account, bcc: draft.bcc ?? [] }, stampOf(context, account))
      mailbox.remove({ account, folder, uid })
      return answerData(c, {
        messageId: sent.messageId,
        from: account,
        to: draft.to.map(({ address }) => address),
        subject: draft.subject,
        savedToSent: true,
      })
    },
  })
}
