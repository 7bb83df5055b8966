import { useEffect, useRef, useState } from 'react'
import type { AppError } from '../../../shared/error.ts'
import { describeError } from '../../../shared/error-text.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { KeySummary } from '../../../shared/model/key.ts'
import type { RevokePlan } from '../../../shared/model/rotation.ts'
import { call } from '../../api/client.ts'
import { errorContext } from '../../store/actions.ts'
import { askToRevoke, revokeKey, useRotations } from '../../store/rotations.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EnvMark, markNames } from '../../ui/env-mark.tsx'
import { TextField } from '../../ui/field.tsx'
import { formatAgo, formatCount } from '../../ui/format.ts'
import { useNow } from '../../ui/now.ts'
import { Waiting } from '../../ui/waiting.tsx'
import { describeLoss, describeUse } from './revoke-text.ts'
import './rotation.css'

function Uses({ plan }: { plan: RevokePlan }) {
  const now = useNow(10_000)
  const sources = [...plan.todayBySource].sort((one, other) => other.count - one.count)
  const most = Math.max(1, ...sources.map(({ count }) => count))
  return (
    <div className="uses">
      <p className="small">
        {describeUse(plan)}
        {plan.lastUsedAtMs === null ? '' : ` Last used ${formatAgo(plan.lastUsedAtMs, now)}.`}
      </p>
      {sources.map(({ source, count }) => (
        <div key={source} className="source-line">
          <span className="soft cut">{source}</span>
          <span className="source-track">
            <i style={{ width: `${(count / most) * 100}%` }} />
          </span>
          <span className="num right">{formatCount(count)}</span>
        </div>
      ))}
    </div>
  )
}

function RevokeBody({ wanted, environment }: { wanted: KeySummary; environment: Environment }) {
  const [plan, setPlan] = useState<RevokePlan | null>(null)
  const [error, setError] = useState<AppError | null>(null)
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const keep = useRef<HTMLButtonElement>(null)
  const { id } = wanted
  const expected = plan?.confirmation ?? null
  const confirmed = plan !== null && (expected === null || typed.trim() === expected)
  const refusal = error === null ? null : describeError(error, errorContext(environment.id))

  useEffect(() => {
    let gone = false
    void call('rotation.revokePlan', { id }).then((result) => {
      if (gone) return
      if (result.ok) setPlan(result.value)
      else setError(result.error)
    })
    return () => {
      gone = true
    }
  }, [id])

  async function revoke(): Promise<void> {
    if (busy || !confirmed) return
    setBusy(true)
    const refused = await revokeKey(id, expected === null ? null : typed.trim())
    setBusy(false)
    if (refused === null) askToRevoke(null)
    else setError(refused)
  }

  return (
    <Dialog
      open
      onClose={() => askToRevoke(null)}
      env={markNames[environment.mark]}
      initialFocus={keep}
      title={
        <>
          <EnvMark mark={environment.mark} />
          Revoke {wanted.label} in {environment.name}?
        </>
      }
      detail={describeLoss(wanted, environment, plan)}
      actions={
        <>
          <Button ref={keep} onClick={() => askToRevoke(null)}>
            Keep it
          </Button>
          <Button variant="danger" busy={busy} disabled={!confirmed} onClick={() => void revoke()}>
            Revoke key
          </Button>
        </>
      }
    >
      {plan === null && error === null ? <Waiting what="Reading what used the key" rows={[[120, 60]]} /> : null}
      {plan === null ? null : <Uses plan={plan} />}
      {expected === null ? null : (
        <TextField
          className="dialog-field"
          label={`Type ${expected} to revoke it`}
          mono
          value={typed}
          onValueChange={setTyped}
          onKeyDown={(event) => {
            if (event.key === 'Enter') void revoke()
          }}
        />
      )}
      {refusal === null ? null : (
        <p className="now-note" role="alert">
          <span className="bad">{refusal.title}.</span> <span className="soft">{refusal.detail}</span>
        </p>
      )}
    </Dialog>
  )
}

/** The question before a key is revoked without a successor: what used it, and what is lost. */
export function RevokeDialog() {
  const keyId = useRotations((state) => state.revokingKeyId)
  const wanted = useStore((state) => state.keys.find(({ id }) => id === keyId) ?? null)
  const environment = useStore((state) => findEnvironment(state, wanted?.environmentId ?? null))
  if (wanted === null || environment === null) return null
  return <RevokeBody key={wanted.id} wanted={wanted} environment={environment} />
}
