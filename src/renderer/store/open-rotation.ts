const name = 'open-rotation'

/** The rotation whose stepper was open before the page was loaded again, or null. */
export function readOpenRotation(): string | null {
  try {
    return sessionStorage.getItem(name)
  } catch {
    return null
  }
}

/** Remembers the open stepper for as long as the window lives. */
export function keepOpenRotation(id: string | null): void {
  try {
    if (id === null) sessionStorage.removeItem(name)
    else sessionStorage.setItem(name, id)
  } catch {
    // Without storage the stepper is opened again from the note in Keys.
  }
}
