import type { RefObject } from 'react'
import type { MailChoices } from '../../../shared/model/app.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { MessageList as LoadedMessages } from '../../../shared/model/message.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { TextField } from '../../ui/field.tsx'
import { formatCount, formatPlural } from '../../ui/format.ts'
import { Kbd } from '../../ui/kbd.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { NewMessageButton } from '../compose/new-message-button.tsx'
import { NoKey } from '../keys/no-key.tsx'
import type { ListRows } from './conversation-rows.ts'
import { Failure } from './failure.tsx'
import { inbox, useMailbox } from './inbox.ts'
import { ListFoot } from './list-foot.tsx'
import { ListMenu } from './list-menu.tsx'
import { askAboutMail } from './mail-dialogs.ts'
import { type Loaded, labelsOf, type Place } from './mailbox.ts'
import { MessageList } from './message-list.tsx'
import { isKnownFolder, nameFolder } from './message-text.ts'
import { MissingFolder } from './missing-folder.tsx'
import { SelectionStrip, TriageNotes } from './triage-notes.tsx'
import type { Triage } from './use-triage.ts'

const messageRows = [[90, 150], [200], [250], [110, 120], [170], [230], [80, 160], [210], [240]]

interface ListPaneProps {
  readonly environment: Environment
  readonly account: string | null
  readonly place: Place
  readonly list: Loaded<LoadedMessages>
  /** What the filter leaves of `list`, in rows. */
  readonly rows: ListRows
  readonly choices: MailChoices
  readonly listRef: RefObject<HTMLDivElement | null>
  readonly filterRef: RefObject<HTMLInputElement | null>
  readonly onOpen: (uid: number) => void
  readonly onRefresh: () => void
  readonly triage: Triage
  readonly onLabel: () => void
}

function FilterField({
  environment,
  account,
  place,
  list,
  rows: { rows: messages },
  listRef,
  filterRef,
}: ListPaneProps) {
  const loaded = list.value?.messages.length ?? 0
  return (
    <TextField
      ref={filterRef}
      className="grow"
      label="Filter loaded messages"
      hideLabel
      quiet
      icon="filter"
      placeholder={loaded === 0 ? 'Filter messages' : `Filter ${formatCount(loaded)} loaded messages`}
      value={place.filter}
      disabled={account === null}
      trailing={place.filter === '' ? <Kbd shortcut="/" /> : null}
      onValueChange={(filter) => account !== null && inbox.setFilter(environment.id, account, filter)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && account !== null) {
          event.preventDefault()
          inbox.setFilter(environment.id, account, '')
          // The list may be back only with the next frame.
          requestAnimationFrame(() => listRef.current?.focus())
        } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
          event.preventDefault()
          const first = messages[0]
          if (account !== null && first !== undefined && !messages.some(({ uid }) => uid === place.cursorUid)) {
            inbox.setCursor(environment.id, account, first.uid)
          }
          listRef.current?.focus()
        }
      }}
    />
  )
}

function NoMessages({ environment, account, place, list, choices, onRefresh }: ListPaneProps & { account: string }) {
  const loaded = list.value?.messages.length ?? 0
  const showAll = () => inbox.go(environment.id, account, place.folder, null)
  if (loaded > 0) {
    return (
      <EmptyState
        title="No message matches"
        detail={`${formatPlural(loaded, 'loaded message')} ${loaded === 1 ? 'is' : 'are'} hidden. The filter looks at people, subject, first words and known labels of what is loaded, not at whole texts or older mail.`}
        action={
          <Button shortcut="Escape" onClick={() => inbox.setFilter(environment.id, account, '')}>
            Clear filter
          </Button>
        }
      />
    )
  }
  if (place.label !== null) {
    return (
      <EmptyState
        title={
          <>
            Nothing in {nameFolder(place.folder)} is labelled <bdi>{place.label}</bdi>
          </>
        }
        action={<Button onClick={showAll}>Show all messages</Button>}
      />
    )
  }
  if (!isKnownFolder(place.folder))
    return <MissingFolder environmentId={environment.id} account={account} folder={place.folder} isSure={false} />
  return (
    <EmptyState
      title={`${nameFolder(place.folder)} is empty`}
      detail={choices.pollMs === null ? 'New mail appears when you refresh.' : 'New mail appears by itself.'}
      action={
        <Button icon="refresh" shortcut="Mod+R" onClick={onRefresh}>
          Refresh
        </Button>
      }
    />
  )
}

