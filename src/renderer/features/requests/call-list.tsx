import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type RefObject, useEffect, useMemo } from 'react'
import type { CallSummary } from '../../../shared/model/call.ts'
import type { Mark } from '../../../shared/model/environment.ts'
import { useStore } from '../../store/store.ts'
import { formatPath } from '../../ui/address.ts'
import { EnvMark } from '../../ui/env-mark.tsx'
import { formatDuration, formatExact, formatPlural } from '../../ui/format.ts'
import { useNow } from '../../ui/now.ts'
import { numberPlaces } from '../../ui/places.ts'
import { StatusMark, toneOfStatus } from '../../ui/status-mark.tsx'
import { readListMove, stepThroughList } from '../inbox/list-moves.ts'
import { Part } from '../inbox/part.tsx'
import { type CallPages, countRows, findRow, findRowOf } from './call-pages.ts'
import { formatCallTime, formatSeconds } from './call-text.ts'
import { requests, useRequests } from './requests.ts'
import { isPicked } from './requests-store.ts'
import { formatTick, makeTimeAxis, type TimeAxis } from './time-scale.ts'
import { causeNames, hatchOf } from './wait-text.ts'

const rowHeight = 28
const headHeight = 26

interface CallListProps {
  readonly listRef: RefObject<HTMLDivElement | null>
}

/** Longest span of the rows' scale, in ms: one parked call must not shrink all others to nothing. */
const scaleMsMax = 60_000

/** One scale for all rows, from the slowest call in memory. */
function scaleOf(log: CallPages): TimeAxis {
  let slowest = 0
  for (const { rows } of log.pages) for (const call of rows ?? []) slowest = Math.max(slowest, call.tookMs)
  return makeTimeAxis(Math.min(slowest, scaleMsMax))
}

function useEnvironmentsById(): ReadonlyMap<string, { readonly name: string; readonly mark: Mark }> {
  const environments = useStore((state) => state.environments)
  return useMemo(() => new Map(environments.map(({ id, name, mark }) => [id, { name, mark }])), [environments])
}

function toneOfCall({ outcome, status }: CallSummary): string {
  if (outcome === 'ok') return 'ok'
  return status !== null && status < 400 ? 'failed' : toneOfStatus(status)
}

/** Attempts as bars and waits hatched, where they were in the call's time. */
function CallBar({ call, axis }: { call: CallSummary; axis: TimeAxis }) {
  const share = (ms: number) => `${Math.min(100, (ms / axis.maxMs) * 100)}%`
  const tone = toneOfCall(call)
  const { pieces } = call
  const last = pieces?.filter(({ wait }) => wait === null).at(-1)
  return (
    <span className={`call-track ${call.tookMs > axis.maxMs ? 'over' : ''}`}>
      {pieces === undefined ? (
        <span className={`call-bar ${tone}`} style={{ width: share(call.tookMs) }} />
      ) : (
        numberPlaces(pieces).map(({ place, item: piece }) => {
          const style = { left: share(piece.fromMs), width: share(piece.tookMs) }
          if (piece.wait !== null) {
            return <span key={place} className={`call-wait hatch-${hatchOf[piece.wait]}`} style={style} />
          }
          const own = piece === last ? tone : toneOfStatus(piece.status)
          return <span key={place} className={`call-bar ${own}`} style={style} />
        })
      )}
    </span>
  )
}

/** What the drawing of a row says, for its tooltip. */
function describeRow({ pieces, attempts, tookMs }: CallSummary): string {
  if (pieces === undefined) return formatDuration(tookMs)
  const waits = pieces.flatMap(({ wait, tookMs: ms }) =>
    wait === null ? [] : [`${causeNames[wait]} ${formatDuration(ms)}`],
  )
  return [formatPlural(attempts, 'attempt'), ...waits].join(', ')
}

/**
 * The calls of the log, newest first. One stop for Tab: arrows or j and k move the cursor, and with it an open detail;
 * Enter opens, Esc closes, Shift picks a range, Ctrl or Cmd with A all that the filter finds.
 */
