import { create } from 'zustand'
import type { AppError } from '../../../shared/error.ts'
import type { CallDetail } from '../../../shared/model/call.ts'
import type { ConsoleRequest, ImportNote } from '../../../shared/model/console.ts'
import type { OperationId } from '../../../shared/model/operation.ts'
import { operations } from '../../../shared/operations.ts'
import { type Result, succeed } from '../../../shared/result.ts'
import type { call } from '../../api/client.ts'
import { buildRequest, checkDraft, createDraft, type Draft, readRequest } from './draft.ts'

/** What came back: the whole body where it was kept, else as much as the log holds. */
export interface ConsoleResponse {
  readonly operation: OperationId
  readonly error: AppError | null
  readonly detail: CallDetail | null
  /** Null while a large body is still on its way, or when there is none. */
  readonly body: { readonly text: string; readonly truncated: boolean; readonly bytes: number } | null
}

/** A send that has no answer yet. */
export interface Sending {
  readonly ticket: string
  readonly startedAtMs: number
}

/** What the window alone knows of the console. */
export interface ConsoleState {
  readonly operation: OperationId
  readonly search: string
  /** By environment and operation: nothing half done is carried into another environment. */
  readonly drafts: Readonly<Record<string, Draft>>
  /** The draft, by its name in `drafts`, that a send was tried of: its faults are shown. */
  readonly tried: string | null
  /** The draft that came from a cURL command last, by its name in `drafts`, and what was left out of it. */
  readonly imported: { readonly draft: string; readonly notes: readonly ImportNote[] } | null
  readonly sending: Readonly<Record<string, Sending>>
  readonly responses: Readonly<Record<string, ConsoleResponse>>
}

function keyOf(environmentId: string, operation: OperationId): string {
  return `${environmentId}/${operation}`
}

/** The console's state and what changes it. */
export function createConsole(bridge: typeof call) {
  const store = create<ConsoleState>(() => ({
    operation: 'listEmails',
    search: '',
    drafts: {},
    tried: null,
    imported: null,
    sending: {},
    responses: {},
  }))
  let tickets = 0

  /** The body of an answer: from the log when that has it whole, else piece by piece from main. */
  async function loadBody(callId: number, detail: CallDetail | null): Promise<ConsoleResponse['body']> {
    const logged = detail?.responseBody ?? null
    if (logged !== null && !logged.truncated) return logged
    const parts: string[] = []
    for (let from: number | null = 0; from !== null; ) {
      const slice: Awaited<ReturnType<typeof bridge<'console.body'>>> = await bridge('console.body', { callId, from })
      if (!slice.ok) return logged
      parts.push(slice.value.text)
      from = slice.value.next
    }
    const text = parts.join('')
    return { text, truncated: false, bytes: logged?.bytes ?? text.length }
  }

  function readDraft(environmentId: string, account: string | null): Draft {
    const { operation, drafts } = store.getState()
    return drafts[keyOf(environmentId, operation)] ?? createDraft(operations[operation], account)
  }

  /** Brings a whole request on screen, in place of the operation's draft. */
  function open(environmentId: string, request: ConsoleRequest): void {
    store.setState(({ drafts }) => ({
      operation: request.operation,
      tried: null,
      imported: null,
      drafts: {
        ...drafts,
        [keyOf(environmentId, request.operation)]: readRequest(operations[request.operation], request),
      },
    }))
  }

  return {
    store,
    /** Draft of the operation on screen in an environment. */
    readDraft,
    setDraft(environmentId: string, draft: Draft): void {
      store.setState(({ drafts, operation }) => ({
        drafts: { ...drafts, [keyOf(environmentId, operation)]: draft },
      }))
    },
    select(operation: OperationId): void {
      store.setState({ operation, tried: null, imported: null })
    },
    open,
    /** Brings the request of the cURL command on the clipboard on screen. Main reads it, and keeps its key back. */
    async importCurl(environmentId: string): Promise<Result<null>> {
      const read = await bridge('console.importCurl', { environmentId })
      if (!read.ok) return read
      const { request, notes } = read.value
      open(environmentId, request)
      store.setState({ imported: { draft: keyOf(environmentId, request.operation), notes } })
      return succeed(null)
    },
    closeImport(): void {
      store.setState({ imported: null })
    },
    setSearch(search: string): void {
      store.setState({ search })
    },
    /** Says that the faults of the draft on screen are to be shown. */
    showFaults(environmentId: string): void {
      store.setState(({ operation }) => ({ tried: keyOf(environmentId, operation) }))
    },
    /** Sends what is on screen; false when it cannot be sent as it is. */
    async send(environmentId: string, account: string | null): Promise<boolean> {
      const { operation, sending } = store.getState()
      if (sending[environmentId] !== undefined) return false
      const draft = readDraft(environmentId, account)
      const request = buildRequest(operations[operation], draft)
      if (request === null || checkDraft(operations[operation], draft).length > 0) {
        store.setState({ tried: keyOf(environmentId, operation) })
        return false
      }
      store.setState({ tried: null })
      tickets += 1
      const ticket = `console-${tickets}`
      store.setState((state) => ({
        sending: { ...state.sending, [environmentId]: { ticket, startedAtMs: Date.now() } },
      }))
      const result = await bridge('console.send', { ticket, environmentId, request })
      const error = result.ok ? null : result.error
      // The person was asked and said no: what is on screen stays.
      const declined = error?.kind === 'GUARDED' && (error.need === 'arm' || error.need === 'consent')
      const callId = result.ok ? result.value.callId : 'callId' in result.error ? result.error.callId : null
      const recorded = callId === null ? null : await bridge('requests.get', { id: callId })
      const detail = recorded?.ok === true ? recorded.value : null
      const body = callId === null ? null : await loadBody(callId, detail)
      store.setState((state) => {
        const { [environmentId]: _ended, ...others } = state.sending
        return {
          sending: others,
          ...(declined
            ? {}
            : { responses: { ...state.responses, [environmentId]: { operation, error, detail, body } } }),
        }
      })
      return true
    },
    /** Ends a send that waits or is on the wire. */
    async cancel(environmentId: string): Promise<void> {
      const ticket = store.getState().sending[environmentId]?.ticket
      if (ticket !== undefined) await bridge('console.cancel', { ticket })
    },
  }
}
