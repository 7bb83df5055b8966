import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import type { LoggedBody } from '../../../shared/model/call.ts'
import { formatBytes, formatCount } from '../../ui/format.ts'
import { numberItems } from '../inbox/message-text.ts'
import { Part } from '../inbox/part.tsx'
import { type BodyLine, splitBody } from './body-lines.ts'

const lineHeight = 19

function Line({ line }: { line: BodyLine }) {
  return (
    <>
      {numberItems(line.pieces).map(({ number, item: { kind, text } }) =>
        kind === 'plain' ? (
          text
        ) : (
          <span key={number} className={`code-${kind}`}>
            {text}
          </span>
        ),
      )}
      {line.cut === 0 ? null : <span className="faint"> … {formatCount(line.cut)} more characters</span>}
    </>
  )
}

function tellCut(body: LoggedBody, cut: number): string | null {
  if (body.truncated) return `The log keeps the first ${formatBytes(body.text.length)} of ${formatBytes(body.bytes)}.`
  if (cut > 0) return 'Long lines are cut on screen. The copy has them whole.'
  return null
}

/** A body by its lines; only those on screen are drawn, and long ones are cut with a notice. */
export function BodyView({ body, label }: { body: LoggedBody; label: string }) {
  const scrollRef = useRef<HTMLDivElement>(null)
  const { lines, cut } = useMemo(() => splitBody(body.text), [body.text])
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  })
  const notice = tellCut(body, cut)
  return (
    <>
      {notice === null ? null : (
        <p className="strip faint body-notice" role="note">
          {notice}
        </p>
      )}
      <Part ref={scrollRef} className="scroll body-scroll selectable" role="region" aria-label={label} tabIndex={0}>
        <div className="code body-lines" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start, key }) => {
            const line = lines[index]
            return line === undefined ? null : (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                className="body-line"
                style={{ transform: `translateY(${start}px)` }}
              >
                <Line line={line} />
              </div>
            )
          })}
        </div>
      </Part>
    </>
  )
}
