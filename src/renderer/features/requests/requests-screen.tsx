import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react'
import { limits } from '../../../shared/limits.ts'
import { clearRequestedCall, clearRequestedFilter } from '../../store/actions.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import { useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatCount, formatPlural } from '../../ui/format.ts'
import { Segments } from '../../ui/segments.tsx'
import { showToast } from '../../ui/toast.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { useExportCommands } from '../export/export-commands.ts'
import { askToExport } from '../export/exports.ts'
import { Failure } from '../inbox/failure.tsx'
import { whatIf } from '../what-if/what-if.ts'
import { CallDetailPane } from './call-detail.tsx'
import { CallList } from './call-list.tsx'
import { countRows } from './call-pages.ts'
import { FilterFaults, FilterField } from './filter-field.tsx'
import { type QuickFilter, readQuickFilter, writeQuickFilter } from './quick-filter.ts'
import { requests, useRequests } from './requests.ts'
import { SavedFilterBar, SaveFilterDialog } from './saved-filters.tsx'
import { SliceStrip } from './slice-strip.tsx'
import { WaitingCalls } from './waiting-calls.tsx'
import './requests.css'

const quickFilters: readonly { readonly value: QuickFilter; readonly label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'backed-off', label: 'Backed off' },
  { value: 'refused', label: 'Refused' },
  { value: 'failed', label: 'Failed' },
]

const rowWidths = [
  [70, 40, 190, 40],
  [70, 40, 130, 40],
  [70, 40, 240, 40],
  [70, 40, 160, 40],
]

/** Keeps the list in step: new calls, and a call or a filter that another screen asked for. */
function useLogFeed(): void {
  const lastCall = useStore((state) => state.lastCall)
  const requestedId = useStore((state) => state.requestedCallId)
  const requestedFilter = useStore((state) => state.requestedFilter)

  useEffect(() => {
    const { log } = requests.store.getState()
    if (log.pages.length === 0) void requests.restart()
  }, [])
  useEffect(() => {
    if (lastCall !== null) requests.arrive(lastCall.id)
  }, [lastCall])
  useEffect(() => {
    if (requestedId === null) return
    void requests.open(requestedId)
    clearRequestedCall()
  }, [requestedId])
  useEffect(() => {
    if (requestedFilter === null) return
    requests.setFilter(requestedFilter)
    clearRequestedFilter()
  }, [requestedFilter])
}

/** The calls picked by hand, as many as one export takes. A person is told of what is missing. */
async function readPicked(): Promise<number[]> {
  const found = await requests.listPicked(limits.exportIdsMax)
  if (found === null) {
    showToast({ text: 'The picked calls could not be read', detail: 'Pick them again.', tone: 'refused' })
    return []
  }
  if (found.cut) {
    const most = formatCount(limits.exportIdsMax)
    showToast({ text: `Only the newest ${most} of the picked calls`, detail: 'Narrow the filter to take all of it.' })
  }
  return [...found.ids]
}

/** Opens the comparison of policies for what is picked, else for all that the filter finds. */
async function askWhatIf(): Promise<void> {
  const { filter, picked } = requests.store.getState()
  if (picked === null || picked === 'all') {
    whatIf.open({ filter })
    return
  }
  const ids = await readPicked()
  if (ids.length > 0) whatIf.open({ ids })
}

/** Opens the export of what is picked, else of all that the filter finds. */
async function exportPicked(): Promise<void> {
  const { picked, filter, log } = requests.store.getState()
  if (picked === null || picked === 'all') {
    askToExport({ filter }, log.total)
    return
  }
  const ids = await readPicked()
  if (ids.length > 0) askToExport({ ids }, ids.length)
}

/** How far a search has come, with the button that ends it or lets it go on; nothing while there is none. */
function SearchLine({ found }: { found: number }) {
  const { running, stopped, scanned } = useRequests((state) => state.search)
  const next = useRequests((state) => state.log.next)
  if (next === null || (!running && !stopped)) return null
  return (
    <p className="strip below search-line" role="status">
      {running ? <span className="spin" /> : null}
      <span className="num">
        {running ? 'Searching further back' : 'The search was stopped'}: {formatCount(found)} found in{' '}
        {formatPlural(scanned, 'call')}
      </span>
      <span className="grow" />
      <Button small variant="quiet" onClick={() => requests.setSearching(!running)}>
        {running ? 'Stop searching' : 'Search further back'}
      </Button>
    </p>
  )
}

