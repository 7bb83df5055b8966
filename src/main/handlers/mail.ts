import type { MailClient } from '../core/jasni/mail-client.ts'
import type { HandlerGroup } from './group.ts'

/** Mail of one account of one environment; each method is one call of the API. */
export function createMailHandlers({ mail }: { readonly mail: MailClient }): HandlerGroup<'mail'> {
  return {
    'mail.accounts': ({ environmentId }) => mail.accounts(environmentId),
    'mail.labels': ({ environmentId }) => mail.labels(environmentId),
    'mail.list': (place) => mail.list(place),
    'mail.read': (place) => mail.read(place),
    'mail.mark': (place) => mail.mark(place),
  }
}
