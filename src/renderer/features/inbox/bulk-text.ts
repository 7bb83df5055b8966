import { describeError, type ErrorContext } from '../../../shared/error-text.ts'
import { formatCount, formatPlural } from '../../ui/format.ts'
import type { BulkKind, BulkProgress } from './bulk.ts'

const doing: Readonly<Record<BulkKind, string>> = {
  read: 'Marking as read',
  unread: 'Marking as unread',
  label: 'Labelling',
  delete: 'Deleting',
}
const done: Readonly<Record<BulkKind, string>> = {
  read: 'marked as read',
  unread: 'marked as unread',
  label: 'labelled',
  delete: 'deleted',
}
const namesShown = 3

/** What goes on, as `Deleting 3 of 10`. */
export function describeProgress({ kind, done: ready, failed, total }: BulkProgress): string {
  return `${doing[kind]} ${formatCount(Math.min(total, ready + failed.length + 1))} of ${formatCount(total)}`
}

/** How an act on several messages ended: what is done, what failed and why, what was left alone. */
export function describeEnd(progress: BulkProgress, context: ErrorContext): { title: string; detail: string } {
  const { kind, total, failed, stopped } = progress
  const ready = progress.done
  const left = total - ready - failed.length
  const title =
    ready === 0
      ? `${total === 1 ? 'The message was' : `None of ${formatCount(total)} messages was`} ${total === 1 ? 'not ' : ''}${done[kind]}`
      : ready === total
        ? `${formatPlural(total, 'message')} ${done[kind]}`
        : `${formatCount(ready)} of ${formatPlural(total, 'message')} ${done[kind]}`
  const names = failed.slice(0, namesShown).map(({ item }) => `“${item.name}”`)
  const more = failed.length > namesShown ? ` and ${formatCount(failed.length - namesShown)} more` : ''
  const [first] = failed
  const reason = first === undefined ? '' : `${describeError(first.error, context).title}: ${names.join(', ')}${more}.`
  const rest =
    left === 0
      ? ''
      : stopped === 'cancelled'
        ? `You cancelled; ${formatPlural(left, 'message')} ${left === 1 ? 'stays' : 'stay'} as ${left === 1 ? 'it was' : 'they were'}.`
        : `${formatPlural(left, 'message')} ${left === 1 ? 'was' : 'were'} left alone: the same would have happened.`
  return { title, detail: [reason, rest].filter((part) => part !== '').join(' ') }
}
