import type { AppError } from '../../shared/error.ts'
import type { Account } from '../../shared/model/message.ts'

/** The accounts that an environment's key reaches, as far as they are known. */
export type AccountsState =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly error: AppError }
  | { readonly status: 'loaded'; readonly accounts: readonly Account[] }

/** What the frame and the inbox share about mail: the inbox fills it, the bar shows it. */
export interface MailSlice {
  /** Environment id to its accounts; absent until the inbox asked for them. */
  readonly accountsByEnvironment: Readonly<Record<string, AccountsState>>
  /** Messages that are known to be unread in the folder on screen, by environment; absent when unknown. */
  readonly unreadByEnvironment: Readonly<Record<string, number>>
}

/** Nothing known yet. */
export const emptyMail: MailSlice = { accountsByEnvironment: {}, unreadByEnvironment: {} }

/**
 * The account in force: the one last chosen when it still exists, else the first. Until the accounts are known it is
 * the one last chosen, so that its list need not wait for them.
 */
export function chooseAccount(state: AccountsState | undefined, remembered: string | undefined): string | null {
  if (state === undefined || state.status === 'loading') return remembered ?? null
  if (state.status === 'failed') return null
  const known = state.accounts.find((account) => account.email === remembered)
  return (known ?? state.accounts[0])?.email ?? null
}
