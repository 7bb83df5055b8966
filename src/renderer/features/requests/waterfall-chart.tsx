import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type { CallDetail } from '../../../shared/model/call.ts'
import { IconButton } from '../../ui/button.tsx'
import { formatDuration } from '../../ui/format.ts'
import { toneOfStatus } from '../../ui/status-mark.tsx'
import { Part } from '../inbox/part.tsx'
import { formatTick } from './time-scale.ts'
import { hatchOf, labelWait, tellStop } from './wait-text.ts'
import { type Lane, listLane, placeLabel, type Stretch, type Waterfall } from './waterfall.ts'
import { describePhases, describeStretch, formatPhase, listSentences } from './waterfall-text.ts'
import { fitView, isWhole, layTicks, moveView, shareOf, showMoment, type View, viewOf, zoomView } from './zoom.ts'
import './waterfall.css'

/** Tone of an attempt: an answer that could not be used has failed, whatever its status. */
export function toneOfAttempt({ status, outcome }: CallDetail['attempts'][number]): string {
  if (outcome === 'ok') return 'ok'
  return status !== null && status < 400 ? 'failed' : toneOfStatus(status)
}

const inks: Readonly<Record<string, string>> = { ok: 'ok', 'backed-off': 'warn', failed: 'bad' }
const percent = (share: number) => `${share * 100}%`
const clampShare = (share: number) => Math.min(1, Math.max(0, share))

/** Names a stretch within its call: `wait 0`, `attempt 2`. */
export function nameStretch({ kind, index }: Stretch): string {
  return `${kind} ${index}`
}

interface StretchBarProps {
  readonly id: string
  readonly stretch: Stretch
  readonly view: View
  readonly detail: CallDetail
  readonly on: boolean
  readonly onSelect: () => void
  readonly onZoom: () => void
}

function StretchBar({ id, stretch, view, detail, on, onSelect, onZoom }: StretchBarProps) {
  const from = shareOf(view, stretch.fromMs)
  const width = shareOf(view, stretch.fromMs + stretch.tookMs) - from
  const shared = {
    id,
    role: 'option',
    'aria-selected': on,
    'aria-label': describeStretch(stretch, detail),
    'data-stretch': nameStretch(stretch),
    'data-from-ms': stretch.fromMs,
    'data-took-ms': stretch.tookMs,
    style: { left: percent(from), width: percent(width) },
    onClick: onSelect,
    onDoubleClick: onZoom,
  } as const
  if (stretch.kind === 'wait') {
    return (
      <Part
        {...shared}
        className={`stretch wait hatch-${hatchOf[stretch.wait.cause]} ${on ? 'on' : ''}`}
        title={`${labelWait(stretch.wait)}\nwaited ${formatDuration(stretch.tookMs)}`}
      />
    )
  }
  const tone = toneOfAttempt(stretch.attempt)
  return (
    <Part {...shared} className={`stretch lane-bar ${on ? 'on' : ''}`} title={describePhases(stretch.phases)}>
      {stretch.phases.map(({ name, tookMs }) => (
        <span
          key={name}
          className={`phase ${tone} phase-${name.replace(' ', '-').toLowerCase()}`}
          style={{ flexGrow: tookMs }}
          title={`${name} ${formatPhase(tookMs)}`}
        />
      ))}
    </Part>
  )
}

function LaneLabel({ lane, view }: { lane: Lane; view: View }) {
  const stretches = listLane(lane)
  const text =
    lane.waits.length > 0
      ? lane.waits.map(({ wait }) => labelWait(wait)).join(', ')
      : lane.attempt === null
        ? ''
        : describePhases(lane.attempt.phases)
  const from = shareOf(view, stretches[0]?.fromMs ?? 0)
  const last = stretches.at(-1)
  const to = shareOf(view, last === undefined ? 0 : last.fromMs + last.tookMs)
  if (to < 0 || from > 1) return { place: 'right' as const, label: null }
  const inside = lane.waits
    .map((wait) => ({
      from: clampShare(shareOf(view, wait.fromMs)),
      to: clampShare(shareOf(view, wait.fromMs + wait.tookMs)),
    }))
    .reduce((widest, each) => (each.to - each.from > widest.to - widest.from ? each : widest), { from: 0, to: 0 })
  const place = placeLabel(text.length, {
    from: clampShare(from),
    to: clampShare(to),
    widest: inside.to - inside.from,
  })
  const style =
    place === 'inside'
      ? { left: percent((inside.from + inside.to) / 2) }
      : place === 'right'
        ? { left: `calc(${percent(clampShare(to))} + 10px)` }
        : place === 'left'
          ? { right: `calc(${percent(1 - clampShare(from))} + 8px)` }
          : from < 0.5
            ? { left: percent(clampShare(from)) }
            : { right: percent(1 - clampShare(to)) }
  return {
    place,
    label: (
      <span className={`lane-label small lane-label-${place}`} style={style} aria-hidden="true">
        {text}
      </span>
    ),
  }
}

