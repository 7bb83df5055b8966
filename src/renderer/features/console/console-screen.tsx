import { useEffect, useMemo, useRef } from 'react'
import { describeImportNote } from '../../../shared/import-text.ts'
import type { SnippetForm } from '../../../shared/model/console.ts'
import { operations } from '../../../shared/operations.ts'
import { call } from '../../api/client.ts'
import { setAccounts, showCalls, tellError } from '../../store/actions.ts'
import { type Command, useCommands } from '../../store/commands.ts'
import { useArmed } from '../../store/guard.ts'
import { useAccounts, useCurrentAccount, useCurrentEnvironment } from '../../store/store.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { Note } from '../../ui/note.tsx'
import { showToast } from '../../ui/toast.tsx'
import { GuardNote } from '../guard/guard-note.tsx'
import { desk, useConsole } from './console.ts'
import { buildRequest, checkDraft, createDraft, formatText, setMember, setText, takeExample } from './draft.ts'
import { tellUnplaced } from './field-text.ts'
import { JsonPane } from './json-pane.tsx'
import { OperationList } from './operation-list.tsx'
import { effectIcons, operationNames } from './operation-names.ts'
import { RequestForm } from './request-form.tsx'
import { ResponsePane } from './response-pane.tsx'
import { SavedMenu } from './saved-menu.tsx'
import './console.css'

const snippetNames: Readonly<Record<SnippetForm, string>> = {
  curl: 'cURL',
  typescript: 'TypeScript, fetch',
  python: 'Python',
}
const snippetForms = ['curl', 'typescript', 'python'] as const

/** Asks once for the accounts of an environment, so that they can be chosen. */
function useAccountList(environmentId: string, hasKey: boolean): readonly string[] {
  const accounts = useAccounts(environmentId)
  const known = accounts !== undefined
  useEffect(() => {
    if (known || !hasKey) return
    setAccounts(environmentId, { status: 'loading' })
    void call('mail.accounts', { environmentId }).then((result) =>
      setAccounts(
        environmentId,
        result.ok ? { status: 'loaded', accounts: result.value } : { status: 'failed', error: result.error },
      ),
    )
  }, [environmentId, known, hasKey])
  return useMemo(() => (accounts?.status === 'loaded' ? accounts.accounts.map(({ email }) => email) : []), [accounts])
}

/** The first field that is wrong gets the focus. What has no field is told by a note. */
function focusFault(screen: HTMLElement | null): void {
  requestAnimationFrame(() => {
    const row = screen?.querySelector('[data-wrong="true"]')
    const box = row?.querySelector<HTMLElement>('input, textarea, button')
    box?.focus()
  })
}

