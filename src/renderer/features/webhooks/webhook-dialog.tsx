import { useState } from 'react'
import type { AppError } from '../../../shared/error.ts'
import { describeError } from '../../../shared/error-text.ts'
import { errorContext } from '../../store/actions.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EnvMark, markNames } from '../../ui/env-mark.tsx'
import { TextField } from '../../ui/field.tsx'
import { documentedEvents, judgeUrl } from './webhook-words.ts'
import { closeForms, saveWebhook, useWebhooks, type WebhookForm } from './webhooks-store.ts'

function EventBoxes({ chosen, onChange }: { chosen: readonly string[]; onChange: (events: string[]) => void }) {
  // What the server knows beyond the documentation stays as it is, and can be taken away.
  const others = chosen.filter((name) => !documentedEvents.some((event) => event.name === name))
  const all = [...documentedEvents, ...others.map((name) => ({ name, when: 'not documented' }))]
  return (
    <fieldset className="event-boxes">
      <legend className="label">Events</legend>
      {all.map(({ name, when }) => (
        <label key={name} className="event-box">
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={({ currentTarget }) =>
              onChange(currentTarget.checked ? [...chosen, name] : chosen.filter((each) => each !== name))
            }
          />
          <span className="mono mono-small">{name}</span>
          <span className="faint small">{when}</span>
        </label>
      ))}
    </fieldset>
  )
}

function FormBody({ form }: { form: WebhookForm }) {
  const environment = useStore((state) => findEnvironment(state, form.environmentId))
  const receiverUrl = useWebhooks((state) => state.receiver.url)
  const [url, setUrl] = useState(form.webhook?.url ?? form.url)
  const [events, setEvents] = useState<string[]>([...(form.webhook?.events ?? ['email.received', 'email.sent'])])
  const [description, setDescription] = useState(form.webhook?.description ?? '')
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  if (environment === null) return null
  const { error: wrong, warning } = judgeUrl(url, environment.kind === 'sandbox')
  const isNew = form.webhook === null
  const told = error === null ? null : describeError(error, errorContext(environment.id))

  async function save(): Promise<void> {
    setTried(true)
    if (busy || wrong !== null || events.length === 0) return
    setBusy(true)
    setError(null)
    const failed = await saveWebhook(form, { url: url.trim(), events, description: description.trim() })
    setBusy(false)
    setError(failed)
  }

  return (
    <Dialog
      open
      onClose={closeForms}
      width={500}
      env={markNames[environment.mark]}
      title={
        <>
          <EnvMark mark={environment.mark} />
          {isNew ? `Create a webhook in ${environment.name}` : 'Edit the webhook'}
        </>
      }
      detail={
        isNew
          ? 'The server tells its secret once. It goes straight to the keychain.'
          : 'Its secret stays as it is: only a new webhook gets a new one.'
      }
      actions={
        <>
          <Button onClick={closeForms}>Cancel</Button>
          <Button variant="act" busy={busy} onClick={() => void save()}>
            {isNew ? 'Create webhook' : 'Save'}
          </Button>
        </>
      }
    >
      <TextField
        className="dialog-field"
        label="Address"
        mono
        value={url}
        placeholder="https://hooks.example.com/jasni"
        onValueChange={setUrl}
        error={tried ? wrong : null}
        hint={wrong === null ? (warning ?? undefined) : undefined}
        onKeyDown={(event) => {
          if (event.key === 'Enter') void save()
        }}
      />
      {receiverUrl === '' || url === receiverUrl ? null : (
        <p className="form-aside">
          <button type="button" className="link-btn" onClick={() => setUrl(receiverUrl)}>
            Use the receiver of this machine
          </button>
        </p>
      )}
      <EventBoxes chosen={events} onChange={setEvents} />
      {tried && events.length === 0 ? (
        <p className="hint bad" role="status">
          Choose one event at least.
        </p>
      ) : null}
      <TextField
        className="dialog-field"
        label="Description"
        value={description}
        maxLength={500}
        onValueChange={setDescription}
      />
      {told === null ? null : (
        <p className="hint bad form-error" role="alert">
          {told.title}. {told.detail}
        </p>
      )}
    </Dialog>
  )
}

/** The form of a new webhook, or of one that exists. */
export function WebhookDialog() {
  const form = useWebhooks((state) => state.form)
  return form === null ? null : <FormBody key={form.webhook?.id ?? 'new'} form={form} />
}
