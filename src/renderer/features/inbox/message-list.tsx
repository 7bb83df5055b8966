import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useMemo } from 'react'
import type { MessagePreview } from '../../../shared/model/message.ts'
import { formatExact, formatListTime } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { useNow } from '../../ui/now.ts'
import { groupByDay } from './days.ts'
import { readListMove, stepThroughList } from './list-moves.ts'
import { formatSubject, nameParty } from './message-text.ts'
import { Part } from './part.tsx'

const dayHeight = 24
const messageHeight = 71

interface MessageListProps {
  readonly messages: readonly MessagePreview[]
  readonly folder: string
  readonly cursorUid: number | null
  readonly openUid: number | null
  readonly listRef: RefObject<HTMLDivElement | null>
  readonly onCursor: (uid: number) => void
  readonly onOpen: (uid: number) => void
  readonly onClose: () => void
}

const idOf = (uid: number) => `message-${uid}`

function MessageRow({ message, folder, nowMs }: { message: MessagePreview; folder: string; nowMs: number }) {
  return (
    <>
      <span className="msg-dot">
        {message.unread ? (
          <span className="unread">
            <span className="unseen">Unread</span>
          </span>
        ) : null}
      </span>
      <div className="msg-lines">
        <div className="l1">
          <span className="from cut" dir="auto">
            {nameParty(message, folder)}
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
        <div className="snip cut" dir="auto">
          {message.snippet}
        </div>
      </div>
    </>
  )
}

/** The messages of a folder in days. One stop for Tab; arrows or j and k move, Enter opens, Esc closes. */
export function MessageList(props: MessageListProps) {
  const { messages, folder, cursorUid, openUid, listRef, onCursor, onOpen, onClose } = props
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
  useLayoutEffect(() => {
    if (rows.length > 0) virtualizer.measure()
  }, [rows, virtualizer])

  useEffect(() => {
    if (cursorRow >= 0) virtualizer.scrollToIndex(cursorRow <= 1 ? 0 : cursorRow, { align: 'auto' })
  }, [cursorRow, virtualizer])

  function hearKey(event: KeyboardEvent): void {
    if (event.key === 'Enter' && cursorUid !== null && cursor !== null) {
      event.preventDefault()
      onOpen(cursorUid)
      return
    }
    if (event.key === 'Escape' && openUid !== null) {
      event.preventDefault()
      onClose()
      return
    }
    const move = readListMove(event)
    if (move === null) return
    event.preventDefault()
    const pageSize = Math.floor((listRef.current?.clientHeight ?? messageHeight) / messageHeight) - 1
    const next = stepThroughList(cursor, messages.length, move, pageSize)
    const message = next === null ? undefined : messages[next]
    if (message !== undefined) onCursor(message.uid)
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
          const states = `${uid === openUid ? 'on' : ''} ${unread ? 'new' : ''} ${uid === cursorUid ? 'cursor' : ''}`
          return (
            // The keyboard acts on the listbox, which names this row as its active descendant.
            <Part
              key={item.key}
              id={idOf(uid)}
              className={`msg ${states}`}
              role="option"
              aria-selected={uid === openUid}
              aria-setsize={messages.length}
              aria-posinset={row.position + 1}
              style={style}
              onClick={() => onOpen(uid)}
            >
              <MessageRow message={row.item} folder={folder} nowMs={nowMs} />
            </Part>
          )
        })}
      </div>
    </div>
  )
}
