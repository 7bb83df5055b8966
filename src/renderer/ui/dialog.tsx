import { Dialog as BaseDialog } from '@base-ui/react/dialog'
import type { ReactNode, RefObject } from 'react'
import { useFocusReturn } from './focus-return.ts'

interface DialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: ReactNode
  /** Stands right of the title. */
  readonly beside?: ReactNode
  /** What it is about, below the title. */
  readonly detail?: ReactNode
  readonly children?: ReactNode
  /** Buttons; the safe one first. */
  readonly actions?: ReactNode
  readonly width?: number
  /** Gets the focus when the dialog opens; else the first control does. */
  readonly initialFocus?: RefObject<HTMLElement | null> | (() => HTMLElement | true)
  /** Mark of the environment that the dialog acts on. */
  readonly env?: string
}

function DialogPopup({ title, beside, detail, children, actions, width = 420, initialFocus, env }: DialogProps) {
  const finalFocus = useFocusReturn()
  return (
    <BaseDialog.Popup
      className="dialog"
      style={{ width }}
      data-env={env}
      finalFocus={finalFocus}
      {...(initialFocus === undefined ? {} : { initialFocus })}
    >
      <div className="dialog-head">
        <BaseDialog.Title className="dialog-title title">{title}</BaseDialog.Title>
        {beside}
      </div>
      {detail === undefined ? null : (
        <BaseDialog.Description className="dialog-detail soft">{detail}</BaseDialog.Description>
      )}
      {children}
      {actions === undefined ? null : <div className="dialog-actions">{actions}</div>}
    </BaseDialog.Popup>
  )
}

/** A question that must be answered first. Keeps the focus, Esc and a click outside close it. */
export function Dialog(props: DialogProps) {
  return (
    <BaseDialog.Root open={props.open} onOpenChange={(next) => !next && props.onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="scrim layer-dialog" />
        <BaseDialog.Viewport className="dialog-stage layer-dialog">
          <DialogPopup {...props} />
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  )
}
