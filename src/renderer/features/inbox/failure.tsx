import type { AppError } from '../../../shared/error.ts'
import { describeError, type ErrorActionName } from '../../../shared/error-text.ts'
import { assertNever } from '../../../shared/result.ts'
import {
  checkKeychain,
  errorContext,
  openDashboard,
  showCall,
  showEnvironmentSettings,
  showScreen,
  startAddingKey,
} from '../../store/actions.ts'
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

  function act(name: ErrorActionName): void {
    switch (name) {
      case 'retry':
        onRetry?.()
        return
      case 'add-key':
        startAddingKey(environmentId)
        return
      case 'show-keys':
        showScreen('keys')
        return
      case 'show-environments':
        showEnvironmentSettings(environmentId)
        return
      case 'check-keychain':
        void checkKeychain().then(onRetry)
        return
      case 'open-dashboard':
        void openDashboard()
        return
      default:
        assertNever(name)
    }
  }

  const buttons = (
    <>
      {action === undefined || (action.name === 'retry' && onRetry === undefined) ? null : (
        <Button onClick={() => act(action.name)}>{action.label}</Button>
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
