import { type ReactNode, useMemo, useState } from 'react'
import type { CallDetail, Header } from '../../../shared/model/call.ts'
import { copyText } from '../../api/clipboard.ts'
import { showCall } from '../../store/actions.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatBytes, formatClockMs, formatDuration, formatPlural } from '../../ui/format.ts'
import { Segments, Tabs } from '../../ui/segments.tsx'
import { StatusMark } from '../../ui/status-mark.tsx'
import { showToast } from '../../ui/toast.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { Failure } from '../inbox/failure.tsx'
import { BodyView } from '../requests/body-view.tsx'
import { HeaderList } from '../requests/header-list.tsx'
import { TimingsTable } from '../requests/timings-table.tsx'
import { desk, useConsole } from './console.ts'
import type { ConsoleResponse } from './console-store.ts'
import { JsonTree } from './json-tree-view.tsx'

type Tab = 'response' | 'headers' | 'timings'

interface Parsed {
  readonly value: unknown
}

/** The body as a value; null for what is no JSON, as a body that the log had cut. */
function parseBody(body: ConsoleResponse['body']): Parsed | null {
  if (body === null || body.truncated) return null
  try {
    return { value: JSON.parse(body.text) }
  } catch {
    return null
  }
}

function ResponseBody({ response }: { response: ConsoleResponse }) {
  const { body } = response
  const [look, setLook] = useState<'tree' | 'raw'>('tree')
  const parsed = useMemo(() => parseBody(body), [body])
  if (body === null || body.text === '') {
    return <p className="faint side-words">The answer had no body.</p>
  }
  const shown = parsed === null ? 'raw' : look
  return (
    <div className="response-body">
      {shown === 'tree' && parsed !== null ? (
        <JsonTree value={parsed.value} label="Answer as a tree" />
      ) : (
        <BodyView body={body} label="Answer as it came" />
      )}
      <div className="response-look">
        <Segments
          label="Look of the answer"
          value={shown}
          options={[
            { value: 'tree', label: 'Tree', ...(parsed === null ? { disabled: true } : {}) },
            { value: 'raw', label: 'Raw' },
          ]}
          onValueChange={setLook}
        />
      </div>
    </div>
  )
}

function HeaderRows({ headers }: { headers: readonly Header[] }) {
  return (
    <section className="scroll selectable header-panel" aria-label="Headers of the answer" tabIndex={-1}>
      <div className="console-headers">
        <HeaderList headers={headers} />
      </div>
    </section>
  )
}

function AttemptRows({ detail }: { detail: CallDetail }) {
  return (
    <section className="scroll" aria-label="Timings" tabIndex={-1}>
      <TimingsTable attempts={detail.attempts} />
      <p className="side-words">
        <Button small icon="requests" onClick={() => showCall(detail.summary.id)}>
          Show the waterfall in Requests
        </Button>
      </p>
    </section>
  )
}

function describeTries({ summary }: CallDetail): string {
  const tries = formatPlural(summary.attempts, 'attempt')
  return summary.waitedMs < 1 ? tries : `${tries}, waited ${formatDuration(summary.waitedMs)}`
}

function OpenResponse({ response, environmentId }: { response: ConsoleResponse; environmentId: string }) {
  const [tab, setTab] = useState<Tab>('response')
  const { detail, error } = response
  if (detail === null) {
    return error === null ? (
      <EmptyState title="The answer is no longer in the log" detail="Send the request again to see it." />
    ) : (
      <Failure look="empty" error={error} environmentId={environmentId} />
    )
  }
  const { summary, attempts } = detail
  const headers = attempts.at(-1)?.responseHeaders ?? []

  function renderPanel(open: CallDetail): ReactNode {
    switch (tab) {
      case 'response':
        return (
          <>
            {error === null ? null : <Failure look="note" error={error} environmentId={environmentId} />}
            <ResponseBody response={response} />
          </>
        )
      case 'headers':
        return <HeaderRows headers={headers} />
      case 'timings':
        return <AttemptRows detail={open} />
    }
  }

  // What is shown is masked already, so its copy is too.
  const texts: Readonly<Record<Tab, string | null>> = {
    response: response.body?.text || null,
    headers: headers.map(([name, value]) => `${name}: ${value}`).join('\n') || null,
    timings: null,
  }
  const copied = texts[tab]
  const what = tab === 'response' ? 'body' : 'headers'

  const count = (value: number) => <span className="faint num">{value}</span>
  return (
    <Tabs
      label="Parts of the answer"
      value={tab}
      options={[
        { value: 'response', label: 'Response' },
        { value: 'headers', label: <>Headers {count(headers.length)}</> },
        { value: 'timings', label: <>Timings {count(attempts.length)}</> },
      ]}
      onValueChange={setTab}
      trailing={
        <>
          {copied === null ? null : (
            <Button
              small
              variant="quiet"
              icon="copy"
              onClick={() => {
                if (copyText(copied)) showToast({ text: `Copied the ${what}`, detail: 'Keys in it are masked.' })
              }}
            >
              Copy {what}
            </Button>
          )}
          <span className="response-facts num" role="status">
            <StatusMark status={summary.status} />
            <span>{formatDuration(summary.tookMs)}</span>
            <span>{formatBytes(attempts.at(-1)?.responseBytes ?? 0)}</span>
            <button type="button" className="link-btn" title="Show in Requests" onClick={() => showCall(summary.id)}>
              {describeTries(detail)}
            </button>
            <span className="faint">{formatClockMs(summary.startedAtMs)}</span>
          </span>
        </>
      }
    >
      {renderPanel(detail)}
    </Tabs>
  )
}

/** What came back last in this environment, or what is waited for. */
export function ResponsePane({ environmentId }: { environmentId: string }) {
  const response = useConsole((state) => state.responses[environmentId])
  const sending = useConsole((state) => state.sending[environmentId])
  return (
    <section className="pane response-pane" aria-label="Answer">
      {sending === undefined ? null : (
        <Waiting
          key={sending.ticket}
          what="Waiting for the answer"
          action={
            <Button small onClick={() => void desk.cancel(environmentId)}>
              Cancel
            </Button>
          }
        />
      )}
      {sending !== undefined ? null : response === undefined ? (
        <EmptyState
          title="Nothing sent yet"
          detail="Choose an operation, fill in what it needs, and send. The answer is shown here, and every call is kept in Requests."
        />
      ) : (
        <OpenResponse key={response.detail?.summary.id ?? 'none'} response={response} environmentId={environmentId} />
      )}
    </section>
  )
}
