import { shell } from 'electron'
import { parsePageUrl } from '../../shared/base-url.ts'
import type { Log } from '../core/ports.ts'
import { parseExternalUrl } from './external-links.ts'

// The only callers of `openExternal`, and each parses again.

/** Hands the address of a link to the system's browser or mail program. */
export function openInBrowser(url: string, log: Log): void {
  const parsed = parseExternalUrl(url)
  if (parsed === null) return
  shell.openExternal(parsed.url).catch((cause: unknown) => void log.error('browser-not-opened', cause))
}

/** Hands the address of a page that a person set, such as the API Keys page, to the system's browser. */
export function openPage(url: string, log: Log): void {
  const parsed = parsePageUrl(url)
  if (!parsed.ok) {
    log.warn('page-not-opened', { fault: parsed.error })
    return
  }
  shell.openExternal(parsed.value).catch((cause: unknown) => void log.error('browser-not-opened', cause))
}
