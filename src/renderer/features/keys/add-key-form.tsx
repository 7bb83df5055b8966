import { type ReactNode, useId, useState } from 'react'
import { describeError, type ErrorText } from '../../../shared/error-text.ts'
import { limits } from '../../../shared/limits.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { KeySummary } from '../../../shared/model/key.ts'
import type { Result } from '../../../shared/result.ts'
import { call } from '../../api/client.ts'
import { errorContext, openDashboard, switchEnvironment } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { KeyField, typedKeyText } from '../../ui/key-field.tsx'
import { type AddCheck, addChecks, type CheckOutcome, openOutcomes, readOutcomes } from './add-outcome.ts'
import './add-key.css'

const outcomeWords: Readonly<Record<CheckOutcome, string>> = {
  open: 'not checked yet',
  passed: 'passed',
  failed: 'failed',
  unclear: 'no clear answer',
}

function CheckMark({ outcome }: { outcome: CheckOutcome }) {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      {outcome === 'passed' ? (
        <path d="m2 6.4 2.7 2.7L10 3.4" fill="none" stroke="var(--ok)" strokeWidth="1.6" strokeLinecap="round" />
      ) : outcome === 'failed' ? (
        <path d="M6 1.6 10.4 6 6 10.4 1.6 6Z" fill="var(--bad)" />
      ) : (
        <circle
          cx="6"
          cy="6"
          r="4.25"
          fill="none"
          stroke={outcome === 'unclear' ? 'var(--warn)' : 'var(--wait)'}
          strokeWidth="1.5"
          strokeDasharray={outcome === 'unclear' ? '2.2 1.6' : undefined}
        />
      )}
    </svg>
  )
}

function CheckLine({ check, outcome, backend }: { check: AddCheck; outcome: CheckOutcome; backend: string }) {
  const texts: Readonly<Record<AddCheck, string>> = {
    form: 'Starts with jsk_, no spaces or control characters',
    known: 'Not stored under another environment',
    stored: `Kept in ${backend}, passport in vault.db`,
    proven: 'Proven alive by GET /labels',
  }
  const beside: ReactNode =
    check === 'proven' && outcome === 'open'
      ? '1 request'
      : check === 'proven' && outcome === 'failed'
        ? 'refused, 401'
        : outcome === 'unclear'
          ? 'no clear answer'
          : null
  return (
    <li className="add-check">
      <CheckMark outcome={outcome} />
      <span className={outcome === 'failed' ? 'bad' : outcome === 'passed' ? '' : 'soft'}>{texts[check]}</span>
      <span className="unseen">, {outcomeWords[outcome]}</span>
      <span className={`right ${outcome === 'failed' ? 'bad' : 'faint'}`}>{beside}</span>
    </li>
  )
}

interface AddKeyFormProps {
  readonly environment: Environment
  /** Asks for a label too. */
  readonly withLabel: boolean
  /** Called with the passport once the key is stored, whatever the proof said. */
  readonly onAdded?: (key: KeySummary) => void
  /** Buttons at the foot besides the ones of the outcome. */
  readonly footer?: ReactNode
}

/**
 * Takes a key. The field never holds one: paste is turned into a request that main reads the
 * clipboard, typing and dropping are refused with a sentence.
 */
export function AddKeyForm({ environment, withLabel, onAdded, footer }: AddKeyFormProps) {
  const backend = useStore((state) =>
    state.keychain.status === 'memory' ? 'memory' : state.keychain.backend || 'the keychain',
  )
  const currentId = useStore((state) => state.currentEnvironmentId)
  const [label, setLabel] = useState('')
  const [busy, setBusy] = useState(false)
  const [result, setResult] = useState<Result<KeySummary> | null>(null)
  const [refusal, setRefusal] = useState<ErrorText | null>(null)
  const noteId = useId()

  const outcomes = result === null ? openOutcomes : readOutcomes(result)
  const error = result !== null && !result.ok ? result.error : null
  const problem = refusal ?? (error === null ? null : describeError(error, errorContext(environment.id)))
  const added = result?.ok === true ? result.value : null

  async function take(allowTestKey: boolean): Promise<void> {
    if (busy) return
    setBusy(true)
    setRefusal(null)
    setResult(null)
    const trimmed = label.trim()
    const answer = await call('keys.addFromClipboard', {
      environmentId: environment.id,
      label: trimmed === '' ? null : trimmed,
      allowTestKey,
    })
    setBusy(false)
    setResult(answer)
    if (answer.ok) {
      setLabel('')
      onAdded?.(answer.value)
    }
  }

  function refuseTyping(): void {
    setResult(null)
    setRefusal(typedKeyText)
  }

  return (
    <div className="add-key">
      <KeyField
        label={`Key for ${environment.name}: paste it`}
        noteId={noteId}
        isBad={problem !== null}
        busy={busy}
        onTake={() => void take(false)}
        onTyped={refuseTyping}
      />
      <div id={noteId} className="add-note" aria-live="polite">
        {problem === null ? (
          <p className="small faint">
            {busy
              ? 'Main read the clipboard; the key is checked, stored and proven.'
              : 'Emptied as you paste. From the clipboard, this window never sees it.'}
          </p>
        ) : (
          <p className="small">
            <span className="bad">{problem.title}.</span> <span className="soft">{problem.detail}</span>
          </p>
        )}
        {error?.kind === 'TEST_KEY' ? (
          <Button small className="danger-text" onClick={() => void take(true)}>
            Add the test key to {environment.name}
          </Button>
        ) : null}
      </div>
      {withLabel ? (
        <TextField
          className="add-label"
          label="Label, if you like"
          value={label}
          maxLength={limits.labelCharsMax}
          placeholder="as agent-main"
          onValueChange={setLabel}
        />
      ) : null}
      <ul className="add-checks">
        {addChecks.map((check) => (
          <CheckLine key={check} check={check} outcome={outcomes[check]} backend={backend} />
        ))}
      </ul>
      {added === null && footer === undefined ? null : (
        <div className="add-foot">
          {added === null ? (
            <span className="grow" />
          ) : (
            <p className="small grow" role="status">
              <AddedSentence added={added} />
            </p>
          )}
          {footer}
          {added !== null && environment.id !== currentId ? (
            <Button variant="act" onClick={() => void switchEnvironment(environment.id)}>
              Switch to {environment.name}
            </Button>
          ) : null}
        </div>
      )}
    </div>
  )
}

function AddedSentence({ added }: { added: KeySummary }) {
  const name = (
    <>
      <span className="strong">{added.label}</span> <span className="mono faint">{added.mask}</span>
    </>
  )
  if (added.state === 'active') return <>{name} is stored and alive. The clipboard no longer holds it.</>
  if (added.state === 'rejected') {
    return (
      <>
        {name} is stored, but the server refuses it. Delete it, or prove it again later. The clipboard no longer holds
        it.
      </>
    )
  }
  return (
    <>{name} is stored. The server gave no clear answer; prove it in Keys later. The clipboard no longer holds it.</>
  )
}

/** The link to the page where keys are made. */
export function DashboardLink() {
  return (
    <button type="button" className="link-btn" onClick={() => void openDashboard()}>
      Open API Keys page
      <Icon name="external" size={14} />
    </button>
  )
}
