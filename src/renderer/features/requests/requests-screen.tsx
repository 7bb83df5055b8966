import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import type { Environment } from '../../../shared/model/environment.ts'
import { clearRequestedCall, clearRequestedFilter } from '../../store/actions.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { EnvMark } from '../../ui/env-mark.tsx'
import { TextField } from '../../ui/field.tsx'
import { formatCount, formatPlural } from '../../ui/format.ts'
import { Kbd } from '../../ui/kbd.tsx'
import { Segments } from '../../ui/segments.tsx'
import { Select } from '../../ui/select.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { useExportCommands } from '../export/export-commands.ts'
import { askToExport } from '../export/exports.ts'
import { Failure } from '../inbox/failure.tsx'
import { CallDetailPane } from './call-detail.tsx'
import { CallList } from './call-list.tsx'
import { countRows } from './call-pages.ts'
import { requests, useRequests } from './requests.ts'
import { emptyFilter, type OutcomeFilter, writeFilter } from './requests-store.ts'
import { SliceStrip } from './slice-strip.tsx'
import './requests.css'

const outcomes: readonly { readonly value: OutcomeFilter; readonly label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'backed-off', label: 'Backed off' },
  { value: 'refused', label: 'Refused' },
  { value: 'failed', label: 'Failed' },
]

/** Value of the choice that no environment has: ids are never empty. */
const everyEnvironment = ''

// Below the bridge's maximum: an `@` grows to three characters on its way.
const filterTypedMax = 160

const rowWidths = [
  [70, 40, 190, 40],
  [70, 40, 130, 40],
  [70, 40, 240, 40],
  [70, 40, 160, 40],
]

/** Keeps the list in step: new calls, a filtered environment that is gone, a call that another screen asked for. */
function useLogFeed(environments: readonly Environment[]): void {
  const lastCall = useStore((state) => state.lastCall)
  const requestedId = useStore((state) => state.requestedCallId)
  const requestedFilter = useStore((state) => state.requestedFilter)

  useEffect(() => {
    const { log } = requests.store.getState()
    if (log.pages.length === 0) void requests.restart()
  }, [])
  useEffect(() => {
    if (lastCall !== null) requests.arrive()
  }, [lastCall])
  useEffect(() => {
    const { filter } = requests.store.getState()
    const gone = filter.environmentId !== null && !environments.some(({ id }) => id === filter.environmentId)
    if (gone) requests.setFilter({ environmentId: null })
  }, [environments])
  useEffect(() => {
    if (requestedFilter === null) return
    requests.setFilter({ ...emptyFilter, text: requestedFilter })
    clearRequestedFilter()
  }, [requestedFilter])
  useEffect(() => {
    if (requestedId === null) return
    void requests.open(requestedId)
    clearRequestedCall()
  }, [requestedId])
}

