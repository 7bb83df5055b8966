import type { Account, Label, Message, MessageList } from '../../../shared/model/message.ts'
import type { Result } from '../../../shared/result.ts'
import { fail } from '../../../shared/result.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'

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
  /** The label definitions with their counts, by name. */
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

/** Builds the mail client on the pipeline. */
export function createMailClient(_deps: MailClientDeps): MailClient {
  const open = async () => fail({ kind: 'SANDBOX_DOWN' } as const)
  return { accounts: open, labels: open, list: open, read: open, mark: open }
}
