/** One press of a shortcut: `mod` is Cmd on a Mac and Ctrl elsewhere. */
export interface Press {
  readonly key: string
  readonly mod: boolean
  readonly shift: boolean
  readonly alt: boolean
}

/** What of a keyboard event decides about shortcuts. */
export interface KeyLike {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

/** True on a Mac, where Cmd takes the place of Ctrl. */
export function isMac(platform: string = navigator.platform): boolean {
  return platform.startsWith('Mac')
}

/**
 * Reads a shortcut: presses apart by a blank (`G I`), parts of a press by `+` (`Mod+Shift+K`). The
 * last part is a letter, a digit, a sign or a name of `KeyboardEvent.key`.
 */
export function parseShortcut(shortcut: string): Press[] {
  return shortcut.split(' ').map((press) => {
    const parts = press === '+' ? ['+'] : press.split('+')
    const key = parts.at(-1) ?? ''
    const has = (name: string) => parts.slice(0, -1).includes(name)
    return { key: key.length === 1 ? key.toLowerCase() : key, mod: has('Mod'), shift: has('Shift'), alt: has('Alt') }
  })
}

/** True when the event is this press. Shift is left out of account for signs: layouts differ. */
export function matchesPress(press: Press, event: KeyLike, mac: boolean): boolean {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const mod = mac ? event.metaKey : event.ctrlKey
  const otherMod = mac ? event.ctrlKey : event.metaKey
  if (key !== press.key || mod !== press.mod || otherMod || event.altKey !== press.alt) return false
  return /^[a-z]$|^.{2,}$/.test(press.key) ? event.shiftKey === press.shift : true
}

const macNames: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Alt: '⌥' }
const plainNames: Readonly<Record<string, string>> = { Mod: 'Ctrl ', Shift: 'Shift ', Alt: 'Alt ' }
const keyNames: Readonly<Record<string, string>> = {
  Enter: '↵',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Delete: 'Del',
  Tab: '⇥',
}

/** A shortcut as it is printed, one text per press. */
export function formatShortcut(shortcut: string, mac: boolean): string[] {
  const names = mac ? macNames : plainNames
  return parseShortcut(shortcut).map(({ key, mod, shift, alt }) => {
    const modifiers = [mod && 'Mod', alt && 'Alt', shift && 'Shift'].filter((name) => name !== false)
    const shown = keyNames[key] ?? (key.length === 1 ? key.toUpperCase() : key)
    return modifiers.map((name) => names[name] ?? '').join('') + shown
  })
}

/** A shortcut for `aria-keyshortcuts`. */
export function describeShortcut(shortcut: string, mac: boolean): string {
  return parseShortcut(shortcut)
    .map(({ key, mod, shift, alt }) =>
      [mod && (mac ? 'Meta' : 'Control'), alt && 'Alt', shift && 'Shift', key.length === 1 ? key.toUpperCase() : key]
        .filter((part) => part !== false)
        .join('+'),
    )
    .join(' ')
}

/** Longest pause inside a sequence such as `G I`, in ms. */
export const sequencePauseMs = 1200

/** What a press came to: nothing, the beginning of a sequence, or a shortcut. */
export type Stroke =
  | { readonly kind: 'none' }
  | { readonly kind: 'begun'; readonly presses: readonly KeyLike[] }
  | { readonly kind: 'hit'; readonly shortcut: string }

/** Reads a press after those that began a sequence. `presses` of the answer belong to the next call. */
export function readStroke(
  shortcuts: readonly string[],
  before: readonly KeyLike[],
  event: KeyLike,
  mac: boolean,
): Stroke {
  const presses = [...before, event]
  const parsed = shortcuts.map((shortcut) => ({ shortcut, wanted: parseShortcut(shortcut) }))
  const alike = parsed.filter(
    ({ wanted }) =>
      wanted.length >= presses.length &&
      presses.every((press, index) => {
        const want = wanted[index]
        return want !== undefined && matchesPress(want, press, mac)
      }),
  )
  const hit = alike.find(({ wanted }) => wanted.length === presses.length)
  if (hit !== undefined) return { kind: 'hit', shortcut: hit.shortcut }
  if (alike.length > 0) return { kind: 'begun', presses }
  return before.length > 0 ? readStroke(shortcuts, [], event, mac) : { kind: 'none' }
}
