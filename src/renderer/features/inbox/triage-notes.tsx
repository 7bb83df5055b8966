import { errorContext } from '../../store/actions.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { formatCount, formatPlural } from '../../ui/format.ts'
import { Note } from '../../ui/note.tsx'
import { describeEnd, describeProgress } from './bulk-text.ts'
import { inbox, useBulk, useMailbox, usePending, useUnsent } from './inbox.ts'
import type { Triage } from './use-triage.ts'

/** How many messages are chosen, and what can be done to them. */
export function SelectionStrip({ count, triage, onLabel }: { count: number; triage: Triage; onLabel: () => void }) {
  return (
    <div className="strip label-strip" role="toolbar" aria-label="Chosen messages">
      <span className="strong nowrap">{formatCount(count)} chosen</span>
      <span className="grow" />
      <IconButton icon="unread" label="Mark read or unread" shortcut="U" onClick={triage.markTargets} />
      <IconButton icon="bookmark" label="Label" shortcut="L" onClick={onLabel} />
      <IconButton icon="trash" label="Delete" shortcut="#" onClick={triage.deleteTargets} />
      <IconButton icon="x" label="Choose none" shortcut="Escape" onClick={triage.clear} />
    </div>
  )
}

/** What became of acts on messages: what can be taken back, what goes on, what failed, what is gone. */
export function TriageNotes({ environmentId }: { environmentId: string }) {
  const bulk = useBulk()
  const pending = usePending().filter((each) => each.environmentId === environmentId)
  const unsent = useUnsent()
  const lostAccount = useMailbox(environmentId)?.lostAccount ?? null
  const count = pending.reduce((sum, { items }) => sum + items.length, 0)
  const [first] = pending.flatMap(({ items }) => items)
  return (
    <>
      {lostAccount === null ? null : (
        <Note
          tone="warned"
          title={<bdi>{lostAccount} is not there any more</bdi>}
          detail="The account was deleted, or this key lost it. Another one is shown."
          onClose={() => inbox.clearLostAccount(environmentId)}
        />
      )}
      {unsent === 0 ? null : (
        <Note
          title={`${formatPlural(unsent, 'message')} ${unsent === 1 ? 'was' : 'were'} not deleted`}
          detail="The environment was left before the deletion was sent, so nothing was."
          onClose={inbox.clearUnsent}
        />
      )}
      {first === undefined ? null : (
        <Note
          icon="trash"
          title={count === 1 ? `Deleted “${first.name}”` : `Deleted ${formatPlural(count, 'message')}`}
          detail="Sent in a few seconds, and for good then."
          actions={
            <Button small shortcut="Mod+Z" onClick={() => void inbox.undoDelete()}>
              Undo
            </Button>
          }
        />
      )}
      {bulk === null || bulk.environmentId !== environmentId ? null : bulk.current !== null ? (
        bulk.total === 1 && bulk.pausedUntilMs === null ? null : (
          <Note
            icon="clock"
            title={describeProgress(bulk)}
            detail={
              bulk.pausedUntilMs === null
                ? undefined
                : 'The rate limit is reached. It goes on by itself; nothing is lost.'
            }
            actions={
              <Button small onClick={inbox.cancelBulk}>
                Cancel
              </Button>
            }
          />
        )
      ) : (
        <Note
          tone={bulk.stopped === 'cancelled' && bulk.failed.length === 0 ? 'plain' : 'refused'}
          {...describeEnd(bulk, errorContext(environmentId))}
          onClose={inbox.clearBulk}
        />
      )}
    </>
  )
}
