import type { AppError } from '../../shared/error.ts'
import { describeError, type ErrorActionName, type ErrorContext } from '../../shared/error-text.ts'
import { Button } from './button.tsx'
import { EmptyState } from './empty-state.tsx'
import { Note } from './note.tsx'

interface ErrorNoteProps {
  readonly error: AppError
  readonly context?: ErrorContext
  /** Does what the error's button says. */
  readonly onAction: (name: ErrorActionName) => void
  readonly onClose?: () => void
  /** Across a pane, or in the middle of an empty one. */
  readonly place?: 'across' | 'middle'
}

/** A failure where it happened: its sentences and the button that helps. */
export function ErrorNote({ error, context, onAction, onClose, place = 'across' }: ErrorNoteProps) {
  const { title, detail, action } = describeError(error, context)
  const button = action === undefined ? null : <Button onClick={() => onAction(action.name)}>{action.label}</Button>
  if (place === 'middle') {
    return (
      <div role="alert">
        <EmptyState title={title} detail={detail} action={button} />
      </div>
    )
  }
  return (
    <Note
      tone="refused"
      title={title}
      detail={detail}
      actions={button}
      {...(onClose === undefined ? {} : { onClose })}
    />
  )
}
