import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { formatCount } from '../../ui/format.ts'
import { Part } from '../inbox/part.tsx'
import { listRows, type TreeRow } from './json-tree.ts'

const rowHeight = 19
const indentPx = 14

function RowText({ row }: { row: TreeRow }) {
  return (
    <>
      {row.name === null ? null : (
        <>
          <span className="code-key">{row.name}</span>
          <span className="code-mark">: </span>
        </>
      )}
      <span className={`code-${row.tone}`}>{row.text}</span>
      {row.cut === 0 ? null : <span className="faint"> … {formatCount(row.cut)} more characters</span>}
      {row.comma ? <span className="code-mark">,</span> : null}
    </>
  )
}

/** A JSON value that opens and closes; only the rows on screen are drawn. */
export function JsonTree({ value, label }: { value: unknown; label: string }) {
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map())
  const [cursor, setCursor] = useState('')
  const scrollRef = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => listRows(value, toggled), [value, toggled])
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeight,
    overscan: 20,
  })
  const at = Math.max(
    0,
    rows.findIndex(({ id }) => id === cursor),
  )

  const items = virtualizer.getVirtualItems()
  // Scrolled away by the mouse, the row of the cursor is not drawn, and nothing may point at it.
  const isDrawn = items.some(({ index }) => index === at)

  function toggle(row: TreeRow, open = !row.open): void {
    if (row.kind === 'branch') setToggled((before) => new Map(before).set(row.id, open))
  }

  function moveTo(index: number): void {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))]
    if (row === undefined) return
    setCursor(row.id)
    virtualizer.scrollToIndex(rows.indexOf(row), { align: 'auto' })
  }

  function step(by: 1 | -1): void {
    let next = at + by
    while (rows[next]?.kind === 'end') next += by
    if (rows[next] !== undefined) moveTo(next)
  }

  function hear(event: KeyboardEvent): void {
    const row = rows[at]
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    let parent = at - 1
    while (parent > 0 && !(rows[parent]?.kind === 'branch' && (rows[parent]?.depth ?? 0) < row.depth)) parent -= 1
    const action = new Map<string, () => void>([
      ['ArrowDown', () => step(1)],
      ['ArrowUp', () => step(-1)],
      ['ArrowRight', () => (row.open ? step(1) : toggle(row, true))],
      ['ArrowLeft', () => (row.open ? toggle(row, false) : moveTo(parent))],
      ['Enter', () => toggle(row)],
      ['Home', () => moveTo(0)],
      ['End', () => moveTo(rows.length - 1)],
    ]).get(event.key)
    if (action === undefined) return
    event.preventDefault()
    action()
  }

  return (
    <Part
      ref={scrollRef}
      className="scroll body-scroll selectable json-tree"
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={isDrawn ? `tree-row-${at}` : undefined}
      onKeyDown={hear}
    >
      <div className="code body-lines" role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, start, key }) => {
          const row = rows[index]
          if (row === undefined) return null
          const place = { transform: `translateY(${start}px)`, paddingLeft: row.depth * indentPx + 18 }
          if (row.kind === 'end') {
            return (
              <div key={key} className="tree-row" role="presentation" style={place}>
                <RowText row={row} />
              </div>
            )
          }
          const isBranch = row.kind === 'branch'
          return (
            // The tree hears the keys; a row only says where the cursor is.
            <Part
              key={key}
              id={`tree-row-${index}`}
              className={`tree-row ${index === at ? 'on' : ''}`}
              role="treeitem"
              tabIndex={-1}
              aria-level={row.depth + 1}
              aria-selected={index === at}
              {...(isBranch ? { 'aria-expanded': row.open } : {})}
              style={place}
              onClick={() => {
                setCursor(row.id)
                toggle(row)
              }}
            >
              {isBranch ? <span className={`twist ${row.open ? 'open' : ''}`} aria-hidden="true" /> : null}
              <RowText row={row} />
            </Part>
          )
        })}
      </div>
    </Part>
  )
}
