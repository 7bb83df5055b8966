import type { Environment } from '../../../shared/model/environment.ts'
import type { KeySummary } from '../../../shared/model/key.ts'
import { call } from '../../api/client.ts'
import { tellError } from '../../store/actions.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { showToast } from '../../ui/toast.tsx'
import { stopDeletingKey, useKeyDialogs } from './key-dialogs.ts'

function describeLoss(key: KeySummary, environment: Environment): string {
  const calls =
    environment.activeKeyId === key.id ? ` Calls of ${environment.name} stop until another key is used.` : ''
  const revoked =
    environment.kind === 'sandbox' ? '' : ' It stays valid at the server until you revoke it on the API Keys page.'
  return `${key.mask} leaves the keychain for good, and its history goes with it.${calls}${revoked}`
}

async function remove(wanted: KeySummary, environment: Environment): Promise<void> {
  const result = await call('keys.remove', { id: wanted.id })
  stopDeletingKey()
  if (result.ok)
    showToast({ text: `${wanted.label} is deleted`, detail: `${wanted.mask} is no longer in the keychain.` })
  else tellError(result.error, environment.id)
}

/** The question before a key is deleted; names what is lost. */
export function DeleteKeyDialog() {
  const deletingId = useKeyDialogs((state) => state.deletingId)
  const wanted = useStore((state) => state.keys.find(({ id }) => id === deletingId) ?? null)
  const environment = useStore((state) => findEnvironment(state, wanted?.environmentId ?? null))
  if (wanted === null || environment === null) return null
  return (
    <ConfirmDialog
      key={wanted.id}
      mark={environment.mark}
      title={`Delete ${wanted.label} in ${environment.name}?`}
      detail={describeLoss(wanted, environment)}
      expected={environment.protected ? wanted.label : null}
      purpose="delete it"
      act="Delete key"
      onClose={stopDeletingKey}
      onConfirm={() => remove(wanted, environment)}
    />
  )
}
