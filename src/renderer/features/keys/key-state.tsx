import type { KeyState } from '../../../shared/model/key.ts'
import { describeState } from './key-text.ts'

const tones: Readonly<Record<KeyState, string>> = {
  candidate: 'soft',
  active: 'ok',
  retiring: 'warn',
  revoking: 'warn',
  dead: 'faint',
  rejected: 'bad',
  missing: 'bad',
}

function Shape({ state }: { state: KeyState }) {
  switch (state) {
    case 'active':
      return <circle cx="6" cy="6" r="4" fill="var(--ok)" />
    case 'candidate':
      return (
        <circle
          cx="6"
          cy="6"
          r="4.25"
          fill="none"
          stroke="var(--ink-soft)"
          strokeWidth="1.5"
          strokeDasharray="2.2 1.6"
        />
      )
    case 'retiring':
      return (
        <>
          <circle cx="6" cy="6" r="4.25" fill="none" stroke="var(--warn)" strokeWidth="1.5" />
          <path d="M6 2a4 4 0 0 1 0 8Z" fill="var(--warn)" />
        </>
      )
    case 'revoking':
      return (
        <>
          <circle cx="6" cy="6" r="4.25" fill="none" stroke="var(--warn)" strokeWidth="1.5" />
          <path d="M6 6V3.2A2.8 2.8 0 0 1 8.8 6Z" fill="var(--warn)" />
        </>
      )
    case 'dead':
      return <path d="M3 3l6 6M9 3l-6 6" stroke="var(--ink-faint)" strokeWidth="1.5" strokeLinecap="round" />
    case 'rejected':
      return <path d="M6 1.6 10.4 6 6 10.4 1.6 6Z" fill="var(--bad)" />
    case 'missing':
      return (
        <>
          <circle cx="6" cy="6" r="4.25" fill="none" stroke="var(--bad)" strokeWidth="1.5" />
          <path d="M3 9 9 3" stroke="var(--bad)" strokeWidth="1.5" />
        </>
      )
  }
}

/** State of a key as shape and word. */
export function KeyStateMark({ state }: { state: KeyState }) {
  return (
    <span className={`state ${tones[state]}`} title={describeState(state)}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <Shape state={state} />
      </svg>
      {state}
    </span>
  )
}
