import { type ReactNode, useState } from 'react'
import { describeError } from '../../../shared/error-text.ts'
import type { CallDetail, Header, LoggedBody } from '../../../shared/model/call.ts'
import { call } from '../../api/client.ts'
import { errorContext, orTell } from '../../store/actions.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { formatPath } from '../../ui/address.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatBytes, formatClockMs, formatDuration, formatExact } from '../../ui/format.ts'
import { Tabs } from '../../ui/segments.tsx'
import { StatusMark, toneOfStatus } from '../../ui/status-mark.tsx'
import { showToast } from '../../ui/toast.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { Failure } from '../inbox/failure.tsx'
import { numberItems } from '../inbox/message-text.ts'
import { colourJson, indentJson } from './body-text.ts'
import { rebuildCallError } from './call-error.ts'
import { requests, useRequests } from './requests.ts'
import { formatTick } from './time-scale.ts'
import {
  describeCall,
  describeLane,
  describePhases,
  formatPhase,
  type Lane,
  layWaterfall,
  type Waterfall,
} from './waterfall.ts'

type Tab = 'waterfall' | 'request' | 'response' | 'headers' | 'timings'
type Part = 'request' | 'response' | 'headers'

// What scrolls must be reachable by keyboard: older Chromium does not see to that itself.
const scrollStop = { tabIndex: 0 } as const

const copied: Readonly<Record<Part, string>> = {
  request: 'Copied the request',
  response: 'Copied the response',
  headers: 'Copied the headers',
}

function CopyButton({ id, part, children }: { id: number; part: Part; children: ReactNode }) {
  async function copy(): Promise<void> {
    const done = await call('requests.copyText', { id, part })
    if (done.ok) showToast({ text: copied[part], detail: 'Keys in it are masked.' })
    else await orTell(Promise.resolve(done))
  }
  return (
    <Button small variant="quiet" icon="copy" onClick={() => void copy()}>
      {children}
    </Button>
  )
}

function toneOfAttempt({ attempt }: Lane): string {
  if (attempt.outcome === 'ok') return 'ok'
  return attempt.status !== null && attempt.status < 400 ? 'failed' : toneOfStatus(attempt.status)
}

function LaneRow({ lane, maxMs }: { lane: Lane; maxMs: number }) {
  const percent = (ms: number) => `${(ms / maxMs) * 100}%`
  const { attempt, fromMs, phases } = lane
  const tone = toneOfAttempt(lane)
  const toneInk = { ok: 'ok', 'backed-off': 'warn', failed: 'bad' }[tone] ?? 'soft'
  const endMs = fromMs + attempt.tookMs
  // The words stand beside the bar where there is room, else below it.
  const beside = endMs / maxMs < 0.6
  return (
    <div className={`lane ${beside ? '' : 'tall'}`}>
      <span className="lane-head num small">
        <span className="soft">{lane.number}</span>
        <span className={toneInk}>{attempt.status ?? 'none'}</span>
        <span className="soft">{formatDuration(attempt.tookMs)}</span>
      </span>
      <span className="lane-track">
        <span className="lane-bar" style={{ left: percent(fromMs), width: percent(attempt.tookMs) }}>
          {phases.map(({ name, tookMs }) => (
            <span
              key={name}
              className={`phase ${tone} phase-${name.replace(' ', '-')}`}
              style={{ flexGrow: tookMs }}
              title={`${name} ${formatPhase(tookMs)}`}
            />
          ))}
        </span>
        <span
          className="lane-label small"
          style={{ left: beside ? `calc(${percent(endMs)} + 10px)` : percent(fromMs) }}
        >
          {describePhases(phases)}
        </span>
      </span>
    </div>
  )
}

function WaterfallChart({ waterfall }: { waterfall: Waterfall }) {
  const { axis, lanes } = waterfall
  return (
    <div className="waterfall">
      <div className="waterfall-drawing" aria-hidden="true">
        <div className="axis micro num">
          {axis.ticksMs.map((tick) => (
            <span key={tick} style={{ left: `${(tick / axis.maxMs) * 100}%` }}>
              {formatTick(tick, axis.maxMs)}
            </span>
          ))}
        </div>
        <div className="lanes">
          <div className="lane-lines">
            {axis.ticksMs.map((tick) => (
              <i key={tick} style={{ left: `${(tick / axis.maxMs) * 100}%` }} />
            ))}
          </div>
          {lanes.map((lane) => (
            <LaneRow key={lane.number} lane={lane} maxMs={axis.maxMs} />
          ))}
        </div>
      </div>
      <ol className="unseen">
        {lanes.map((lane) => (
          <li key={lane.number}>{describeLane(lane)}</li>
        ))}
      </ol>
    </div>
  )
}

