import { useEffect } from 'react'
import { listCommands, useCommandRegistry } from '../../store/commands.ts'
import { useStore } from '../../store/store.ts'
import { isMac, type KeyLike, readStroke, sequencePauseMs } from '../../ui/shortcut.ts'

// An editor may lie in a shadow tree, which `target` does not look into.
function isEditable(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      ['INPUT', 'TEXTAREA'].includes(target.tagName) ||
      // A select takes letters too, to jump to a choice.
      target.role === 'combobox')
  )
}

function isModal(): boolean {
  // By class: a toast has the role of a dialog too and stops nobody, nor does one that is closing.
  return document.querySelector('.dialog[data-open], .palette[data-open]') !== null
}

/** Binds the shortcuts of all commands on offer, for as long as the frame stands. */
export function useCommandShortcuts(): void {
  useEffect(() => {
    const mac = isMac()
    let begun: readonly KeyLike[] = []
    let begunAtMs = 0

    function hear(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.isComposing || ['Shift', 'Control', 'Meta', 'Alt'].includes(event.key)) return
      const withMod = event.ctrlKey || event.metaKey
      const paletteOpen = useStore.getState().paletteOpen
      if (isModal() && !paletteOpen) return
      if ((paletteOpen || isEditable(event.composedPath()[0] ?? null)) && !withMod) return
      if (document.querySelector('.menu') !== null && !withMod) return

      if (event.timeStamp - begunAtMs > sequencePauseMs) begun = []
      const commands = listCommands(useCommandRegistry.getState())
      const shortcuts = commands.flatMap(({ shortcut }) => (shortcut === undefined ? [] : [shortcut]))
      const stroke = readStroke(shortcuts, begun, event, mac)
      begun = stroke.kind === 'begun' ? stroke.presses : []
      begunAtMs = event.timeStamp
      if (stroke.kind === 'none') return
      event.preventDefault()
      if (stroke.kind === 'hit') commands.find(({ shortcut }) => shortcut === stroke.shortcut)?.run()
    }

    window.addEventListener('keydown', hear)
    return () => window.removeEventListener('keydown', hear)
  }, [])
}
