import { useRef, useState } from 'react'
import type { AppError } from '../../../shared/error.ts'
import { describeError } from '../../../shared/error-text.ts'
import type { PanicRow } from '../../../shared/model/rotation.ts'
import { call } from '../../api/client.ts'
import { errorContext } from '../../store/actions.ts'
import { askToPanic, openRotation, useRotation, useRotations } from '../../store/rotations.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EnvMark, markNames } from '../../ui/env-mark.tsx'
import { TextField } from '../../ui/field.tsx'
import { formatPlural } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { Segments } from '../../ui/segments.tsx'
import { KeyStateMark } from '../keys/key-state.tsx'
import { confirmationOf, isEndable } from './revoke-text.ts'
import { describeOutcome, describeStage } from './step-text.ts'
import './rotation.css'

const everywhere = 'everywhere'

function ResultLine({ row }: { row: PanicRow }) {
  const rotation = useRotation(row.rotationId)
  const state = useStore(({ keys }) => keys.find(({ id }) => id === row.keyId)?.state ?? null)
  const outcome = rotation === null ? null : describeOutcome(rotation)
  const refusal = row.error === null ? null : describeError(row.error, { environmentName: row.environmentName })
  const more =
    refusal !== null
      ? `${refusal.title}. ${refusal.detail}`
      : outcome !== null
        ? outcome.detail
        : rotation === null
          ? 'being revoked'
          : describeStage(rotation)
  return (
    <li className="panic-row">
      <span />
      <span className="cut">
        <span className="strong">{row.label}</span> <span className="mono mono-small faint">{row.mask}</span>{' '}
        <span className="soft small">{row.environmentName}</span>
      </span>
      {state !== null ? (
        <KeyStateMark state={state} />
      ) : (
        <span className="faint">{row.mask === '' ? 'not ended' : 'deleted'}</span>
      )}
      <span className={`panic-more small num ${refusal === null ? 'soft' : 'bad'}`}>
        {more}
        {rotation === null || rotation.end !== null ? null : (
          <Button
            small
            variant="quiet"
            onClick={() => {
              askToPanic(null)
              openRotation(rotation.id)
            }}
          >
            Show
          </Button>
        )}
      </span>
    </li>
  )
}

function Results({ rows }: { rows: readonly PanicRow[] }) {
  return (
    <ul className="panic-rows" aria-label="Keys being revoked">
      {rows.map((row) => (
        <ResultLine key={row.keyId} row={row} />
      ))}
    </ul>
  )
}

function PanicBody({ environmentId }: { environmentId: string | null }) {
  const environments = useStore((state) => state.environments)
  const environment = useStore((state) => findEnvironment(state, environmentId))
  const keys = useStore((state) => state.keys)
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const [rows, setRows] = useState<readonly PanicRow[] | null>(null)
  const keep = useRef<HTMLButtonElement>(null)

  const struck = keys.filter((key) => isEndable(key) && (environmentId === null || key.environmentId === environmentId))
  const expected = confirmationOf(environment)
  const confirmed = typed.trim() === expected && struck.length > 0
  const place = environment === null ? 'every environment' : environment.name
  const refusal = error === null ? null : describeError(error, errorContext(environmentId))

  async function panic(): Promise<void> {
    if (busy || !confirmed) return
    setBusy(true)
    setError(null)
    const result = await call('rotation.panic', { environmentId, confirmation: typed.trim() })
    setBusy(false)
    if (result.ok) setRows(result.value)
    else setError(result.error)
  }

  return (
    <Dialog
      open
      onClose={() => askToPanic(null)}
      width={532}
      env={environment === null ? 'prod' : markNames[environment.mark]}
      initialFocus={keep}
      title={
        <>
          {environment === null ? <Icon name="stop" className="bad" /> : <EnvMark mark={environment.mark} />}
          {rows === null ? `Revoke all keys of ${place}?` : `Revoking ${formatPlural(rows.length, 'key')} of ${place}`}
        </>
      }
      detail={
        rows === null
          ? `${formatPlural(struck.length, 'key')} of ${place} ${struck.length === 1 ? 'is' : 'are'} ended for good, and all calls with ${struck.length === 1 ? 'it' : 'them'} stop. An automatic issuer ends its keys by itself; the others you revoke on the API Keys page.`
          : 'Each is asked until it is proven dead. You can close this: it goes on, and Keys shows it.'
      }
      actions={
        rows === null ? (
          <>
            <Button ref={keep} onClick={() => askToPanic(null)}>
              Keep them
            </Button>
            <Button variant="danger" busy={busy} disabled={!confirmed} onClick={() => void panic()}>
              Revoke {formatPlural(struck.length, 'key')}
            </Button>
          </>
        ) : (
          <Button onClick={() => askToPanic(null)}>Close</Button>
        )
      }
    >
      {rows === null ? (
        <>
          <div className="panic-where">
            <Segments
              label="Environment"
              look="swatches"
              value={environmentId ?? everywhere}
              options={[
                ...environments.map(({ id, name, mark }) => ({
                  value: id,
                  label: (
                    <>
                      <EnvMark mark={mark} />
                      {name}
                    </>
                  ),
                })),
                { value: everywhere, label: 'All' },
              ]}
              onValueChange={(value) => {
                setTyped('')
                setError(null)
                askToPanic({ environmentId: value === everywhere ? null : value })
              }}
            />
          </div>
          <TextField
            className="dialog-field"
            label={`Type ${expected} to revoke them`}
            mono
            value={typed}
            onValueChange={setTyped}
            onKeyDown={(event) => {
              if (event.key === 'Enter') void panic()
            }}
          />
        </>
      ) : (
        <Results rows={rows} />
      )}
      {refusal === null ? null : (
        <p className="now-note" role="alert">
          <span className="bad">{refusal.title}.</span> <span className="soft">{refusal.detail}</span>
        </p>
      )}
    </Dialog>
  )
}

/** The question before all keys of an environment, or of all, are revoked, and a line for each of them after. */
export function PanicDialog() {
  const panic = useRotations((state) => state.panic)
  return panic === null ? null : <PanicBody environmentId={panic.environmentId} />
}
