import { type ReactNode, useEffect, useState } from 'react'
import type { CallSummary } from '../../../shared/model/call.ts'
import type { Address, Message, MessagePreview } from '../../../shared/model/message.ts'
import { call } from '../../api/client.ts'
import { showCall } from '../../store/actions.ts'
import { formatPath } from '../../ui/address.ts'
import { Button } from '../../ui/button.tsx'
import { formatAgo, formatBytes, formatCount, formatDuration, formatExact, formatPlural } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { useNow } from '../../ui/now.ts'
import { Segments } from '../../ui/segments.tsx'
import { StatusMark } from '../../ui/status-mark.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { ReplyButtons } from '../compose/reply-buttons.tsx'
import { formatHeadTime } from './days.ts'
import { Failure } from './failure.tsx'
import { inbox } from './inbox.ts'
import type { MessageChoice } from './inbox-store.ts'
import { splitAtLinks } from './link-text.ts'
import { keyOfMessage, type Loaded, type Mailbox } from './mailbox.ts'
import { findOtherReplyTo, formatSubject, nameAddress, numberItems, shownTextCharsMax } from './message-text.ts'

const partiesShown = 6

// What scrolls must be reachable by keyboard: older Chromium does not see to that itself.
const scrollStop = { tabIndex: 0 } as const

function AddressText({ address }: { address: Address }) {
  const name = address.name?.trim() ?? ''
  if (name === '') return <bdi>{address.address}</bdi>
  return (
    <>
      <bdi className="strong">{name}</bdi> <bdi className="soft">&lt;{address.address}&gt;</bdi>
    </>
  )
}

function Parties({ addresses }: { addresses: readonly Address[] }) {
  const [all, setAll] = useState(false)
  const shown = all ? addresses : addresses.slice(0, partiesShown)
  return (
    <span className="parties soft">
      {numberItems(shown).map(({ number, item: address }) => (
        <span key={number}>
          {number > 1 ? ', ' : ''}
          <bdi title={address.address}>{nameAddress(address)}</bdi>
        </span>
      ))}
      {addresses.length > shown.length ? (
        <button type="button" className="link-btn more-parties" onClick={() => setAll(true)}>
          and {formatCount(addresses.length - shown.length)} more
        </button>
      ) : null}
    </span>
  )
}

function MessageHead({ message, preview }: { message: Message | null; preview: MessagePreview | null }) {
  const nowMs = useNow(30_000)
  const head = message ?? preview
  if (head === null) return null
  const cc = message?.cc ?? []
  return (
    <header className="mail-head selectable">
      <h2 dir="auto">{formatSubject(head.subject)}</h2>
      <div className="mail-meta">
        <span className="faint">From</span>
        <span className="parties">
          <AddressText address={head.from} />
        </span>
        {head.dateMs === null ? (
          <span className="faint">No date</span>
        ) : (
          <time className="soft num" dateTime={new Date(head.dateMs).toISOString()} title={formatExact(head.dateMs)}>
            {formatHeadTime(head.dateMs, nowMs)}
          </time>
        )}
        <span className="faint">To</span>
        {head.to.length === 0 ? <span className="faint">nobody</span> : <Parties addresses={head.to} />}
        <span className="faint">{head.dateMs === null ? '' : formatAgo(head.dateMs, nowMs)}</span>
        {cc.length === 0 ? null : (
          <>
            <span className="faint">Cc</span>
            <Parties addresses={cc} />
            <span />
          </>
        )}
      </div>
    </header>
  )
}

function TextBody({ text }: { text: string }) {
  const [all, setAll] = useState(false)
  const long = text.length > shownTextCharsMax && !all
  const pieces = splitAtLinks(long ? text.slice(0, shownTextCharsMax) : text)
  let at = 0
  return (
    <div className="mail-body selectable">
      {pieces.map(({ text: words, href }) => {
        at += words.length
        return href === null ? (
          words
        ) : (
          // Main denies every window: it asks in a dialog that names the whole address.
          <a key={at} href={href} target="_blank" rel="noreferrer" title={href}>
            {words}
          </a>
        )
      })}
      {long ? (
        <p className="mail-rest">
          <Button small onClick={() => setAll(true)}>
            Show all {formatCount(text.length)} characters
          </Button>
        </p>
      ) : null}
    </div>
  )
}

function Attachments({ message }: { message: Message }) {
  if (message.attachments.length === 0) return null
  return (
    <ul className="files" aria-label={formatPlural(message.attachments.length, 'attachment')}>
      {numberItems(message.attachments).map(({ number, item: { filename, contentType, bytes } }) => (
        <li key={number} className="file" title={contentType}>
          <Icon name="file" size={14} className="faint" />
          <bdi className="cut">{filename === '' ? 'Unnamed' : filename}</bdi>
          <span className="faint num">{formatBytes(bytes)}</span>
        </li>
      ))}
    </ul>
  )
}

