import { callOutcomes, callSources, waitCauses } from '../model/call-names.ts'
import type { FilterField } from './filter.ts'

/** A field of the language with the words that explain it. */
export interface FieldInfo {
  readonly field: FilterField
  readonly hint: string
  readonly example: string
}

/** All fields, in the order that they are offered in. */
export const filterFields: readonly FieldInfo[] = [
  { field: 'env', hint: 'Environment', example: 'env:prod' },
  { field: 'status', hint: 'Status of the answer', example: 'status:4xx' },
  { field: 'method', hint: 'HTTP method', example: 'method:POST' },
  { field: 'path', hint: 'Part of path and query', example: 'path:/emails' },
  { field: 'waited', hint: 'Time spent waiting', example: 'waited:>2s' },
  { field: 'took', hint: 'Time from start to end', example: 'took:>500ms' },
  { field: 'attempts', hint: 'Number of attempts', example: 'attempts:>1' },
  { field: 'has', hint: 'Something that the call has', example: 'has:retry' },
  { field: 'cause', hint: 'Cause of a wait', example: 'cause:retry-after' },
  { field: 'key', hint: 'Label or last four of a key', example: 'key:x7Qp' },
  { field: 'source', hint: 'Part of the app that called', example: 'source:Inbox' },
  { field: 'outcome', hint: 'How the call ended', example: 'outcome:timeout' },
  { field: 'op', hint: 'Operation of the API', example: 'op:listEmails' },
  { field: 'after', hint: 'Began at this time or later', example: 'after:-1h' },
  { field: 'before', hint: 'Began before this time', example: 'before:today' },
]

/** True for a name that a term may begin with. */
export function isFilterField(name: string): name is FilterField {
  return filterFields.some(({ field }) => field === name)
}

/** Words that `has:` takes, with what they mean. `header:` goes on with the name of a header. */
export const featureHints = {
  wait: 'Waited before an attempt',
  retry: 'More than one attempt',
  pause: 'Waited for the pause of its rate group',
  parked: 'Was parked',
  error: 'Did not succeed',
  body: 'Sent or got a body',
  'header:': 'Sent or got this header',
} as const

/** HTTP methods that are offered. */
export const methodNames = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Words that `after:` and `before:` offer, with what they mean. */
export const momentHints = {
  '-5m': 'Five minutes ago',
  '-1h': 'One hour ago',
  '-24h': 'A day ago',
  '-7d': 'A week ago',
  today: 'Midnight',
  yesterday: 'Midnight before today',
} as const

/** Statuses that are offered, with what they mean. */
export const statusHints = {
  '2xx': 'Succeeded',
  '4xx': 'Refused',
  '5xx': 'Failed at the server',
  '401': 'Key refused',
  '403': 'Not allowed',
  '429': 'Rate limited',
  none: 'No answer came',
} as const

/** A closed word by its writing without regard to case, `-` and `_` being the same; null when it is none. */
export function findWord<Word extends string>(words: readonly Word[], written: string): Word | null {
  const plain = (text: string) => text.toLowerCase().replaceAll('_', '-')
  return words.find((word) => plain(word) === plain(written)) ?? null
}

/** The closed words of the fields that have some. */
export const closedWords = {
  source: callSources,
  outcome: callOutcomes,
  cause: waitCauses,
} as const
