import { type ReactNode, useMemo, useState } from 'react'
import type { CallDetail, Header, WaitCause } from '../../../shared/model/call.ts'
import { call } from '../../api/client.ts'
import { copyText } from '../../api/clipboard.ts'
import { orTell } from '../../store/actions.ts'
import { useStore } from '../../store/store.ts'
import { formatPath } from '../../ui/address.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Tabs } from '../../ui/segments.tsx'
import { StatusMark } from '../../ui/status-mark.tsx'
import { showToast } from '../../ui/toast.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { CallActions } from '../export/call-actions.tsx'
import { Failure } from '../inbox/failure.tsx'
import { BodyView } from './body-view.tsx'
import { Explanation } from './explanation.tsx'
import { HeaderList } from './header-list.tsx'
import { requests, useRequests } from './requests.ts'
import { TimingsTable } from './timings-table.tsx'
import { causeNames, type Hatch, hatchOf } from './wait-text.ts'
import { findLongestWait, layWaterfall, type Waterfall } from './waterfall.ts'
import { nameStretch, toneOfAttempt, WaterfallChart } from './waterfall-chart.tsx'
import { describeCall, writeWaterfall } from './waterfall-text.ts'

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

function RequestPanel({ detail }: { detail: CallDetail }) {
  const { summary, requestBody } = detail
  return (
    <div className="side">
      <p className="request-line mono selectable">
        <span className="soft">{summary.method}</span> <span className="strong">{summary.path}</span>{' '}
        <span className="faint">below the base URL at {detail.origin}</span>
      </p>
      {requestBody === null ? (
        <p className="side-words faint">No body was sent.</p>
      ) : (
        <BodyView key={summary.id} body={requestBody} label="Request" />
      )}
    </div>
  )
}

function ResponsePanel({ detail }: { detail: CallDetail }) {
  const { summary, responseBody } = detail
  return (
    <div className="side">
      {responseBody === null || responseBody.text === '' ? (
        <p className="side-words faint">
          {summary.status === null ? 'There was no answer.' : 'The answer had no body.'}
        </p>
      ) : (
        <BodyView key={summary.id} body={responseBody} label="Response" />
      )}
    </div>
  )
}

function HeaderSection({ title, headers }: { title: string; headers: readonly Header[] }) {
  return (
    <div className="headers">
      <h3 className="subhead">{title}</h3>
      {headers.length === 0 ? <p className="faint small">None.</p> : null}
      <HeaderList headers={headers} />
    </div>
  )
}

function HeadersPanel({ detail }: { detail: CallDetail }) {
  const last = detail.attempts.at(-1)
  return (
    <section className="scroll selectable header-panel" {...scrollStop} aria-label="Headers">
      <HeaderSection title="Request, keys masked" headers={last?.requestHeaders ?? []} />
      <HeaderSection title="Response" headers={last?.responseHeaders ?? []} />
    </section>
  )
}

function TimingsPanel({ detail }: { detail: CallDetail }) {
  return (
    <section className="scroll" {...scrollStop} aria-label="Timings">
      <TimingsTable attempts={detail.attempts} />
    </section>
  )
}

function listHatches(causes: readonly WaitCause[]): readonly (readonly [Hatch, string])[] {
  const names = new Map<Hatch, string>()
  for (const cause of new Set(causes)) {
    const hatch = hatchOf[cause]
    names.set(hatch, names.has(hatch) ? `${names.get(hatch)}, ${causeNames[cause]}` : causeNames[cause])
  }
  return [...names]
}

function Legend({ waterfall }: { waterfall: Waterfall }) {
  const waits = waterfall.stretches.flatMap((stretch) => (stretch.kind === 'wait' ? [stretch.wait.cause] : []))
  const attempts = waterfall.stretches.flatMap((stretch) => (stretch.kind === 'attempt' ? [stretch.attempt] : []))
  const tones = new Map(attempts.map((attempt) => [`${attempt.status ?? 'no answer'}`, toneOfAttempt(attempt)]))
  return (
    <span className="legend" aria-hidden="true">
      {listHatches(waits).map(([hatch, name]) => (
        <span key={hatch}>
          <i className={`wait hatch-${hatch}`} />
          {name}
        </span>
      ))}
      {[...tones].map(([status, tone]) => (
        <span key={status}>
          <i className={`mark phase ${tone}`} />
          {status}
        </span>
      ))}
    </span>
  )
}

function copyWaterfall(waterfall: Waterfall, detail: CallDetail): void {
  if (copyText(writeWaterfall(waterfall, detail))) showToast({ text: 'Copied the waterfall as text' })
}

function WaterfallPanel({ detail, waterfall }: { detail: CallDetail; waterfall: Waterfall }) {
  // The longest wait is what a call that was held up is opened for.
  const [selected, setSelected] = useState(() => {
    const longest = findLongestWait(waterfall)
    return longest === null ? null : nameStretch(longest)
  })
  const stretch = waterfall.stretches.find((each) => nameStretch(each) === selected) ?? null
  return (
    <div className="wf">
      <WaterfallChart waterfall={waterfall} detail={detail} selected={selected} onSelect={setSelected} />
      <Explanation detail={detail} stretch={stretch} onShowCall={() => setSelected(null)} />
    </div>
  )
}

const copies: Readonly<Partial<Record<Tab, Part>>> = { request: 'request', response: 'response', headers: 'headers' }
const copyNames: Readonly<Record<Part, string>> = {
  request: 'Copy request',
  response: 'Copy response',
  headers: 'Copy response headers',
}

function OpenDetail({ detail }: { detail: CallDetail }) {
  const [tab, setTab] = useState<Tab>('waterfall')
  const { summary } = detail
  const waterfall = useMemo(() => layWaterfall(detail), [detail])

  function renderPanel(): ReactNode {
    switch (tab) {
      case 'waterfall':
        return <WaterfallPanel key={summary.id} detail={detail} waterfall={waterfall} />
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

  const part = copies[tab]
  return (
    <>
      <div className="head">
        <span className="method">{summary.method}</span>
        <h2 className="mono strong cut" title={summary.path}>
          {formatPath(summary.path)}
        </h2>
        <StatusMark status={summary.status} />
        <span className="soft num nowrap cut">{describeCall(detail)}</span>
        <span className="grow" />
        <CallActions summary={summary} />
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
          <>
            {tab === 'waterfall' ? <Legend waterfall={waterfall} /> : null}
            {part === undefined ? null : (
              <CopyButton id={summary.id} part={part}>
                {copyNames[part]}
              </CopyButton>
            )}
            {tab === 'waterfall' || tab === 'timings' ? (
              <Button small variant="quiet" icon="copy" onClick={() => copyWaterfall(waterfall, detail)}>
                Copy as text
              </Button>
            ) : null}
          </>
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
