import type { Headroom } from '../../../shared/model/headroom.ts'
import { leftOf, levelOf, slideHeadroom } from '../../store/headroom.ts'
import { useCurrentEnvironment, useHeadroom, useStore } from '../../store/store.ts'
import { EnvMark } from '../../ui/env-mark.tsx'
import { formatCount, formatCountdown } from '../../ui/format.ts'
import { useNow } from '../../ui/now.ts'
import { numberPlaces } from '../../ui/places.ts'
import { planNames } from '../../ui/plan-names.ts'
import { NoKey } from '../keys/no-key.tsx'
import './headroom.css'

function Figures({ headroom }: { headroom: Headroom }) {
  const left = leftOf(headroom)
  const level = levelOf(headroom)
  const guess = headroom.basis === 'count'
  return (
    <div className="figures">
      <div className="figure">
        <p className="subhead">Used in 60 s</p>
        <p className="big">
          <span className={guess ? 'guess' : 'fact'}>{formatCount(headroom.used)}</span>{' '}
          <small>of {formatCount(headroom.limit)}</small>
        </p>
        <p className="small faint">{guess ? 'by our count, no headers' : 'from headers'}</p>
      </div>
      <div className="figure">
        <p className="subhead">Left</p>
        <p className={`big ${level === 'full' ? 'bad' : level === 'low' ? 'warn' : ''}`}>{formatCount(left)}</p>
        <p className="small faint">{Math.round((left / headroom.limit) * 100)} % of the limit</p>
      </div>
      <div className="figure">
        <p className="subhead">Next slot frees</p>
        <p className="big num">
          {headroom.nextSlotInMs === null ? (
            <small>nothing to free</small>
          ) : (
            <span className="guess">{formatCountdown(headroom.nextSlotInMs)}</span>
          )}
        </p>
        <p className="small faint">
          {headroom.nextSlotInMs === null
            ? 'the window is empty'
            : `oldest call: ${formatCountdown(headroom.windowMs - headroom.nextSlotInMs)} ago`}
        </p>
      </div>
    </div>
  )
}

const chart = { width: 1112, height: 210, left: 46, right: 1096, top: 16, bottom: 178 } as const

function WindowChart({ headroom }: { headroom: Headroom }) {
  const { bins, windowMs } = headroom
  const step = (chart.right - chart.left) / Math.max(1, bins.length)
  const pace = paceOf(headroom)
  const top = Math.max(4, Math.ceil(pace * 1.25), ...bins)
  const yOf = (value: number) => chart.bottom - (value / top) * (chart.bottom - chart.top)
  return (
    <svg
      className="chart window-chart"
      viewBox={`0 0 ${chart.width} ${chart.height}`}
      role="img"
      aria-label={`Requests in each ${sliceOf(headroom)} seconds of the last ${windowMs / 1000} seconds: ${bins.join(', ')}`}
    >
      {[0, top].map((value) => (
        <g key={value}>
          <path d={`M${chart.left} ${yOf(value)}H${chart.right}`} stroke="var(--line)" />
          <text className="faint" x={chart.left - 8} y={yOf(value) + 4} textAnchor="end">
            {value}
          </text>
        </g>
      ))}
      {numberPlaces(bins).map(({ place, item }) =>
        item === 0 ? null : (
          <rect
            key={place}
            x={chart.left + (Number(place) + 0.18) * step}
            y={yOf(item)}
            width={step * 0.64}
            height={chart.bottom - yOf(item)}
            fill="var(--env-mark)"
          />
        ),
      )}
      <path d={`M${chart.left} ${yOf(pace)}H${chart.right}`} stroke="var(--warn)" strokeDasharray="1 3" />
      <path d={`M${chart.left} ${chart.bottom + 0.5}H${chart.right}`} stroke="var(--line-strong)" />
      <text className="faint" x={chart.left} y={chart.bottom + 19}>
        {windowMs / 1000} s ago, frees first
      </text>
      <text className="faint" x={chart.right} y={chart.bottom + 19} textAnchor="end">
        now
      </text>
    </svg>
  )
}

