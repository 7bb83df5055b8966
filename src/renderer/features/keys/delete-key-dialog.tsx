import { useRef, useState } from 'react'
import type { Environment } from '../../../shared/model/environment.ts'
import type { KeySummary } from '../../../shared/model/key.ts'
import { call } from '../../api/client.ts'
import { tellError } from '../../store/actions.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EnvMark, markNames } from '../../ui/env-mark.tsx'
import { TextField } from '../../ui/field.tsx'
import { showToast } from '../../ui/toast.tsx'
import { stopDeletingKey, useKeyDialogs } from './key-dialogs.ts'

function describeLoss(key: KeySummary, environment: Environment): string {
  const calls =
    environment.activeKeyId === key.id ? ` Calls of ${environment.name} stop until another key is used.` : ''
  const revoked =
    environment.kind === 'sandbox' ? '' : ' It stays valid at the server until you revoke it on the API Keys page.'
  return `${key.mask} leaves the keychain for good, and its history goes with it.${calls}${revoked}`
}

function DeleteKeyBody({ wanted, environment }: { wanted: KeySummary; environment: Environment }) {
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const keep = useRef<HTMLButtonElement>(null)
  const name = useRef<HTMLInputElement>(null)
  const confirmed = !environment.protected || typed.trim() === wanted.label

  async function remove(): Promise<void> {
    setBusy(true)
    const result = await call('keys.remove', { id: wanted.id })
    setBusy(false)
    stopDeletingKey()
    if (result.ok)
      showToast({ text: `${wanted.label} is deleted`, detail: `${wanted.mask} is no longer in the keychain.` })
    else tellError(result.error, environment.id)
  }

  return (
    <Dialog
      open
      onClose={stopDeletingKey}
      env={markNames[environment.mark]}
      initialFocus={environment.protected ? name : keep}
      title={
        <>
          <EnvMark mark={environment.mark} />
          Delete {wanted.label} in {environment.name}?
        </>
      }
      detail={describeLoss(wanted, environment)}
      actions={
        <>
          <Button ref={keep} onClick={stopDeletingKey}>
            Keep it
          </Button>
          <Button variant="danger" busy={busy} disabled={!confirmed} onClick={() => void remove()}>
            Delete key
          </Button>
        </>
      }
    >
      {environment.protected ? (
        <TextField
          ref={name}
          className="dialog-field"
          label={`Type ${wanted.label} to delete it`}
          mono
          value={typed}
          onValueChange={setTyped}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && confirmed) void remove()
          }}
        />
      ) : null}
    </Dialog>
  )
}

/** The question before a key is deleted; names what is lost. */
export function DeleteKeyDialog() {
  const deletingId = useKeyDialogs((state) => state.deletingId)
  const wanted = useStore((state) => state.keys.find(({ id }) => id === deletingId) ?? null)
  const environment = useStore((state) => findEnvironment(state, wanted?.environmentId ?? null))
  if (wanted === null || environment === null) return null
  return <DeleteKeyBody key={wanted.id} wanted={wanted} environment={environment} />
}
