import { shell } from 'electron'
import { parseExternalUrl } from './external-links.ts'

/** Hands an address to the system's browser or mail program. The only caller of `openExternal`, and it parses again. */
export function openInBrowser(url: string): void {
  const parsed = parseExternalUrl(url)
  if (parsed !== null) void shell.openExternal(parsed.url)
}
