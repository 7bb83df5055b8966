import { useEffect, useRef } from 'react'
import { listSteps, type Rotation, type StepView } from '../../../shared/model/rotation.ts'
import { useStore } from '../../store/store.ts'
import { formatClockSeconds, formatExact } from '../../ui/format.ts'
import { useNow } from '../../ui/now.ts'
import { NowBox } from './now-box.tsx'
import { asksPerson, describeEvidence, describePlan, formatStepTime, measureStep, nameStep } from './step-text.ts'

const stateWords: Readonly<Record<StepView['state'], string>> = {
  done: 'done',
  now: 'now',
  waiting: 'to do',
  undone: 'not done',
  skipped: 'not needed',
}

function Pin({ state }: { state: StepView['state'] }) {
  switch (state) {
    case 'done':
      return (
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="7" fill="none" stroke="var(--ok)" strokeWidth="1.5" />
          <path
            d="m5 8.2 2.1 2.1L11 6"
            fill="none"
            stroke="var(--ok)"
            strokeWidth="1.5"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
      )
    case 'now':
      return (
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="7" fill="none" stroke="var(--env-mark)" strokeWidth="1.5" />
          <circle cx="8" cy="8" r="3.5" fill="var(--env-mark)" />
        </svg>
      )
    case 'undone':
      return (
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="7" fill="none" stroke="var(--ink-faint)" strokeWidth="1.5" />
          <path d="M5 8h6" stroke="var(--ink-faint)" strokeWidth="1.5" strokeLinecap="round" />
        </svg>
      )
    case 'waiting':
    case 'skipped':
      return (
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="7" fill="none" stroke="var(--wait)" strokeWidth="1.5" strokeDasharray="2.4 2" />
        </svg>
      )
  }
}

function Took({ view }: { view: StepView }) {
  const now = useNow(view.state === 'now' ? 250 : 60_000)
  const ms = measureStep(view, now)
  return <span className="step-took">{ms === null ? '' : formatStepTime(ms)}</span>
}

function Step({ view, rotation, backend }: { view: StepView; rotation: Rotation; backend: string }) {
  const line = useRef<HTMLLIElement>(null)
  const isNow = view.state === 'now'
  useEffect(() => {
    if (isNow) line.current?.scrollIntoView({ block: 'nearest' })
  }, [isNow])
  const evidence = describeEvidence(view, rotation, backend)
  const told = view.state === 'done' || view.state === 'undone' || (isNow && asksPerson(rotation))
  const text = evidence !== '' || told ? evidence : describePlan(view.step, rotation, backend)
  return (
    <li
      ref={line}
      className={`step ${view.state === 'waiting' || view.state === 'undone' ? 'todo' : view.state}`}
      aria-current={isNow ? 'step' : undefined}
    >
      <time className="step-at" title={view.startedAtMs === null ? undefined : formatExact(view.startedAtMs)}>
        {view.startedAtMs === null ? '' : formatClockSeconds(view.startedAtMs)}
      </time>
      <span className="step-pin">
        <Pin state={view.state} />
      </span>
      <div>
        <h2 className="step-what">
          {nameStep(view.step, rotation.kind)}
          <span className="unseen">, {stateWords[view.state]}</span>
        </h2>
        {text === '' ? null : <p className="step-evidence">{text}</p>}
        {isNow ? <NowBox rotation={rotation} /> : null}
      </div>
      <Took view={view} />
    </li>
  )
}

/** Every step of a rotation with its time, evidence and duration; the present one says what it needs. */
export function Stepper({ rotation }: { rotation: Rotation }) {
  const backend = useStore((state) =>
    state.keychain.status === 'memory' ? 'memory' : state.keychain.backend || 'the keychain',
  )
  const views = listSteps(rotation).filter(({ state }) => state !== 'skipped')
  const at = views.findIndex(({ state }) => state === 'now')
  const present = views[at]
  return (
    <>
      <p className="unseen" role="status">
        {present === undefined ? '' : `Step ${at + 1} of ${views.length}: ${nameStep(present.step, rotation.kind)}`}
      </p>
      <ol className="steps" aria-label="Steps">
        {views.map((view) => (
          <Step key={view.step} view={view} rotation={rotation} backend={backend} />
        ))}
      </ol>
    </>
  )
}
