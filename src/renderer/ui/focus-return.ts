import { useState } from 'react'

/**
 * Where the focus goes when a dialog closes: to what had it, else to the screen. Call it in a component
 * that appears with the dialog.
 */
export function useFocusReturn(): () => HTMLElement | true {
  const [before] = useState(() => document.activeElement)
  return () => {
    if (before instanceof HTMLElement && before !== document.body && before.isConnected) return before
    return document.querySelector<HTMLElement>('main') ?? true
  }
}