function Count({ narrowed }: { narrowed: boolean }) {
  const log = useRequests((state) => state.log)
  const loading = useRequests((state) => state.loading)
  const picked = useRequests((state) => state.picked)
  const shown = log.total ?? countRows(log)
  const more = log.total === null && log.next !== null
  if (loading && log.pages.length === 0) return null
  return (
    <>
      {picked === 'all' ? <span className="strong">All picked, </span> : null}
      <span className="strong">
        {formatCount(shown)}
        {more ? '+' : ''}
      </span>{' '}
      {shown === 1 ? 'call' : 'calls'}
      {narrowed ? (shown === 1 ? ' matches' : ' match') : ''}
    </>
  )
}

/** The request log: live list, filters, and the call that is open. */
export function RequestsScreen() {
  const environmentId = useStore((state) => state.currentEnvironmentId)
  const text = useRequests((state) => state.text)
  const filter = useRequests((state) => state.filter)
  const log = useRequests((state) => state.log)
  const loading = useRequests((state) => state.loading)
  const searching = useRequests((state) => state.search.running && state.log.next !== null)
  const stopped = useRequests((state) => state.search.stopped)
  const error = useRequests((state) => state.error)
  const live = useRequests((state) => state.live)
  const held = useRequests((state) => state.held)
  const openCall = useRequests((state) => state.open?.detail?.summary ?? null)
  const [saving, setSaving] = useState(false)
  const filterRef = useRef<HTMLInputElement>(null)
  const listRef = useRef<HTMLDivElement>(null)
  const faultId = useId()
  useLogFeed()

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
        id: 'requests-find',
        group: 'Requests',
        title: 'Find in the request log',
        icon: 'search',
        shortcut: 'Mod+F',
        run: () => {
          filterRef.current?.focus()
          filterRef.current?.select()
        },
      },
      {
        id: 'requests-save-filter',
        group: 'Requests',
        title: 'Save the filter',
        icon: 'bookmark',
        run: () => setSaving(true),
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
          const state = requests.store.getState()
          if (state.picked !== null) requests.pickAll(false)
          else if (state.open === null) requests.setFilter('')
          else void requests.open(null)
        },
      },
    ],
    [],
  )
  useCommands('requests', commands)
  const selection = useMemo(() => ({ filter }), [filter])
  useExportCommands(selection, log.total, openCall)

  const narrowed = filter !== ''
  const empty = log.pages.length === 0
  const newest = log.pages[0]?.rows ?? []

  function renderList(): ReactNode {
    if (empty && error !== null) {
      return (
        <Failure look="empty" error={error} environmentId={environmentId} onRetry={() => void requests.restart()} />
      )
    }
    if (empty && (loading || searching)) {
      return <Waiting what={narrowed ? 'Searching the request log' : 'Reading the request log'} rows={rowWidths} />
    }
    if (empty && stopped) return <EmptyState title="Nothing found so far" detail="Older calls were not searched yet." />
    if (empty && narrowed) {
      return (
        <EmptyState
          title="No call matches this filter"
          detail={
            <>
              Calls are hidden by <span className="mono mono-small">{filter}</span>, not gone.
            </>
          }
          action={
            <Button onClick={() => requests.setFilter('')} shortcut="Escape">
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
          <FilterField inputRef={filterRef} faultId={faultId} onLeave={() => listRef.current?.focus()} />
          <Button icon="bookmark" onClick={() => setSaving(true)}>
            Save filter
          </Button>
          <Button icon="download" disabled={empty} onClick={() => void exportPicked()}>
            Export
          </Button>
          <Button
            icon="half"
            title="Replay these calls against other retry policies, in a simulation"
            disabled={empty}
            onClick={() => void askWhatIf()}
          >
            What if
          </Button>
          <Button aria-pressed={live} title="Show new calls as they come" onClick={() => requests.setLive(!live)}>
            <span className={`dotmark live-mark ${live ? '' : 'n'}`} />
            Live
          </Button>
        </div>
        <FilterFaults id={faultId} />
        <div className="strip outcome-strip">
          <Segments
            label="Quick filters"
            look="saved"
            value={readQuickFilter(text)}
            options={quickFilters}
            onValueChange={(quick) => requests.setFilter(writeQuickFilter(text, quick))}
          />
          <SavedFilterBar />
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
            <Count narrowed={narrowed} />
          </span>
        </div>
        {empty ? null : <SliceStrip calls={newest} complete={log.next === null && log.pages.length === 1} />}
        {error !== null && !empty ? (
          <Failure look="note" error={error} environmentId={environmentId} onRetry={() => void requests.restart()} />
        ) : null}
        <WaitingCalls />
        {renderList()}
        <SearchLine found={countRows(log)} />
      </section>
      <CallDetailPane />
      <SaveFilterDialog open={saving} onClose={() => setSaving(false)} />
    </div>
  )
}
