import { type KeyboardEvent, useRef, useState } from 'react'
import type { Environment } from '../../../shared/model/environment.ts'
import type { KeySummary } from '../../../shared/model/key.ts'
import { selectKey, startAddingKey, tellError } from '../../store/actions.ts'
import { type Proof, probeKey } from '../../store/proof.ts'
import { askToPanic, findRotationOfKey, usePolicy, useRotation, useRotations } from '../../store/rotations.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { formatHost } from '../../ui/address.ts'
import { Button } from '../../ui/button.tsx'
import { EnvMark, markNames } from '../../ui/env-mark.tsx'
import { formatAgo, formatClockSeconds, formatCount, formatDay, formatExact, formatPlural } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { useNow } from '../../ui/now.ts'
import { planNames } from '../../ui/plan-names.ts'
import { Bars } from '../../ui/sparkline.tsx'
import { showToast } from '../../ui/toast.tsx'
import { sharedLimit } from '../rotation/age-text.ts'
import { RotationNotes } from '../rotation/rotation-notes.tsx'
import { RotationScreen } from '../rotation/rotation-screen.tsx'
import { describeProof } from '../rotation/step-text.ts'
import { AgeBar } from './age-bar.tsx'
import { DeleteKeyDialog } from './delete-key-dialog.tsx'
import { moveSelection } from './key-rows.ts'
import { KeyStateMark } from './key-state.tsx'
import { useKeyUsage, useUsageRefresh } from './key-usage.ts'
import { Passport } from './passport.tsx'
import './keys.css'

const sparkWidth = 90

function Spark({ days }: { days: readonly number[] }) {
  return (
    <svg className="chart" width={sparkWidth} height="18" viewBox="0 0 90 18" aria-hidden="true">
      <path d="M0 17.5h89" stroke="var(--line-strong)" />
      <Bars values={days} width={sparkWidth} height={17} max={Math.max(1, ...days)} />
    </svg>
  )
}

function Refusals({
  unauthorized,
  forbidden,
  rateLimited,
}: {
  unauthorized: number
  forbidden: number
  rateLimited: number
}) {
  return (
    <>
      <span className={unauthorized > 0 ? 'bad' : 'faint'}>{formatCount(unauthorized)}</span>
      <span className="faint"> / </span>
      <span className={forbidden > 0 ? 'strong' : 'faint'}>{formatCount(forbidden)}</span>
      <span className="faint"> / </span>
      <span className={rateLimited > 0 ? 'warn' : 'faint'}>{formatCount(rateLimited)}</span>
    </>
  )
}

function LastUsed({ row }: { row: KeySummary }) {
  const now = useNow(10_000)
  const proof = useRotations(({ byId }) => {
    const rotation = row.state === 'revoking' ? findRotationOfKey(byId, row.id) : null
    return rotation === null || rotation.end !== null ? null : describeProof(rotation)
  })
  if (proof !== null) return <span className="soft num">{proof}</span>
  if (row.lastUsedAtMs === null) return <span className="soft">never</span>
  return (
    <span className={now - row.lastUsedAtMs < 60_000 ? '' : 'soft'} title={formatExact(row.lastUsedAtMs)}>
      {formatAgo(row.lastUsedAtMs, now)}
    </span>
  )
}

function DeadSince({ row }: { row: KeySummary }) {
  const deadAtMs = useRotations(({ byId }) => findRotationOfKey(byId, row.id)?.deadAtMs ?? null)
  const now = useNow(60_000)
  return (
    <td colSpan={2} className="faint small num" title={deadAtMs === null ? undefined : formatExact(deadAtMs)}>
      {deadAtMs === null ? 'proven dead' : `proven dead ${formatDay(deadAtMs, now)} ${formatClockSeconds(deadAtMs)}`}
    </td>
  )
}

