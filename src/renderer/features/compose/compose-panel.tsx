import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { describeError } from '../../../shared/error-text.ts'
import { limits } from '../../../shared/limits.ts'
import type { OutgoingSummary } from '../../../shared/model/outgoing.ts'
import { errorContext } from '../../store/actions.ts'
import { useAccounts } from '../../store/store.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { Select } from '../../ui/select.tsx'
import { Switch } from '../../ui/switch.tsx'
import { AddressField } from './address-field.tsx'
import { compose, useOutgoing, useWriting } from './compose.ts'
import type { Writing } from './compose-store.ts'
import { describeKept, describePlan, describeServerNote, fieldOf, titleWriting } from './compose-text.ts'
import './compose.css'

const noFiles: OutgoingSummary['files'] = []

function FromRow({ writing, summary }: { writing: Writing; summary: OutgoingSummary | null }) {
  const accounts = useAccounts(writing.environmentId)
  const { account } = writing.content
  const others = accounts?.status === 'loaded' ? accounts.accounts.map(({ email }) => email) : []
  // The original and a copy in Drafts belong to one account.
  const isFixed = writing.origin !== null || (summary?.serverUid ?? null) !== null || others.length < 2
  const options = [...new Set([account, ...others])]
  return (
    <div className="compose-row">
      <span className="faint compose-label">From</span>
      {isFixed ? (
        <span className="cut selectable">{account}</span>
      ) : (
        <Select
          label="From"
          value={account}
          options={options.map((value) => ({ value, label: value }))}
          onValueChange={(value) => compose.edit({ account: value })}
        />
      )}
    </div>
  )
}

function Files({ writing, files }: { writing: Writing; files: OutgoingSummary['files'] }) {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const originals = writing.origin?.kind === 'forward' ? writing.origin.files : 0
  if (files.length === 0 && originals === 0) return null
  return (
    <div className="compose-files">
      {files.length === 0 ? null : (
        <ul className="files" aria-label="Files of this message">
          {files.map(({ id, filename, contentType, bytes }) => (
            <li key={id} className="file" title={contentType}>
              <Icon name="file" size={14} className="faint" />
              <bdi className="cut">{filename}</bdi>
              <span className="faint num">{formatBytes(bytes)}</span>
              <IconButton icon="x" size={14} label={`Remove ${filename}`} onClick={() => void compose.detach(id)} />
            </li>
          ))}
        </ul>
      )}
      {files.length > 0 || originals === 0 ? null : (
        <p className="small soft">
          The original has {originals === 1 ? 'a file' : `${originals} files`}; a forward goes out without.{' '}
          <button type="button" className="link-btn" onClick={() => void compose.attachOriginal()}>
            Attach {originals === 1 ? 'it' : 'them'}
          </button>
        </p>
      )}
      {total > limits.mailFilesWarnBytes ? (
        <p className="small warn-ink">
          {formatBytes(total)} together: many mail servers refuse that much. Base64 adds a third.
        </p>
      ) : null}
    </div>
  )
}

function Notes({ writing, summary }: { writing: Writing; summary: OutgoingSummary | null }) {
  const { error, origin, environmentId } = writing
  const told = error === null ? null : describeError(error, errorContext(environmentId))
  const note = summary?.serverNote ?? null
  return (
    <>
      {told === null ? null : (
        <Note tone="refused" title={told.title} detail={told.detail} onClose={compose.clearError} />
      )}
      {origin?.otherReplyTo === null || origin === null ? null : (
        <Note
          inline
          icon="reply"
          title={
            <>
              Answers were asked to go to <bdi>{origin.otherReplyTo}</bdi>
            </>
          }
          detail="Not to the sender’s address."
        />
      )}
      {note === null ? null : <Note inline {...describeServerNote(note)} tone={note === 'more' ? 'plain' : 'warned'} />}
    </>
  )
}

