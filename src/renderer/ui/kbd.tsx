import { numberPlaces } from './places.ts'
import { formatShortcut, isMac } from './shortcut.ts'

/** A shortcut as keys. */
export function Kbd({ shortcut }: { shortcut: string }) {
  return (
    <span className="keycaps">
      {numberPlaces(formatShortcut(shortcut, isMac())).map(({ place, item }) => (
        <kbd key={place}>{item}</kbd>
      ))}
    </span>
  )
}
