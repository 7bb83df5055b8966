import type { AppError } from '../../../shared/error.ts'
import { bareOf, nameOf } from '../../../shared/mail/addresses.ts'
import { type DetachedBy, type Plannable, planSend } from '../../../shared/mail/send-plan.ts'
import type { MessagePreview } from '../../../shared/model/message.ts'
import type { OutgoingState, OutgoingSummary, ServerNote } from '../../../shared/model/outgoing.ts'
import { assertNever } from '../../../shared/result.ts'
import { formatClock } from '../../ui/format.ts'
import type { Writing } from './compose-store.ts'

/** Short name of an address: the name in front of it, else the address itself. */
export function nameRecipient(text: string): string {
  return nameOf(text) || bareOf(text) || text
}

/** The first recipients by name. */
export function nameRecipients(to: readonly string[]): string {
  if (to.length === 0) return 'To nobody yet'
  const more = to.length > 2 ? ` and ${to.length - 2} more` : ''
  return `To ${to.slice(0, 2).map(nameRecipient).join(', ')}${more}`
}

/** What a message is called in lists and notes: its subject, else its first words, else a word for neither. */
export function nameMail({ subject, snippet }: Pick<OutgoingSummary, 'subject' | 'snippet'>): string {
  return subject.replace(/\s+/g, ' ').trim() || snippet || 'No subject'
}

/** Title of the panel. */
export function titleWriting({ origin }: Pick<Writing, 'origin'>): string {
  if (origin === null) return 'New message'
  switch (origin.kind) {
    case 'reply':
      return 'Reply'
    case 'reply-all':
      return 'Reply to all'
    case 'forward':
      return 'Forward'
    default:
      return assertNever(origin.kind)
  }
}

function explainDetached(by: DetachedBy, isForward: boolean): string {
  const own = isForward ? 'forward' : 'reply'
  switch (by) {
    case 'files':
      return `the API’s ${own} takes no files`
    case 'recipients':
      return 'the API’s reply would go to others'
    case 'subject':
      return `the API’s ${own} keeps the subject`
    case 'quote':
      return 'the original below was changed'
    default:
      return assertNever(by)
  }
}

/** One line that says by which operation a message goes out, and what follows from it. */
export function describePlan(mail: Plannable): string {
  const plan = planSend(mail)
  switch (plan.operation) {
    case 'replyToEmail':
      return 'Goes out as a reply, in the thread of the original.'
    case 'forwardEmail':
      return 'Goes out as a forward; the server adds the original.'
    case 'sendEmail':
      if (plan.detachedBy === null) return 'Goes out as a new message.'
      return `Goes out as a message of its own, because ${explainDetached(plan.detachedBy, mail.origin?.kind === 'forward')}.`
    default:
      return assertNever(plan)
  }
}

/** Whether what is on screen is kept, in a few words. */
export function describeKept(kept: Writing['kept'], summary: OutgoingSummary | null): string {
  switch (kept) {
    case 'untouched':
      return 'Nothing written yet'
    case 'changed':
      return 'Keeping…'
    case 'refused':
      return 'Not kept'
    case 'kept': {
      if (summary === null || summary.serverUid === null || !summary.keepOnServer) return 'Kept on this machine'
      const at = summary.serverAtMs === null ? '' : ` at ${formatClock(summary.serverAtMs)}`
      return `Kept here, and in Drafts${at}`
    }
    default:
      return assertNever(kept)
  }
}

/** What a person must know about the copy in Drafts. */
export function describeServerNote(note: ServerNote): { readonly title: string; readonly detail: string } {
  switch (note) {
    case 'conflict':
      return {
        title: 'The draft was changed elsewhere too.',
        detail: 'Both versions are in Drafts; this one goes on.',
      }
    case 'gone':
      return { title: 'The copy in Drafts is gone.', detail: 'It was removed elsewhere. This text is still here.' }
    case 'more':
      return {
        title: 'The draft on the server holds more than text.',
        detail: 'Its HTML or files stay there as they are and are not part of this message.',
      }
    case 'failed':
      return { title: 'The copy in Drafts could not be written.', detail: 'The text is kept on this machine.' }
    default:
      return assertNever(note)
  }
}

/** One or two words on where a message stands. */
export function nameState(state: OutgoingState): string {
  switch (state.name) {
    case 'draft':
      return 'draft'
    case 'queued':
      return state.leavesAtMs === null ? 'waits' : 'sending'
    case 'sending':
      return 'sending'
    case 'sent':
      return 'sent'
    case 'failed':
      return 'not sent'
    case 'unknown':
      return 'unknown'
    case 'discarded':
      return 'discarded'
    default:
      return assertNever(state)
  }
}

/** True for a message that a person may go on writing. */
export function canOpen({ state }: Pick<OutgoingSummary, 'state'>): boolean {
  return state.name === 'draft' || state.name === 'failed' || (state.name === 'queued' && state.leavesAtMs === null)
}

/** What a look into Sent means for a message of unknown outcome. */
export function describeCheck(found: readonly MessagePreview[]): string {
  const [first] = found
  if (first === undefined) return 'Nothing like it is among the newest in Sent. It may still appear there.'
  const at = first.dateMs === null ? '' : `, ${formatClock(first.dateMs)}`
  const more = found.length === 1 ? '' : `, and ${found.length - 1} more like it`
  return `In Sent there is “${first.subject}”${at}${more}.`
}

/** The field that an error is about, to put the cursor there. */
export function fieldOf(error: AppError | null): 'to' | 'subject' | 'text' | null {
  if (error?.kind !== 'OUTBOX') return null
  if (error.fault === 'no-recipient' || error.fault === 'bad-address') return 'to'
  if (error.fault === 'no-subject') return 'subject'
  return error.fault === 'no-text' ? 'text' : null
}
