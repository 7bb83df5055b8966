import { fail, succeed } from '../../shared/result.ts'
import type { HandlerGroup } from './group.ts'

/** Links that were clicked in a mail and wait for a person's answer. Both answer false for an unknown id. */
export interface PendingLinks {
  open(id: string): boolean
  discard(id: string): boolean
}

/** The answer to a clicked link. */
export function createLinkHandlers({ links }: { readonly links: PendingLinks }): HandlerGroup<'links'> {
  return {
    'links.open': ({ id }) => (links.open(id) ? succeed(null) : fail({ kind: 'NOT_FOUND', what: 'link' })),
    'links.discard': ({ id }) => (links.discard(id) ? succeed(null) : fail({ kind: 'NOT_FOUND', what: 'link' })),
  }
}
