import { type ReactNode, useRef, useState } from 'react'
import type { Mark } from '../../shared/model/environment.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { EnvMark, markNames } from './env-mark.tsx'
import { TextField } from './field.tsx'

interface ConfirmDialogProps {
  /** Mark of the environment that something is taken from. */
  readonly mark: Mark
  readonly title: ReactNode
  /** What is lost. */
  readonly detail: ReactNode
  /** Name to be typed first; null asks once, without it. */
  readonly expected: string | null
  /** What the name is typed for, as `delete it`. */
  readonly purpose: string
  /** The verb on the button that cannot be taken back. */
  readonly act: string
  /** False while it is not known yet what is lost. */
  readonly ready?: boolean
  readonly onClose: () => void
  /** Does it. The button waits for it. */
  readonly onConfirm: (typed: string | null) => Promise<void>
  /** Stands between the detail and the name. */
  readonly children?: ReactNode
  /** Stands below the name. */
  readonly problem?: ReactNode
}

/** The question before something is lost for good: the safe answer has the focus unless a name must be typed. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { mark, title, detail, expected, purpose, act, ready = true, onClose, onConfirm, children, problem } = props
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const keep = useRef<HTMLButtonElement>(null)
  const name = useRef<HTMLInputElement>(null)
  const confirmed = ready && (expected === null || typed.trim() === expected)

  async function confirm(): Promise<void> {
    if (busy || !confirmed) return
    setBusy(true)
    await onConfirm(expected === null ? null : typed.trim())
    setBusy(false)
  }

  return (
    <Dialog
      open
      onClose={onClose}
      env={markNames[mark]}
      initialFocus={expected === null ? keep : name}
      title={
        <>
          <EnvMark mark={mark} />
          {title}
        </>
      }
      detail={detail}
      actions={
        <>
          <Button ref={keep} onClick={onClose}>
            Keep it
          </Button>
          <Button variant="danger" busy={busy} disabled={!confirmed} onClick={() => void confirm()}>
            {act}
          </Button>
        </>
      }
    >
      {children}
      {expected === null ? null : (
        <TextField
          ref={name}
          className="dialog-field"
          label={`Type ${expected} to ${purpose}`}
          mono
          value={typed}
          onValueChange={setTyped}
          onKeyDown={(event) => {
            if (event.key === 'Enter') void confirm()
          }}
        />
      )}
      {problem}
    </Dialog>
  )
}
