import type { Headroom } from '../../../shared/model/headroom.ts'
import { leftOf, levelOf, perMinuteOf } from '../../store/headroom.ts'
import { formatCount, formatCountdown } from '../../ui/format.ts'

/** Where the number comes from. */
function describeBasis({ basis, told }: Headroom): string {
  if (basis === 'headers') return 'told by the server'
  return told.length === 0 ? 'by our count, no headers' : 'by our count since the server told'
}

function Figure({ name, value, note }: { name: string; value: React.ReactNode; note: React.ReactNode }) {
  return (
    <div className="figure">
      <p className="subhead">{name}</p>
      {value}
      <p className="small faint">{note}</p>
    </div>
  )
}

function FullIn({ headroom }: { headroom: Headroom }) {
  const { fullInMs, pausedUntilMs, atMs } = headroom
  const safe = `${formatCount(perMinuteOf(headroom))} a minute is safe`
  if (pausedUntilMs !== null)
    return (
      <Figure
        name="Paused for"
        value={<p className="big num bad">{formatCountdown(pausedUntilMs - atMs)}</p>}
        note="after a 429; nothing is sent before"
      />
    )
  if (levelOf(headroom) === 'full') return <Figure name="Full in" value={<p className="big bad">full</p>} note={safe} />
  return (
    <Figure
      name="Full in"
      value={
        <p className="big num">
          {fullInMs === null ? <small>not soon</small> : <span className="guess">{formatCountdown(fullInMs)}</span>}
        </p>
      }
      note={fullInMs === null ? safe : `at this rate; ${safe}`}
    />
  )
}

/** The numbers of a window, each with where it comes from. `refused` is null while it is not known. */
export function Figures({ headroom, refused }: { headroom: Headroom; refused: number | null }) {
  const left = leftOf(headroom)
  const level = levelOf(headroom)
  const guess = headroom.basis === 'count'
  return (
    <div className="figures">
      <Figure
        name={`Used in ${headroom.windowMs / 1000} s`}
        value={
          <p className="big">
            <span className={guess ? 'guess' : 'fact'}>{formatCount(headroom.used)}</span>{' '}
            <small>of {formatCount(headroom.limit)}</small>
          </p>
        }
        note={describeBasis(headroom)}
      />
      <Figure
        name="Left"
        value={
          <p className={`big ${level === 'full' ? 'bad' : level === 'low' ? 'warn' : ''}`}>
            <span className={guess ? 'guess' : 'fact'}>{formatCount(left)}</span>
          </p>
        }
        note={`${Math.round((left / Math.max(1, headroom.limit)) * 100)} % of the limit`}
      />
      <FullIn headroom={headroom} />
      <Figure
        name="Next slot frees"
        value={
          <p className="big num">
            {headroom.nextSlotInMs === null ? (
              <small>nothing to free</small>
            ) : (
              <span className="guess">{formatCountdown(headroom.nextSlotInMs)}</span>
            )}
          </p>
        }
        note={
          headroom.nextSlotInMs === null
            ? 'the window is empty'
            : `oldest call: ${formatCountdown(headroom.windowMs - headroom.nextSlotInMs)} ago`
        }
      />
      <Figure
        name="Refused, last hour"
        value={<p className="big num">{refused === null ? '…' : formatCount(refused)}</p>}
        note="answers 401, 403 and 429"
      />
    </div>
  )
}