function Explanation({ detail }: { detail: CallDetail }) {
  const { summary, attempts } = detail
  const environment = useStore((state) => findEnvironment(state, summary.environmentId))
  const error = rebuildCallError(detail)
  const words = error === null ? null : describeError(error, errorContext(summary.environmentId))
  const last = attempts.at(-1)
  const connectMs = last?.timings.connectMs ?? null
  const body = detail.responseBody?.text.trim() ?? ''
  return (
    <aside className="why selectable">
      <p className="strong why-title">
        {words?.title ?? `Answered in ${formatDuration(last?.tookMs ?? summary.tookMs)}`}
      </p>
      {words === null ? null : <p className="soft small why-detail">{words.detail}</p>}
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
        <dd>{connectMs === null ? 'already open' : `new, ${formatPhase(connectMs)}`}</dd>
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
    </aside>
  )
}

function BodyText({ body }: { body: LoggedBody }) {
  const pieces = numberItems(colourJson(indentJson(body.text)))
  return (
    <>
      <pre className="code">
        {pieces.map(({ number, item: { kind, text } }) =>
          kind === 'plain' ? (
            text
          ) : (
            <span key={number} className={`code-${kind}`}>
              {text}
            </span>
          ),
        )}
      </pre>
      {body.truncated ? (
        <p className="strip below faint">
          The log keeps the first {formatBytes(body.text.length)} of {formatBytes(body.bytes)}.
        </p>
      ) : null}
    </>
  )
}

function SidePanel({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section className="scroll selectable side" {...scrollStop} aria-label={label}>
      {children}
    </section>
  )
}

function RequestPanel({ detail }: { detail: CallDetail }) {
  return (
    <SidePanel label="Request">
      <p className="request-line mono">
        <span className="soft">{detail.summary.method}</span> <span className="strong">{detail.summary.path}</span>{' '}
        <span className="faint">below the base URL at {detail.origin}</span>
      </p>
      {detail.requestBody === null ? (
        <p className="side-words faint">No body was sent.</p>
      ) : (
        <BodyText body={detail.requestBody} />
      )}
    </SidePanel>
  )
}

function ResponsePanel({ detail }: { detail: CallDetail }) {
  const { responseBody } = detail
  return (
    <SidePanel label="Response">
      {responseBody === null || responseBody.text === '' ? (
        <p className="side-words faint">
          {detail.summary.status === null ? 'There was no answer.' : 'The answer had no body.'}
        </p>
      ) : (
        <BodyText body={responseBody} />
      )}
    </SidePanel>
  )
}