function Panel({ writing }: { writing: Writing }) {
  const { content, origin, busy, error } = writing
  const summary = useOutgoing().find(({ id }) => id === writing.id) ?? null
  const files = summary?.files ?? noFiles
  const [copies, setCopies] = useState(content.cc.length + content.bcc.length > 0)
  const to = useRef<HTMLInputElement>(null)
  const subject = useRef<HTMLInputElement>(null)
  const text = useRef<HTMLTextAreaElement>(null)
  const isAnswer = origin !== null && origin.kind !== 'forward'

  useEffect(() => {
    // Once per message: the panel has the message's id for its key.
    if (!isAnswer) return to.current?.focus()
    text.current?.focus()
    text.current?.setSelectionRange(0, 0)
    text.current?.scrollTo(0, 0)
  }, [isAnswer])

  useEffect(
    () => () => {
      void compose.flush()
      requestAnimationFrame(() => {
        if (document.activeElement !== document.body) return
        document.querySelector<HTMLElement>('.msgs, main')?.focus()
      })
    },
    [],
  )

  const badField = fieldOf(error)
  useEffect(() => {
    if (badField !== null) ({ to, subject, text })[badField].current?.focus()
  }, [badField])

  function hearKey(event: KeyboardEvent<HTMLElement>): void {
    // What floats above the panel is its child here, but not on screen.
    if (event.defaultPrevented || !(event.target instanceof Node) || !event.currentTarget.contains(event.target)) return
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      // What was typed into a line of addresses is finished when it loses the focus.
      if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur()
      void compose.send()
    } else if (event.key === 'Escape' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      void compose.close()
    }
  }

  const title = titleWriting(writing)
  return (
    <section className="pane compose" aria-label={title} onKeyDown={hearKey}>
      <div className="head">
        <h2 className="title grow">{title}</h2>
        <IconButton icon="trash" label="Discard" onClick={() => void compose.discard()} />
        <IconButton icon="x" label="Keep as a draft and close" shortcut="Escape" onClick={() => void compose.close()} />
      </div>
      <Notes writing={writing} summary={summary} />
      <div className="compose-rows">
        <FromRow writing={writing} summary={summary} />
        <AddressField
          ref={to}
          label="To"
          addresses={content.to}
          onChange={(addresses) => compose.edit({ to: addresses })}
          trailing={
            copies ? null : (
              <button type="button" className="link-btn" onClick={() => setCopies(true)}>
                Cc, Bcc
              </button>
            )
          }
        />
        {copies ? (
          <>
            <AddressField label="Cc" addresses={content.cc} onChange={(addresses) => compose.edit({ cc: addresses })} />
            <AddressField
              label="Bcc"
              addresses={content.bcc}
              onChange={(addresses) => compose.edit({ bcc: addresses })}
            />
          </>
        ) : null}
        <div className="compose-row">
          <label htmlFor="compose-subject" className="faint compose-label">
            Subject
          </label>
          <input
            ref={subject}
            id="compose-subject"
            className="compose-subject"
            type="text"
            dir="auto"
            autoComplete="off"
            maxLength={limits.subjectCharsMax}
            value={content.subject}
            onChange={({ currentTarget }) => compose.edit({ subject: currentTarget.value })}
          />
        </div>
      </div>
      <textarea
        ref={text}
        className="compose-text"
        aria-label="Text"
        dir="auto"
        maxLength={limits.mailTextCharsMax}
        value={content.text}
        onChange={({ currentTarget }) => compose.edit({ text: currentTarget.value })}
      />
      <Files writing={writing} files={files} />
      <p className="compose-plan small soft">{describePlan({ content, origin, files })}</p>
      <div className="compose-foot">
        <Button variant="primary" icon="sent" shortcut="Mod+Enter" busy={busy === 'sending'} onClick={compose.send}>
          Send
        </Button>
        <Button icon="clip" busy={busy === 'attaching'} onClick={() => void compose.attach()}>
          Attach
        </Button>
        <span className="grow" />
        {summary === null ? null : (
          <Switch checked={summary.keepOnServer} onCheckedChange={(on) => void compose.setKeepOnServer(on)}>
            Also in Drafts
          </Switch>
        )}
        <span className="faint small nowrap" role="status">
          {describeKept(writing.kept, summary)}
        </span>
      </div>
    </section>
  )
}

/** The message that is written in this environment, in place of the one that is read. */
export function ComposePanel({ environmentId }: { environmentId: string }) {
  const writing = useWriting(environmentId)
  return writing === null ? null : <Panel key={writing.id} writing={writing} />
}
