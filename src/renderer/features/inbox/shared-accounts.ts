import { useEffect } from 'react'
import { selectAccount, setAccounts } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import type { Mailbox } from './mailbox.ts'

/** Makes the accounts known to the frame, with the typed one for keys that may not list them. */
export function useSharedAccounts(environmentId: string, mailbox: Mailbox | undefined): void {
  const accounts = mailbox?.accounts
  useEffect(() => {
    if (accounts === undefined) return
    if (accounts.value !== null) {
      setAccounts(environmentId, { status: 'loaded', accounts: accounts.value })
    } else if (accounts.error !== null) {
      const remembered = useStore.getState().settings.accounts[environmentId]
      const typed = accounts.error.kind === 'FORBIDDEN' || accounts.error.kind === 'API_NOT_FOUND'
      setAccounts(
        environmentId,
        typed && remembered !== undefined
          ? { status: 'loaded', accounts: [{ email: remembered, name: '' }] }
          : { status: 'failed', error: accounts.error },
      )
    } else setAccounts(environmentId, { status: 'loading' })
  }, [environmentId, accounts])
}

/** Remembers the account that was shown without being chosen, so that the next start need not ask which it is. */
export function useRememberedAccount(
  environmentId: string,
  mailbox: Mailbox | undefined,
  account: string | null,
): void {
  const known = mailbox?.accounts.value?.some(({ email }) => email === account) === true
  useEffect(() => {
    if (account !== null && known && useStore.getState().settings.accounts[environmentId] === undefined)
      void selectAccount(environmentId, account)
  }, [environmentId, account, known])
}
