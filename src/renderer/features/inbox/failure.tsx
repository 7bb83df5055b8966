import type { AppError } from '../../../shared/error.ts'
import { describeError } from '../../../shared/error-text.ts'
import { errorContext, runErrorAction, showCall } from '../../store/actions.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Note } from '../../ui/note.tsx'

interface FailureProps {
  readonly error: AppError
  readonly environmentId: string
  /** `note` across a pane that still shows something, `empty` in one that does not. */
  readonly look: 'note' | 'empty'
  readonly onRetry?: () => void
  readonly onClose?: () => void
}

/** A failure in words with the button that helps, and the call behind it where one was recorded. */
export function Failure({ error, environmentId, look, onRetry, onClose }: FailureProps) {
  const { title, detail, action } = describeError(error, errorContext(environmentId))
  const callId = 'callId' in error ? error.callId : null

  const buttons = (
    <>
      {action === undefined || (action.name === 'retry' && onRetry === undefined) ? null : (
        <Button onClick={() => runErrorAction(action.name, () => onRetry?.(), environmentId)}>{action.label}</Button>
      )}
      {callId === null ? null : (
        <Button variant="quiet" onClick={() => showCall(callId)}>
          Show call
        </Button>
      )}
    </>
  )
  return look === 'note' ? (
    <Note
      tone="refused"
      title={title}
      detail={detail}
      actions={buttons}
      {...(onClose === undefined ? {} : { onClose })}
    />
  ) : (
    <EmptyState title={title} detail={detail} action={buttons} />
  )
}
