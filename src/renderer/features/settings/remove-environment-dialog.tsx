import { useRef, useState } from 'react'
import type { Environment } from '../../../shared/model/environment.ts'
import { call } from '../../api/client.ts'
import { tellError } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EnvMark, markNames } from '../../ui/env-mark.tsx'
import { TextField } from '../../ui/field.tsx'
import { showToast } from '../../ui/toast.tsx'

interface RemoveEnvironmentDialogProps {
  readonly environment: Environment
  readonly onClose: () => void
  readonly onRemoved: () => void
}

/** The question before an environment goes; names what goes with it. */
export function RemoveEnvironmentDialog({ environment, onClose, onRemoved }: RemoveEnvironmentDialogProps) {
  const keys = useStore((state) => state.keys).filter((key) => key.environmentId === environment.id)
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const keep = useRef<HTMLButtonElement>(null)
  const name = useRef<HTMLInputElement>(null)
  const confirmed = !environment.protected || typed.trim() === environment.name
  const loss =
    keys.length === 0
      ? 'It has no keys. Its calls stay in the request log.'
      : `${keys.length === 1 ? 'Its key' : `Its ${keys.length} keys`} (${keys.map(({ label }) => label).join(', ')}) ${keys.length === 1 ? 'leaves' : 'leave'} the keychain for good and ${keys.length === 1 ? 'stays' : 'stay'} valid at the server until revoked there. Its calls stay in the request log.`

  async function remove(): Promise<void> {
    setBusy(true)
    const result = await call('environments.remove', { id: environment.id })
    setBusy(false)
    onClose()
    if (!result.ok) return tellError(result.error, environment.id)
    showToast({ text: `${environment.name} is removed` })
    onRemoved()
  }

  return (
    <Dialog
      open
      onClose={onClose}
      env={markNames[environment.mark]}
      initialFocus={environment.protected ? name : keep}
      title={
        <>
          <EnvMark mark={environment.mark} />
          Remove {environment.name}?
        </>
      }
      detail={loss}
      actions={
        <>
          <Button ref={keep} onClick={onClose}>
            Keep it
          </Button>
          <Button variant="danger" busy={busy} disabled={!confirmed} onClick={() => void remove()}>
            Remove environment
          </Button>
        </>
      }
    >
      {environment.protected ? (
        <TextField
          ref={name}
          className="dialog-field"
          label={`Type ${environment.name} to remove it`}
          mono
          value={typed}
          onValueChange={setTyped}
        />
      ) : null}
    </Dialog>
  )
}