function HeaderList({ title, headers }: { title: string; headers: readonly Header[] }) {
  return (
    <div className="headers">
      <h3 className="subhead">{title}</h3>
      {headers.length === 0 ? <p className="faint small">None.</p> : null}
      <dl className="header-list mono mono-small">
        {numberItems(headers).map(({ number, item: [name, value] }) => (
          <div key={number}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

function HeadersPanel({ detail }: { detail: CallDetail }) {
  const last = detail.attempts.at(-1)
  return (
    <section className="scroll selectable header-panel" {...scrollStop} aria-label="Headers">
      <HeaderList title="Request, keys masked" headers={last?.requestHeaders ?? []} />
      <HeaderList title="Response" headers={last?.responseHeaders ?? []} />
    </section>
  )
}

function TimingsPanel({ detail }: { detail: CallDetail }) {
  const ms = (value: number | null) => (value === null ? <span className="faint">none</span> : value.toFixed(1))
  return (
    <section className="scroll" {...scrollStop} aria-label="Timings">
      <table className="table timings">
        <thead>
          <tr>
            <th scope="col">Attempt</th>
            <th scope="col">Sent</th>
            <th scope="col">Answer</th>
            <th scope="col" className="right">
              Connect, ms
            </th>
            <th scope="col" className="right">
              First byte, ms
            </th>
            <th scope="col" className="right">
              Body, ms
            </th>
            <th scope="col" className="right">
              Took, ms
            </th>
            <th scope="col" className="right">
              Received
            </th>
          </tr>
        </thead>
        <tbody>
          {numberItems(detail.attempts).map(({ number, item: attempt }) => (
            <tr key={number}>
              <td className="num">{number}</td>
              <td className="mono num soft">{formatClockMs(attempt.startedAtMs)}</td>
              <td>
                <StatusMark status={attempt.status} />
              </td>
              <td className="num right">{ms(attempt.timings.connectMs)}</td>
              <td className="num right">{ms(attempt.timings.firstByteMs)}</td>
              <td className="num right">{ms(attempt.timings.bodyMs)}</td>
              <td className="num right">{ms(attempt.tookMs)}</td>
              <td className="num right">{formatBytes(attempt.responseBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Legend({ waterfall }: { waterfall: Waterfall }) {
  const names = new Set(waterfall.lanes.flatMap(({ phases }) => phases.map(({ name }) => name)))
  const tones = new Map(waterfall.lanes.map((lane) => [toneOfAttempt(lane), lane.attempt.status ?? 'no answer']))
  return (
    <span className="legend" aria-hidden="true">
      {names.has('connect') ? (
        <span>
          <i className="phase phase-connect" />
          connect
        </span>
      ) : null}
      {[...tones].map(([tone, status]) => (
        <span key={tone}>
          <i className={`phase ${tone} phase-first-byte`} />
          {status === 'no answer' ? status : `first byte of ${status}`}
        </span>
      ))}
      {names.has('body')
        ? [...tones.keys()].map((tone) => (
            <span key={tone}>
              <i className={`phase ${tone} phase-body`} />
              body
            </span>
          ))
        : null}
      {names.has('rest') ? (
        <span>
          <i className="phase phase-rest" />
          rest
        </span>
      ) : null}
    </span>
  )
}

function OpenDetail({ detail }: { detail: CallDetail }) {
  const [tab, setTab] = useState<Tab>('waterfall')
  const { summary } = detail
  const waterfall = layWaterfall(detail)

  function renderPanel(): ReactNode {
    switch (tab) {
      case 'waterfall':
        return (
          <div className="wf">
            <WaterfallChart waterfall={waterfall} />
            <Explanation detail={detail} />
          </div>
        )
      case 'request':
        return <RequestPanel detail={detail} />
      case 'response':
        return <ResponsePanel detail={detail} />
      case 'headers':
        return <HeadersPanel detail={detail} />
      case 'timings':
        return <TimingsPanel detail={detail} />
    }
  }

  const copies: Readonly<Partial<Record<Tab, Part>>> = { request: 'request', response: 'response', headers: 'headers' }
  const part = copies[tab]
  return (
    <>
      <div className="head">
        <span className="method">{summary.method}</span>
        <h2 className="mono strong cut" title={summary.path}>
          {formatPath(summary.path)}
        </h2>
        <StatusMark status={summary.status} />
        <span className="soft num nowrap">{describeCall(detail)}</span>
        <span className="grow" />
        <CopyButton id={summary.id} part="request">
          Copy request
        </CopyButton>
        <CopyButton id={summary.id} part="response">
          Copy response
        </CopyButton>
        <IconButton
          icon="x"
          size={14}
          label="Close the call"
          shortcut="Escape"
          onClick={() => void requests.open(null)}
        />
      </div>
      <Tabs
        label="Parts of the call"
        value={tab}
        options={[
          { value: 'waterfall', label: 'Waterfall' },
          { value: 'request', label: 'Request' },
          { value: 'response', label: 'Response' },
          { value: 'headers', label: 'Headers' },
          { value: 'timings', label: 'Timings' },
        ]}
        onValueChange={setTab}
        trailing={
          tab === 'waterfall' ? (
            <Legend waterfall={waterfall} />
          ) : part === 'headers' ? (
            <CopyButton id={summary.id} part="headers">
              Copy response headers
            </CopyButton>
          ) : null
        }
      >
        {renderPanel()}
      </Tabs>
    </>
  )
}

/** The call that is open: its waterfall, both sides as the log holds them, headers and timings. */
export function CallDetailPane() {
  const open = useRequests((state) => state.open)
  const environmentId = useStore((state) => state.currentEnvironmentId)
  if (open === null) return null
  return (
    <section className="pane detail" aria-label="Call">
      {open.detail !== null ? (
        <OpenDetail detail={open.detail} />
      ) : open.error === null ? (
        <Waiting what="Fetching the call" />
      ) : open.error.kind === 'NOT_FOUND' ? (
        <EmptyState
          title="This call is no longer in the log"
          action={<Button onClick={() => void requests.open(null)}>Close</Button>}
        />
      ) : (
        <Failure
          look="empty"
          error={open.error}
          environmentId={environmentId}
          onRetry={() => void requests.open(open.id)}
        />
      )}
    </section>
  )
}
