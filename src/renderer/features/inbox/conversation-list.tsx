import type { MessagePreview } from '../../../shared/model/message.ts'
import { formatExact, formatListTime, formatPlural } from '../../ui/format.ts'
import { useNow } from '../../ui/now.ts'
import { nameParty } from './message-text.ts'

interface ConversationListProps {
  readonly messages: readonly MessagePreview[]
  readonly openUid: number
  readonly folder: string
  readonly onOpen: (uid: number) => void
}

/** The other loaded messages of the conversation that a message is in; each opens. */
export function ConversationList({ messages, openUid, folder, onOpen }: ConversationListProps) {
  const nowMs = useNow(30_000)
  const others = messages.filter(({ uid }) => uid !== openUid)
  if (others.length === 0) return null
  const title = `${formatPlural(others.length, 'other message', 'other messages')} of this conversation`
  return (
    <section className="conversation" aria-label={title}>
      <h3 className="subhead">{title}</h3>
      <ul>
        {others.map((message) => (
          <li key={message.uid}>
            <button
              type="button"
              className={`conversation-row ${message.unread ? 'new' : ''}`}
              onClick={() => onOpen(message.uid)}
            >
              <span className="from cut" dir="auto">
                {nameParty(message, folder)}
              </span>
              <span className="faint cut" dir="auto">
                {message.snippet}
              </span>
              {message.unread ? <span className="unseen">Unread</span> : null}
              {message.dateMs === null ? null : (
                <time
                  className="num faint"
                  dateTime={new Date(message.dateMs).toISOString()}
                  title={formatExact(message.dateMs)}
                >
                  {formatListTime(message.dateMs, nowMs)}
                </time>
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
