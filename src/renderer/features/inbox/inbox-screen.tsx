import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Environment } from '../../../shared/model/environment.ts'
import { setUnread } from '../../store/actions.ts'
import { markInteractive } from '../../store/ready.ts'
import { useCurrentAccount, useCurrentEnvironment } from '../../store/store.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { useIsComposing } from '../compose/door.ts'
import { FirstRun, useFirstRun } from '../first-run/first-run.tsx'
import { ComposePanel, LabelPicker, MailDialog } from '../frame/late-parts.ts'
import { useAccountCommands } from './account-commands.ts'
import { ConversationList } from './conversation-list.tsx'
import { makeRows, placeInRows } from './conversation-rows.ts'
import { FolderPane } from './folder-pane.tsx'
import { inbox, useMailbox } from './inbox.ts'
import { useInboxCommands } from './inbox-commands.ts'
import type { ListChoice } from './inbox-store.ts'
import { stepThroughList } from './list-moves.ts'
import { ListPane } from './list-pane.tsx'
import { useMailChoices } from './mail-choices.ts'
import { closeMailDialog } from './mail-dialogs.ts'
import { countUnread, keyOfList, keyOfMessage, labelsOf, placeIn, unasked } from './mailbox.ts'
import { filterMessages } from './message-text.ts'
import { PollingBox } from './polling-box.tsx'
import { Reader } from './reader.tsx'
import { ReaderLabels } from './reader-labels.tsx'
import { useRememberedAccount, useSharedAccounts } from './shared-accounts.ts'
import { useListLabels } from './use-list-labels.ts'
import { usePolling } from './use-polling.ts'
import { useTriage } from './use-triage.ts'
import './inbox.css'

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
  const messages = useMemo(() => {
    if (account === null) return []
    const there = (list.value?.messages ?? []).filter(
      ({ uid }) => mailbox?.hidden.has(keyOfMessage(account, place.folder, uid)) !== true,
    )
    return filterMessages(there, place.filter, (message) =>
      (labelsOf(mailbox, account, place.folder, message) ?? []).map(({ name }) => name),
    )
  }, [list.value, place.filter, place.folder, account, mailbox])
  const choices = useMailChoices(environmentId)
  const rows = useMemo(() => makeRows(messages, choices.threads), [messages, choices.threads])
  const shownPlace = useMemo(() => placeInRows(place, rows), [place, rows])
  useListLabels(choice, list, choices.rowLabels)
  const pollState = usePolling(environmentId, entered ? account : null, place.folder, choices)
  const [labelling, setLabelling] = useState(false)
  const startLabelling = useCallback(() => setLabelling(true), [])
  const triage = useTriage(environmentId, account, shownPlace, rows, startLabelling)
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
      const position = rows.rows.findIndex(({ uid }) => uid === shownPlace.cursorUid)
      const next = stepThroughList(position < 0 ? null : position, rows.rows.length, move, 1)
      const message = next === null ? undefined : rows.rows[next]
      if (account === null || message === undefined) return
      inbox.setCursor(environmentId, account, message.uid)
      listRef.current?.focus()
    },
    [environmentId, account, rows, shownPlace.cursorUid],
  )

  const composing = useIsComposing(environmentId)
  const focusFilter = useCallback(() => filterRef.current?.focus(), [])
  useInboxCommands({ environmentId, account, place, refresh, step, focusFilter })
  useAccountCommands(
    mailbox?.accounts.value?.find(({ email }) => email === account) ?? null,
    mailbox?.labels.value?.find(({ name }) => name === place.label) ?? null,
  )
  useEffect(() => closeMailDialog, [])

  const unreachable = account === null && mailbox?.accounts.error !== null && mailbox?.accounts.error !== undefined
  const settled = environment.activeKeyId === null || unreachable || list.value !== null || list.error !== null
  useEffect(() => {
    if (settled) markInteractive()
  }, [settled])

  return (
    <div className="screen inbox">
      <FolderPane
        environmentId={environmentId}
        account={account}
        place={place}
        foot={
          account === null ? null : <PollingBox environmentId={environmentId} choices={choices} state={pollState} />
        }
      />
      <ListPane
        environment={environment}
        account={account}
        place={shownPlace}
        list={list}
        rows={rows}
        choices={choices}
        listRef={listRef}
        filterRef={filterRef}
        onOpen={open}
        onRefresh={refresh}
        triage={triage}
        onLabel={startLabelling}
      />
      <Suspense fallback={null}>
        {labelling && account !== null && triage.targets.length > 0 ? (
          <LabelPicker
            choice={{ environmentId, account, folder: place.folder }}
            messages={triage.targets}
            onClose={() => {
              setLabelling(false)
              triage.clear()
            }}
          />
        ) : null}
        <MailDialog environment={environment} />
      </Suspense>
      {composing ? (
        <Suspense fallback={null}>
          <ComposePanel environmentId={environmentId} />
        </Suspense>
      ) : (
        <section className="pane" aria-label="Message">
          {mailbox !== undefined && account !== null && place.openUid !== null && openSlot !== null ? (
            <Reader
              key={openKey}
              choice={{ environmentId, account, folder: place.folder, uid: place.openUid }}
              mailbox={mailbox}
              slot={openSlot}
              preview={preview}
              below={
                <>
                  <ReaderLabels
                    choice={{ environmentId, account, folder: place.folder, uid: place.openUid }}
                    preview={preview}
                  />
                  {choices.threads ? (
                    <ConversationList
                      messages={rows.membersOf(place.openUid)}
                      openUid={place.openUid}
                      folder={place.folder}
                      onOpen={open}
                    />
                  ) : null}
                </>
              }
              onRetry={() => place.openUid !== null && open(place.openUid)}
              onToggleUnread={toggleUnread}
            />
          ) : (
            <NothingOpen hasMessages={messages.length > 0} />
          )}
        </section>
      )}
    </div>
  )
}

/** Accounts and folders, messages, and the message that is open. */
export function InboxScreen() {
  const environment = useCurrentEnvironment()
  return environment === null ? null : <InboxOf key={environment.id} environment={environment} />
}
