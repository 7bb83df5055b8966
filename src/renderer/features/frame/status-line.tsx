import type { CallSummary } from '../../../shared/model/call.ts'
import type { KeychainStatus } from '../../../shared/model/key.ts'
import { cancelWaiting, checkKeychain, holdTraffic, showCall } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { formatPath } from '../../ui/address.ts'
import { formatDuration, formatPlural } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { useNow } from '../../ui/now.ts'
import { StatusMark } from '../../ui/status-mark.tsx'
import { describeWaiting } from './waiting-text.ts'

/** What a call took, as the status line tells it: `1.84 s · 2 attempts, waited 1.80 s`. */
export function describeTiming(call: CallSummary): string {
  const waited = call.waitedMs > 0 ? `, waited ${formatDuration(call.waitedMs)}` : ''
  return `${formatDuration(call.tookMs)} · ${formatPlural(call.attempts, 'attempt')}${waited}`
}

function LastCall() {
  const call = useStore((state) => state.lastCall)
  if (call === null) return <span className="faint">No call yet</span>
  return (
    <button type="button" className="last-call" title="Open this call in Requests" onClick={() => showCall(call.id)}>
      <span className="unseen">Last call: </span>
      <span className="mono cut">
        {call.method} {formatPath(call.path.replace(/\?.*$/, ''))}
      </span>
      <StatusMark status={call.status} />
      <span className="num">
        {describeTiming(call)}
        {call.source === 'Probe' ? ' · probe' : ''}
      </span>
    </button>
  )
}

const keychainWords: Readonly<Record<KeychainStatus, string>> = {
  ready: '',
  locked: 'locked',
  unavailable: 'not available',
  waiting: 'does not answer',
  memory: 'Keys in memory only',
}

function Keychain() {
  const { status, backend } = useStore((state) => state.keychain)
  const words = keychainWords[status]
  const text = status === 'memory' ? words : [backend, words].filter((part) => part !== '').join(' ')
  return (
    <button
      type="button"
      className={`status-item ${status === 'ready' ? '' : 'warn'}`}
      title="Check the keychain"
      onClick={() => void checkKeychain()}
    >
      <Icon name="keys" size={14} className={status === 'ready' ? 'faint' : ''} />
      {text}
    </button>
  )
}

function Waits() {
  const waiting = useStore((state) => state.waiting)
  const now = useNow(waiting.total === 0 ? 60_000 : 500)
  const text = describeWaiting(waiting, now)
  if (text === null) return null
  const [first] = waiting.calls
  return (
    <span className="waits">
      <Icon name="clock" size={14} className="faint" />
      <span className="num">{text}</span>
      {waiting.heldAll ? (
        <button type="button" className="status-act" onClick={() => void holdTraffic(false)}>
          Let it go on
        </button>
      ) : first === undefined ? null : (
        <button
          type="button"
          className="status-act"
          aria-label={`Cancel ${first.method} ${first.path}`}
          onClick={() => void cancelWaiting(first.ticket)}
        >
          Cancel
        </button>
      )}
    </span>
  )
}

/** The line at the foot: the last call, what waits, and what runs beside the window. */
export function StatusLine() {
  const sandbox = useStore((state) => state.sandbox)
  return (
    <footer className="status">
      <LastCall />
      <Waits />
      <span className="grow" />
      <span className={sandbox.running ? '' : 'warn'} title={sandbox.baseUrl}>
        <Icon name="box" size={14} className={sandbox.running ? 'faint' : ''} />
        {sandbox.running ? 'Sandbox on' : 'Sandbox off'}
      </span>
      <Keychain />
    </footer>
  )
}
