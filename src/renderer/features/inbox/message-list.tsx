import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import type { Label, MessagePreview } from '../../../shared/model/message.ts'
import { formatCount, formatExact, formatListTime } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { useNow } from '../../ui/now.ts'
import { type DayRow, groupByDay } from './days.ts'
import { LabelChip } from './label-chip.tsx'
import { isPlainKey, readListMove, stepThroughList } from './list-moves.ts'
import { dayHeight, measureShift, messageHeight } from './list-shift.ts'
import { formatSubject, nameParty } from './message-text.ts'
import { Part } from './part.tsx'
import type { Triage } from './use-triage.ts'

interface MessageListProps {
  readonly messages: readonly MessagePreview[]
  readonly folder: string
  readonly cursorUid: number | null
  readonly openUid: number | null
  readonly listRef: RefObject<HTMLDivElement | null>
  readonly onCursor: (uid: number) => void
  readonly onOpen: (uid: number) => void
  readonly onClose: () => void
  readonly selected: readonly number[]
  readonly triage: Triage
  readonly labelsOf: (message: MessagePreview) => readonly Label[]
  /** How many messages a row stands for. */
  readonly countOf: (uid: number) => number
}

const idOf = (uid: number) => `message-${uid}`

const chipsShown = 2

function Chips({ labels }: { labels: readonly Label[] }) {
  return labels.slice(0, chipsShown).map((label) => <LabelChip key={label.id} label={label} />)
}

interface MessageRowProps {
  readonly message: MessagePreview
  readonly folder: string
  readonly nowMs: number
  readonly labels: readonly Label[]
  readonly chosen: boolean
  readonly count: number
}

function MessageRow({ message, folder, nowMs, labels, chosen, count }: MessageRowProps) {
  return (
    <>
      <span className="msg-dot">
        {chosen ? <Icon name="check" size={14} /> : null}
        {message.unread && !chosen ? (
          <span className="unread">
            <span className="unseen">Unread</span>
          </span>
        ) : null}
      </span>
      <div className="msg-lines">
        <div className="l1">
          <span className="from cut" dir="auto">
            {nameParty(message, folder)}
            {count === 1 ? null : (
              <>
                {' '}
                <span className="faint small num">{formatCount(count)}</span>
                <span className="unseen"> messages</span>
              </>
            )}
          </span>
          {message.hasAttachments ? (
            <>
              <Icon name="clip" size={14} />
              <span className="unseen">Has attachments</span>
            </>
          ) : null}
          {message.dateMs === null ? null : (
            <time className="num" dateTime={new Date(message.dateMs).toISOString()} title={formatExact(message.dateMs)}>
              {formatListTime(message.dateMs, nowMs)}
            </time>
          )}
        </div>
        <div className="msg-subject cut" dir="auto">
          {formatSubject(message.subject)}
        </div>
        <div className="snip-line">
          <div className="snip cut" dir="auto">
            {message.snippet}
          </div>
          <Chips labels={labels} />
        </div>
      </div>
    </>
  )
}