function KeyRow({ row, selected, inUse }: { row: KeySummary; selected: boolean; inUse: boolean }) {
  const usage = useKeyUsage(row.id)
  const dead = row.state === 'dead'
  const rotating = useRotations(({ byId }) => {
    const rotation = findRotationOfKey(byId, row.id)
    return rotation !== null && rotation.end === null && rotation.kind === 'rotate' && rotation.oldKey.id === row.id
  })
  return (
    <tr className={`row ${selected ? 'on' : ''}`} onClick={() => selectKey(row.id)}>
      <td>
        <button
          type="button"
          className="row-button"
          aria-current={selected ? 'true' : undefined}
          data-key-id={row.id}
          tabIndex={selected ? 0 : -1}
          onFocus={() => selectKey(row.id)}
        >
          <span className={`two cut ${dead ? 'soft' : 'strong'}`}>
            {row.label}
            {inUse ? <span className="tag in-use">in use</span> : null}
            {rotating ? <span className="tag in-use">rotating</span> : null}
          </span>
          <span className="two mono mono-small faint">{row.mask}</span>
        </button>
      </td>
      <td>
        <KeyStateMark state={row.state} />
      </td>
      {dead ? (
        <DeadSince row={row} />
      ) : (
        <>
          <td className="wide-only" title={`Added ${formatExact(row.addedAtMs)}`}>
            <AgeBar row={row} />
          </td>
          <td className="small">
            <LastUsed row={row} />
          </td>
        </>
      )}
      <td className={`num right today-cell ${usage === null || usage.today === 0 ? 'faint' : ''}`}>
        {formatCount(usage?.today ?? 0)}
      </td>
      <td className="after-right wide-only">
        <Spark days={usage?.days ?? []} />
      </td>
      <td className="num right small wide-only">
        <Refusals
          unauthorized={usage?.unauthorized ?? 0}
          forbidden={usage?.forbidden ?? 0}
          rateLimited={usage?.rateLimited ?? 0}
        />
      </td>
    </tr>
  )
}

function GroupRow({ environment, empty }: { environment: Environment; empty: boolean }) {
  return (
    <tr className="group">
      <td colSpan={7}>
        <span className="group-line">
          <EnvMark mark={environment.mark} />
          <span className="strong">{environment.name}</span>
          <span className="faint mono">{formatHost(environment.baseUrl)}</span>
          <span className="faint small">
            {planNames[environment.plan.kind]} {formatCount(environment.plan.perMinute)}
          </span>
          <IssuerName environmentId={environment.id} />
          {environment.protected ? (
            <span className="small soft with-icon">
              <Icon name="lock" size={14} className="faint" />
              protected
            </span>
          ) : null}
          <span className="grow" />
          {empty ? (
            <>
              <span className="small faint">no key yet</span>
              <Button small variant="quiet" icon="plus" onClick={() => startAddingKey(environment.id)}>
                Add key
              </Button>
            </>
          ) : null}
        </span>
      </td>
    </tr>
  )
}

function IssuerName({ environmentId }: { environmentId: string }) {
  const { fixed, issuer } = usePolicy(environmentId)
  return <span className="small faint issuer-name">{fixed ? 'automatic' : issuer.kind} issuer</span>
}

async function proveAll(keys: readonly KeySummary[]): Promise<void> {
  const proofs: Proof[] = []
  for (const key of keys) {
    // One after the other: proving must not fill a window.
    const result = await probeKey(key.id)
    if (result.ok) proofs.push(result.value)
    else {
      tellError(result.error, key.environmentId)
      // A keychain that gives out no key gives out none of the others.
      if (result.error.kind === 'KEYCHAIN') break
    }
  }
  if (proofs.length === 0) return
  const count = (wanted: Proof) => proofs.filter((proof) => proof === wanted).length
  const unclear = count('unclear')
  showToast({
    text: `${formatPlural(count('alive'), 'key')} alive, ${count('refused')} refused`,
    ...(unclear === 0 ? {} : { detail: `${unclear} gave no clear answer.` }),
    tone: count('refused') > 0 ? 'refused' : 'plain',
  })
}

/** Every key of every environment, and the passport of one; or the rotation that is open. */
export function KeysScreen() {
  const rotation = useRotation(useRotations((state) => state.openId))
  const environment = useStore((state) => findEnvironment(state, rotation?.environmentId ?? null))
  if (rotation === null) return <KeyTable />
  return <RotationScreen key={rotation.id} rotation={rotation} environment={environment} />
}

