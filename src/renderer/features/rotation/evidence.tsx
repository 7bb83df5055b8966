import { type ReactNode, useState } from 'react'
import { describeError } from '../../../shared/error-text.ts'
import type { Rotation } from '../../../shared/model/rotation.ts'
import { errorContext, showKey, tellError } from '../../store/actions.ts'
import { copyReport, leaveRotation, type RotationRequest, requestOfRotation } from '../../store/rotations.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { formatClockMs, formatCount, formatExact } from '../../ui/format.ts'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { numberPlaces } from '../../ui/places.ts'
import { KeyStateMark } from '../keys/key-state.tsx'
import { describeCancel, describeLeftBehind } from './step-text.ts'
import { TrafficLanes } from './traffic-lanes.tsx'

// What scrolls must be reachable by keyboard: older Chromium does not see to that itself.
const scrollStop = { tabIndex: 0 } as const

function Figure({ name, value, detail }: { name: string; value: number; detail: string }) {
  return (
    <div className="figure" title={detail}>
      <p className="subhead">{name}</p>
      <p className={`big ${value > 0 ? 'warn' : ''}`}>{formatCount(value)}</p>
    </div>
  )
}

function At({ atMs, children }: { atMs: number | null; children?: ReactNode }) {
  if (atMs === null) return <dd className="faint">not yet</dd>
  return (
    <dd className="num" title={formatExact(atMs)}>
      {formatClockMs(atMs)} {children}
    </dd>
  )
}

function KeyLine({ name, keyId, mask }: { name: string; keyId: string; mask: string }) {
  const state = useStore(({ keys }) => keys.find(({ id }) => id === keyId)?.state ?? null)
  return (
    <>
      <dt>{name}</dt>
      <dd className="key-line">
        <button
          type="button"
          className="link-btn"
          title="Show its passport"
          disabled={state === null}
          onClick={() => {
            leaveRotation()
            showKey(keyId)
          }}
        >
          <span className="mono strong">{mask}</span>
        </button>
        {state === null ? <span className="faint">deleted</span> : <KeyStateMark state={state} />}
      </dd>
    </>
  )
}

function Facts({ rotation }: { rotation: Rotation }) {
  const { newKey, oldKey, kind } = rotation
  return (
    <div className="evidence-part">
      {kind === 'revoke' ? null : (
        <dl className="dl">
          {newKey === null ? (
            <>
              <dt>New key</dt>
              <dd className="faint">none yet</dd>
            </>
          ) : (
            <KeyLine name="New key" keyId={newKey.id} mask={newKey.mask} />
          )}
          <dt>proven at</dt>
          <At atMs={rotation.provenAtMs}>
            <span className="faint">GET /labels</span>
          </At>
          <dt>switched at</dt>
          <At atMs={rotation.switchedAtMs} />
        </dl>
      )}
      <dl className="dl">
        <KeyLine name={kind === 'revoke' ? 'Key' : 'Old key'} keyId={oldKey.id} mask={oldKey.mask} />
        <dt>last call of ours</dt>
        <At atMs={rotation.oldLastUsedAtMs} />
        <dt>{rotation.issuer === 'dashboard' ? 'page opened at' : 'revoked at'}</dt>
        <At atMs={rotation.issuer === 'dashboard' ? rotation.revokeAskedAtMs : rotation.revokedAtMs} />
        <dt>proven dead at</dt>
        <At atMs={rotation.deadAtMs} />
      </dl>
    </div>
  )
}

/** A way out of a running rotation: what it leads to, and the button. */
function WayOut({
  rotation,
  request,
  icon,
  text,
  label,
  danger = false,
}: {
  rotation: Rotation
  request: RotationRequest
  icon: IconName
  text: string
  label: string
  danger?: boolean
}) {
  const [busy, setBusy] = useState(false)
  async function ask(): Promise<void> {
    setBusy(true)
    const result = await requestOfRotation(request, rotation.id)
    setBusy(false)
    if (!result.ok) tellError(result.error, rotation.environmentId)
  }
  return (
    <div className="evidence-way">
      <Icon name={icon} />
      <div>
        <p>{text}</p>
        <Button small busy={busy} className={danger ? 'danger-text' : ''} onClick={() => void ask()}>
          {label}
        </Button>
      </div>
    </div>
  )
}

