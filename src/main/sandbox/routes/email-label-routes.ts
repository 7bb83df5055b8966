import type { Context, Hono } from 'hono'
import type { AppliedLabel, Mailbox, MailLabel, MailMessage } from '../mailbox.ts'
import { mailboxMax } from '../mailbox.ts'
import { readFields } from './fields.ts'
import { createLabel, formatLabel, labelNameCharsMax } from './label-routes.ts'
import {
  addPath,
  answerData,
  answerError,
  type FolderPlace,
  formatDate,
  mayUse,
  type RouteContext,
  type RouteEnv,
  readJson,
  readList,
  readPlace,
  readUid,
} from './route.ts'

function formatApplied(mailbox: Mailbox, message: MailMessage) {
  const definitions = new Map(mailbox.labels().map((label) => [label.id, label]))
  return message.labels.flatMap(({ labelId, appliedBy, appliedAtMs, metadata }) => {
    const label = definitions.get(labelId)
    if (label === undefined) return []
    const applied = { applied_by: appliedBy, applied_at: formatDate(appliedAtMs) }
    return [{ ...formatLabel(label), ...applied, ...(metadata === undefined ? {} : { metadata }) }]
  })
}

interface Found {
  readonly place: FolderPlace
  readonly message: MailMessage
}

/** The message that a call names by uid or Message-ID, or the answer that refuses it. */
function findMessage(c: Context<RouteEnv>, context: RouteContext): Found | Response {
  const place = readPlace(c, context)
  if (place instanceof Response) return place
  if (!mayUse(c.get('key'), 'labels')) return answerError(c, 403)
  const { mailbox, account, folder } = place
  const id = c.req.param('id') ?? ''
  const uid = readUid(id)
  const message = uid === null ? mailbox.findByMessageId(account, folder, id) : mailbox.find(account, folder, uid)
  return message === null ? answerError(c, 404) : { place, message }
}

/** Labels on a message. API reference, section 6.8. */
export function addEmailLabelRoutes(app: Hono<RouteEnv>, context: RouteContext): void {
  addPath(app, '/emails/:id/labels', {
    get: (c) => {
      const found = findMessage(c, context)
      if (found instanceof Response) return found
      const { place, message } = found
      const labels = formatApplied(place.mailbox, message)
      return answerData(c, { labels, message_id: message.messageId, account: place.account })
    },
    post: async (c) => {
      const found = findMessage(c, context)
      if (found instanceof Response) return found
      const { place, message } = found
      const { mailbox, account } = place
      const body = await readJson(c)
      if (body instanceof Response) return body
      const fields = readFields(body)
      const ids = fields.texts('label_ids') ?? []
      const names = (fields.texts('labels') ?? []).map((name) => name.trim())
      const appliedBy = fields.text('agent_name') ?? 'api'
      const metadata = fields.object('metadata')
      if (ids.length + names.length === 0) fields.refuse('label_ids or labels is required')
      if (names.some((name) => name === '' || name.length > labelNameCharsMax))
        fields.refuse(`a label's name has 1 to ${labelNameCharsMax} characters`)
      const missing = [...new Set(names)].filter((name) => mailbox.findLabel(name) === null)
      if (mailbox.labels().length + missing.length > mailboxMax.labels) fields.refuse('there are too many labels')
      if (fields.fault !== null) return answerError(c, 400, fields.fault)
      const known = new Set(mailbox.labels().map(({ id }) => id))
      if (ids.some((id) => !known.has(id))) return answerError(c, 404)

      const created: MailLabel[] = []
      const wanted = new Set(ids)
      for (const name of names) {
        const existing = mailbox.findLabel(name)
        const label = existing ?? createLabel(context, { name, color: null, description: null })
        if (existing === null) created.push(label)
        wanted.add(label.id)
      }
      const applied = [...wanted].map(
        (labelId): AppliedLabel => ({
          labelId,
          appliedBy,
          appliedAtMs: context.nowMs(),
          ...(metadata === null ? {} : { metadata }),
        }),
      )
      const labels = [...message.labels.filter(({ labelId }) => !wanted.has(labelId)), ...applied]
      const changed = mailbox.change({ ...place, uid: message.uid }, { labels }) ?? message
      return answerData(c, {
        labels: formatApplied(mailbox, changed),
        created_labels: created.map(({ id, name, color }) => ({ id, name, color })),
        message_id: message.messageId,
        account,
        message: 'Labels assigned',
      })
    },
    delete: (c) => {
      const found = findMessage(c, context)
      if (found instanceof Response) return found
      const { place, message } = found
      const ids = readList(c.req.query('label_ids'))
      if (ids.length === 0) return answerError(c, 400, 'label_ids is required')
      const labels = message.labels.filter(({ labelId }) => !ids.includes(labelId))
      place.mailbox.change({ ...place, uid: message.uid }, { labels })
      return answerData(c, {
        removed_count: message.labels.length - labels.length,
        message_id: message.messageId,
        message: 'Labels removed',
      })
    },
  })
}
