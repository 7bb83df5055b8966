import type { Environment } from '../../../shared/model/environment.ts'
import { call } from '../../api/client.ts'
import { tellError } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { showToast } from '../../ui/toast.tsx'

interface RemoveEnvironmentDialogProps {
  readonly environment: Environment
  readonly onClose: () => void
  readonly onRemoved: () => void
}

/** The question before an environment goes; names what goes with it. */
export function RemoveEnvironmentDialog({ environment, onClose, onRemoved }: RemoveEnvironmentDialogProps) {
  const keys = useStore((state) => state.keys).filter((key) => key.environmentId === environment.id)
  const loss =
    keys.length === 0
      ? 'It has no keys. Its calls stay in the request log.'
      : `${keys.length === 1 ? 'Its key' : `Its ${keys.length} keys`} (${keys.map(({ label }) => label).join(', ')}) ${keys.length === 1 ? 'leaves' : 'leave'} the keychain for good and ${keys.length === 1 ? 'stays' : 'stay'} valid at the server until revoked there. Its calls stay in the request log.`

  async function remove(): Promise<void> {
    const result = await call('environments.remove', { id: environment.id })
    onClose()
    if (!result.ok) return tellError(result.error, environment.id)
    showToast({ text: `${environment.name} is removed` })
    onRemoved()
  }

  return (
    <ConfirmDialog
      mark={environment.mark}
      title={`Remove ${environment.name}?`}
      detail={loss}
      expected={environment.protected ? environment.name : null}
      purpose="remove it"
      act="Remove environment"
      onClose={onClose}
      onConfirm={remove}
    />
  )
}
