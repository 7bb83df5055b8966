import { type ReactNode, useMemo } from 'react'
import { describeError } from '../../../shared/error-text.ts'
import { limits } from '../../../shared/limits.ts'
import type { WhatIf, WhatIfFigures } from '../../../shared/model/what-if.ts'
import { errorContext, showScreen } from '../../store/actions.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { TextField } from '../../ui/field.tsx'
import { formatClockSeconds, formatCount, formatDuration, formatExact, formatPlural } from '../../ui/format.ts'
import { Select } from '../../ui/select.tsx'
import { requests } from '../requests/requests.ts'
import { useWhatIf, whatIf } from './what-if.ts'
import {
  describeConclusion,
  describeLimit,
  formatFinish,
  formatSpread,
  formatWaits,
  listAssumptions,
  policyNames,
  readLimit,
  sortRows,
} from './what-if-text.ts'
import './what-if.css'

// What scrolls must be reachable by keyboard: older Chromium does not see to that itself.
const scrollStop = { tabIndex: 0 } as const

const attemptChoices = ['1', '2', '3', '5', '10'] as const

function Bar({ share, tone }: { share: number; tone: 'sent' | 'refused' | 'time' }) {
  return (
    <span className="what-if-bar" aria-hidden="true">
      <span className={`what-if-fill ${tone}`} style={{ width: `${Math.min(100, share * 100)}%` }} />
    </span>
  )
}

interface LineProps {
  readonly name: string
  readonly about: string
  readonly figures: WhatIfFigures
  readonly texts: {
    readonly sent: string
    readonly refused: string
    readonly failed: string
    readonly finished: string
  }
  /** The largest figure of each column. */
  readonly most: WhatIfFigures
  readonly recorded?: boolean
}

function Line({ name, about, figures, texts, most, recorded = false }: LineProps) {
  const shareOf = (figure: keyof WhatIfFigures) => (most[figure] === 0 ? 0 : figures[figure] / most[figure])
  return (
    <tr className={`row ${recorded ? 'what-if-recorded' : ''}`}>
      <th scope="row" title={about}>
        {name}
      </th>
      <td className="num">
        {texts.sent}
        <Bar share={shareOf('attempts')} tone="sent" />
      </td>
      <td className={`num ${figures.refusals > 0 ? 'warn' : ''}`}>
        {texts.refused}
        <Bar share={most.attempts === 0 ? 0 : figures.refusals / most.attempts} tone="refused" />
      </td>
      <td className={`num ${figures.failed > 0 ? 'bad' : ''}`}>{texts.failed}</td>
      <td className="num">{formatWaits(figures)}</td>
      <td className="num">
        {texts.finished}
        <Bar share={shareOf('finishedAfterMs')} tone="time" />
      </td>
    </tr>
  )
}

function largest(result: WhatIf): WhatIfFigures {
  const all = [result.recorded, ...result.rows.map(({ most }) => most)]
  const pick = (figure: keyof WhatIfFigures) => Math.max(...all.map((figures) => figures[figure]))
  return {
    attempts: pick('attempts'),
    refusals: pick('refusals'),
    failed: pick('failed'),
    waitP50Ms: pick('waitP50Ms'),
    waitP95Ms: pick('waitP95Ms'),
    waitMaxMs: pick('waitMaxMs'),
    finishedAfterMs: pick('finishedAfterMs'),
  }
}

