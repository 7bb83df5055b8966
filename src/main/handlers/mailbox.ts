import { fail, type Result } from '../../shared/result.ts'
import type { MailClient } from '../core/jasni/mail-client.ts'
import type { MailboxClient } from '../core/jasni/mailbox-client.ts'
import { holdsSecret } from '../core/log/redaction.ts'
import type { HandlerGroup } from './group.ts'

/** Refuses a free text that holds a key, by the field's name. */
function refuseKeys(fields: Readonly<Record<string, string | null>>): Result<never> | null {
  const field = Object.keys(fields).find((name) => holdsSecret(fields[name] ?? ''))
  return field === undefined ? null : fail({ kind: 'KEY_IN_TEXT', field })
}

/** What a person changes about accounts, labels and messages; each method is one call of the API. */
export function createMailboxHandlers(parts: {
  readonly mail: Pick<MailClient, 'list'>
  readonly mailbox: MailboxClient
}): HandlerGroup<'mailbox'> {
  const { mail, mailbox } = parts
  return {
    'mailbox.poll': (place) => mail.list({ ...place, label: null, priority: 'poll' }),
    'mailbox.createAccount': ({ environmentId, username, name }) =>
      refuseKeys({ username, name }) ?? mailbox.createAccount(environmentId, { username, name }),
    'mailbox.renameAccount': ({ environmentId, email, name }) =>
      refuseKeys({ email, name }) ?? mailbox.renameAccount(environmentId, { email, name }),
    'mailbox.deleteAccount': ({ environmentId, email, typed }) =>
      typed.trim() === email
        ? mailbox.deleteAccount(environmentId, email)
        : fail({ kind: 'CONFIRMATION', expected: email }),
    'mailbox.createLabel': ({ environmentId, name, color }) =>
      refuseKeys({ name }) ?? mailbox.createLabel(environmentId, { name, color }),
    'mailbox.deleteLabel': ({ environmentId, id }) => mailbox.deleteLabel(environmentId, id),
    'mailbox.messageLabels': (place) => mailbox.messageLabels(place),
    'mailbox.assignLabels': (place) => mailbox.assignLabels(place),
    'mailbox.removeLabels': (place) => mailbox.removeLabels(place),
    'mailbox.deleteMessage': (place) => mailbox.deleteMessage(place),
  }
}
