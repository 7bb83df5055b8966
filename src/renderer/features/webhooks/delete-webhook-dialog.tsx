import { findEnvironment, useStore } from '../../store/store.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { closeForms, deleteWebhook, useWebhooks } from './webhooks-store.ts'

/** The question before a webhook is deleted; names what is lost. */
export function DeleteWebhookDialog() {
  const deleting = useWebhooks((state) => state.deleting)
  const environment = useStore((state) => findEnvironment(state, deleting?.environmentId ?? null))
  if (deleting === null || environment === null) return null
  const { webhook } = deleting
  const secret =
    webhook.secret.state === 'stored' ? ` Its secret ${webhook.secret.mask} leaves the keychain for good.` : ''
  return (
    <ConfirmDialog
      key={webhook.id}
      mark={environment.mark}
      title={`Delete the webhook in ${environment.name}?`}
      detail={`${webhook.url} gets no event any more, and what waits to be tried again is dropped.${secret} This cannot be taken back.`}
      expected={null}
      purpose="delete it"
      act="Delete webhook"
      onClose={closeForms}
      onConfirm={() => deleteWebhook(environment.id, webhook)}
    />
  )
}
