import { type Mailbox, type MailMessage, normalizeFolder } from './mailbox.ts'

/** Tells an event by its name, with what its `data` holds. */
export type RaiseEvent = (event: string, data: object) => void

function describeContents({ to, cc, text, html }: MailMessage) {
  return {
    to: to.map(({ address }) => address),
    ...(cc.length === 0 ? {} : { cc: cc.map(({ address }) => address) }),
    text,
    ...(html === null ? {} : { html }),
  }
}

function describeReceived(message: MailMessage) {
  const { uid, messageId, from, subject, account, folder, attachments } = message
  return {
    id: String(uid),
    messageId,
    from: from.address,
    subject,
    account,
    folder,
    ...describeContents(message),
    attachments: attachments.map(({ filename, contentType, size }) => ({ filename, contentType, size })),
  }
}

function describeSent(message: MailMessage) {
  const { messageId, from, subject, account } = message
  return { id: messageId, messageId, from: from.address, subject, account, ...describeContents(message) }
}

/**
 * The same mailbox, telling what happens in it: mail that arrives, is sent, is deleted. API
 * reference, section 10. Events whose `data` no source shows (bounced, spam, those of the SDK alone)
 * do not happen here. A draft is no mail yet.
 */
export function tellMailEvents(mailbox: Mailbox, raise: RaiseEvent): Mailbox {
  return {
    ...mailbox,
    add(message) {
      const stored = mailbox.add(message)
      const folder = normalizeFolder(stored.folder)
      if (folder === 'INBOX') raise('email.received', describeReceived(stored))
      if (folder === 'Sent') raise('email.sent', describeSent(stored))
      return stored
    },
    remove(place) {
      const removed = mailbox.remove(place)
      if (removed !== null && normalizeFolder(place.folder) !== 'Drafts')
        raise('email.deleted', { id: String(removed.uid), account: removed.account })
      return removed
    },
  }
}
