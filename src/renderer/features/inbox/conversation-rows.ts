import type { MessagePreview } from '../../../shared/model/message.ts'
import type { Place } from './mailbox.ts'
import type { Selection } from './selection.ts'
import { groupThreads, rowOf } from './threads.ts'

/** Rows of a list: one for each message, or one for each conversation. A row has the uid of its newest message. */
export interface ListRows {
  readonly rows: readonly MessagePreview[]
  /** The messages of the row that a message is in, newest first. */
  membersOf(uid: number): readonly MessagePreview[]
  /** The row that a message is in; itself where it is in none. */
  rowOfUid(uid: number): number
}

const none: readonly MessagePreview[] = []

/** Makes the rows of a list. */
export function makeRows(messages: readonly MessagePreview[], threads: boolean): ListRows {
  const groups = threads
    ? groupThreads(messages)
    : messages.map((message) => ({ head: message, messages: [message] as const }))
  const groupByUid = new Map(groups.flatMap((group) => group.messages.map(({ uid }) => [uid, group] as const)))
  return {
    rows: threads ? groups.map(rowOf) : messages,
    membersOf: (uid) => groupByUid.get(uid)?.messages ?? none,
    rowOfUid: (uid) => groupByUid.get(uid)?.head.uid ?? uid,
  }
}

/** A selection of messages as one of rows: a conversation stays chosen when a newer message leads it. */
export function selectRows({ uids, anchor }: Selection, { rowOfUid }: ListRows): Selection {
  return { uids: [...new Set(uids.map(rowOfUid))], anchor: anchor === null ? null : rowOfUid(anchor) }
}

/** Where a person is, in rows. */
export function placeInRows(place: Place, rows: ListRows): Place {
  const { cursorUid, openUid, selection } = place
  return {
    ...place,
    cursorUid: cursorUid === null ? null : rows.rowOfUid(cursorUid),
    openUid: openUid === null ? null : rows.rowOfUid(openUid),
    selection: selectRows(selection, rows),
  }
}