/** Any operation of the API by hand: choose, fill in, send, see the answer. */
export function ConsoleScreen() {
  const environment = useCurrentEnvironment()
  const environmentId = environment?.id ?? ''
  const account = useCurrentAccount(environmentId)
  const accounts = useAccountList(environmentId, environment?.activeKeyId !== null)
  const operationId = useConsole((state) => state.operation)
  const operation = operations[operationId]
  const kept = useConsole((state) => state.drafts[`${environmentId}/${operationId}`])
  const tried = useConsole((state) => state.tried === `${environmentId}/${operationId}`)
  const sending = useConsole((state) => state.sending[environmentId] !== undefined)
  const imported = useConsole((state) =>
    state.imported?.draft === `${environmentId}/${operationId}` ? state.imported : null,
  )
  const screenRef = useRef<HTMLDivElement>(null)
  const searchRef = useRef<HTMLInputElement>(null)
  const draft = useMemo(() => kept ?? createDraft(operation, account), [kept, operation, account])
  const faults = useMemo(() => checkDraft(operation, draft), [operation, draft])
  const unplaced = useMemo(() => tellUnplaced(operation, draft, faults), [operation, draft, faults])
  const armed = useArmed(environmentId)
  const guarded = environment?.protected === true && operation.effect !== 'read'

  const send = useMemo(
    () => async () => {
      const sent = await desk.send(environmentId, account)
      if (!sent) focusFault(screenRef.current)
    },
    [environmentId, account],
  )

  const importCurl = useMemo(
    () => async () => {
      const done = await desk.importCurl(environmentId)
      if (!done.ok) tellError(done.error, environmentId)
    },
    [environmentId],
  )

  const commands = useMemo(
    (): readonly Command[] => [
      {
        id: 'console-send',
        group: 'Console',
        title: 'Send the request',
        detail: operation.path,
        icon: 'sent',
        shortcut: 'Mod+Enter',
        run: () => void send(),
      },
      {
        id: 'console-search',
        group: 'Console',
        title: 'Search operations',
        icon: 'search',
        shortcut: '/',
        run: () => searchRef.current?.focus(),
      },
      {
        id: 'console-import',
        group: 'Console',
        title: 'Import cURL',
        detail: 'from the clipboard',
        icon: 'clipboard',
        run: () => void importCurl(),
      },
      {
        id: 'console-cancel',
        group: 'Console',
        title: 'Cancel the request',
        icon: 'x',
        shortcut: 'Escape',
        run: () => void desk.cancel(environmentId),
      },
    ],
    [send, importCurl, environmentId, operation.path],
  )
  useCommands('console', commands)

  async function copyAs(form: SnippetForm): Promise<void> {
    const request = buildRequest(operation, draft)
    if (request === null || faults.length > 0) {
      desk.showFaults(environmentId)
      focusFault(screenRef.current)
      return
    }
    const copied = await call('console.copy', { environmentId, request, form })
    if (!copied.ok) tellError(copied.error, environmentId)
    else showToast({ text: `Copied as ${snippetNames[form]}`, detail: 'It takes the key from $JASNI_API_KEY.' })
  }

  const effectIcon = effectIcons[operation.effect]
  return (
    <div className="screen console" ref={screenRef}>
      <OperationList searchRef={searchRef} />
      <section className="pane" aria-label="Request">
        <div className="head">
          <span className="method">{operation.method}</span>
          <h1 className="mono strong cut">{operation.path}</h1>
          <span className={`tag effect-${operation.effect}`}>
            {effectIcon === null ? null : <Icon name={effectIcon} size={14} />}
            {operation.effect}
          </span>
          <span className="tag">{operation.documented ? 'documented' : 'unofficial'}</span>
          <span className="grow" />
          <Button variant="quiet" icon="clock" onClick={() => showCalls('source:console')}>
            History
          </Button>
          <SavedMenu
            environmentId={environmentId}
            request={buildRequest(operation, draft)}
            suggestion={operationNames[operationId]}
            onImport={() => void importCurl()}
          />
          <Menu
            align="end"
            trigger={
              <Button icon="copy">
                Copy as
                <Icon name="down" size={14} />
              </Button>
            }
          >
            {snippetForms.map((form) => (
              <MenuItem key={form} onSelect={() => void copyAs(form)}>
                {snippetNames[form]}
              </MenuItem>
            ))}
          </Menu>
          {sending ? (
            <Button icon="x" shortcut="Escape" onClick={() => void desk.cancel(environmentId)}>
              Cancel
            </Button>
          ) : (
            <Button
              variant={guarded && !armed ? 'plain' : 'act'}
              {...(guarded && !armed ? { icon: 'lock' as const } : {})}
              shortcut="Mod+Enter"
              onClick={() => void send()}
            >
              {guarded && !armed ? `Arm ${environment.name} to send` : `Send to ${environment?.name ?? ''}`}
            </Button>
          )}
        </div>
        {environment?.protected === true && operation.effect !== 'read' ? (
          <GuardNote key={environmentId} environment={environment} effect={operation.effect} />
        ) : null}
        {imported === null ? null : (
          <Note
            inline
            icon="clipboard"
            title="Imported from cURL."
            detail={imported.notes.map(describeImportNote).join(' ')}
            onClose={() => desk.closeImport()}
          />
        )}
        {tried && unplaced !== null ? (
          <Note inline tone="refused" title="This cannot be sent yet." detail={unplaced} />
        ) : null}
        <div className="console-split">
          <section className="pane" aria-label="Request as a form">
            <RequestForm
              key={operationId}
              operation={operation}
              draft={draft}
              faults={tried ? faults : []}
              accounts={accounts}
              onChange={(part, name, value) =>
                desk.setDraft(environmentId, setMember(operation, draft, part, name, value))
              }
            />
          </section>
          <JsonPane
            operation={operation}
            draft={draft}
            faults={faults}
            onText={(part, text) => desk.setDraft(environmentId, setText(draft, part, text))}
            onFormat={(part) => desk.setDraft(environmentId, formatText(draft, part))}
            onExample={() => desk.setDraft(environmentId, takeExample(operation, draft, account))}
          />
        </div>
        <ResponsePane environmentId={environmentId} />
      </section>
    </div>
  )
}