/** The request log: live list, filters, and the call that is open. */
export function RequestsScreen() {
  const environmentId = useStore((state) => state.currentEnvironmentId)
  const environments = useStore((state) => state.environments)
  const filter = useRequests((state) => state.filter)
  const log = useRequests((state) => state.log)
  const loading = useRequests((state) => state.loading)
  const error = useRequests((state) => state.error)
  const live = useRequests((state) => state.live)
  const held = useRequests((state) => state.held)
  const openCall = useRequests((state) => state.open?.detail?.summary ?? null)
  const filterRef = useRef<HTMLInputElement>(null)
  const listRef = useRef<HTMLDivElement>(null)
  useLogFeed(environments)

  const commands = useMemo(
    (): readonly Command[] => [
      {
        id: 'requests-filter',
        group: 'Requests',
        title: 'Filter calls',
        icon: 'search',
        shortcut: '/',
        run: () => filterRef.current?.focus(),
      },
      {
        id: 'requests-live',
        group: 'Requests',
        title: 'Start or stop following new calls',
        icon: 'pulse',
        shortcut: 'L',
        run: () => requests.setLive(!requests.store.getState().live),
      },
      {
        id: 'requests-list',
        group: 'Requests',
        title: 'Go to the list of calls',
        icon: 'requests',
        shortcut: 'J',
        run: () => listRef.current?.focus(),
      },
      {
        id: 'requests-close',
        group: 'Requests',
        title: 'Close the call or clear the filter',
        icon: 'x',
        shortcut: 'Escape',
        run: () => {
          if (requests.store.getState().open === null) requests.setFilter(emptyFilter)
          else void requests.open(null)
        },
      },
    ],
    [],
  )
  useCommands('requests', commands)
  const selection = useMemo(() => ({ filter: writeFilter(filter) }), [filter])
  useExportCommands(selection, log.total, openCall)

  const narrowed = filter.text !== '' || filter.environmentId !== null || filter.outcome !== 'all'
  const empty = log.pages.length === 0
  const newest = log.pages[0]?.rows ?? []
  const shown = log.total ?? countRows(log)

  function renderList(): ReactNode {
    if (empty && error !== null) {
      return (
        <Failure look="empty" error={error} environmentId={environmentId} onRetry={() => void requests.restart()} />
      )
    }
    if (empty && loading) return <Waiting what="Reading the request log" rows={rowWidths} />
    if (empty && narrowed) {
      return (
        <EmptyState
          title="No call matches this filter"
          detail="Calls that don’t match are hidden, not gone."
          action={
            <Button onClick={() => requests.setFilter(emptyFilter)} shortcut="Escape">
              Clear filter
            </Button>
          }
        />
      )
    }
    if (empty) {
      return <EmptyState title="No call yet" detail="Open the inbox or prove a key: each call is listed here." />
    }
    return <CallList listRef={listRef} />
  }

  return (
    <div className="screen requests">
      <section className="pane" aria-label="Request log">
        <div className="head">
          <h1 className="title">Requests</h1>
          <TextField
            ref={filterRef}
            className="grow query"
            label="Filter calls"
            hideLabel
            icon="search"
            placeholder="Filter by path, method, operation or status"
            value={filter.text}
            maxLength={filterTypedMax}
            trailing={filter.text === '' ? <Kbd shortcut="/" /> : null}
            onValueChange={(text) => requests.setFilter({ text })}
            onKeyDown={(event) => {
              if (event.key === 'Escape') {
                event.preventDefault()
                requests.setFilter(empty ? emptyFilter : { text: '' })
                event.currentTarget.blur()
                listRef.current?.focus()
              } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
                event.preventDefault()
                listRef.current?.focus()
              }
            }}
          />
          <Select
            label="Environments shown"
            value={filter.environmentId ?? everyEnvironment}
            options={[
              { value: everyEnvironment, label: 'All environments' },
              ...environments.map(({ id, name, mark }) => ({
                value: id,
                label: (
                  <>
                    <EnvMark mark={mark} />
                    <span className="cut">{name}</span>
                  </>
                ),
              })),
            ]}
            onValueChange={(id) => requests.setFilter({ environmentId: id === everyEnvironment ? null : id })}
          />
          <Button aria-pressed={live} title="Show new calls as they come" onClick={() => requests.setLive(!live)}>
            <span className={`dotmark live-mark ${live ? '' : 'n'}`} />
            Live
          </Button>
          <Button icon="sent" disabled={empty} onClick={() => askToExport(selection, log.total)}>
            Export
          </Button>
        </div>
        <div className="strip outcome-strip">
          <Segments
            label="Outcome"
            look="saved"
            value={filter.outcome}
            options={outcomes}
            onValueChange={(outcome) => requests.setFilter({ outcome })}
          />
          <span className="grow" />
          {held.count === 0 ? null : (
            <Button
              small
              icon="arrow"
              className="held"
              onClick={() => {
                listRef.current?.scrollTo({ top: 0 })
                void requests.showHeld()
              }}
            >
              {held.more ? `More than ${formatCount(held.count)}` : formatCount(held.count)} new
            </Button>
          )}
          <span className="num" role="status">
            {loading && empty ? (
              ''
            ) : (
              <>
                <span className="strong">{formatCount(shown)}</span>
                {log.total === null ? '+' : ''} {formatPlural(shown, 'call').replace(/^\S+ /, '')}
                {narrowed ? (shown === 1 ? ' matches' : ' match') : ''}
              </>
            )}
          </span>
        </div>
        {empty ? null : <SliceStrip calls={newest} complete={log.next === null && log.pages.length === 1} />}
        {error !== null && !empty ? (
          <Failure look="note" error={error} environmentId={environmentId} onRetry={() => void requests.restart()} />
        ) : null}
        {renderList()}
      </section>
      <CallDetailPane />
    </div>
  )
}
