import type { Hono } from 'hono'
import { appendOriginal, prefixSubject, quoteOriginal, readContent, type Stamp, sendMail } from '../outgoing.ts'
import { type FieldReader, parseAddress, readFields } from './fields.ts'
import { formatAddress } from './message-format.ts'
import {
  addPath,
  answerData,
  answerError,
  findAccount,
  formatDate,
  mayUse,
  type RouteContext,
  type RouteEnv,
  readJson,
  readPlace,
  readUid,
} from './route.ts'

const subjectCharsMax = 1000

/** What a new message of this account is stamped with. */
export function stampOf(context: RouteContext, account: string): Stamp {
  const domain = account.slice(account.indexOf('@') + 1)
  return { nowMs: context.nowMs(), messageId: `<${context.newId()}@${domain}>` }
}

/** Text and HTML of a message that must have one of them. */
function readContents(fields: FieldReader): { readonly text: string; readonly html: string | null } {
  const text = fields.text('text')
  const html = fields.text('html')
  if (text === null && html === null) fields.refuse('text or html is required')
  return { text: text ?? '', html }
}

const addressesOf = (list: readonly { readonly address: string }[]): string[] => list.map(({ address }) => address)

/** Send, reply and forward. API reference, sections 6.3 to 6.5. */
export function addOutgoingRoutes(app: Hono<RouteEnv>, context: RouteContext): void {
  addPath(app, '/emails/send', {
    post: async (c) => {
      if (!mayUse(c.get('key'), 'emails')) return answerError(c, 403)
      const body = await readJson(c)
      if (body instanceof Response) return body
      const fields = readFields(body)
      const from = parseAddress(fields.required('from'))
      const to = fields.addresses('to', true)
      const cc = fields.addresses('cc')
      const bcc = fields.addresses('bcc')
      const subject = fields.text('subject')
      const contents = readContents(fields)
      const replyTo = fields.text('replyTo')
      const attachments = fields.attachments('attachments')
      if (subject === null) fields.refuse('subject is required')
      if (subject !== null && subject.length > subjectCharsMax)
        fields.refuse(`subject may have ${subjectCharsMax} characters`)
      if (replyTo !== null && parseAddress(replyTo) === null) fields.refuse('replyTo is no address')
      if (from === null) fields.refuse('from is no address')
      if (fields.fault !== null || from === null || subject === null)
        return answerError(c, 400, fields.fault ?? undefined)
      const mailbox = context.mailbox()
      const account = findAccount(c.get('key'), mailbox, from.address)?.email
      if (account === undefined) return answerError(c, 403)
      const sent = sendMail(
        mailbox,
        { account, to, cc, bcc, replyTo, subject, ...contents, attachments, inReplyTo: null, references: [] },
        stampOf(context, account),
      )
      return answerData(c, {
        messageId: sent.messageId,
        from: account,
        to: addressesOf(to),
        subject,
        savedToSent: true,
      })
    },
  })

  addPath(app, '/emails/:id/reply', {
    post: async (c) => {
      const place = readPlace(c, context)
      if (place instanceof Response) return place
      const uid = readUid(c.req.param('id'))
      if (uid === null) return answerError(c, 400, 'id must be a whole number')
      const body = await readJson(c)
      if (body instanceof Response) return body
      const fields = readFields(body)
      const { text, html } = readContents(fields)
      const replyAll = fields.flag('replyAll', false)
      const includeOriginal = fields.flag('includeOriginal', true)
      if (fields.fault !== null) return answerError(c, 400, fields.fault)
      const { mailbox, account, folder } = place
      const original = mailbox.find(account, folder, uid)
      if (original === null) return answerError(c, 404)

      const replyTo = original.replyTo === null ? null : parseAddress(original.replyTo)
      const to = [replyTo ?? original.from]
      const cc = replyAll ? original.cc.filter(({ address }) => address.toLowerCase() !== account.toLowerCase()) : []
      const subject = prefixSubject('Re', original.subject)
      const references = [...original.references, original.messageId]
      const sent = sendMail(
        mailbox,
        {
          account,
          to,
          cc,
          bcc: [],
          replyTo: null,
          subject,
          text: includeOriginal ? quoteOriginal(text, original) : text,
          html,
          attachments: [],
          inReplyTo: original.messageId,
          references,
        },
        stampOf(context, account),
      )
      mailbox.change({ account, folder, uid }, { answered: true })
      return answerData(c, {
        messageId: sent.messageId,
        from: account,
        to: addressesOf(to),
        ...(cc.length === 0 ? {} : { cc: addressesOf(cc) }),
        subject,
        inReplyTo: original.messageId,
        references: references.join(' '),
        savedToSent: true,
      })
    },
  })

  addPath(app, '/emails/:id/forward', {
    post: async (c) => {
      const place = readPlace(c, context)
      if (place instanceof Response) return place
      const uid = readUid(c.req.param('id'))
      if (uid === null) return answerError(c, 400, 'id must be a whole number')
      const body = await readJson(c)
      if (body instanceof Response) return body
      const fields = readFields(body)
      const to = fields.addresses('to', true)
      const cc = fields.addresses('cc')
      const bcc = fields.addresses('bcc')
      const text = fields.text('text') ?? ''
      const html = fields.text('html')
      const includeOriginal = fields.flag('includeOriginal', true)
      if (fields.fault !== null) return answerError(c, 400, fields.fault)
      const { mailbox, account, folder } = place
      const original = mailbox.find(account, folder, uid)
      if (original === null) return answerError(c, 404)

      const subject = prefixSubject('Fwd', original.subject)
      const sent = sendMail(
        mailbox,
        {
          account,
          to,
          cc,
          bcc,
          replyTo: null,
          subject,
          text: includeOriginal ? appendOriginal(text, original) : text,
          html,
          // Whether attachments travel along is undocumented; here they do.
          attachments: original.attachments.map((each) => ({ ...each, content: readContent(each) })),
          inReplyTo: null,
          references: [],
        },
        stampOf(context, account),
      )
      return answerData(c, {
        messageId: sent.messageId,
        from: account,
        to: addressesOf(to),
        ...(cc.length === 0 ? {} : { cc: addressesOf(cc) }),
        subject,
        savedToSent: true,
        forwardedFrom: {
          uid,
          from: formatAddress(original.from),
          subject: original.subject,
          date: formatDate(original.dateMs),
        },
      })
    },
  })
}
