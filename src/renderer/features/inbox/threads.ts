import type { MessagePreview } from '../../../shared/model/message.ts'

/** Messages of one conversation within a loaded list, newest first; `head` is the newest. */
export interface Thread {
  readonly head: MessagePreview
  readonly messages: readonly MessagePreview[]
}

const prefix = /^(?:re|fwd?|aw|wg|sv|vs|tr|antw)(?:\[\d+\])?\s*:\s*/iu

/** A subject without what replies and forwards put before it, and whether there was any of that. */
function bareSubject(subject: string): { readonly subject: string; readonly answers: boolean } {
  let rest = subject.replace(/\s+/gu, ' ').trim()
  let answers = false
  for (let found = prefix.exec(rest); found !== null; found = prefix.exec(rest)) {
    rest = rest.slice(found[0].length)
    answers = true
  }
  return { subject: rest.toLowerCase(), answers }
}

/**
 * Puts messages of one conversation together, in the order of their newest. The client groups itself, by the
 * Message-IDs that a list gives (API reference, section 6.9). Lists need not give them, so that an answer also belongs
 * to the message of the same subject before it, and answers of one subject to each other. Two mails of one subject
 * that answer nothing stay apart.
 */
export function groupThreads(messages: readonly MessagePreview[]): readonly Thread[] {
  const parents = messages.map((_message, index) => index)
  const rootOf = (index: number): number => {
    let at = index
    for (let parent = parents[at] ?? at; parent !== at; parent = parents[at] ?? at) {
      parents[at] = parents[parent] ?? parent
      at = parents[at] ?? parent
    }
    return at
  }
  const join = (one: number, other: number) => {
    // The smaller position is the newer message: it leads.
    const [low, high] = [rootOf(one), rootOf(other)].sort((a, b) => a - b)
    if (low !== undefined && high !== undefined) parents[high] = low
  }

  const byId = new Map<string, number>()
  messages.forEach(({ thread = [] }, index) => {
    for (const id of thread) {
      const known = byId.get(id)
      if (known === undefined) byId.set(id, index)
      else join(known, index)
    }
  })

  // Oldest first: an answer joins what came before it.
  const bySubject = new Map<string, number>()
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const { subject, answers } = bareSubject(messages[index]?.subject ?? '')
    if (subject === '') continue
    const before = bySubject.get(subject)
    if (answers && before !== undefined) join(before, index)
    bySubject.set(subject, index)
  }

  const groups = new Map<number, MessagePreview[]>()
  messages.forEach((message, index) => {
    const root = rootOf(index)
    const group = groups.get(root)
    if (group === undefined) groups.set(root, [message])
    else group.push(message)
  })
  return [...groups.values()].flatMap((group) => {
    const [head] = group
    return head === undefined ? [] : [{ head, messages: group }]
  })
}

/** A message as the row of its conversation: unread when any of it is, with attachments when any has some. */
export function rowOf({ head, messages }: Thread): MessagePreview {
  return {
    ...head,
    unread: messages.some(({ unread }) => unread),
    hasAttachments: messages.some(({ hasAttachments }) => hasAttachments),
  }
}
