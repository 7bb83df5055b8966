/** Messages chosen for an act on several, by uid. `anchor` is where a range begins. */
export interface Selection {
  readonly uids: readonly number[]
  readonly anchor: number | null
}

/** Nothing chosen. */
export const noSelection: Selection = { uids: [], anchor: null }

/** Takes a message in, or out. */
export function toggleUid({ uids }: Selection, uid: number): Selection {
  return { uids: uids.includes(uid) ? uids.filter((each) => each !== uid) : [...uids, uid], anchor: uid }
}

/** Takes in everything between the anchor (else `from`) and a message, in the order of the list. */
export function extendTo(selection: Selection, shown: readonly number[], from: number | null, uid: number): Selection {
  const anchor = selection.anchor !== null && shown.includes(selection.anchor) ? selection.anchor : (from ?? uid)
  const start = shown.indexOf(anchor)
  const end = shown.indexOf(uid)
  if (end < 0) return selection
  const [low, high] = start < 0 ? [end, end] : [Math.min(start, end), Math.max(start, end)]
  return { uids: [...new Set([...selection.uids, ...shown.slice(low, high + 1)])], anchor }
}

/** Takes everything in that is shown, or nothing when all of it is. */
export function toggleAll(selection: Selection, shown: readonly number[]): Selection {
  const chosen = new Set(selection.uids)
  return shown.every((uid) => chosen.has(uid)) ? noSelection : { uids: shown, anchor: shown[0] ?? null }
}

/** What of a selection is still shown; the same object when that is all of it. */
export function keepShown(selection: Selection, shown: readonly number[]): Selection {
  const there = new Set(shown)
  return selection.uids.every((uid) => there.has(uid))
    ? selection
    : { ...selection, uids: selection.uids.filter((uid) => there.has(uid)) }
}

/** The row that the keyboard stands on once some are gone: the next one that stays, else the one before. */
export function cursorAfter(shown: readonly number[], cursor: number | null, gone: ReadonlySet<number>): number | null {
  const at = cursor === null ? -1 : shown.indexOf(cursor)
  if (at < 0) return cursor
  const next = shown.slice(at).find((uid) => !gone.has(uid))
  return next ?? [...shown.slice(0, at)].reverse().find((uid) => !gone.has(uid)) ?? null
}
