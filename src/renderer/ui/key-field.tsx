import type { ErrorText } from '../../shared/error-text.ts'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

/** What is said to somebody who types or drops a key instead of pasting it. */
export const typedKeyText: ErrorText = {
  title: 'A key is not typed here',
  detail: 'Copy it, then paste: it is taken from the clipboard and this window never sees it.',
}

interface KeyFieldProps {
  readonly label: string
  /** Id of the note below, which says what is wrong. */
  readonly noteId: string
  readonly isBad: boolean
  readonly busy: boolean
  /** Asks main to read the clipboard. */
  readonly onTake: () => void
  /** Something was typed or dropped, and nothing of it kept. */
  readonly onTyped: () => void
}

/**
 * A field that never holds a key: a paste becomes a request that main reads the clipboard, typing
 * and dropping are refused.
 */
export function KeyField({ label, noteId, isBad, busy, onTake, onTyped }: KeyFieldProps) {
  return (
    <div className="key-row">
      <div className={`field ${isBad ? 'is-bad' : ''}`}>
        <Icon name="keys" size={14} />
        <input
          className="mono key-field"
          type="text"
          value=""
          placeholder="jsk_live_…"
          aria-label={label}
          aria-describedby={noteId}
          aria-invalid={isBad || undefined}
          autoComplete="off"
          spellCheck={false}
          onPaste={(event) => {
            event.preventDefault()
            onTake()
          }}
          onBeforeInput={(event) => {
            event.preventDefault()
            onTyped()
          }}
          onDrop={(event) => {
            event.preventDefault()
            onTyped()
          }}
          onChange={onTyped}
        />
      </div>
      <Button icon="clipboard" busy={busy} onClick={onTake}>
        {busy ? 'Checking' : 'Take from clipboard'}
      </Button>
    </div>
  )
}
