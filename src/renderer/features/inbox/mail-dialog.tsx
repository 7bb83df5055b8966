import type { Environment } from '../../../shared/model/environment.ts'
import { assertNever } from '../../../shared/result.ts'
import { CreateAccountDialog, DeleteAccountDialog, RenameAccountDialog } from './account-dialogs.tsx'
import { CreateLabelDialog, DeleteLabelDialog } from './label-dialogs.tsx'
import { closeMailDialog, useMailDialogs } from './mail-dialogs.ts'

/** The question about accounts or labels that is open, if any. */
export function MailDialog({ environment }: { environment: Environment }) {
  const open = useMailDialogs((state) => state.open)
  if (open === null) return null
  const both = { environment, onClose: closeMailDialog }
  switch (open.kind) {
    case 'create-account':
      return <CreateAccountDialog {...both} />
    case 'rename-account':
      return <RenameAccountDialog {...both} account={open.account} />
    case 'delete-account':
      return <DeleteAccountDialog {...both} account={open.account} />
    case 'create-label':
      return <CreateLabelDialog {...both} />
    case 'delete-label':
      return <DeleteLabelDialog {...both} label={open.label} />
    default:
      return assertNever(open)
  }
}