function LaneRow({ lane, view, children }: { lane: Lane; view: View; children: ReactNode }) {
  const { number, attempt } = lane
  const first = listLane(lane)[0]
  const link = shareOf(view, first?.fromMs ?? 0)
  const { place, label } = LaneLabel({ lane, view })
  return (
    <div className={`lane ${place === 'below' ? 'tall' : ''}`}>
      <span className="lane-head num small" aria-hidden="true">
        {attempt === null ? (
          <span className="faint lane-none">not sent</span>
        ) : (
          <>
            <span className="soft">{number}</span>
            <span className={`mono mono-small ${inks[toneOfAttempt(attempt.attempt)] ?? 'soft'}`}>
              {attempt.attempt.status ?? 'none'}
            </span>
            <span className="faint">{formatDuration(attempt.tookMs)}</span>
          </>
        )}
      </span>
      <span className="lane-track" data-track={number}>
        {number > 1 && link >= 0 && link <= 1 ? (
          <i className="lane-link" style={{ left: percent(link) }} aria-hidden="true" />
        ) : null}
        <span className="lane-bars">{children}</span>
        {label}
      </span>
    </div>
  )
}

interface WaterfallChartProps {
  readonly waterfall: Waterfall
  readonly detail: CallDetail
  /** Name of the stretch that is explained beside the drawing, or null. */
  readonly selected: string | null
  readonly onSelect: (name: string | null) => void
}

/** The part of a drag that is a range and no click, in px. */
const dragPxMin = 6

/**
 * A call's waits and attempts on one axis. One stop for Tab: arrows go from stretch to stretch, + and - zoom, 0 shows the
 * whole, Enter fills the drawing with what is selected; by mouse a range is drawn or Ctrl and the wheel turned.
 */