/** The messages of a folder in days. One stop for Tab; arrows or j and k move, Enter opens, Esc closes. */
export function MessageList(props: MessageListProps) {
  const {
    messages,
    folder,
    cursorUid,
    openUid,
    listRef,
    onCursor,
    onOpen,
    onClose,
    selected,
    triage,
    labelsOf,
    countOf,
  } = props
  const nowMs = useNow(30_000)
  const rows = useMemo(() => groupByDay(messages, ({ dateMs }) => dateMs, nowMs), [messages, nowMs])
  const position = messages.findIndex(({ uid }) => uid === cursorUid)
  const cursor = position < 0 ? null : position
  const cursorRow = cursor === null ? -1 : rows.findIndex((row) => row.kind === 'item' && row.position === cursor)

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => listRef.current,
    estimateSize: (index) => (rows[index]?.kind === 'day' ? dayHeight : messageHeight),
    overscan: 6,
  })

  // Heights depend on which row is a heading: another list means other heights, before it is painted.
  const before = useRef<{ readonly folder: string; readonly rows: readonly DayRow<MessagePreview>[] }>({
    folder,
    rows: [],
  })
  useLayoutEffect(() => {
    if (rows.length > 0) virtualizer.measure()
    const list = listRef.current
    // New mail comes in above what is being read, which stays where it is.
    if (list !== null && list.scrollTop > 0 && before.current.folder === folder)
      list.scrollTop += measureShift(before.current.rows, rows, list.scrollTop)
    before.current = { folder, rows }
  }, [rows, folder, virtualizer, listRef])

  // The list follows the cursor, not what comes in above it.
  const cursorAt = useRef(cursorRow)
  cursorAt.current = cursorRow
  useEffect(() => {
    const row = cursorAt.current
    if (cursorUid !== null && row >= 0) virtualizer.scrollToIndex(row <= 1 ? 0 : row, { align: 'auto' })
  }, [cursorUid, virtualizer])

  function hearKey(event: KeyboardEvent): void {
    if (event.key === 'Enter' && cursorUid !== null && cursor !== null) {
      event.preventDefault()
      onOpen(cursorUid)
      return
    }
    if (event.key === 'Escape' && selected.length > 0) {
      event.preventDefault()
      triage.clear()
      return
    }
    if (event.key === 'Escape' && openUid !== null) {
      event.preventDefault()
      onClose()
      return
    }
    if (event.key === 'Delete' && isPlainKey(event)) {
      event.preventDefault()
      triage.deleteTargets()
      return
    }
    if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      triage.toggleEverything()
      return
    }
    const extending = event.shiftKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp')
    const move = extending ? (event.key === 'ArrowDown' ? 'next' : 'previous') : readListMove(event)
    if (move === null) return
    event.preventDefault()
    const pageSize = Math.floor((listRef.current?.clientHeight ?? messageHeight) / messageHeight) - 1
    const next = stepThroughList(cursor, messages.length, move, pageSize)
    const message = next === null ? undefined : messages[next]
    if (message === undefined) return
    if (extending) triage.extend(message.uid)
    onCursor(message.uid)
  }

  const items = virtualizer.getVirtualItems()
  const drawn = items.some((item) => {
    const row = rows[item.index]
    return row?.kind === 'item' && row.item.uid === cursorUid
  })
  return (
    <div
      ref={listRef}
      className="scroll msgs"
      role="listbox"
      aria-label="Messages"
      aria-multiselectable="true"
      tabIndex={0}
      aria-activedescendant={drawn && cursorUid !== null ? idOf(cursorUid) : undefined}
      onKeyDown={hearKey}
    >
      <div className="msgs-space" role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index]
          if (row === undefined) return null
          const style = { height: item.size, transform: `translateY(${item.start}px)` }
          if (row.kind === 'day') {
            return (
              <div key={item.key} className="day subhead" role="presentation" style={style}>
                {row.label}
              </div>
            )
          }
          const { uid, unread } = row.item
          const chosen = selected.includes(uid)
          const states = `${chosen ? 'chosen' : ''} ${uid === openUid ? 'on' : ''} ${unread ? 'new' : ''} ${uid === cursorUid ? 'cursor' : ''}`
          return (
            // The keyboard acts on the listbox, which names this row as its active descendant.
            <Part
              key={item.key}
              id={idOf(uid)}
              className={`msg ${states}`}
              role="option"
              aria-selected={chosen || (selected.length === 0 && uid === openUid)}
              aria-setsize={messages.length}
              aria-posinset={row.position + 1}
              style={style}
              onClick={(event) => {
                if (event.shiftKey) triage.extend(uid)
                else if (event.ctrlKey || event.metaKey) triage.toggle(uid)
                else return onOpen(uid)
                onCursor(uid)
              }}
            >
              <MessageRow
                message={row.item}
                folder={folder}
                nowMs={nowMs}
                labels={labelsOf(row.item)}
                chosen={chosen}
                count={countOf(uid)}
              />
            </Part>
          )
        })}
      </div>
    </div>
  )
}
