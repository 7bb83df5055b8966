import { leftOf, slideHeadroom } from '../../store/headroom.ts'
import { useStore } from '../../store/store.ts'
import { EnvMark } from '../../ui/env-mark.tsx'
import { formatCount } from '../../ui/format.ts'

/** The share that each environment has used of its limit. */
export function EveryEnvironment({ now }: { now: number }) {
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
          const share = headroom === null ? 0 : Math.min(100, (headroom.used / Math.max(1, headroom.limit)) * 100)
          return (
            <tr key={environment.id}>
              <td>
                <span className="group-line">
                  <EnvMark mark={environment.mark} />
                  {environment.name}
                  {environment.rateGroup === null ? null : <span className="faint small">{environment.rateGroup}</span>}
                </span>
              </td>
              <td>
                <span className="share-track">
                  <i style={{ width: `${share}%` }} />
                </span>
              </td>
              <td className="num right">{headroom === null ? '' : formatCount(headroom.used)}</td>
              <td className="num right">{headroom === null ? '' : formatCount(leftOf(headroom))}</td>
              <td className="right faint small">
                {environment.activeKeyId === null
                  ? 'no key'
                  : headroom?.basis === 'headers'
                    ? 'told by the server'
                    : 'our count'}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
