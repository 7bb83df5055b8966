import type { ReactNode } from 'react'
import { useState } from 'react'
import { describeError, type ErrorActionName } from '../../../shared/error-text.ts'
import type { Rotation } from '../../../shared/model/rotation.ts'
import { errorContext, runErrorAction, tellError } from '../../store/actions.ts'
import { copyNewKey, openKeysPage, requestOfRotation } from '../../store/rotations.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { formatClockSeconds, formatCountdown } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { useNow } from '../../ui/now.ts'
import { numberPlaces } from '../../ui/places.ts'
import { KeyTaker } from './key-taker.tsx'
import { describeMoreAlive, describeProbe, describeProof, describeWait, listProbes } from './step-text.ts'

const probesShown = 6
/** Ways to help that the stepper does not have itself. */
const elsewhere: readonly ErrorActionName[] = ['show-environments', 'add-key']

function Mask({ text }: { text: string }) {
  return <span className="mono strong">{text}</span>
}

function OpenPage({ rotation, act = true }: { rotation: Rotation; act?: boolean }) {
  if (!rotation.actions.includes('open-page')) return null
  return (
    <Button variant={act ? 'act' : 'plain'} onClick={() => void openKeysPage(rotation.id)}>
      Open API Keys page
      <Icon name="external" size={14} />
    </Button>
  )
}

/** Does now what is planned for later: asks the service, the issuer or the keychain again. */
function AskNow({ rotation, children }: { rotation: Rotation; children: ReactNode }) {
  const [busy, setBusy] = useState(false)
  if (!rotation.actions.includes('retry')) return null
  async function ask(): Promise<void> {
    setBusy(true)
    const result = await requestOfRotation('rotation.retry', rotation.id)
    setBusy(false)
    if (!result.ok) tellError(result.error, rotation.environmentId)
  }
  return (
    <Button busy={busy} onClick={() => void ask()}>
      {children}
    </Button>
  )
}

function Probes({ rotation }: { rotation: Rotation }) {
  const now = useNow(500)
  const probes = numberPlaces(listProbes(rotation, probesShown))
  const proof = describeProof(rotation)
  const more = describeMoreAlive(rotation)
  if (probes.length === 0 && proof === null && rotation.nextAtMs === null) return null
  return (
    <div className="now-part">
      {proof === null ? null : (
        <p className="strong" role="status">
          {proof.slice(0, 1).toUpperCase()}
          {proof.slice(1)}
        </p>
      )}
      <ol aria-label="Answers about the key on its way out">
        {probes.map(({ place, item }) => (
          <li key={place} className="probe-line">
            <time className="mono faint">{formatClockSeconds(item.atMs)}</time>
            <span className="mono">{item.what === 'alive' ? '200' : '401'}</span>
            <span className={item.what === 'refusal' ? 'ok' : 'soft'}>{describeProbe(item)}</span>
          </li>
        ))}
      </ol>
      {more === null ? null : (
        <p className="probe-line">
          <span />
          <span />
          <span className="soft num">so far {more}</span>
        </p>
      )}
      {rotation.nextAtMs === null ? null : (
        <p className="probe-line">
          <span className="num">in {formatCountdown(rotation.nextAtMs - now)}</span>
          <span />
          <span className="soft">next question: one request, faster after a refusal</span>
        </p>
      )}
    </div>
  )
}

function ObtainBox({ rotation }: { rotation: Rotation }) {
  return (
    <div className="now-box">
      <p>
        <span className="strong">Your turn.</span> Jasni has no endpoint for this, so make a new key for{' '}
        {rotation.environmentName} on the API Keys page and copy it. The old key stays in use until the new one is
        proven.
      </p>
      <div className="now-acts">
        <OpenPage rotation={rotation} />
      </div>
      <KeyTaker rotation={rotation} />
    </div>
  )
}

function RevokeBox({ rotation }: { rotation: Rotation }) {
  return (
    <div className="now-box">
      <p>
        <span className="strong">Your turn.</span> Jasni has no endpoint for this, so revoke{' '}
        <Mask text={rotation.oldKey.mask} /> on the API Keys page. It takes effect at once and cannot be undone.
      </p>
      <div className="now-acts">
        <OpenPage rotation={rotation} />
        <AskNow rotation={rotation}>I have revoked it</AskNow>
      </div>
      <Probes rotation={rotation} />
    </div>
  )
}

