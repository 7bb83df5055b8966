import { type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react'
import { knownFolders } from '../../../shared/model/defaults.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import { selectAccount, setAccounts, setUnread } from '../../store/actions.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import { markInteractive } from '../../store/ready.ts'
import { useCurrentAccount, useCurrentEnvironment, useStore } from '../../store/store.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { TextField } from '../../ui/field.tsx'
import { formatCount, formatPlural } from '../../ui/format.ts'
import { Kbd } from '../../ui/kbd.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { FirstRun, useFirstRun } from '../first-run/first-run.tsx'
import { NoKey } from '../keys/no-key.tsx'
import { Failure } from './failure.tsx'
import { FolderPane } from './folder-pane.tsx'
import { inbox, useMailbox } from './inbox.ts'
import type { ListChoice } from './inbox-store.ts'
import { stepThroughList } from './list-moves.ts'
import { countUnread, keyOfList, keyOfMessage, type Mailbox, placeIn, unasked } from './mailbox.ts'
import { MessageList } from './message-list.tsx'
import { filterMessages, nameFolder } from './message-text.ts'
import { Reader } from './reader.tsx'
import './inbox.css'

const messageRows = [[90, 150], [200], [250], [110, 120], [170], [230], [80, 160], [210], [240]]

/** Makes the accounts known to the frame, with the typed one for keys that may not list them. */
function useSharedAccounts(environmentId: string, mailbox: Mailbox | undefined): void {
  const accounts = mailbox?.accounts
  useEffect(() => {
    if (accounts === undefined) return
    if (accounts.value !== null) {
      setAccounts(environmentId, { status: 'loaded', accounts: accounts.value })
    } else if (accounts.error !== null) {
      const remembered = useStore.getState().settings.accounts[environmentId]
      const typed = accounts.error.kind === 'FORBIDDEN' || accounts.error.kind === 'API_NOT_FOUND'
      setAccounts(
        environmentId,
        typed && remembered !== undefined
          ? { status: 'loaded', accounts: [{ email: remembered, name: '' }] }
          : { status: 'failed', error: accounts.error },
      )
    } else setAccounts(environmentId, { status: 'loading' })
  }, [environmentId, accounts])
}

/** Remembers the account that was shown without being chosen, so that the next start need not ask which it is. */
function useRememberedAccount(environmentId: string, mailbox: Mailbox | undefined, account: string | null): void {
  const known = mailbox?.accounts.value?.some(({ email }) => email === account) === true
  useEffect(() => {
    if (account !== null && known && useStore.getState().settings.accounts[environmentId] === undefined)
      void selectAccount(environmentId, account)
  }, [environmentId, account, known])
}

interface ListPaneProps {
  readonly children: ReactNode
  readonly filter: ReactNode
  readonly refresh: ReactNode
}

function ListPane({ children, filter, refresh }: ListPaneProps) {
  return (
    <section className="pane messages" aria-label="Messages of the folder">
      <div className="head narrow">
        {filter}
        {refresh}
      </div>
      {children}
    </section>
  )
}

function NothingOpen({ hasMessages }: { hasMessages: boolean }) {
  const firstRun = useFirstRun()
  if (firstRun) return <FirstRun />
  if (!hasMessages) return null
  return (
    <div className="reader-empty">
      <EmptyState
        title="No message is open"
        detail={
          <span className="key-hints">
            <Kbd shortcut="J" />
            <Kbd shortcut="K" />
            move
            <Kbd shortcut="Enter" />
            open
          </span>
        }
      />
    </div>
  )
}

function InboxOf({ environment }: { environment: Environment }) {
  const { id: environmentId } = environment
  const stamp = `${environment.activeKeyId ?? ''} ${environment.baseUrl}`
  const mailbox = useMailbox(environmentId)
  const account = useCurrentAccount(environmentId)
  const place = placeIn(mailbox, account)
  const listRef = useRef<HTMLDivElement>(null)
  const filterRef = useRef<HTMLInputElement>(null)

  useEffect(() => inbox.enter(environmentId, stamp), [environmentId, stamp])
  useSharedAccounts(environmentId, mailbox)
  useRememberedAccount(environmentId, mailbox, account)

  const choice = useMemo(
    (): ListChoice | null =>
      account === null ? null : { environmentId, account, folder: place.folder, label: place.label },
    [environmentId, account, place.folder, place.label],
  )
  // False for a moment after the key changed: the list belongs to the former key until then.
  const entered = mailbox?.stamp === stamp
  useEffect(() => {
    if (choice !== null && entered) inbox.showList(choice)
  }, [choice, entered])

  const list = account === null ? unasked : (mailbox?.lists[keyOfList(account, place.folder, place.label)] ?? unasked)
  const messages = useMemo(() => filterMessages(list.value?.messages ?? [], place.filter), [list.value, place.filter])
  const unread = account === null ? null : countUnread(mailbox, account, 'INBOX')
  useEffect(() => {
    if (unread !== null) setUnread(environmentId, unread)
  }, [environmentId, unread])

  const openKey = account === null || place.openUid === null ? null : keyOfMessage(account, place.folder, place.openUid)
  const openSlot = openKey === null ? null : (mailbox?.messages.get(openKey) ?? unasked)
  const preview = list.value?.messages.find(({ uid }) => uid === place.openUid) ?? null

  const refresh = useCallback(() => void inbox.refresh(environmentId, choice), [environmentId, choice])
  const open = useCallback(
    (uid: number) => {
      if (account === null) return
      void inbox.open({ environmentId, account, folder: place.folder, uid }, !environment.protected)
    },
    [environmentId, account, place.folder, environment.protected],
  )
  // A message that gave way to others while another place was on screen is fetched again.
  const gone = openKey !== null && entered && mailbox?.messages.has(openKey) === false
  useEffect(() => {
    if (gone && place.openUid !== null) open(place.openUid)
  }, [gone, place.openUid, open])
  const toggleUnread = useCallback(() => {
    const uid = place.openUid ?? place.cursorUid
    const message = list.value?.messages.find((each) => each.uid === uid) ?? openSlot?.value ?? null
    if (account === null || message === null) return
    void inbox.mark(
      { environmentId, account, folder: place.folder, uid: message.uid },
      message.unread ? 'read' : 'unread',
    )
  }, [environmentId, account, place.folder, place.openUid, place.cursorUid, list.value, openSlot])
  const step = useCallback(
    (move: 'next' | 'previous') => {
      const position = messages.findIndex(({ uid }) => uid === place.cursorUid)
      const next = stepThroughList(position < 0 ? null : position, messages.length, move, 1)
      const message = next === null ? undefined : messages[next]
      if (account === null || message === undefined) return
      inbox.setCursor(environmentId, account, message.uid)
      listRef.current?.focus()
    },
    [environmentId, account, messages, place.cursorUid],
  )

  const commands = useMemo((): readonly Command[] => {
    const go = knownFolders.map(
      (folder): Command => ({
        id: `inbox-folder-${folder}`,
        group: 'Inbox',
        title: `Show ${nameFolder(folder)}`,
        ...(account === null ? {} : { detail: account }),
        icon: 'inbox',
        run: () => account !== null && inbox.go(environmentId, account, folder, null),
      }),
    )
    return [
      { id: 'inbox-refresh', group: 'Inbox', title: 'Refresh messages', icon: 'refresh', shortcut: 'R', run: refresh },
      {
        id: 'inbox-filter',
        group: 'Inbox',
        title: 'Filter loaded messages',
        icon: 'filter',
        shortcut: '/',
        run: () => filterRef.current?.focus(),
      },
      {
        id: 'inbox-unread',
        group: 'Inbox',
        title: 'Mark message read or unread',
        icon: 'unread',
        shortcut: 'U',
        run: toggleUnread,
      },
      {
        id: 'inbox-close',
        group: 'Inbox',
        title: 'Close the message or clear the filter',
        icon: 'x',
        shortcut: 'Escape',
        run: () => {
          if (account === null) return
          if (place.filter === '') inbox.close(environmentId, account)
          else inbox.setFilter(environmentId, account, '')
        },
      },
      { id: 'inbox-next', group: 'Inbox', title: 'Next message', icon: 'down', shortcut: 'J', run: () => step('next') },
      {
        id: 'inbox-previous',
        group: 'Inbox',
        title: 'Previous message',
        icon: 'updown',
        shortcut: 'K',
        run: () => step('previous'),
      },
      ...go,
    ]
  }, [environmentId, account, place.filter, refresh, toggleUnread, step])
  useCommands('inbox', commands)

  const loaded = list.value?.messages.length ?? 0
  const accountsError = account === null ? (mailbox?.accounts.error ?? null) : null

  const settled =
    environment.activeKeyId === null || accountsError !== null || list.value !== null || list.error !== null
  useEffect(() => {
    if (settled) markInteractive()
  }, [settled])

  function renderList(): ReactNode {
    if (environment.activeKeyId === null) return <NoKey environment={environment} />
    if (accountsError !== null && accountsError.kind !== 'FORBIDDEN' && accountsError.kind !== 'API_NOT_FOUND') {
      return <Failure look="empty" error={accountsError} environmentId={environmentId} onRetry={refresh} />
    }
    if (account === null) {
      if (accountsError !== null) {
        return <EmptyState title="Which account?" detail="Type its address on the left; it is remembered." />
      }
      if (mailbox?.accounts.value?.length === 0) {
        return <EmptyState title="This key reaches no account" detail="Create an account at Jasni, then refresh." />
      }
      return <Waiting what="Fetching accounts" rows={messageRows} />
    }
    if (list.value === null) {
      return list.error === null ? (
        <Waiting what={`Fetching messages of ${account}`} rows={messageRows} />
      ) : (
        <Failure look="empty" error={list.error} environmentId={environmentId} onRetry={refresh} />
      )
    }
    return (
      <>
        {list.error === null ? null : (
          <Failure look="note" error={list.error} environmentId={environmentId} onRetry={refresh} />
        )}
        {place.label === null || loaded === 0 ? null : (
          <div className="strip label-strip">
            <span className="cut">
              {formatPlural(list.value.messages.length, 'message')} labelled <bdi className="strong">{place.label}</bdi>
            </span>
            <span className="grow" />
            <Button small variant="quiet" onClick={() => inbox.go(environmentId, account, place.folder, null)}>
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
            onCursor={(uid) => inbox.setCursor(environmentId, account, uid)}
            onOpen={open}
            onClose={() => inbox.close(environmentId, account)}
          />
        ) : loaded > 0 ? (
          <EmptyState
            title="No message matches"
            detail={`${formatPlural(loaded, 'loaded message')} ${loaded === 1 ? 'is' : 'are'} hidden by the filter.`}
            action={
              <Button shortcut="Escape" onClick={() => inbox.setFilter(environmentId, account, '')}>
                Clear filter
              </Button>
            }
          />
        ) : place.label === null ? (
          <EmptyState
            title={`${nameFolder(place.folder)} is empty`}
            detail="New mail appears when you refresh."
            action={
              <Button icon="refresh" shortcut="R" onClick={refresh}>
                Refresh
              </Button>
            }
          />
        ) : (
          <EmptyState
            title={
              <>
                Nothing in {nameFolder(place.folder)} is labelled <bdi>{place.label}</bdi>
              </>
            }
            action={
              <Button onClick={() => inbox.go(environmentId, account, place.folder, null)}>Show all messages</Button>
            }
          />
        )}
      </>
    )
  }

  return (
    <div className="screen inbox">
      <FolderPane environmentId={environmentId} account={account} place={place} />
      <ListPane
        filter={
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
            onValueChange={(filter) => account !== null && inbox.setFilter(environmentId, account, filter)}
            onKeyDown={(event) => {
              if (event.key === 'Escape' && account !== null) {
                event.preventDefault()
                inbox.setFilter(environmentId, account, '')
                // The list may be back only with the next frame.
                requestAnimationFrame(() => listRef.current?.focus())
              } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
                event.preventDefault()
                const first = messages[0]
                if (account !== null && first !== undefined && !messages.some(({ uid }) => uid === place.cursorUid)) {
                  inbox.setCursor(environmentId, account, first.uid)
                }
                listRef.current?.focus()
              }
            }}
          />
        }
        refresh={
          <IconButton
            icon="refresh"
            label="Refresh messages"
            shortcut="R"
            busy={list.loading && list.value !== null}
            disabled={environment.activeKeyId === null}
            onClick={refresh}
          />
        }
      >
        {renderList()}
      </ListPane>
      <section className="pane" aria-label="Message">
        {mailbox !== undefined && account !== null && place.openUid !== null && openSlot !== null ? (
          <Reader
            key={openKey}
            choice={{ environmentId, account, folder: place.folder, uid: place.openUid }}
            mailbox={mailbox}
            slot={openSlot}
            preview={preview}
            onRetry={() => place.openUid !== null && open(place.openUid)}
            onToggleUnread={toggleUnread}
          />
        ) : (
          <NothingOpen hasMessages={messages.length > 0} />
        )}
      </section>
    </div>
  )
}

/** Accounts and folders, messages, and the message that is open. */
export function InboxScreen() {
  const environment = useCurrentEnvironment()
  return environment === null ? null : <InboxOf key={environment.id} environment={environment} />
}
