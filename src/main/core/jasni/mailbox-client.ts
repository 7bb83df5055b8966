import type { Account, Label } from '../../../shared/model/message.ts'
import { type Result, succeed } from '../../../shared/result.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { createMailCalls, type FolderPlace, queryOf } from './mail-call.ts'
import { readAccount, readData, readLabel, readLabelNames } from './mail-reader.ts'
import { operations } from './operations.ts'

/** One message inside its folder. */
export interface MessagePlace extends FolderPlace {
  readonly uid: number
}

/** What a person changes about a mailbox. Every method is one call through the pipeline; none throws. */
export interface MailboxClient {
  /** A new account; without a user name the server makes one. API reference, section 11. */
  createAccount(
    environmentId: string,
    input: { readonly username: string | null; readonly name: string | null },
  ): Promise<Result<Account>>
  renameAccount(
    environmentId: string,
    input: { readonly email: string; readonly name: string },
  ): Promise<Result<Account>>
  /** Takes an account away with all its mail, for good. */
  deleteAccount(environmentId: string, email: string): Promise<Result<null>>
  /** Without a colour the server picks one. API reference, section 8: a label can not be changed afterwards. */
  createLabel(
    environmentId: string,
    input: { readonly name: string; readonly color: string | null },
  ): Promise<Result<Label>>
  /** Takes a label away, from every message too. */
  deleteLabel(environmentId: string, id: string): Promise<Result<null>>
  /** Names of the labels of a message. API reference, section 6.8. */
  messageLabels(place: MessagePlace): Promise<Result<string[]>>
  /** Answers the names of all labels that the message has now; null where the server does not say. */
  assignLabels(place: MessagePlace & { readonly labelIds: readonly string[] }): Promise<Result<string[] | null>>
  removeLabels(place: MessagePlace & { readonly labelIds: readonly string[] }): Promise<Result<null>>
  /** API reference, sections 6.7 and 13: take it for permanent. */
  deleteMessage(place: MessagePlace): Promise<Result<null>>
}

/** Builds the mailbox client on the pipeline. */
export function createMailboxClient({ pipeline }: { readonly pipeline: Pipeline }): MailboxClient {
  const { call, ask, order } = createMailCalls(pipeline)
  const partsOf = (place: MessagePlace) => ({ uid: place.uid, query: queryOf(place) })

  return {
    createAccount(environmentId, { username, name }) {
      const body = { ...(username === null ? {} : { username }), ...(name === null ? {} : { name }) }
      return ask(environmentId, operations.createAccount, { body }, undefined, ({ account }) => readAccount(account))
    },

    async renameAccount(environmentId, { email, name }) {
      const result = await call(environmentId, operations.updateAccount, { body: { email, name } }, undefined)
      // A server that says no more than that it was done has done it.
      return result.ok ? succeed(readAccount(readData(result.value.body)?.account) ?? { email, name }) : result
    },

    deleteAccount: (environmentId, email) =>
      order(environmentId, operations.deleteAccount, { query: [['email', email]] }),

    createLabel(environmentId, { name, color }) {
      const body = color === null ? { name } : { name, color }
      return ask(environmentId, operations.createLabel, { body }, undefined, ({ label }) => readLabel(label))
    },

    deleteLabel: (environmentId, id) => order(environmentId, operations.deleteLabel, { query: [['id', id]] }),

    messageLabels: (place) =>
      ask(place.environmentId, operations.listEmailLabels, partsOf(place), undefined, ({ labels }) =>
        readLabelNames(labels),
      ),

    async assignLabels(place) {
      const parts = { ...partsOf(place), body: { label_ids: place.labelIds } }
      const result = await call(place.environmentId, operations.assignEmailLabels, parts, undefined)
      return result.ok ? succeed(readLabelNames(readData(result.value.body)?.labels)) : result
    },

    removeLabels(place) {
      const query = [...queryOf(place), ['label_ids', place.labelIds.join(',')] as const]
      return order(place.environmentId, operations.removeEmailLabels, { uid: place.uid, query })
    },

    deleteMessage: (place) => order(place.environmentId, operations.deleteEmail, partsOf(place)),
  }
}
