import { useEffect, useState } from 'react'
import type { AppError } from '../../../shared/error.ts'
import { describeError } from '../../../shared/error-text.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { KeySummary } from '../../../shared/model/key.ts'
import type { RevokePlan } from '../../../shared/model/rotation.ts'
import { call } from '../../api/client.ts'
import { errorContext } from '../../store/actions.ts'
import { askToRevoke, revokeKey, useRotations } from '../../store/rotations.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
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
  const { id } = wanted
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

  async function revoke(typed: string | null): Promise<void> {
    const refused = await revokeKey(id, typed)
    if (refused === null) askToRevoke(null)
    else setError(refused)
  }

  return (
    <ConfirmDialog
      mark={environment.mark}
      title={`Revoke ${wanted.label} in ${environment.name}?`}
      detail={describeLoss(wanted, environment, plan)}
      expected={plan?.confirmation ?? null}
      purpose="revoke it"
      act="Revoke key"
      ready={plan !== null}
      onClose={() => askToRevoke(null)}
      onConfirm={revoke}
      problem={
        refusal === null ? null : (
          <p className="now-note" role="alert">
            <span className="bad">{refusal.title}.</span> <span className="soft">{refusal.detail}</span>
          </p>
        )
      }
    >
      {plan === null && error === null ? <Waiting what="Reading what used the key" rows={[[120, 60]]} /> : null}
      {plan === null ? null : <Uses plan={plan} />}
    </ConfirmDialog>
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
