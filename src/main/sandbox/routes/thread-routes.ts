import type { Hono } from 'hono'
import type { MailMessage } from '../mailbox.ts'
import { formatEmail, formatSnippet } from './message-format.ts'
import {
  addPath,
  answerData,
  answerError,
  formatDate,
  type RouteContext,
  type RouteEnv,
  readLimit,
  readPlace,
} from './route.ts'

const defaultLimit = 100
const limitMax = 1000

/** Message-ID of the first message of the conversation. */
function rootOf({ references, inReplyTo, messageId }: MailMessage): string {
  return references[0] ?? inReplyTo ?? messageId
}

function countUnread(messages: readonly MailMessage[]): number {
  return messages.filter(({ seen }) => !seen).length
}

function listParticipants(messages: readonly MailMessage[]) {
  const byAddress = new Map<string, { address: string; name?: string }>()
  for (const { address, name } of messages.flatMap(({ from, to }) => [from, ...to])) {
    const known = byAddress.get(address.toLowerCase())
    if (known?.name === undefined) byAddress.set(address.toLowerCase(), { address, ...(name === null ? {} : { name }) })
  }
  return [...byAddress.values()]
}

/** Conversations within one folder. API reference, section 6.9. */
export function addThreadRoutes(app: Hono<RouteEnv>, context: RouteContext): void {
  addPath(app, '/emails/threads', {
    get: (c) => {
      const place = readPlace(c, context)
      if (place instanceof Response) return place
      const limit = readLimit(c.req.query('limit'), defaultLimit, limitMax)
      if (limit === null) return answerError(c, 400, `limit must be a whole number from 1 to ${limitMax}`)
      const { mailbox, account, folder } = place
      const messages = mailbox.list({ account, folder, limit, labelIds: [], labelNames: [] })
      const groups = new Map<string, MailMessage[]>()
      for (const message of messages) groups.set(rootOf(message), [...(groups.get(rootOf(message)) ?? []), message])
      // Newest first, as the list is, so each group's first message is its last.
      const threads = [...groups].map(([threadId, inThread]) => {
        const newest = inThread[0]
        return {
          threadId,
          subject: inThread.at(-1)?.subject ?? '',
          messageCount: inThread.length,
          unreadCount: countUnread(inThread),
          lastMessageDate: formatDate(newest?.dateMs ?? 0),
          participants: listParticipants(inThread),
          snippet: newest === undefined ? null : formatSnippet(newest),
          emailUids: inThread.map(({ uid }) => uid),
        }
      })
      return answerData(c, { threads, folder, totalThreads: threads.length, totalEmails: messages.length })
    },
  })

  addPath(app, '/emails/threads/:threadId', {
    get: (c) => {
      const place = readPlace(c, context)
      if (place instanceof Response) return place
      const threadId = c.req.param('threadId') ?? ''
      const { mailbox, account, folder } = place
      const emails = mailbox
        .list({ account, folder, limit: Number.POSITIVE_INFINITY, labelIds: [], labelNames: [] })
        .filter((message) => rootOf(message) === threadId)
        .reverse()
      if (emails.length === 0) return answerError(c, 404)
      return answerData(c, {
        threadId,
        subject: emails[0]?.subject ?? '',
        participants: listParticipants(emails),
        messageCount: emails.length,
        unreadCount: countUnread(emails),
        emails: emails.map(formatEmail),
      })
    },
  })
}
