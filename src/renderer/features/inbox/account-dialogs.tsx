import { type FormEvent, useId, useRef, useState } from 'react'
import type { AppError } from '../../../shared/error.ts'
import { describeError } from '../../../shared/error-text.ts'
import { limits } from '../../../shared/limits.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { Account } from '../../../shared/model/message.ts'
import { errorContext, selectAccount } from '../../store/actions.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { markNames } from '../../ui/env-mark.tsx'
import { TextField } from '../../ui/field.tsx'
import { formatPlural } from '../../ui/format.ts'
import { Failure } from './failure.tsx'
import { inbox, useMailbox } from './inbox.ts'
import { countLoaded } from './mailbox.ts'

interface AccountDialogProps {
  readonly environment: Environment
  readonly onClose: () => void
}

/** Makes an account; the server makes a user name up when none is given. */
export function CreateAccountDialog({ environment, onClose }: AccountDialogProps) {
  const [username, setUsername] = useState('')
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const form = useId()

  async function create(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setError(null)
    const chosen = { username: username.trim() || null, name: name.trim() || null }
    const result = await inbox.createAccount(environment.id, chosen)
    setBusy(false)
    if (!result.ok) return setError(result.error)
    void selectAccount(environment.id, result.value.email)
    onClose()
  }

  return (
    <Dialog
      open
      onClose={onClose}
      env={markNames[environment.mark]}
      title={`Create an account in ${environment.name}`}
      detail="A new address with an inbox of its own. One request."
      initialFocus={field}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} busy={busy}>
            Create account
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={(event) => void create(event)}>
        <TextField
          ref={field}
          className="dialog-field"
          label="User name"
          hint="The part before the @. The server makes one up when it is empty."
          mono
          maxLength={limits.addressCharsMax}
          value={username}
          onValueChange={setUsername}
        />
        <TextField
          className="dialog-field"
          label="Name"
          hint="What recipients see beside the address."
          maxLength={limits.accountNameCharsMax}
          value={name}
          onValueChange={setName}
        />
        {/* Enter sends a form of several fields only when it has a button of its own. */}
        <button type="submit" hidden />
      </form>
      {error === null ? null : <Failure look="note" error={error} environmentId={environment.id} />}
    </Dialog>
  )
}

/** Names an account anew. */
export function RenameAccountDialog({ environment, account, onClose }: AccountDialogProps & { account: Account }) {
  const [name, setName] = useState(account.name)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const form = useId()
  const ready = name.trim() !== '' && name.trim() !== account.name

  async function rename(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (busy || !ready) return
    setBusy(true)
    const result = await inbox.renameAccount(environment.id, account.email, name.trim())
    setBusy(false)
    if (result.ok) return onClose()
    const { title, detail } = describeError(result.error, errorContext(environment.id))
    setProblem(`${title}. ${detail}`)
  }

  return (
    <Dialog
      open
      onClose={onClose}
      env={markNames[environment.mark]}
      title="Rename the account"
      detail={
        <>
          <bdi className="strong">{account.email}</bdi> keeps its address.
        </>
      }
      initialFocus={field}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} busy={busy} disabled={!ready}>
            Rename
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={(event) => void rename(event)}>
        <TextField
          ref={field}
          className="dialog-field"
          label="Name"
          maxLength={limits.accountNameCharsMax}
          value={name}
          error={problem}
          onValueChange={setName}
        />
      </form>
    </Dialog>
  )
}

/** The question before an account goes with all its mail; its address is typed. */
export function DeleteAccountDialog({ environment, account, onClose }: AccountDialogProps & { account: Account }) {
  const [error, setError] = useState<AppError | null>(null)
  const loaded = countLoaded(useMailbox(environment.id), account.email)
  const known =
    loaded === 0 ? 'All its messages' : `All its messages, of which ${formatPlural(loaded, 'is', 'are')} loaded here`
  return (
    <ConfirmDialog
      mark={environment.mark}
      title={`Delete an account of ${environment.name}?`}
      detail={`${known}, drafts and sent mail included, are deleted at the server for good, and mail to the address is not received any more. This cannot be taken back.`}
      expected={account.email}
      purpose="delete it"
      act="Delete account"
      onClose={onClose}
      onConfirm={async (typed) => {
        setError(null)
        const result = await inbox.deleteAccount(environment.id, account.email, typed ?? '')
        if (result.ok) onClose()
        else setError(result.error)
      }}
      problem={error === null ? null : <Failure look="note" error={error} environmentId={environment.id} />}
    />
  )
}