function CallLine({ callId }: { callId: number }) {
  const [summary, setSummary] = useState<CallSummary | null>(null)
  useEffect(() => {
    let wanted = true
    void call('requests.get', { id: callId }).then((result) => {
      if (wanted) setSummary(result.ok ? result.value.summary : null)
    })
    return () => {
      wanted = false
    }
  }, [callId])
  if (summary === null || summary.id !== callId) return <div className="foot" />
  const [path] = summary.path.split('?')
  return (
    <div className="foot">
      <Icon name="requests" size={14} className="faint" />
      <span className="mono cut" title={summary.path}>
        {summary.method} {formatPath(path ?? '')}
      </span>
      <StatusMark status={summary.status} />
      <span className="num nowrap">{formatDuration(summary.tookMs)}</span>
      <span className="faint cut">the call behind this view</span>
      <span className="grow" />
      <button type="button" className="link-btn nowrap" onClick={() => showCall(callId)}>
        Open in Requests
      </button>
    </div>
  )
}

type View = 'text' | 'html'

function Body({ message, view, notes }: { message: Message; view: View; notes: ReactNode }) {
  const head = (
    <>
      <MessageHead message={message} preview={null} />
      {notes}
    </>
  )
  if (view === 'html' && message.htmlUrl !== null) {
    return (
      <>
        <div className="html-head">{head}</div>
        <iframe
          className="html-body"
          title="HTML of the message"
          src={message.htmlUrl}
          sandbox="allow-popups"
          referrerPolicy="no-referrer"
        />
        <Attachments message={message} />
      </>
    )
  }
  return (
    <section className="scroll mail-scroll" {...scrollStop} aria-label="Text of the message">
      {head}
      {message.text === null || message.text.trim() === '' ? (
        <p className="mail-body faint">This message has no text.</p>
      ) : (
        <TextBody text={message.text} />
      )}
      <Attachments message={message} />
    </section>
  )
}

interface ReaderProps {
  readonly choice: MessageChoice
  readonly mailbox: Mailbox
  readonly slot: Loaded<Message>
  readonly preview: MessagePreview | null
  /** Stands below the head. */
  readonly below: ReactNode
  readonly onRetry: () => void
  readonly onToggleUnread: () => void
}

/** One message: its head, notes, text or HTML, attachments, and the call behind it. */
export function Reader({ choice, mailbox, slot, preview, below, onRetry, onToggleUnread }: ReaderProps) {
  const [chosen, setChosen] = useState<View | null>(null)
  const message = slot.value
  const hasText = message?.text !== null && message?.text !== undefined && message.text.trim() !== ''
  const view: View = chosen ?? (message !== null && !hasText && message.htmlUrl !== null ? 'html' : 'text')
  const { markFailure } = mailbox
  const refused =
    markFailure?.messageKey === keyOfMessage(choice.account, choice.folder, choice.uid) ? markFailure : null
  const otherReplyTo = message === null ? null : findOtherReplyTo(message)

  const notes =
    message === null ? null : (
      <>
        {below}
        {refused === null ? null : (
          <Failure
            look="note"
            error={refused.error}
            environmentId={choice.environmentId}
            onRetry={onToggleUnread}
            onClose={() => inbox.clearMarkFailure(choice.environmentId)}
          />
        )}
        {otherReplyTo === null ? null : (
          <Note
            icon="reply"
            inline
            title={
              <>
                Replies go to <bdi>{otherReplyTo}</bdi>
              </>
            }
            detail="Not to the sender’s address."
          />
        )}
        {view === 'html' && message.htmlHasRemoteContent ? (
          <Note
            icon="image-off"
            inline
            title="Remote content is off"
            detail="Nothing outside this message was loaded."
          />
        ) : null}
      </>
    )

  return (
    <>
      <div className="head reader-head">
        <ReplyButtons choice={choice} message={message} />
        <Button
          variant="quiet"
          icon="unread"
          shortcut="U"
          disabled={(message ?? preview) === null}
          onClick={onToggleUnread}
        >
          {(message ?? preview)?.unread === true ? 'Mark read' : 'Mark unread'}
        </Button>
        <span className="grow" />
        {message === null ? null : (
          <Segments
            label="Form of the message"
            value={view}
            options={[
              { value: 'text', label: 'Text', disabled: !hasText && message.htmlUrl !== null },
              { value: 'html', label: 'HTML', disabled: message.htmlUrl === null },
            ]}
            onValueChange={setChosen}
          />
        )}
      </div>
      {message !== null ? (
        <>
          <Body message={message} view={view} notes={notes} />
          <CallLine callId={message.callId} />
        </>
      ) : (
        <div className="scroll">
          <MessageHead message={null} preview={preview} />
          {slot.error === null ? (
            <Waiting what="Fetching the message" />
          ) : (
            <Failure look="empty" error={slot.error} environmentId={choice.environmentId} onRetry={onRetry} />
          )}
        </div>
      )}
    </>
  )
}
