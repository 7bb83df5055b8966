import { type FormEvent, useId, useRef, useState } from 'react'
import type { AppError } from '../../../shared/error.ts'
import { describeError } from '../../../shared/error-text.ts'
import { limits } from '../../../shared/limits.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { Label } from '../../../shared/model/message.ts'
import { errorContext } from '../../store/actions.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { markNames } from '../../ui/env-mark.tsx'
import { TextField } from '../../ui/field.tsx'
import { formatPlural } from '../../ui/format.ts'
import { Segments } from '../../ui/segments.tsx'
import { refuseTakenLabel } from './definitions.ts'
import { Failure } from './failure.tsx'
import { inbox, useMailbox } from './inbox.ts'
import { labelColors } from './label-colors.ts'

const serverPicks = 'server'

const colorOptions = [
  { value: serverPicks, label: 'Any' },
  ...labelColors.map(({ name, color }) => ({
    value: color as string,
    label: (
      <>
        <span className="sq" style={{ background: color }} />
        {name}
      </>
    ),
  })),
]

interface LabelDialogProps {
  readonly environment: Environment
  readonly onClose: () => void
}

/** Makes a label with a colour. API reference, section 8: neither can be changed later. */
export function CreateLabelDialog({ environment, onClose }: LabelDialogProps) {
  const labels = useMailbox(environment.id)?.labels.value ?? []
  const [name, setName] = useState('')
  const [color, setColor] = useState<string>(serverPicks)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const form = useId()
  const ready = name.trim() !== ''

  async function create(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (busy || !ready) return
    setBusy(true)
    const result =
      refuseTakenLabel(labels, name) ??
      (await inbox.createLabel(environment.id, name.trim(), color === serverPicks ? null : color))
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
      title={`Create a label in ${environment.name}`}
      detail="For all accounts of the environment. The API changes neither name nor colour later."
      initialFocus={field}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} busy={busy} disabled={!ready}>
            Create label
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={(event) => void create(event)}>
        <TextField
          ref={field}
          className="dialog-field"
          label="Name"
          maxLength={limits.labelNameCharsMax}
          value={name}
          error={problem}
          onValueChange={(next) => {
            setName(next)
            setProblem(null)
          }}
        />
      </form>
      <div className="dialog-field label-colors">
        <p className="label">Colour</p>
        <Segments label="Colour" look="swatches" value={color} options={colorOptions} onValueChange={setColor} />
      </div>
    </Dialog>
  )
}

/** The question before a label is deleted; names what loses it. */
export function DeleteLabelDialog({ environment, label, onClose }: LabelDialogProps & { label: Label }) {
  const [error, setError] = useState<AppError | null>(null)
  const from =
    label.count === null
      ? 'It comes off every message that has it'
      : label.count === 0
        ? 'No message has it'
        : `It comes off ${formatPlural(label.count, 'message')}`
  return (
    <ConfirmDialog
      mark={environment.mark}
      title={
        <>
          Delete the label <bdi>{label.name}</bdi>?
        </>
      }
      detail={`${from}, in all accounts of ${environment.name}. Messages stay. This cannot be taken back.`}
      expected={null}
      purpose="delete it"
      act="Delete label"
      onClose={onClose}
      onConfirm={async () => {
        setError(null)
        const result = await inbox.deleteLabel(environment.id, label)
        if (result.ok) onClose()
        else setError(result.error)
      }}
      problem={error === null ? null : <Failure look="note" error={error} environmentId={environment.id} />}
    />
  )
}
