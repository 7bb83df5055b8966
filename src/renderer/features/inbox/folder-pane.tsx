import { type KeyboardEvent, type ReactNode, Suspense, useState } from 'react'
import type { AppError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import { knownFolders } from '../../../shared/model/defaults.ts'
import { selectAccount, setAccounts } from '../../store/actions.ts'
import { useAccounts } from '../../store/store.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { formatCount } from '../../ui/format.ts'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { Skeleton, useWaitingStage } from '../../ui/waiting.tsx'
import { UnsentRows } from '../frame/late-parts.ts'
import { AccountMenu } from './account-menu.tsx'
import { inbox, useMailbox } from './inbox.ts'
import { isPlainKey } from './list-moves.ts'
import { askAboutMail } from './mail-dialogs.ts'
import { countUnread, type Place } from './mailbox.ts'
import { nameAccount, nameFolder } from './message-text.ts'

const folderIcons: Readonly<Record<string, IconName>> = {
  INBOX: 'inbox',
  Sent: 'sent',
  Drafts: 'draft',
  Spam: 'ban',
  Trash: 'trash',
}

interface FolderPaneProps {
  readonly environmentId: string
  readonly account: string | null
  readonly place: Place
  /** Stands at the lower end of the pane. */
  readonly foot?: ReactNode
}

/** Arrows walk the rows of the pane; Tab leaves it. */
function walkRows(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0 || !isPlainKey(event) || event.target instanceof HTMLInputElement) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('button.tree-item')]
  const at = document.activeElement instanceof HTMLElement ? rows.indexOf(document.activeElement) : -1
  rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.focus()
  event.preventDefault()
}

function WaitingRows() {
  const stage = useWaitingStage()
  if (stage === 'quiet') return null
  return (
    <div className="tree-skeleton">
      <Skeleton widths={[96]} />
      <Skeleton widths={[72]} />
      <Skeleton widths={[110]} />
    </div>
  )
}

function OtherFolder({ environmentId, account }: { environmentId: string; account: string }) {
  const [name, setName] = useState<string | null>(null)
  if (name === null) {
    return (
      <button type="button" className="tree-item deep" onClick={() => setName('')}>
        <Icon name="plus" size={14} />
        Other folder
      </button>
    )
  }
  return (
    <form
      className="tree-form deep"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '') inbox.openFolder(environmentId, account, name.trim())
        setName(null)
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        setName(null)
      }}
      onBlur={() => {
        if (name.trim() === '') setName(null)
      }}
    >
      <TextField
        label="Name of a folder"
        hideLabel
        quiet
        placeholder="Folder name"
        maxLength={limits.folderCharsMax}
        value={name}
        onValueChange={setName}
        ref={(input) => {
          input?.focus()
        }}
      />
    </form>
  )
}

function Folders({ environmentId, account, place }: { environmentId: string; account: string; place: Place }) {
  const mailbox = useMailbox(environmentId)
  const extra = mailbox?.folders[account] ?? []
  const folders = [...knownFolders, ...extra.filter((name) => !knownFolders.some((known) => known === name))]
  return (
    <ul>
      {folders.map((folder) => {
        const unread = countUnread(mailbox, account, folder)
        const on = place.folder === folder
        return (
          <li key={folder}>
            <button
              type="button"
              className={`tree-item deep ${on ? 'on' : ''}`}
              aria-current={on ? 'true' : undefined}
              onClick={() => inbox.go(environmentId, account, folder, null)}
            >
              <Icon name={folderIcons[folder] ?? 'store'} size={14} />
              <span className="cut">{nameFolder(folder)}</span>
              {unread === null || unread === 0 ? null : (
                <span className="count">
                  {formatCount(unread)}
                  <span className="unseen"> unread</span>
                </span>
              )}
            </button>
          </li>
        )
      })}
      <li>
        <OtherFolder environmentId={environmentId} account={account} />
      </li>
    </ul>
  )
}

/** For keys that may not list accounts: the address is typed. */
function AddressForm({ environmentId }: { environmentId: string }) {
  const [address, setAddress] = useState('')
  const known = useAccounts(environmentId)
  const valid = /^\S+@\S+$/.test(address.trim())
  return (
    <form
      className="tree-address"
      onSubmit={(event) => {
        event.preventDefault()
        if (!valid) return
        const email = address.trim()
        const others = known?.status === 'loaded' ? known.accounts.filter((account) => account.email !== email) : []
        setAccounts(environmentId, { status: 'loaded', accounts: [...others, { email, name: '' }] })
        void selectAccount(environmentId, email)
        setAddress('')
      }}
    >
      <TextField
        label="Account address"
        placeholder="agent@example.com"
        hint="This key may not list accounts. Type the address of one."
        maxLength={limits.addressCharsMax}
        value={address}
        onValueChange={setAddress}
      />
      <Button small type="submit" disabled={!valid}>
        Open account
      </Button>
    </form>
  )
}

