import type { Account, Label } from '../../../shared/model/message.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import type { InboxBase, InboxPorts } from './inbox-base.ts'
import { dropAccount } from './mailbox.ts'

function sortByName(labels: readonly Label[]): Label[] {
  return [...labels].sort((one, other) => one.name.localeCompare(other.name))
}

/** What accounts and labels there are, and changes of that. */
export function createDefinitions(base: InboxBase, { guarded }: Pick<InboxPorts, 'guarded'>) {
  const { find, change, loadAccounts } = base

  function changeAccounts(environmentId: string, by: (accounts: readonly Account[]) => readonly Account[]): void {
    change(environmentId, (mailbox) =>
      mailbox.accounts.value === null
        ? mailbox
        : { ...mailbox, accounts: { ...mailbox.accounts, value: by(mailbox.accounts.value) } },
    )
  }

  function changeLabels(environmentId: string, by: (labels: readonly Label[]) => readonly Label[]): void {
    change(environmentId, (mailbox) => ({
      ...mailbox,
      labels: { ...mailbox.labels, value: by(mailbox.labels.value ?? []) },
    }))
  }

  return {
    /** Makes an account; without a user name the server makes one up. */
    async createAccount(
      environmentId: string,
      input: { readonly username: string | null; readonly name: string | null },
    ): Promise<Result<Account>> {
      const result = await guarded('mailbox.createAccount', { environmentId, ...input })
      if (result.ok) {
        const { email } = result.value
        changeAccounts(environmentId, (accounts) => [...accounts.filter((each) => each.email !== email), result.value])
      }
      return result
    },

    /** Names an account anew; its address stays. */
    async renameAccount(environmentId: string, email: string, name: string): Promise<Result<Account>> {
      const result = await guarded('mailbox.renameAccount', { environmentId, email, name })
      if (result.ok) {
        changeAccounts(environmentId, (accounts) =>
          accounts.map((each) => (each.email === email ? { ...each, name: result.value.name } : each)),
        )
      }
      return result
    },

    /** Deletes an account with all its mail. One that is gone already is as good as deleted. */
    async deleteAccount(environmentId: string, email: string, typed: string): Promise<Result<null>> {
      const result = await guarded('mailbox.deleteAccount', { environmentId, email, typed })
      if (!result.ok && result.error.kind !== 'API_NOT_FOUND') return result
      change(environmentId, (mailbox) => dropAccount(mailbox, email))
      return succeed(null)
    },

    /** Makes a label. */
    async createLabel(environmentId: string, name: string, color: string | null): Promise<Result<Label>> {
      const result = await guarded('mailbox.createLabel', { environmentId, name, color })
      if (result.ok) {
        const { id } = result.value
        changeLabels(environmentId, (labels) =>
          sortByName([...labels.filter((each) => each.id !== id), { ...result.value, count: result.value.count ?? 0 }]),
        )
      }
      return result
    },

    /** Deletes a label, which takes it off every message. */
    async deleteLabel(environmentId: string, label: Label): Promise<Result<null>> {
      const result = await guarded('mailbox.deleteLabel', { environmentId, id: label.id })
      if (!result.ok && result.error.kind !== 'API_NOT_FOUND') return result
      changeLabels(environmentId, (labels) => labels.filter(({ id }) => id !== label.id))
      change(environmentId, (mailbox) => ({
        ...mailbox,
        places: Object.fromEntries(
          Object.entries(mailbox.places).map(([account, place]) => [
            account,
            place.label === label.name ? { ...place, label: null } : place,
          ]),
        ),
      }))
      return succeed(null)
    },

    /** Looks whether an account that answers no more is still there; if not, says so and shows another. */
    async checkAccount(environmentId: string, account: string): Promise<void> {
      if (find(environmentId)?.accounts.value?.some(({ email }) => email === account) !== true) return
      await loadAccounts(environmentId)
      const { value, error } = find(environmentId)?.accounts ?? { value: null, error: null }
      if (error !== null || value === null || value.some(({ email }) => email === account)) return
      change(environmentId, (mailbox) => ({ ...mailbox, lostAccount: account }))
    },

    /** Forgets that an account is gone, once that was read. */
    clearLostAccount(environmentId: string): void {
      change(environmentId, (mailbox) => ({ ...mailbox, lostAccount: null }))
    },
  }
}

/** The refusal of a name that another label has, without asking the server. */
export function refuseTakenLabel(labels: readonly Label[], name: string): Result<never> | null {
  const taken = labels.some((label) => label.name.toLowerCase() === name.trim().toLowerCase())
  return taken ? fail({ kind: 'NAME_TAKEN', name }) : null
}