function WaysOut({ rotation }: { rotation: Rotation }) {
  const { actions, wish } = rotation
  if (rotation.end !== null) return null
  if (wish !== null) {
    const words = {
      cancel: 'Being cancelled.',
      fail: 'Being ended: it could not go on.',
      back: 'Going back to the old key.',
      stop: 'The asking is being ended.',
    } as const
    return (
      <div className="evidence-way" role="status">
        <Icon name="undo" />
        <p>{words[wish]}</p>
      </div>
    )
  }
  return (
    <>
      {actions.includes('cancel') ? (
        <WayOut
          rotation={rotation}
          request="rotation.cancel"
          icon="x"
          text={describeCancel(rotation)}
          label="Cancel this rotation"
        />
      ) : null}
      {actions.includes('go-back') ? (
        <WayOut
          rotation={rotation}
          request="rotation.goBack"
          icon="undo"
          text={
            rotation.issuer === 'dashboard' && rotation.revokeAskedAtMs !== null
              ? 'Only if you have not revoked it on the page: a revoked key may answer for some minutes more. It is asked three times first.'
              : rotation.kind === 'revoke'
                ? 'Until the key is revoked you can keep it after all.'
                : 'Until the old key is revoked you can still return to it. Nothing is lost by waiting.'
          }
          label={rotation.kind === 'revoke' ? 'Keep the key' : 'Go back to the old key'}
        />
      ) : null}
      {actions.includes('stop-asking') ? (
        <WayOut
          rotation={rotation}
          request="rotation.stopAsking"
          icon="stop"
          text="Without the asking nobody learns whether the old key is dead. It stays revoking, and its secret in the keychain."
          label="Stop asking"
          danger
        />
      ) : null}
    </>
  )
}

/** Why something that was asked for was not done, where no field shows it. */
function Hint({ rotation }: { rotation: Rotation }) {
  if (rotation.hint === null || rotation.step === 'obtain') return null
  const { title, detail } = describeError(rotation.hint, errorContext(rotation.environmentId))
  return (
    <div className="evidence-part" role="alert">
      <p className="small">
        <span className="bad">{title}.</span> <span className="soft">{detail}</span>
      </p>
    </div>
  )
}

function LeftBehindList({ rotation }: { rotation: Rotation }) {
  if (rotation.leftBehind.length === 0) return null
  return (
    <div className="evidence-part">
      <h3 className="subhead">Left behind</h3>
      <ul>
        {numberPlaces(rotation.leftBehind).map(({ place, item }) => (
          <li key={place} className="small">
            {describeLeftBehind(item)}
          </li>
        ))}
      </ul>
    </div>
  )
}

function LastProblem({ rotation }: { rotation: Rotation }) {
  if (rotation.end === null || rotation.problem === null) return null
  const { title, detail } = describeError(rotation.problem.error, errorContext(rotation.environmentId))
  return (
    <div className="evidence-part">
      <h3 className="subhead">What stopped it</h3>
      <p className="small">
        <span className="strong">{title}.</span> <span className="soft">{detail}</span>
      </p>
    </div>
  )
}

/** What is known so far, in numbers and times; at the end, the report. */
export function Evidence({ rotation }: { rotation: Rotation }) {
  return (
    <aside className="pane evidence" aria-label="Evidence">
      <div className="head">
        <h2 className="title grow">{rotation.end === null ? 'Evidence so far' : 'Report'}</h2>
        {rotation.actions.includes('copy-report') ? (
          <Button variant="quiet" icon="copy" onClick={() => void copyReport(rotation.id)}>
            Copy as Markdown
          </Button>
        ) : null}
      </div>
      <section className="scroll" {...scrollStop} aria-label="Evidence">
        <div className="figures">
          <Figure
            name="Failed calls"
            value={rotation.failedCalls}
            detail="Calls of the environment that failed for their key since the start"
          />
          <Figure
            name="Retried"
            value={rotation.retriedCalls}
            detail="Calls that met 401 on the old key after the switch and were repeated on the new one"
          />
          <Figure
            name="Late on old"
            value={rotation.lateCalls}
            detail="Calls still in flight on the old key when the overlap was over"
          />
        </div>
        {rotation.kind === 'rotate' ? <TrafficLanes rotation={rotation} /> : null}
        <Facts rotation={rotation} />
        <LastProblem rotation={rotation} />
        <LeftBehindList rotation={rotation} />
        <Hint rotation={rotation} />
        <WaysOut rotation={rotation} />
      </section>
    </aside>
  )
}