function StillAliveBox({ rotation }: { rotation: Rotation }) {
  const { lastAliveAtMs } = rotation.proof
  return (
    <div className="now-box loud" role="alert">
      <p>
        <span className="strong bad">{rotation.kind === 'revoke' ? 'The key' : 'The old key'} is still alive.</span>{' '}
        <Mask text={rotation.oldKey.mask} /> was answered
        {lastAliveAtMs === null ? '' : ` at ${formatClockSeconds(lastAliveAtMs)}`}
        {rotation.revokedAtMs === null || rotation.issuer === 'dashboard'
          ? ', so it was not revoked yet.'
          : ` although the issuer revoked it at ${formatClockSeconds(rotation.revokedAtMs)}.`}{' '}
        Whoever has it can use it. Revoke it on the API Keys page; it is asked on, slowly, until it is dead.
      </p>
      <div className="now-acts">
        <OpenPage rotation={rotation} />
        <AskNow rotation={rotation}>
          {rotation.actions.includes('ask-issuer') ? 'Ask the issuer again' : 'Ask now'}
        </AskNow>
      </div>
      <Probes rotation={rotation} />
    </div>
  )
}

function ProblemBox({ rotation }: { rotation: Rotation }) {
  const now = useNow(500)
  const { problem } = rotation
  if (problem === null) return null
  const { title, detail, action } = describeError(problem.error, errorContext(rotation.environmentId))
  return (
    <div className="now-box" role="alert">
      <p>
        <span className="strong">{title}.</span> <span className="soft">{detail}</span>
      </p>
      <p className="now-note faint num">
        {problem.retryAtMs === null ? 'It waits for you.' : `Next try in ${formatCountdown(problem.retryAtMs - now)}.`}
      </p>
      <div className="now-acts">
        <AskNow rotation={rotation}>Try now</AskNow>
        {action === undefined || !elsewhere.includes(action.name) ? null : (
          <Button onClick={() => runErrorAction(action.name, () => undefined, rotation.environmentId)}>
            {action.label}
          </Button>
        )}
        <OpenPage rotation={rotation} act={false} />
      </div>
      {rotation.step === 'obtain' && rotation.actions.includes('paste') ? <KeyTaker rotation={rotation} /> : null}
      {rotation.step === 'revoke' || rotation.step === 'prove-dead' ? <Probes rotation={rotation} /> : null}
    </div>
  )
}

function LostStoreBox({ rotation }: { rotation: Rotation }) {
  return (
    <div className="now-box loud" role="alert">
      <p>
        <span className="strong">The new key is not in the keychain.</span> It is shown once only. Copy it to a safe
        place before this rotation ends, or let the keychain answer.
      </p>
      <div className="now-acts">
        <Button icon="copy" onClick={() => void copyNewKey(rotation.id)}>
          Copy the new key
        </Button>
      </div>
    </div>
  )
}

/** What the present step asks of a person, or how it stands. Null when its evidence says enough. */
export function NowBox({ rotation }: { rotation: Rotation }) {
  const now = useNow(500)
  const waiting = useStore((state) => state.waiting)
  const proving = rotation.step === 'revoke' || rotation.step === 'prove-dead'
  const lost = rotation.actions.includes('copy-new-key') ? <LostStoreBox rotation={rotation} /> : null
  if (rotation.proof.stillAlive) return <StillAliveBox rotation={rotation} />
  if (rotation.problem !== null && rotation.problem.error.kind !== 'ROTATION') {
    return (
      <>
        <ProblemBox rotation={rotation} />
        {lost}
      </>
    )
  }
  if (rotation.waitsFor === 'new-key') return <ObtainBox rotation={rotation} />
  if (rotation.waitsFor === 'revoke') return <RevokeBox rotation={rotation} />
  if (rotation.problem !== null) return <ProblemBox rotation={rotation} />
  if (proving) {
    return (
      <div className="now-box">
        <p>
          {rotation.step === 'revoke' ? (
            <>
              <Mask text={rotation.oldKey.mask} /> is being revoked.
            </>
          ) : (
            <>
              <Mask text={rotation.oldKey.mask} /> is asked until it is refused three times, each time like a key that
              never existed.
            </>
          )}
        </p>
        <Probes rotation={rotation} />
        <div className="now-acts">
          <AskNow rotation={rotation}>Ask now</AskNow>
          <OpenPage rotation={rotation} act={false} />
        </div>
      </div>
    )
  }
  const wait = describeWait(rotation, now, waiting)
  return wait === null ? (
    lost
  ) : (
    <>
      <p className="step-evidence num">{wait}</p>
      {lost}
    </>
  )
}
