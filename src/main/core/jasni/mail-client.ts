import { limits } from '../../../shared/limits.ts'
import type { Account, Label, Message, MessageList } from '../../../shared/model/message.ts'
import type { CallPriority } from '../../../shared/model/rate.ts'
import type { Result } from '../../../shared/result.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { createMailCalls, type FolderPlace, type Query, queryOf } from './mail-call.ts'
import { readAccounts, readLabels, readMessage, readMessageList } from './mail-reader.ts'
import { operations } from './operations.ts'

export type { FolderPlace } from './mail-call.ts'

/** Mail as the window shows it. Every method is one call through the pipeline; none throws. */
export interface MailClient {
  /** The accounts that the key reaches. API reference, section 11: a 403 or 404 means that an address must be typed. */
  accounts(environmentId: string, signal?: AbortSignal): Promise<Result<Account[]>>
  /** The label definitions with their counts, as the server sorts them: by name. */
  labels(environmentId: string, signal?: AbortSignal): Promise<Result<Label[]>>
  /** The newest messages of a folder, newest first; of those with `label` alone when it is given. */
  list(
    place: FolderPlace & { readonly label: string | null; readonly priority?: CallPriority },
    signal?: AbortSignal,
  ): Promise<Result<MessageList>>
  read(place: FolderPlace & { readonly uid: number }, signal?: AbortSignal): Promise<Result<Message>>
  mark(
    place: FolderPlace & { readonly uid: number; readonly action: 'read' | 'unread' },
    signal?: AbortSignal,
  ): Promise<Result<null>>
}

/** What the mail client works with. */
export interface MailClientDeps {
  readonly pipeline: Pipeline
  /** Keeps a mail's HTML out of the page and answers the address of its isolated document, or null when it cannot be shown. */
  readonly publishHtml: (html: string) => string | null
}

/** Builds the mail client on the pipeline. */
export function createMailClient({ pipeline, publishHtml }: MailClientDeps): MailClient {
  const { ask, order } = createMailCalls(pipeline)

  return {
    accounts: (environmentId, signal) => ask(environmentId, operations.listAccounts, {}, signal, readAccounts),

    labels: (environmentId, signal) =>
      ask(environmentId, operations.listLabels, { query: [['include_count', 'true']] }, signal, readLabels),

    list(place, signal) {
      const { environmentId, label, priority } = place
      const byLabel: Query = label === null ? [] : [['labels', label]]
      const query: Query = [...queryOf(place), ['limit', String(limits.messageListMax)], ...byLabel]
      const parts = priority === undefined ? { query } : { query, priority }
      return ask(environmentId, operations.listEmails, parts, signal, (data, { callId }) => {
        const list = readMessageList(data)
        return list === null ? null : { ...list, callId }
      })
    },

    read(place, signal) {
      const { environmentId, uid } = place
      return ask(environmentId, operations.getEmail, { uid, query: queryOf(place) }, signal, (data, { callId }) => {
        const content = readMessage(data)
        if (content === null) return null
        const { html, ...message } = content
        return { ...message, htmlUrl: html === null ? null : publishHtml(html), callId }
      })
    },

    mark(place, signal) {
      const { environmentId, uid, action } = place
      // Its answer has no `data`: API reference, section 6.6.
      return order(environmentId, operations.updateEmail, { uid, query: queryOf(place), body: { action } }, signal)
    },
  }
}
