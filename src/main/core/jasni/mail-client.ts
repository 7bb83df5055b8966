import type { AppError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import type { Account, Label, Message, MessageList } from '../../../shared/model/message.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import type { CallAnswer, Pipeline } from '../pipeline/pipeline.ts'
import { readAccounts, readData, readLabels, readMessage, readMessageList } from './mail-reader.ts'
import { fillPath, type Operation, operations } from './operations.ts'

/** Where messages lie: one folder of one account of one environment. */
export interface FolderPlace {
  readonly environmentId: string
  readonly account: string
  readonly folder: string
}

/** Mail as the window shows it. Every method is one call through the pipeline; none throws. */
export interface MailClient {
  /** The accounts that the key reaches. API reference, section 11: a 403 or 404 means that an address must be typed. */
  accounts(environmentId: string, signal?: AbortSignal): Promise<Result<Account[]>>
  /** The label definitions with their counts, as the server sorts them: by name. */
  labels(environmentId: string, signal?: AbortSignal): Promise<Result<Label[]>>
  /** The newest messages of a folder, newest first; of those with `label` alone when it is given. */
  list(place: FolderPlace & { readonly label: string | null }, signal?: AbortSignal): Promise<Result<MessageList>>
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

type Query = readonly (readonly [string, string])[]

interface Parts {
  readonly uid?: number
  readonly query?: Query
  readonly body?: unknown
}

function rejectAnswer({ callId, status }: CallAnswer): Result<never, AppError> {
  return fail({ kind: 'BAD_ANSWER', reason: 'unexpected', status, apiMessage: '', callId })
}

/** Builds the mail client on the pipeline. */
export function createMailClient({ pipeline, publishHtml }: MailClientDeps): MailClient {
  function call(environmentId: string, operation: Operation, parts: Parts, signal: AbortSignal | undefined) {
    const { uid, query = [], body = null } = parts
    const path = fillPath(operation, uid === undefined ? {} : { id: uid })
    const { id, effect, method } = operation
    return pipeline.send({ environmentId, operation: id, effect, method, path, query, body, source: 'Inbox' }, signal)
  }

  /** Calls, and reads the `data` of the answer; what cannot be read at all is a bad answer. */
  async function ask<T>(
    environmentId: string,
    operation: Operation,
    parts: Parts,
    signal: AbortSignal | undefined,
    readValue: (data: Readonly<Record<string, unknown>>, answer: CallAnswer) => T | null,
  ): Promise<Result<T>> {
    const result = await call(environmentId, operation, parts, signal)
    if (!result.ok) return result
    const data = readData(result.value.body)
    const value = data === null ? null : readValue(data, result.value)
    return value === null ? rejectAnswer(result.value) : succeed(value)
  }

  const queryOf = ({ account, folder }: FolderPlace): Query => [
    ['account', account],
    ['folder', folder],
  ]

  return {
    accounts: (environmentId, signal) => ask(environmentId, operations.listAccounts, {}, signal, readAccounts),

    labels: (environmentId, signal) =>
      ask(environmentId, operations.listLabels, { query: [['include_count', 'true']] }, signal, readLabels),

    list(place, signal) {
      const { environmentId, label } = place
      const byLabel: Query = label === null ? [] : [['labels', label]]
      const query: Query = [...queryOf(place), ['limit', String(limits.messageListMax)], ...byLabel]
      return ask(environmentId, operations.listEmails, { query }, signal, (data, { callId }) => {
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

    async mark(place, signal) {
      const { environmentId, uid, action } = place
      const parts = { uid, query: queryOf(place), body: { action } }
      // Its answer has no `data`: API reference, section 6.6.
      const result = await call(environmentId, operations.updateEmail, parts, signal)
      return result.ok ? succeed(null) : result
    },
  }
}
