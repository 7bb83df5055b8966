import type { Headroom } from '../../../shared/model/headroom.ts'
import { numberPlaces } from '../../ui/places.ts'

/** The headers that the numbers come from, as they came. */
export function ToldHeaders({ headroom }: { headroom: Headroom }) {
  if (headroom.told.length === 0) return null
  return (
    <div className="headroom-part told">
      <span className="subhead">Told by the server</span>
      <ul className="told-list" aria-label="Headers that told the limit">
        {numberPlaces(headroom.told).map(({ place, item: [name, value] }) => (
          <li key={place} className="mono mono-small selectable">
            <span className="faint">{name}:</span> {value}
          </li>
        ))}
      </ul>
    </div>
  )
}