export function CallList({ listRef }: CallListProps) {
  const log = useRequests((state) => state.log)
  const openId = useRequests((state) => state.open?.id ?? null)
  const cursor = useRequests((state) => state.cursor)
  const picked = useRequests((state) => state.picked)
  const environments = useEnvironmentsById()
  const nowMs = useNow(60_000)
  const count = countRows(log)
  const axis = useMemo(() => scaleOf(log), [log])
  const cursorRow = useMemo(() => (cursor === null ? null : findRowOf(log, cursor)), [log, cursor])

  const virtualizer = useVirtualizer({
    count: count + (log.next === null ? 0 : 1),
    getScrollElement: () => listRef.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    // A row keeps its element while new calls push it down.
    getItemKey: (row) => findRow(log, row)?.id ?? `row ${row}`,
  })
  const items = virtualizer.getVirtualItems()
  const firstRow = items[0]?.index ?? 0
  const lastRow = items.at(-1)?.index ?? 0
  const atTop = (virtualizer.scrollOffset ?? 0) < rowHeight
  useEffect(() => {
    if (count > 0) requests.look(firstRow, Math.min(lastRow, count - 1), atTop)
  }, [firstRow, lastRow, atTop, count])

  useEffect(() => {
    const row = cursor === null ? null : findRowOf(requests.store.getState().log, cursor)
    if (row !== null) virtualizer.scrollToIndex(row, { align: 'auto' })
  }, [cursor, virtualizer])

  function move(event: KeyboardEvent): boolean {
    const { ctrlKey, metaKey, altKey, key } = event
    const step = readListMove({ ctrlKey, metaKey, altKey, key, shiftKey: false })
    if (step === null) return false
    const pageSize = Math.floor((listRef.current?.clientHeight ?? rowHeight) / rowHeight) - 2
    const row = stepThroughList(cursorRow, count, step, pageSize)
    if (row === null) return true
    const call = requests.callAt(row)
    if (call === null) virtualizer.scrollToIndex(row)
    else requests.moveTo(call.id, event.shiftKey)
    return true
  }

  function act(event: KeyboardEvent): boolean {
    const { key, ctrlKey, metaKey } = event
    if ((ctrlKey || metaKey) && key.toLowerCase() === 'a') {
      requests.pickAll(true)
      return true
    }
    if (key === 'Enter') {
      const call = requests.callAt(cursorRow ?? 0)
      if (call !== null) void requests.open(call.id)
      return true
    }
    if (key === 'Escape' && picked !== null) {
      requests.pickAll(false)
      return true
    }
    if (key === 'Escape' && openId !== null) {
      void requests.open(null)
      return true
    }
    return move(event)
  }

  function hearKey(event: KeyboardEvent): void {
    if (act(event)) event.preventDefault()
  }

  return (
    <Part
      ref={listRef}
      className="scroll calls"
      role="grid"
      tabIndex={0}
      aria-label="Calls"
      aria-rowcount={log.next === null ? count + 1 : -1}
      aria-colcount={10}
      aria-multiselectable="true"
      aria-activedescendant={
        cursorRow !== null && cursorRow >= firstRow && cursorRow <= lastRow ? `call-${cursor}` : undefined
      }
      onKeyDown={hearKey}
    >
      <Part className="call-row call-head" role="row" aria-rowindex={1}>
        <Part role="columnheader">
          <span className="unseen">Environment</span>
        </Part>
        <Part role="columnheader" aria-sort="descending" className="soft">
          Time ↓
        </Part>
        <Part role="columnheader">Method</Part>
        <Part role="columnheader">Path</Part>
        <Part role="columnheader">Status</Part>
        <Part role="columnheader" className="right">
          Tries
        </Part>
        <Part role="columnheader" className="bar-cell">
          <span className="wide-only">Attempts and waits, </span>0 to {formatTick(axis.maxMs, axis.maxMs)}
        </Part>
        <Part role="columnheader" className="right">
          Waited, s
        </Part>
        <Part role="columnheader" className="right">
          Took, s
        </Part>
        <Part role="columnheader" className="source-cell">
          Source
        </Part>
      </Part>
      <Part role="rowgroup" className="call-rows" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const call = findRow(log, item.index)
          const style = { transform: `translateY(${item.start - headHeight}px)` }
          if (call === null) {
            return (
              <Part key={item.key} className="call-row" role="row" style={style}>
                <Part role="gridcell" className="call-blank">
                  <span className="skel" />
                  <span className="unseen">Fetching calls</span>
                </Part>
              </Part>
            )
          }
          const environment = environments.get(call.environmentId)
          const environmentName = environment?.name ?? 'Removed environment'
          const on = call.id === cursor
          const inPick = isPicked(picked, call.id)
          return (
            // The keyboard acts on the grid, which names this row as its active descendant.
            <Part
              key={item.key}
              id={`call-${call.id}`}
              className={`call-row ${on ? 'on' : ''} ${inPick ? 'picked' : ''}`}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={on || inPick}
              style={style}
              onClick={(event) => {
                if (event.shiftKey) requests.moveTo(call.id, true)
                else {
                  requests.pickAll(false)
                  void requests.open(call.id)
                }
              }}
            >
              <Part role="gridcell" title={environmentName}>
                {environment === undefined ? <span className="faint">–</span> : <EnvMark mark={environment.mark} />}
                <span className="unseen">{environmentName}</span>
              </Part>
              <Part role="gridcell" className="mono num soft" title={formatExact(call.startedAtMs)}>
                {formatCallTime(call.startedAtMs, nowMs)}
              </Part>
              <Part role="gridcell" className="method">
                {call.method}
              </Part>
              <Part role="gridcell" className="mono cut" title={call.path}>
                {formatPath(call.path)}
              </Part>
              <Part role="gridcell">
                <StatusMark status={call.status} />
              </Part>
              <Part role="gridcell" className={`num right ${call.attempts > 1 ? '' : 'faint'}`}>
                {call.attempts}
              </Part>
              <Part role="gridcell" className="bar-cell" title={describeRow(call)}>
                <CallBar call={call} axis={axis} />
              </Part>
              <Part role="gridcell" className={`num right ${call.waitedMs > 0 ? '' : 'faint'}`}>
                {formatSeconds(call.waitedMs)}
              </Part>
              <Part role="gridcell" className="num right">
                {formatSeconds(call.tookMs)}
              </Part>
              <Part role="gridcell" className="soft source-cell cut">
                {call.source}
              </Part>
            </Part>
          )
        })}
      </Part>
    </Part>
  )
}