function Labels({ environmentId, account, place }: FolderPaneProps) {
  const labels = useMailbox(environmentId)?.labels
  if (labels === undefined || account === null) return null
  if (labels.value === null) {
    if (labels.loading) return <WaitingRows />
    return <p className="tree-words faint small">Labels could not be fetched. Refresh asks again.</p>
  }
  if (labels.value.length === 0) return <p className="tree-words faint small">None in this environment.</p>
  return (
    <ul>
      {labels.value.map((label) => {
        const on = place.label === label.name
        return (
          <li key={label.id} className="pane-row">
            <button
              type="button"
              className={`tree-item ${on ? 'on' : ''}`}
              aria-pressed={on}
              onClick={() => inbox.go(environmentId, account, place.folder, on ? null : label.name)}
              onKeyDown={(event) => {
                if (event.key !== 'Delete' || !isPlainKey(event)) return
                event.preventDefault()
                askAboutMail({ kind: 'delete-label', label })
              }}
            >
              <span className="label-mark">
                <span className="sq" style={{ background: label.color }} />
              </span>
              <span className="cut" dir="auto">
                {label.name}
              </span>
              {label.count === null ? null : <span className="count">{formatCount(label.count)}</span>}
            </button>
            <IconButton
              icon="trash"
              size={14}
              label={`Delete label ${label.name}`}
              className="tree-act on-demand"
              onClick={() => askAboutMail({ kind: 'delete-label', label })}
            />
          </li>
        )
      })}
    </ul>
  )
}

function describeAbsence(kind: AppError['kind'] | undefined): string {
  if (kind === 'NO_KEY') return 'Shown once there is a key.'
  if (kind === 'KEYCHAIN') return 'Shown once the keychain answers.'
  return 'Accounts could not be fetched.'
}

/** Left pane: accounts with the folders of the one in force, and labels. */
export function FolderPane({ environmentId, account, place, foot }: FolderPaneProps) {
  const accounts = useAccounts(environmentId)
  const error = useMailbox(environmentId)?.accounts.error ?? null
  const typed = error?.kind === 'FORBIDDEN' || error?.kind === 'API_NOT_FOUND'
  return (
    <nav className="pane" aria-label="Accounts and folders" onKeyDown={walkRows}>
      <div className="head narrow">
        <h1 className="title grow">Inbox</h1>
      </div>
      <div className="scroll tree">
        <div className="tree-head">
          <h2 className="subhead">Accounts</h2>
          {accounts?.status === 'loaded' && !typed ? (
            <IconButton
              icon="plus"
              size={14}
              label="Create account"
              onClick={() => askAboutMail({ kind: 'create-account' })}
            />
          ) : null}
        </div>
        {accounts?.status === 'loading' || accounts === undefined ? <WaitingRows /> : null}
        {accounts?.status === 'loaded' && accounts.accounts.length === 0 ? (
          <p className="tree-words faint small">This key reaches no account.</p>
        ) : null}
        {accounts?.status === 'failed' && !typed ? (
          <p className="tree-words faint small">{describeAbsence(error?.kind)}</p>
        ) : null}
        <ul>
          {accounts?.status !== 'loaded'
            ? null
            : accounts.accounts.map(({ email, name }) => {
                const on = email === account
                return (
                  <li key={email}>
                    <div className="pane-row">
                      <button
                        type="button"
                        className="tree-item"
                        aria-expanded={on}
                        title={name === '' ? email : `${name} <${email}>`}
                        onClick={() => void selectAccount(environmentId, email)}
                      >
                        <Icon name={on ? 'down' : 'next'} size={14} />
                        <span className={`cut ${on ? 'strong' : ''}`}>{nameAccount(email)}</span>
                      </button>
                      {on && !typed ? <AccountMenu account={{ email, name }} /> : null}
                    </div>
                    {on ? <Folders environmentId={environmentId} account={email} place={place} /> : null}
                  </li>
                )
              })}
        </ul>
        {typed ? <AddressForm environmentId={environmentId} /> : null}
        {account === null ? null : (
          <>
            <div className="tree-head tree-labels">
              <h2 className="subhead">Labels</h2>
              <IconButton
                icon="plus"
                size={14}
                label="Create label"
                onClick={() => askAboutMail({ kind: 'create-label' })}
              />
            </div>
            <Labels environmentId={environmentId} account={account} place={place} />
          </>
        )}
        <Suspense fallback={null}>
          <UnsentRows environmentId={environmentId} />
        </Suspense>
      </div>
      {foot}
    </nav>
  )
}
