import { type ReactNode, useEffect, useRef } from 'react'
import { useStore as useVanillaStore } from 'zustand'
import { describeError } from '../../../shared/error-text.ts'
import type { OutgoingSummary } from '../../../shared/model/outgoing.ts'
import { errorContext, showScreen, switchEnvironment } from '../../store/actions.ts'
import { findEnvironment, useStore } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { useNow } from '../../ui/now.ts'
import { compose, useOutboxEvents, useOutgoing } from './compose.ts'
import { describeCheck, nameMail, nameRecipients } from './compose-text.ts'

const shownMax = 3

async function openIn(mail: OutgoingSummary): Promise<void> {
  await switchEnvironment(mail.environmentId)
  showScreen('inbox')
  await compose.open(mail.id)
}

function OpenButton({ mail }: { mail: OutgoingSummary }) {
  return (
    <Button variant="quiet" onClick={() => void openIn(mail)}>
      Edit
    </Button>
  )
}

/** Counts down, with the way back focused: whoever sent by keyboard is one key from taking it back. */
function LeavingNote({ mail, where, leavesAtMs }: { mail: OutgoingSummary; where: string; leavesAtMs: number }) {
  const undo = useRef<HTMLButtonElement>(null)
  const now = useNow(250)
  useEffect(() => {
    if (document.activeElement === document.body) undo.current?.focus()
  }, [])
  return (
    <Note
      inline
      icon="sent"
      title={
        <>
          Sending “<bdi>{nameMail(mail)}</bdi>”
        </>
      }
      detail={
        <>
          {nameRecipients(mail.to)}
          {where} <span aria-hidden="true">in {Math.max(0, Math.ceil((leavesAtMs - now) / 1000))} s</span>
        </>
      }
      actions={
        <Button ref={undo} onClick={() => void compose.unsend(mail.id)}>
          Undo
        </Button>
      }
    />
  )
}

function UnknownNote({ mail, where }: { mail: OutgoingSummary; where: string }) {
  const found = useVanillaStore(compose.store, ({ checks }) => checks[mail.id])
  const busy = useVanillaStore(compose.store, ({ asked }) => asked.has(mail.id))
  return (
    <Note
      tone="warned"
      title={
        <>
          Nobody knows whether “<bdi>{nameMail(mail)}</bdi>” was sent
        </>
      }
      detail={
        <>
          {nameRecipients(mail.to)}
          {where}.{' '}
          {found === undefined
            ? 'No answer came after it had left. It is not repeated by itself.'
            : describeCheck(found)}
        </>
      }
      actions={
        <>
          <Button busy={busy} onClick={() => void compose.checkSent(mail.id)}>
            Check Sent
          </Button>
          <Button onClick={() => void compose.settleSent(mail.id)}>It was sent</Button>
          <Button variant="quiet" onClick={() => void compose.sendAgain(mail.id)}>
            Send again anyway
          </Button>
        </>
      }
    />
  )
}

function OutboxNote({ mail }: { mail: OutgoingSummary }): ReactNode {
  const currentId = useStore((state) => state.currentEnvironmentId)
  const name = useStore((state) => findEnvironment(state, mail.environmentId)?.name ?? '')
  const where = mail.environmentId === currentId ? '' : ` in ${name}`
  const { state } = mail
  switch (state.name) {
    case 'queued':
      if (state.leavesAtMs !== null) return <LeavingNote mail={mail} where={where} leavesAtMs={state.leavesAtMs} />
      return (
        <Note
          inline
          tone="warned"
          icon="clock"
          title={
            <>
              “<bdi>{nameMail(mail)}</bdi>” was not sent
            </>
          }
          detail={`The app ended before it left${where}.`}
          actions={
            <>
              <Button onClick={() => void compose.sendAgain(mail.id)}>Send</Button>
              <OpenButton mail={mail} />
            </>
          }
        />
      )
    case 'sending':
      return (
        <Note
          inline
          icon="sent"
          title={
            <>
              Sending “<bdi>{nameMail(mail)}</bdi>”
            </>
          }
          detail={`${nameRecipients(mail.to)}${where}. It has left.`}
        />
      )
    case 'failed': {
      const { title, detail } = describeError(state.error, errorContext(mail.environmentId))
      return (
        <Note
          tone="refused"
          title={
            <>
              “<bdi>{nameMail(mail)}</bdi>” was not sent{where}
            </>
          }
          detail={`${title}. ${detail}`}
          actions={
            <>
              <Button onClick={() => void compose.sendAgain(mail.id)}>Send again</Button>
              <OpenButton mail={mail} />
            </>
          }
        />
      )
    }
    case 'unknown':
      return <UnknownNote mail={mail} where={where} />
    default:
      return null
  }
}

/** Mail that is on its way, was not sent, or may have been: on every screen, since it goes on there too. */
export function OutboxNotes() {
  useOutboxEvents()
  const mails = useOutgoing()
  const writingId = useVanillaStore(compose.store, ({ writing }) => writing?.id ?? null)
  const told = mails.filter(
    ({ id, state }) => id !== writingId && ['queued', 'sending', 'failed', 'unknown'].includes(state.name),
  )
  return told.slice(-shownMax).map((mail) => <OutboxNote key={mail.id} mail={mail} />)
}
