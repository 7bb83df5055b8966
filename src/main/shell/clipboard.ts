import { clipboard } from 'electron'
import type { Clipboard } from '../core/ports.ts'

/** The desktop's clipboard. Old versions of Electron answer at once, new ones with a promise. */
export const desktopClipboard: Clipboard = {
  readText: async () => clipboard.readText(),
  writeText: async (text) => clipboard.writeText(text),
  clear: () => clipboard.clear(),
}