function KeyTable() {
  const environments = useStore((state) => state.environments)
  const keys = useStore((state) => state.keys)
  const backend = useStore((state) => state.keychain.backend)
  const memory = useStore((state) => state.keychain.status === 'memory')
  const wanted = useStore((state) => state.selectedKeyId)
  const fallback = useStore((state) => findEnvironment(state, state.currentEnvironmentId)?.activeKeyId ?? null)
  const policies = useRotations((state) => state.policies)
  const [proving, setProving] = useState(false)
  const table = useRef<HTMLTableElement>(null)
  useUsageRefresh()

  const groups = environments.map((environment) => ({
    environment,
    rows: keys.filter((key) => key.environmentId === environment.id),
  }))
  const limit = sharedLimit(Object.values(policies).map(({ age }) => age))
  const ordered = groups.flatMap(({ rows }) => rows)
  const selected =
    ordered.find(({ id }) => id === wanted) ?? ordered.find(({ id }) => id === fallback) ?? ordered[0] ?? null
  const selectedEnvironment = environments.find(({ id }) => id === selected?.environmentId) ?? null
  const withKeys = groups.filter(({ rows }) => rows.length > 0).length

  function move(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const next = moveSelection(
      ordered.map(({ id }) => id),
      selected?.id ?? null,
      event.key,
    )
    if (next === null) return
    event.preventDefault()
    table.current?.querySelector<HTMLElement>(`[data-key-id="${next}"]`)?.focus()
  }

  return (
    <div className="screen s-keys">
      <section className="pane keys" aria-label="Keys">
        <div className="head">
          <h1 className="title">Keys</h1>
          <span className="faint num">
            {formatPlural(keys.length, 'key')} in {formatPlural(withKeys, 'environment')}
          </span>
          <span className="grow" />
          <Button
            icon="shield"
            busy={proving}
            disabled={keys.length === 0}
            title="One request for each key"
            onClick={() => {
              setProving(true)
              void proveAll(ordered).finally(() => setProving(false))
            }}
          >
            {proving ? 'Proving' : 'Prove all'}
          </Button>
          <Button variant="primary" icon="plus" onClick={() => startAddingKey()}>
            Add key
          </Button>
        </div>
        <RotationNotes />
        <div className="scroll">
          <table className="table" aria-label="Keys" ref={table} onKeyDown={move}>
            <colgroup>
              <col />
              <col className="keys-state" />
              <col className="keys-age" />
              <col className="keys-used" />
              <col className="keys-today" />
              <col className="keys-days" />
              <col className="keys-refusals" />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">State</th>
                <th scope="col" className="wide-only">
                  {limit === null ? 'Age' : `Age, limit ${limit} d`}
                </th>
                <th scope="col">Last used</th>
                <th scope="col" className="right today-cell">
                  Today
                </th>
                <th scope="col" className="after-right wide-only">
                  30 days
                </th>
                <th scope="col" className="right wide-only">
                  401 / 403 / 429
                </th>
              </tr>
            </thead>
            {groups.map(({ environment, rows }) => (
              <tbody key={environment.id} data-env={markNames[environment.mark]}>
                <GroupRow environment={environment} empty={rows.length === 0} />
                {rows.map((row) => (
                  <KeyRow
                    key={row.id}
                    row={row}
                    selected={row.id === selected?.id}
                    inUse={environment.activeKeyId === row.id && rows.length > 1}
                  />
                ))}
              </tbody>
            ))}
          </table>
        </div>
        <div className="strip below">
          <span className="cut">
            {memory
              ? 'Secrets stay in the memory of this run and go to their own origin only.'
              : `Secrets stay in ${backend === '' ? 'the keychain' : backend} and go to their own origin only.`}
          </span>
          <span className="grow" />
          <button
            type="button"
            className="link-btn panic-link"
            disabled={keys.length === 0}
            onClick={() => askToPanic({ environmentId: selectedEnvironment?.id ?? null })}
          >
            <Icon name="stop" size={14} className="bad" />
            Panic: revoke all keys of an environment
          </button>
        </div>
      </section>
      {selected === null || selectedEnvironment === null ? (
        <aside className="pane" aria-label="Passport" />
      ) : (
        <Passport key={selected.id} passport={selected} environment={selectedEnvironment} />
      )}
      <DeleteKeyDialog />
    </div>
  )
}
