import { useId, useState } from 'react'
import type { AppError } from '../../../shared/error.ts'
import { describeError } from '../../../shared/error-text.ts'
import type { Rotation } from '../../../shared/model/rotation.ts'
import { errorContext } from '../../store/actions.ts'
import { requestOfRotation } from '../../store/rotations.ts'
import { KeyField, typedKeyText } from '../../ui/key-field.tsx'

/** Takes the new key: the field never holds one, a paste only asks main to read the clipboard. */
export function KeyTaker({ rotation }: { rotation: Rotation }) {
  const [busy, setBusy] = useState(false)
  const [typed, setTyped] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const noteId = useId()
  // What the watch says is newer than what the last paste brought.
  const { hint } = rotation
  const [shownHint, setShownHint] = useState(hint)
  if (shownHint?.kind !== hint?.kind) {
    setShownHint(hint)
    if (hint !== null) setError(null)
  }
  const refusal = error ?? rotation.hint
  const problem = typed
    ? typedKeyText
    : refusal === null
      ? null
      : describeError(refusal, errorContext(rotation.environmentId))

  async function take(): Promise<void> {
    if (busy) return
    setTyped(false)
    setError(null)
    setBusy(true)
    const result = await requestOfRotation('rotation.pasteKey', rotation.id)
    setBusy(false)
    if (!result.ok) setError(result.error)
  }

  function refuseTyping(): void {
    setError(null)
    setTyped(true)
  }

  return (
    <div className="now-part">
      <KeyField
        label={`New key for ${rotation.environmentName}: paste it`}
        noteId={noteId}
        isBad={problem !== null}
        busy={busy}
        onTake={() => void take()}
        onTyped={refuseTyping}
      />
      <p id={noteId} className="now-note" role="status">
        {problem === null ? (
          <span className="faint">
            {rotation.watching
              ? 'The clipboard is watched while this is open; a new key is taken as soon as it is there.'
              : 'The clipboard is not watched now. Paste the key, or take it.'}
          </span>
        ) : (
          <>
            <span className="bad">{problem.title}.</span> <span className="soft">{problem.detail}</span>
          </>
        )}
      </p>
    </div>
  )
}
