import { succeed } from '../../shared/result.ts'
import type { Outbox } from '../core/outbox/outbox.ts'
import type { HandlerGroup } from './group.ts'

/** Drafts and unsent mail. */
export function createOutboxHandlers({ outbox }: { readonly outbox: Outbox }): HandlerGroup<'outbox'> {
  return {
    'outbox.list': () => succeed([...outbox.list()]),
    'outbox.get': ({ id }) => outbox.get(id),
    'outbox.save': (input) => outbox.save(input),
    'outbox.attach': ({ id }) => outbox.attach(id),
    'outbox.attachOriginal': ({ id }) => outbox.attachOriginal(id),
    'outbox.detach': ({ id, fileId }) => outbox.detach(id, fileId),
    'outbox.send': ({ id }) => outbox.send(id),
    'outbox.unsend': ({ id }) => outbox.unsend(id),
    async 'outbox.checkSent'({ id }) {
      const found = await outbox.checkSent(id)
      return found.ok ? succeed([...found.value]) : found
    },
    'outbox.settleSent': ({ id }) => outbox.settleSent(id),
    'outbox.discard': ({ id }) => outbox.discard(id),
    'outbox.restore': ({ id }) => outbox.restore(id),
    'outbox.setKeepOnServer': ({ id, on }) => outbox.setKeepOnServer(id, on),
    'outbox.openDraft': (place) => outbox.openDraft(place),
  }
}
