import { limits } from '../../shared/limits.ts'

/** Where an environment's keys are made: Jasni has no key endpoint. API reference, section 2. */
export const dashboardUrl = 'https://app.jasni.ai/settings/api-keys'

/** How long a clicked link waits for a person's answer. */
export const linkLifeMs = 10 * 60_000
/** Links that wait at once; the oldest gives way. */
export const pendingLinksMax = 20

/** An address that may leave for the system's browser or mail program, as it is shown and as it is opened. */
export interface ExternalUrl {
  readonly url: string
  /** Host for people, punycode as it is; for `mailto:` the address without its query. */
  readonly host: string
}

/**
 * Reads an address that a mail asks to open; null for everything but plain https and mailto. Refused before
 * any parser can repair it: blanks, control characters, backslashes, credentials, over-long text (checklist 15).
 */
export function parseExternalUrl(text: string): ExternalUrl | null {
  if (text.length > limits.urlCharsMax || !/^[\x21-\x5b\x5d-\x7e]+$/.test(text)) return null
  if (!/^(?:https:\/\/[^/]|mailto:[^/])/i.test(text)) return null
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return null
  }
  if (url.protocol === 'mailto:') {
    const address = url.pathname
    // Percent-encoded line breaks would let a link write headers of its own.
    if (!/^[^@%?]+@[^@%?]+$/.test(address) || /%0[ad]/i.test(text)) return null
    return { url: url.href, host: address }
  }
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.hostname === '') return null
  if (/^[^/]*@/.test(text.slice('https://'.length))) return null
  return { url: url.href, host: url.host }
}

/** Holds clicked links until a person decides. */
export interface LinkDesk {
  /** Notes a clicked link and announces it; what may not be opened is dropped. */
  request(url: string): void
  /** Opens a pending link once; false when the id is unknown or too old. */
  open(id: string): boolean
  /** Forgets a pending link. */
  discard(id: string): boolean
}

/** Parts of a link desk; `openUrl` is the system's browser. */
export interface LinkDeskParts {
  readonly newId: () => string
  readonly monotonicMs: () => number
  readonly openUrl: (url: string) => void
  readonly announce: (link: { readonly id: string; readonly url: string; readonly host: string }) => void
  readonly refuse: () => void
}

/** Makes the desk between a click in a mail and the system's browser. */
export function createLinkDesk(parts: LinkDeskParts): LinkDesk {
  const pending = new Map<string, { readonly url: string; readonly untilMs: number }>()
  const take = (id: string): string | null => {
    const link = pending.get(id)
    pending.delete(id)
    return link === undefined || link.untilMs < parts.monotonicMs() ? null : link.url
  }
  return {
    request(text) {
      const parsed = parseExternalUrl(text)
      if (parsed === null) {
        parts.refuse()
        return
      }
      const id = parts.newId()
      pending.set(id, { url: parsed.url, untilMs: parts.monotonicMs() + linkLifeMs })
      for (const oldest of pending.keys()) {
        if (pending.size <= pendingLinksMax) break
        pending.delete(oldest)
      }
      parts.announce({ id, ...parsed })
    },
    open(id) {
      const url = take(id)
      if (url !== null) parts.openUrl(url)
      return url !== null
    },
    discard: (id) => take(id) !== null,
  }
}
