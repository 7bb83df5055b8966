import type { ReactNode } from 'react'
import { describeError } from '../../../shared/error-text.ts'
import type { Attempt, CallDetail, Header } from '../../../shared/model/call.ts'
import { errorContext } from '../../store/actions.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes, formatClockMs, formatDuration, formatExact } from '../../ui/format.ts'
import { rebuildCallError } from './call-error.ts'
import { auditWait, auditWords, tellStop, tellWait, type WaitAudit } from './wait-text.ts'
import type { AttemptStretch, Stretch, WaitStretch } from './waterfall.ts'
import { formatPhase } from './waterfall-text.ts'

const auditTones: Readonly<Record<WaitAudit, string>> = {
  kept: 'ok',
  lengthened: 'ok',
  shortened: 'bad',
  parked: 'warn',
  'not waited out': 'soft',
}

function WaitExplanation({ stretch, detail }: { stretch: WaitStretch; detail: CallDetail }) {
  const { title, sentence, formula, header, facts } = tellWait(stretch.wait)
  const audit = auditWait(detail, stretch.index)
  return (
    <>
      <p className="strong why-title">{title}</p>
      <p className="soft small why-detail">{sentence}</p>
      {audit === null ? null : (
        <p className={`audit small ${auditTones[audit]}`} data-audit={audit}>
          {auditWords[audit]}
        </p>
      )}
      {formula === null ? null : <p className="formula mono mono-small">{formula}</p>}
      <dl className="dl">
        {header === null ? null : (
          <>
            <dt>Header</dt>
            <dd className="mono mono-small breakable">{header}</dd>
          </>
        )}
        {facts.map(([name, value]) => (
          <FactRow key={name} name={name}>
            {value}
          </FactRow>
        ))}
        <FactRow name="Waited">{formatDuration(stretch.tookMs)}</FactRow>
        <FactRow name="Began">{formatClockMs(stretch.wait.startedAtMs)}</FactRow>
      </dl>
    </>
  )
}

function FactRow({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="num">{children}</dd>
    </>
  )
}

const rateHeader = /^(retry-after|x-ratelimit-.*|ratelimit.*)$/i

function listRateHeaders(headers: readonly Header[]): readonly string[] {
  return headers.filter(([name]) => rateHeader.test(name)).map(([name, value]) => `${name}: ${value}`)
}

/** How an attempt reached the server, as far as that is known: without an answer a connection may never have been. */
function tellConnection({ timings, status }: Attempt): string {
  if (timings.connectMs !== null) return 'new'
  return status === null ? 'unknown' : 'already open'
}

function AttemptExplanation({ stretch }: { stretch: AttemptStretch }) {
  const { attempt, index, phases, tookMs } = stretch
  const headers = listRateHeaders(attempt.responseHeaders)
  return (
    <>
      <p className="strong why-title">
        Attempt {index + 1}: {attempt.status ?? 'no answer'} after {formatDuration(tookMs)}
      </p>
      <dl className="dl">
        {phases.map((phase) => (
          <FactRow key={phase.name} name={phase.name.charAt(0).toUpperCase() + phase.name.slice(1)}>
            {formatPhase(phase.tookMs)}
          </FactRow>
        ))}
        <FactRow name="Connection">{tellConnection(attempt)}</FactRow>
        <FactRow name="Received">{formatBytes(attempt.responseBytes)}</FactRow>
        <FactRow name="Sent">{formatClockMs(attempt.startedAtMs)}</FactRow>
        {headers.length === 0 ? null : (
          <>
            <dt>Rate limit</dt>
            <dd className="mono mono-small breakable rate-headers">{headers.join('\n')}</dd>
          </>
        )}
      </dl>
    </>
  )
}

function CallExplanation({ detail }: { detail: CallDetail }) {
  const { summary, attempts, stop } = detail
  const environment = useStore((state) => findEnvironment(state, summary.environmentId))
  const error = rebuildCallError(detail)
  const words = error === null ? null : describeError(error, errorContext(summary.environmentId))
  const last = attempts.at(-1)
  const connectMs = last?.timings.connectMs ?? null
  const body = detail.responseBody?.text.trim() ?? ''
  return (
    <>
      <p className="strong why-title">
        {words?.title ?? `Answered in ${formatDuration(last?.tookMs ?? summary.tookMs)}`}
      </p>
      {words === null ? null : <p className="soft small why-detail">{words.detail}</p>}
      {stop === null ? null : <p className="soft small why-detail">{tellStop(stop, detail)}</p>}
      <dl className="dl">
        <dt>Environment</dt>
        <dd>{environment?.name ?? 'removed since'}</dd>
        <dt>Operation</dt>
        <dd>{summary.operation}</dd>
        <dt>Origin</dt>
        <dd className="mono mono-small breakable">{detail.origin}</dd>
        <dt>Key</dt>
        <dd className={detail.keyMask === null ? 'faint' : 'mono mono-small'}>{detail.keyMask ?? 'none was sent'}</dd>
        <dt>Connection</dt>
        <dd>
          {last === undefined ? 'none' : tellConnection(last)}
          {connectMs === null ? '' : `, ${formatPhase(connectMs)}`}
        </dd>
        <dt>Received</dt>
        <dd className="num">{formatBytes(last?.responseBytes ?? 0)}</dd>
        <dt>Started</dt>
        <dd className="num">{formatExact(summary.startedAtMs)}</dd>
      </dl>
      {error === null || body === '' ? null : (
        <p className="why-body mono mono-small faint">
          {summary.status} {body.length > 300 ? `${body.slice(0, 300)}…` : body}
        </p>
      )}
    </>
  )
}

interface ExplanationProps {
  readonly detail: CallDetail
  /** What of the call is selected; null explains the call as a whole. */
  readonly stretch: Stretch | null
  readonly onShowCall: () => void
}

/** What is selected in words and numbers, beside the drawing. */
export function Explanation({ detail, stretch, onShowCall }: ExplanationProps) {
  return (
    // What scrolls must be reachable by keyboard: older Chromium does not see to that itself.
    <section className="why selectable" aria-label="Explanation" {...{ tabIndex: 0 }}>
      {stretch === null ? (
        <CallExplanation detail={detail} />
      ) : (
        <>
          {stretch.kind === 'wait' ? (
            <WaitExplanation stretch={stretch} detail={detail} />
          ) : (
            <AttemptExplanation stretch={stretch} />
          )}
          <Button small variant="quiet" className="why-call" onClick={onShowCall}>
            About the call
          </Button>
        </>
      )}
    </section>
  )
}
