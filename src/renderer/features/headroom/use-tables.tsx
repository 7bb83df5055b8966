import { formatCount } from '../../ui/format.ts'
import { toneOf } from './history-chart.tsx'
import { type Band, sumBands } from './history-view.ts'

interface UseTableProps {
  readonly title: string
  readonly span: string
  readonly bands: readonly Band[]
  /** What stands at the end of a row. */
  readonly noteOf?: (name: string) => string
  readonly toned?: boolean
}

/** Counts by name with their share, and the sum of what is listed. */
export function UseTable({ title, span, bands, noteOf, toned = false }: UseTableProps) {
  const total = sumBands(bands)
  return (
    <section className="use-part" aria-label={`${title}, ${span}`}>
      <div className="panel-title panel-title-tight">
        <h2>{title}</h2>
        <span className="faint small">{span}</span>
      </div>
      <table className="table" aria-label={`${title}, ${span}`}>
        <colgroup>
          <col />
          <col className="use-share" />
          <col className="use-count" />
          <col className="use-note" />
        </colgroup>
        <thead className="unseen">
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Share</th>
            <th scope="col">Count</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {bands.map(({ name, total: count }, place) => (
            <tr key={name}>
              <td className="cut">{name}</td>
              <td>
                <span className="share-track">
                  <i
                    style={{
                      width: `${(count / Math.max(1, bands[0]?.total ?? 1)) * 100}%`,
                      ...(toned ? { background: `var(${toneOf(place)})` } : {}),
                    }}
                  />
                </span>
              </td>
              <td className="num right">{formatCount(count)}</td>
              <td className="right faint small">{noteOf?.(name) ?? ''}</td>
            </tr>
          ))}
          <tr className="use-total">
            <td>Total</td>
            <td />
            <td className="num right">{formatCount(total)}</td>
            <td />
          </tr>
        </tbody>
      </table>
    </section>
  )
}
