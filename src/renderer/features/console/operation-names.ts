import type { Effect, Operation, OperationId } from '../../../shared/model/operation.ts'
import { operations } from '../../../shared/operations.ts'
import type { IconName } from '../../ui/icon.tsx'

/** Short names of the operations, for a narrow list. */
export const operationNames: Readonly<Record<OperationId, string>> = {
  listEmails: 'List messages',
  getEmail: 'Read one message',
  sendEmail: 'Send a message',
  replyToEmail: 'Reply',
  forwardEmail: 'Forward',
  updateEmail: 'Mark read or unread',
  deleteEmail: 'Delete a message',
  listThreads: 'List conversations',
  getThread: 'Read a conversation',
  listDrafts: 'List drafts',
  createDraft: 'Create a draft',
  updateDraft: 'Replace a draft',
  updateDraftByBody: 'Replace, uid in body',
  deleteDraft: 'Delete a draft',
  deleteDraftByQuery: 'Delete, uid in query',
  sendDraft: 'Send a draft',
  listEmailLabels: 'Labels of a message',
  assignEmailLabels: 'Add labels',
  removeEmailLabels: 'Remove labels',
  listAttachments: 'Read attachments',
  getAttachment: 'Read one attachment',
  getRawEmail: 'Read the source',
  listLabels: 'List labels',
  createLabel: 'Create a label',
  deleteLabel: 'Delete a label',
  listWebhooks: 'List webhooks',
  createWebhook: 'Create a webhook',
  updateWebhook: 'Change a webhook',
  deleteWebhook: 'Delete a webhook',
  getWebhook: 'Read one webhook',
  listAccounts: 'List accounts',
  createAccount: 'Create an account',
  updateAccount: 'Rename an account',
  deleteAccount: 'Delete an account',
}

/** Marks of the effects; a read has none. */
export const effectIcons: Readonly<Record<Effect, IconName | null>> = {
  read: null,
  write: 'draft',
  outbound: 'out',
  destructive: 'trash',
}

/** What an effect means, as a tooltip and for assistive technology. */
export const effectWords: Readonly<Record<Effect, string>> = {
  read: 'reads',
  write: 'changes something',
  outbound: 'sends mail to people',
  destructive: 'deletes for good',
}

/** A heading of the list with the operations below it. */
export interface OperationGroup {
  readonly title: string
  readonly operations: readonly Operation[]
}

const all = Object.values(operations)

/** How many operations there are. */
export const operationCount = all.length

function matches(operation: Operation, words: readonly string[]): boolean {
  const { id, method, path, effect, summary, tag } = operation
  const text = `${operationNames[id]} ${id} ${method} ${path} ${effect} ${summary} ${tag}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

/** The operations that hold every word, documented ones by their subject first. */
export function groupOperations(search: string): readonly OperationGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const found = all.filter((operation) => matches(operation, words))
  const documented = found.filter((operation) => operation.documented)
  const unofficial = found.filter((operation) => !operation.documented)
  const tags = [...new Set(documented.map(({ tag }) => tag))]
  return [
    ...tags.map((tag) => ({ title: tag, operations: documented.filter((operation) => operation.tag === tag) })),
    ...(unofficial.length === 0 ? [] : [{ title: `Unofficial, ${unofficial.length}`, operations: unofficial }]),
  ]
}
