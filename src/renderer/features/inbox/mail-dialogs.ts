import { create } from 'zustand'
import type { Account, Label } from '../../../shared/model/message.ts'

/** A question about accounts or labels that stands before the inbox. */
export type MailDialog =
  | { readonly kind: 'create-account' }
  | { readonly kind: 'rename-account'; readonly account: Account }
  | { readonly kind: 'delete-account'; readonly account: Account }
  | { readonly kind: 'create-label' }
  | { readonly kind: 'delete-label'; readonly label: Label }

interface MailDialogs {
  readonly open: MailDialog | null
}

/** Which question is open. */
export const useMailDialogs = create<MailDialogs>(() => ({ open: null }))

/** Opens a question in place of the one before. */
export function askAboutMail(open: MailDialog): void {
  useMailDialogs.setState({ open })
}

/** Closes the question. */
export function closeMailDialog(): void {
  useMailDialogs.setState({ open: null })
}