/** Length of a slice in seconds. */
function sliceOf({ windowMs, bins }: Headroom): number {
  return windowMs / Math.max(1, bins.length) / 1000
}

/** Requests in a slice that, kept up, take the whole limit. */
function paceOf({ limit, bins }: Headroom): number {
  return limit / Math.max(1, bins.length)
}

function formatPace(pace: number): string {
  return pace >= 10 ? formatCount(Math.round(pace)) : pace.toFixed(1)
}

function EveryEnvironment({ now }: { now: number }) {
  const environments = useStore((state) => state.environments)
  const told = useStore((state) => state.headroom)
  return (
    <table className="table" aria-label="Headroom of every environment">
      <colgroup>
        <col className="share-name" />
        <col />
        <col className="share-count" />
        <col className="share-count" />
        <col className="share-basis" />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">Environment</th>
          <th scope="col">Share of the limit</th>
          <th scope="col" className="right">
            Used
          </th>
          <th scope="col" className="right">
            Left
          </th>
          <th scope="col" className="right">
            Basis
          </th>
        </tr>
      </thead>
      <tbody>
        {environments.map((environment) => {
          const known = told[environment.id]
          const headroom = known === undefined ? null : slideHeadroom(known, Math.max(now, known.atMs))
          return (
            <tr key={environment.id}>
              <td>
                <span className="group-line">
                  <EnvMark mark={environment.mark} />
                  {environment.name}
                </span>
              </td>
              <td>
                <span className="share-track">
                  <i
                    style={{
                      width: `${headroom === null ? 0 : Math.min(100, (headroom.used / headroom.limit) * 100)}%`,
                    }}
                  />
                </span>
              </td>
              <td className="num right">{headroom === null ? '' : formatCount(headroom.used)}</td>
              <td className="num right">{headroom === null ? '' : formatCount(leftOf(headroom))}</td>
              <td className="right faint small">
                {environment.activeKeyId === null ? 'no key' : headroom?.basis === 'headers' ? 'headers' : 'our count'}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** What is left of the current environment's window, and how it is known. */
export function HeadroomScreen() {
  const environment = useCurrentEnvironment()
  const told = useHeadroom(environment?.id ?? '')
  const now = useNow(250)
  if (environment === null) return null
  const headroom = told === null ? null : slideHeadroom(told, Math.max(now, told.atMs))
  return (
    <div className="screen s-headroom">
      <section className="pane" aria-label="Headroom">
        <div className="head">
          <h1 className="title">Headroom</h1>
          <span className="soft">
            {environment.name}, {planNames[environment.plan.kind]}: {formatCount(environment.plan.perMinute)} requests a
            minute
          </span>
        </div>
        <div className="scroll">
          {headroom === null || environment.activeKeyId === null ? (
            <NoKey environment={environment} />
          ) : (
            <>
              <Figures headroom={headroom} />
              <div className="headroom-part">
                <div className="panel-title">
                  <h2>The window now</h2>
                  <span className="faint small">
                    requests in each {sliceOf(headroom)} s of the last 60; the oldest slot frees first
                  </span>
                  <span className="grow" />
                  <span className="faint small pace">
                    <i className="pace-line" />
                    {formatPace(paceOf(headroom))} in {sliceOf(headroom)} s, kept up for a minute, fill the window
                  </span>
                </div>
                <WindowChart headroom={headroom} />
              </div>
            </>
          )}
          <div className="headroom-part">
            <div className="panel-title panel-title-tight">
              <h2>Every environment</h2>
              <span className="faint small">in the last 60 s</span>
            </div>
            <EveryEnvironment now={now} />
          </div>
          <p className="small faint headroom-foot">
            A dashed number is our own count: calls made with the same key elsewhere are not in it. A solid one was told
            by the server.
          </p>
        </div>
      </section>
    </div>
  )
}
