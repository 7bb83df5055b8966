import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { HeadroomHistory } from '../../../shared/model/history.ts'
import { formatCount } from '../../ui/format.ts'
import { type Band, limitOfSlice, nameSlice, nameUnit, pileBands, scaleAxis } from './history-view.ts'

/** Tones of the bands, most to least: they differ in lightness, so that nobody needs their hue. */
export const bandTones = [
  '--env-mark',
  '--ink-soft',
  '--line-control',
  '--ink-faint',
  '--wait',
  '--line-strong',
] as const

/** Tone of a band by its place. */
export function toneOf(place: number): string {
  return bandTones[Math.min(place, bandTones.length - 1)] ?? '--wait'
}

const height = 188

function readTone(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

interface Drawing {
  readonly history: HeadroomHistory
  readonly bands: readonly Band[]
  readonly perMinute: number
}

function drawMarks(plot: uPlot, { history, perMinute }: Drawing, showsLimit: boolean): void {
  const { ctx, bbox } = plot
  const scale = devicePixelRatio
  const limit = limitOfSlice(history.span, perMinute, history.starts.length)
  ctx.save()
  ctx.font = `${11 * scale}px ${readTone('--font-ui')}`
  if (limit !== null && showsLimit) {
    const y = Math.round(plot.valToPos(limit, 'y', true)) + 0.5
    ctx.strokeStyle = readTone('--bad')
    ctx.lineWidth = scale
    ctx.setLineDash([4 * scale, 3 * scale])
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    ctx.setLineDash([])
  }
  if (limit !== null) {
    const y = showsLimit ? plot.valToPos(limit, 'y', true) - 5 * scale : bbox.top + 10 * scale
    ctx.fillStyle = readTone('--ink-soft')
    ctx.textAlign = 'left'
    const text = `limit ${formatCount(perMinute)} a minute${showsLimit ? '' : ', far above'}`
    ctx.fillText(text, bbox.left + 6 * scale, y)
  }
  ctx.fillStyle = readTone('--line-strong')
  ctx.fillRect(bbox.left, bbox.top + bbox.height, bbox.width, scale)
  ctx.fillStyle = readTone('--warn')
  const step = bbox.width / Math.max(1, history.starts.length)
  for (const [slice, refused] of history.refused.entries()) {
    if (refused === 0) continue
    ctx.fillRect(bbox.left + (slice + 0.18) * step, bbox.top + bbox.height + 2 * scale, step * 0.64, 3 * scale)
  }
  ctx.restore()
}

function buildPlot(place: HTMLElement, drawing: Drawing): uPlot {
  const { history, bands, perMinute } = drawing
  const slices = history.starts.length
  const piles = pileBands(bands, slices)
  const highest = Math.max(0, ...(piles[0] ?? []))
  const { top, showsLimit } = scaleAxis(highest, limitOfSlice(history.span, perMinute, slices))
  const bars = uPlot.paths.bars?.({ size: [0.64, 40], align: 0 })
  const places = history.starts.map((_, slice) => slice)
  const labels = slices > 40 ? 10 : 5
  const axis = {
    stroke: readTone('--ink-faint'),
    font: `11px ${readTone('--font-ui')}`,
    ticks: { show: false },
  }
  return new uPlot(
    {
      width: place.clientWidth,
      height,
      legend: { show: false },
      cursor: { show: false },
      padding: [12, 8, 0, 0],
      scales: { x: { time: false, range: () => [-0.5, slices - 0.5] }, y: { range: () => [0, top] } },
      axes: [
        {
          ...axis,
          size: 26,
          gap: 8,
          grid: { show: false },
          splits: () => places.filter((slice) => (slices - 1 - slice) % labels === 0),
          values: (_plot, splits) =>
            splits.map((slice) =>
              slice === slices - 1 ? 'now' : nameSlice(history.span, history.starts[slice] ?? 0, history.endMs),
            ),
        },
        {
          ...axis,
          size: 46,
          gap: 6,
          grid: { stroke: readTone('--line'), width: 1 },
          space: 34,
          incrs: [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000, 500_000],
          values: (_plot, splits) => splits.map((value) => formatCount(value)),
        },
      ],
      series: [
        {},
        ...piles.map((_, index) => ({
          fill: readTone(toneOf(bands.length - 1 - index)),
          stroke: readTone('--bg'),
          width: 1,
          points: { show: false },
          ...(bars === undefined ? {} : { paths: bars }),
        })),
      ],
      hooks: { draw: [(plot) => drawMarks(plot, drawing, showsLimit)] },
    },
    [places, ...piles],
    place,
  )
}

/** Bars upon each other with the limit, and a table of the same numbers for who can't see them. */
export function HistoryChart({ history, bands, perMinute }: Drawing) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    if (element === null) return
    let plot = buildPlot(element, { history, bands, perMinute })
    const size = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }))
    size.observe(element)
    // A canvas does not follow the theme by itself.
    const look = new MutationObserver(() => {
      plot.destroy()
      plot = buildPlot(element, { history, bands, perMinute })
    })
    look.observe(document.documentElement, { attributeFilter: ['data-theme', 'data-env'] })
    return () => {
      size.disconnect()
      look.disconnect()
      plot.destroy()
    }
  }, [history, bands, perMinute])
  const used = history.starts.flatMap((startMs, slice) =>
    bands.some(({ counts }) => (counts[slice] ?? 0) > 0) ? [{ startMs, slice }] : [],
  )
  return (
    <>
      <div ref={place} className="history-plot" aria-hidden="true" />
      <table className="unseen">
        <caption>
          Use by source, {nameUnit(history.span)}. The limit is {formatCount(perMinute)} a minute.
        </caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            {bands.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">Refused</th>
          </tr>
        </thead>
        <tbody>
          {used.map(({ startMs, slice }) => (
            <tr key={startMs}>
              <th scope="row">{nameSlice(history.span, startMs, history.endMs)}</th>
              {bands.map(({ name, counts }) => (
                <td key={name}>{formatCount(counts[slice] ?? 0)}</td>
              ))}
              <td>{formatCount(history.refused[slice] ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