function Comparison({ result }: { result: WhatIf }) {
  const most = largest(result)
  const { recorded } = result
  return (
    <>
      <p className="what-if-conclusion" role="status">
        {describeConclusion(result)}
      </p>
      <section className="what-if-scroll" aria-label="Policies side by side" {...scrollStop}>
        <table className="table what-if-table">
          <caption className="unseen">
            What was recorded and what each policy would have done, at {describeLimit(result)}
          </caption>
          <thead>
            <tr>
              <th scope="col">Policy</th>
              <th scope="col">Requests sent</th>
              <th scope="col">429 answers</th>
              <th scope="col">Calls failed</th>
              <th scope="col" title="Median, 95 of 100, longest">
                Wait: median · p95 · longest
              </th>
              <th scope="col">Ended after</th>
            </tr>
          </thead>
          <tbody>
            <Line
              recorded
              name="As recorded"
              about="what really happened"
              figures={recorded}
              most={most}
              texts={{
                sent: formatCount(recorded.attempts),
                refused: formatCount(recorded.refusals),
                failed: formatCount(recorded.failed),
                finished: formatDuration(recorded.finishedAfterMs),
              }}
            />
            {sortRows(result.rows).map((row) => (
              <Line
                key={row.policy}
                {...policyNames[row.policy]}
                figures={row.median}
                most={most}
                texts={{
                  sent: formatSpread(row, 'attempts'),
                  refused: formatSpread(row, 'refusals'),
                  failed: formatSpread(row, 'failed'),
                  finished: formatFinish(row),
                }}
              />
            ))}
          </tbody>
        </table>
      </section>
      <details className="what-if-assumptions small soft">
        <summary>A simulation, not a promise: what it takes for granted</summary>
        <ul>
          {listAssumptions(result).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
    </>
  )
}

function Progress({ share }: { share: number }) {
  const percent = Math.round(share * 100)
  return (
    <div className="what-if-progress">
      <p className="soft small">Replaying the recorded calls in simulated time</p>
      <Button small onClick={whatIf.stop}>
        Stop
      </Button>
      <div
        className="what-if-track"
        role="progressbar"
        aria-label="Replaying the recorded calls"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <span className="what-if-fill sent" style={{ width: `${percent}%` }} />
      </div>
    </div>
  )
}

function describeStretch({ calls, fromMs, toMs, cut, ...limit }: WhatIf): string {
  const newest = cut ? 'The newest ' : ''
  return `${newest}${formatPlural(calls, 'call')}, ${formatExact(fromMs)} to ${formatClockSeconds(toMs)}, at ${describeLimit(limit)}.`
}

function Body() {
  const result = useWhatIf((state) => state.result)
  const error = useWhatIf((state) => state.error)
  const progress = useWhatIf((state) => state.progress)
  if (error !== null) {
    const { title, detail } = describeError(error, errorContext(null))
    return <EmptyState title={title} detail={detail} action={<Button onClick={whatIf.run}>Run again</Button>} />
  }
  if (result === null) {
    if (progress !== null) return <Progress share={progress} />
    return <EmptyState title="The replay was stopped" action={<Button onClick={whatIf.run}>Run again</Button>} />
  }
  if (result.calls === 0) {
    return (
      <EmptyState
        title="No call to replay"
        detail="Nothing is recorded that this filter shows. Clear the filter, or make some calls first."
      />
    )
  }
  return (
    <>
      <Comparison result={result} />
      {progress === null ? null : <Progress share={progress} />}
    </>
  )
}

/** Recorded calls against other policies, side by side. */
export function WhatIfDialog(): ReactNode {
  const stretch = useWhatIf((state) => state.stretch)
  const perWindow = useWhatIf((state) => state.perWindow)
  const attemptsMax = useWhatIf((state) => state.attemptsMax)
  const result = useWhatIf((state) => state.result)
  const commands = useMemo(
    (): readonly Command[] => [
      {
        id: 'what-if',
        group: 'Requests',
        title: 'Try another retry policy on recorded calls',
        detail: 'what if',
        icon: 'pulse',
        run: () => {
          showScreen('requests')
          whatIf.open({ filter: requests.store.getState().filter })
        },
      },
    ],
    [],
  )
  useCommands('what-if', commands)
  if (stretch === null) return null
  const isLimit = readLimit(perWindow, limits.planPerMinuteMax) !== undefined
  return (
    <Dialog
      open
      onClose={whatIf.close}
      width={860}
      title="What if"
      detail={
        result === null || result.calls === 0
          ? 'Recorded calls, replayed against other policies in simulated time. Nothing is sent.'
          : `${describeStretch(result)} Nothing is sent.`
      }
      actions={<Button onClick={whatIf.close}>Close</Button>}
    >
      <form
        className="what-if-choices"
        onSubmit={(event) => {
          event.preventDefault()
          whatIf.run()
        }}
      >
        <TextField
          label="Requests per minute"
          width={190}
          value={perWindow}
          inputMode="numeric"
          maxLength={9}
          placeholder="as the plan says"
          error={isLimit ? null : `A whole number from 1 to ${formatCount(limits.planPerMinuteMax)}.`}
          onValueChange={whatIf.setPerWindow}
        />
        <div className="labelled">
          <span className="label" aria-hidden="true">
            Attempts of one call
          </span>
          <Select
            label="Attempts of one call"
            value={String(attemptsMax)}
            options={attemptChoices.map((value) => ({ value: value as string, label: value }))}
            onValueChange={(value) => whatIf.setAttemptsMax(Number(value))}
          />
        </div>
        <Button type="submit" disabled={!isLimit}>
          Replay
        </Button>
      </form>
      <Body />
    </Dialog>
  )
}
