import { useEffect, useRef, useState } from 'react'
import { describeError } from '../../../shared/error-text.ts'
import { limits } from '../../../shared/limits.ts'
import type { Label, MessagePreview } from '../../../shared/model/message.ts'
import { errorContext } from '../../store/actions.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { formatPlural } from '../../ui/format.ts'
import { inbox, useMailbox } from './inbox.ts'
import { labelsOf } from './mailbox.ts'
import { formatSubject } from './message-text.ts'
import type { FolderChoice } from './triage.ts'

/** Which messages, and of which folder. */
export interface LabelPickerProps {
  readonly choice: FolderChoice
  readonly messages: readonly MessagePreview[]
  readonly onClose: () => void
}

/** Puts labels on messages and takes them off: type a part of a name, Enter takes the first and applies. */
export function LabelPicker({ choice, messages, onClose }: LabelPickerProps) {
  const { environmentId, account, folder } = choice
  const mailbox = useMailbox(environmentId)
  const [text, setText] = useState('')
  const [changes, setChanges] = useState<ReadonlyMap<string, boolean>>(new Map())
  const [problem, setProblem] = useState<string | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const [only] = messages
  const onlyUid = messages.length === 1 ? (only?.uid ?? null) : null
  useEffect(() => {
    if (onlyUid !== null) void inbox.loadTags({ environmentId, account, folder, uid: onlyUid })
  }, [environmentId, account, folder, onlyUid])

  const labels = mailbox?.labels.value ?? []
  const words = text.trim().toLowerCase()
  const offered = labels.filter(({ name }) => name.toLowerCase().includes(words))
  const exact = labels.some(({ name }) => name.toLowerCase() === words)
  const isOn = (label: Label) =>
    changes.get(label.id) ??
    messages.every((message) => labelsOf(mailbox, account, folder, message)?.some(({ id }) => id === label.id) === true)

  function apply(wanted: ReadonlyMap<string, boolean>, known: readonly Label[]): void {
    const pick = (on: boolean) => known.filter(({ id }) => wanted.get(id) === on)
    const items = messages.map(({ uid, subject }) => ({ uid, name: formatSubject(subject) }))
    if (wanted.size > 0) void inbox.labelMany(choice, items, pick(true), pick(false))
    onClose()
  }

  async function create(): Promise<void> {
    const result = await inbox.createLabel(environmentId, text.trim(), null)
    if (result.ok) apply(new Map(changes).set(result.value.id, true), [...labels, result.value])
    else setProblem(describeError(result.error, errorContext(environmentId)).title)
  }

  function takeFirst(): void {
    const [first] = offered
    if (words === '') apply(changes, labels)
    else if (first !== undefined) apply(new Map(changes).set(first.id, !isOn(first)), labels)
    else void create()
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={messages.length === 1 ? 'Label the message' : `Label ${formatPlural(messages.length, 'message')}`}
      detail="A label takes one request for each message."
      initialFocus={field}
      width={360}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" onClick={() => apply(changes, labels)}>
            Apply
          </Button>
        </>
      }
    >
      <TextField
        ref={field}
        className="dialog-field"
        label="Find or create a label"
        maxLength={limits.labelNameCharsMax}
        value={text}
        error={problem}
        onValueChange={setText}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          takeFirst()
        }}
      />
      <ul className="label-choices">
        {offered.map((label) => (
          <li key={label.id}>
            <label className="label-choice">
              <input
                type="checkbox"
                checked={isOn(label)}
                onChange={() => setChanges(new Map(changes).set(label.id, !isOn(label)))}
              />
              <span className="sq" style={{ background: label.color }} />
              <bdi className="cut">{label.name}</bdi>
            </label>
          </li>
        ))}
      </ul>
      {words === '' || exact ? null : (
        <Button small icon="plus" onClick={() => void create()}>
          Create “{text.trim()}”
        </Button>
      )}
    </Dialog>
  )
}