export function WaterfallChart({ waterfall, detail, selected, onSelect }: WaterfallChartProps) {
  const { axis, lanes, stretches } = waterfall
  const { maxMs } = axis
  const ownId = useId()
  const lanesRef = useRef<HTMLDivElement>(null)
  const [zoomed, setZoomed] = useState<View | null>(null)
  const [band, setBand] = useState<{ readonly fromMs: number; readonly toMs: number } | null>(null)
  const dragged = useRef<{ readonly atMs: number; readonly x: number } | null>(null)
  const view = zoomed ?? { fromMs: 0, toMs: maxMs }
  const whole = isWhole(view, maxMs)
  const chosen = stretches.find((stretch) => nameStretch(stretch) === selected) ?? null
  const idOf = (stretch: Stretch) => `${ownId}-${nameStretch(stretch).replace(' ', '-')}`

  const middleMs = (stretch: Stretch | null) =>
    stretch === null ? (view.fromMs + view.toMs) / 2 : stretch.fromMs + stretch.tookMs / 2
  const show = (next: View) => setZoomed(isWhole(next, maxMs) ? null : next)
  const zoom = (factor: number, atMs: number) => show(zoomView(view, factor, atMs, maxMs))

  function momentAt(clientX: number): number {
    const track = lanesRef.current?.querySelector('.lane-track')?.getBoundingClientRect()
    if (track === undefined || track.width === 0) return view.fromMs
    return view.fromMs + clampShare((clientX - track.left) / track.width) * (view.toMs - view.fromMs)
  }

  // React hears the wheel passively, and this one must not scroll.
  const wheel = useRef<(event: WheelEvent) => void>(() => undefined)
  wheel.current = (event) => {
    if (!event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    zoom(event.deltaY > 0 ? 1.25 : 0.8, momentAt(event.clientX))
  }
  useEffect(() => {
    const lanesElement = lanesRef.current
    const hear = (event: WheelEvent) => wheel.current(event)
    lanesElement?.addEventListener('wheel', hear, { passive: false })
    return () => lanesElement?.removeEventListener('wheel', hear)
  }, [])

  function select(stretch: Stretch): void {
    onSelect(nameStretch(stretch))
    const next = showMoment(view, stretch.fromMs + Math.min(stretch.tookMs, 1), maxMs)
    if (next !== view) show(next)
  }

  function step(by: number): void {
    const at = chosen === null ? (by > 0 ? -1 : stretches.length) : stretches.indexOf(chosen)
    const next = stretches[Math.min(stretches.length - 1, Math.max(0, at + by))]
    if (next !== undefined) select(next)
  }

  function actOnKey({ key, shiftKey }: KeyboardEvent): boolean {
    switch (key) {
      case 'ArrowLeft':
      case 'ArrowRight':
        if (shiftKey) show(moveView(view, key === 'ArrowLeft' ? -0.2 : 0.2, maxMs))
        else step(key === 'ArrowLeft' ? -1 : 1)
        return true
      case 'ArrowUp':
      case 'k':
        step(-1)
        return true
      case 'ArrowDown':
      case 'j':
        step(1)
        return true
      case 'Home':
        step(-stretches.length)
        return true
      case 'End':
        step(stretches.length)
        return true
      case '+':
      case '=':
        zoom(0.5, middleMs(chosen))
        return true
      case '-':
        zoom(2, middleMs(chosen))
        return true
      case '0':
        setZoomed(null)
        return true
      case 'Enter':
        if (chosen !== null) show(viewOf(chosen, maxMs))
        return chosen !== null
      case 'Escape':
        setZoomed(null)
        return !whole
      default:
        return false
    }
  }

  function hearKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !actOnKey(event)) return
    event.preventDefault()
    event.stopPropagation()
  }

  function beginDrag(event: PointerEvent<HTMLDivElement>): void {
    if (event.button === 0) dragged.current = { atMs: momentAt(event.clientX), x: event.clientX }
  }

  function drag(event: PointerEvent<HTMLDivElement>): void {
    const begun = dragged.current
    if (begun === null || Math.abs(event.clientX - begun.x) < dragPxMin) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const atMs = momentAt(event.clientX)
    setBand({ fromMs: Math.min(begun.atMs, atMs), toMs: Math.max(begun.atMs, atMs) })
  }

  function endDrag(): void {
    if (band !== null) show(fitView(band, maxMs))
    dragged.current = null
    setBand(null)
  }

  const ticks = layTicks(view)
  const { stop } = detail
  return (
    <div className="waterfall">
      <div className="axis micro num">
        <span className="zoom-buttons">
          <IconButton
            icon="minus"
            size={14}
            label="Zoom out"
            shortcut="-"
            disabled={whole}
            onClick={() => zoom(2, middleMs(chosen))}
          />
          <IconButton icon="plus" size={14} label="Zoom in" shortcut="+" onClick={() => zoom(0.5, middleMs(chosen))} />
          <IconButton
            icon="expand"
            size={14}
            label="Show the whole call"
            shortcut="0"
            disabled={whole}
            onClick={() => setZoomed(null)}
          />
        </span>
        <span className="axis-ticks" aria-hidden="true">
          {ticks.map((tick) => (
            <span
              key={tick}
              className={shareOf(view, tick) > 0.96 ? 'axis-last' : ''}
              style={{ left: percent(shareOf(view, tick)) }}
            >
              {formatTick(tick, view.toMs)}
            </span>
          ))}
        </span>
      </div>
      <Part
        ref={lanesRef}
        className="lanes"
        role="listbox"
        tabIndex={0}
        aria-label="Waits and attempts"
        aria-orientation="horizontal"
        aria-activedescendant={chosen === null ? undefined : idOf(chosen)}
        data-view-from-ms={view.fromMs}
        data-view-to-ms={view.toMs}
        onKeyDown={hearKey}
        onPointerDown={beginDrag}
        onPointerMove={drag}
        onPointerUp={endDrag}
        onPointerCancel={endDrag}
      >
        <div className="lane-lines" aria-hidden="true">
          {ticks.map((tick) => (
            <i key={tick} style={{ left: percent(shareOf(view, tick)) }} />
          ))}
          {band === null ? null : (
            <i
              className="zoom-band"
              style={{
                left: percent(shareOf(view, band.fromMs)),
                width: percent(shareOf(view, band.toMs) - shareOf(view, band.fromMs)),
              }}
            />
          )}
        </div>
        {lanes.map((lane) => (
          <LaneRow key={lane.number} lane={lane} view={view}>
            {listLane(lane).map((stretch) => (
              <StretchBar
                key={nameStretch(stretch)}
                id={idOf(stretch)}
                stretch={stretch}
                view={view}
                detail={detail}
                on={stretch === chosen}
                onSelect={() => onSelect(nameStretch(stretch))}
                onZoom={() => show(viewOf(stretch, maxMs))}
              />
            ))}
          </LaneRow>
        ))}
      </Part>
      {stop === null ? null : (
        <p className="stop-line small">
          <span className="faint">Nothing followed.</span> {tellStop(stop, detail)}
        </p>
      )}
      <ol className="unseen" aria-label="The call in words">
        {listSentences(waterfall, detail).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ol>
    </div>
  )
}