function ListContent(props: ListPaneProps) {
  const { environment, account, place, list, rows, choices, listRef, onOpen, onRefresh } = props
  const messages = rows.rows
  const mailbox = useMailbox(environment.id)
  const accounts = mailbox?.accounts
  const accountsError = account === null ? (accounts?.error ?? null) : null
  if (environment.activeKeyId === null) return <NoKey environment={environment} />
  if (accountsError !== null && accountsError.kind !== 'FORBIDDEN' && accountsError.kind !== 'API_NOT_FOUND') {
    return <Failure look="empty" error={accountsError} environmentId={environment.id} onRetry={onRefresh} />
  }
  if (account === null) {
    if (accountsError !== null) {
      return <EmptyState title="Which account?" detail="Type its address on the left; it is remembered." />
    }
    if (accounts?.value?.length === 0) {
      return (
        <EmptyState
          title="This key reaches no account"
          detail="Create one here, or at Jasni and refresh."
          action={
            <Button icon="plus" onClick={() => askAboutMail({ kind: 'create-account' })}>
              Create account
            </Button>
          }
        />
      )
    }
    return <Waiting what="Fetching accounts" rows={messageRows} />
  }
  if (list.value === null) {
    if (list.error?.kind === 'API_NOT_FOUND' && place.folder !== 'INBOX')
      return <MissingFolder environmentId={environment.id} account={account} folder={place.folder} isSure />
    return list.error === null ? (
      <Waiting what={`Fetching messages of ${account}`} rows={messageRows} />
    ) : (
      <Failure look="empty" error={list.error} environmentId={environment.id} onRetry={onRefresh} />
    )
  }
  return (
    <>
      {list.error === null ? null : (
        <Failure look="note" error={list.error} environmentId={environment.id} onRetry={onRefresh} />
      )}
      {place.label === null || list.value.messages.length === 0 ? null : (
        <div className="strip label-strip">
          <span className="cut">
            {formatPlural(list.value.messages.length, 'message')} labelled <bdi className="strong">{place.label}</bdi>
          </span>
          <span className="grow" />
          <Button small variant="quiet" onClick={() => inbox.go(environment.id, account, place.folder, null)}>
            Show all
          </Button>
        </div>
      )}
      {messages.length > 0 ? (
        <MessageList
          messages={messages}
          folder={place.folder}
          cursorUid={place.cursorUid}
          openUid={place.openUid}
          listRef={listRef}
          onCursor={(uid) => inbox.setCursor(environment.id, account, uid)}
          onOpen={onOpen}
          selected={place.selection.uids}
          triage={props.triage}
          labelsOf={({ uid }) => {
            const labels = rows.membersOf(uid).flatMap((each) => labelsOf(mailbox, account, place.folder, each) ?? [])
            return [...new Map(labels.map((label) => [label.id, label])).values()]
          }}
          countOf={(uid) => rows.membersOf(uid).length}
          onClose={() => inbox.close(environment.id, account)}
        />
      ) : (
        <NoMessages {...props} account={account} />
      )}
      <ListFoot list={list.value} rowCount={choices.threads ? messages.length : null} />
    </>
  )
}

/** Middle pane: the filter, and the messages of the folder or what stands in their place. */
export function ListPane(props: ListPaneProps) {
  const { environment, list, onRefresh } = props
  return (
    <section className="pane messages" aria-label="Messages of the folder">
      <div className="head narrow">
        <FilterField {...props} />
        <IconButton
          icon="refresh"
          label="Refresh messages"
          shortcut="Mod+R"
          busy={list.loading && list.value !== null}
          disabled={environment.activeKeyId === null}
          onClick={onRefresh}
        />
        <ListMenu environmentId={environment.id} choices={props.choices} />
        <NewMessageButton environmentId={environment.id} account={props.account} />
      </div>
      <TriageNotes environmentId={environment.id} />
      {props.place.selection.uids.length === 0 ? null : (
        <SelectionStrip count={props.triage.targets.length} triage={props.triage} onLabel={props.onLabel} />
      )}
      <ListContent {...props} />
    </section>
  )
}
