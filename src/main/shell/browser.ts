import { shell } from 'electron'
import type { Log } from '../core/ports.ts'
import { parseExternalUrl } from './external-links.ts'

/** Hands an address to the system's browser or mail program. The only caller of `openExternal`, and it parses again. */
export function openInBrowser(url: string, log: Log): void {
  const parsed = parseExternalUrl(url)
  if (parsed === null) return
  shell.openExternal(parsed.url).catch((cause: unknown) => void log.error('browser-not-opened', cause))
}
