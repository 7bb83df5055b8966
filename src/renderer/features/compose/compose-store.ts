import { createStore, type StoreApi } from 'zustand/vanilla'
import type { InputOf, MethodName, OutputOf } from '../../../shared/contract.ts'
import type { AppError } from '../../../shared/error.ts'
import type { Beginning } from '../../../shared/mail/answer.ts'
import { findSendFault } from '../../../shared/mail/send-plan.ts'
import type { MessagePreview } from '../../../shared/model/message.ts'
import type { MailContent, MailOrigin, OutgoingSummary } from '../../../shared/model/outgoing.ts'
import type { Result } from '../../../shared/result.ts'

/** The message that is written now. */
export interface Writing {
  readonly id: string
  readonly environmentId: string
  readonly content: MailContent
  readonly origin: MailOrigin | null
  /** Whether main keeps what is on screen. Nothing is kept before the first change. */
  readonly kept: 'untouched' | 'changed' | 'kept' | 'refused'
  /** What was refused last: keeping it, attaching to it, sending it. */
  readonly error: AppError | null
  /** What goes on and keeps the buttons busy. */
  readonly busy: 'attaching' | 'sending' | null
}

/** Drafts and unsent mail of all environments, and the one on screen. */
export interface ComposeState {
  readonly writing: Writing | null
  readonly mails: readonly OutgoingSummary[]
  /** What was found in Sent for messages of unknown outcome, by id; absent until it was looked for. */
  readonly checks: Readonly<Record<string, readonly MessagePreview[]>>
  /** Ids of messages for which main is being asked. */
  readonly asked: ReadonlySet<string>
}

type Call = <M extends MethodName>(name: M, input: InputOf<M>) => Promise<Result<OutputOf<M>>>

/** What composing works with. */
export interface ComposePorts {
  readonly call: Call
  /** For what a protected environment has to be armed for. */
  readonly guarded: Call
  readonly newId: () => string
  /** Runs after a pause; returns what prevents it. */
  readonly later: (run: () => void, ms: number) => () => void
  readonly environmentName: (id: string) => string
  readonly tell: (told: Told) => void
  readonly tellError: (error: AppError, environmentId: string) => void
}

/** What happened, with a step that is offered for a moment. */
export interface Told {
  readonly text: string
  readonly detail?: string
  readonly action?: { readonly label: string; readonly run: () => void }
}

/** The writing side of the window. */
export interface Compose {
  readonly store: StoreApi<ComposeState>
  /** Begins a message; the one on screen stays as a draft. */
  begin(environmentId: string, beginning: Beginning): Promise<void>
  /** Goes on with a draft, or with a message that failed or waits for a person. */
  open(id: string): Promise<void>
  /** Goes on with a draft that lies on the server. */
  openDraft(place: { environmentId: string; account: string; uid: number }): Promise<void>
  edit(change: Partial<MailContent>): void
  /** Keeps what is on screen now. False when main refused it. */
  flush(): Promise<boolean>
  /** Leaves the message as a draft and says so. */
  close(): Promise<void>
  /** The environment was switched: the message stays as a draft of its own. */
  leave(): Promise<void>
  discard(): Promise<void>
  send(): Promise<boolean>
  attach(): Promise<void>
  attachOriginal(): Promise<void>
  detach(fileId: string): Promise<void>
  setKeepOnServer(on: boolean): Promise<void>
  /** Sends a message that failed, waits, or may have been sent. */
  sendAgain(id: string): Promise<void>
  /** Takes a send back and goes on writing. */
  unsend(id: string): Promise<void>
  checkSent(id: string): Promise<void>
  settleSent(id: string): Promise<void>
  hear(mails: readonly OutgoingSummary[]): void
  clearError(): void
}

/** Pause in typing after which a draft is kept. */
export const keepAfterMs = 300

const noWriting: ComposeState = { writing: null, mails: [], checks: {}, asked: new Set() }

/** Builds the writing side of a window. */
export function createCompose(ports: ComposePorts): Compose {
  const { call, guarded, newId, later, environmentName, tell, tellError } = ports
  const store = createStore<ComposeState>(() => noWriting)
  const get = store.getState
  let cancelLater: (() => void) | null = null
  let keeping: Promise<unknown> = Promise.resolve()

  function patch(id: string, change: Partial<Writing>): void {
    store.setState(({ writing }) => (writing?.id === id ? { writing: { ...writing, ...change } } : {}))
  }

  function putSummary(summary: OutgoingSummary): void {
    store.setState(({ mails }) => ({
      mails: mails.some(({ id }) => id === summary.id)
        ? mails.map((mail) => (mail.id === summary.id ? summary : mail))
        : [...mails, summary],
    }))
  }

  async function keepNow(isForced: boolean): Promise<boolean> {
    const { writing } = get()
    if (writing === null || writing.kept === 'kept' || (writing.kept === 'untouched' && !isForced)) return true
    const { id, environmentId, content, origin } = writing
    const result = await call('outbox.save', { id, environmentId, content, origin })
    if (!result.ok) {
      patch(id, { kept: 'refused', error: result.error })
      return false
    }
    putSummary(result.value)
    const now = get().writing
    const isSame = now?.id === id && now.content === content
    patch(id, { kept: isSame ? 'kept' : 'changed', ...(writing.kept === 'refused' ? { error: null } : {}) })
    return isSame || keepNow(false)
  }

  /** One after the other, so that an older text never follows a newer one. */
  function keep(isForced: boolean): Promise<boolean> {
    cancelLater?.()
    cancelLater = null
    const work = keeping.then(() => keepNow(isForced))
    keeping = work
    return work
  }

  /** Puts the message on screen away. False when it could not be kept, and stays. */
  async function putAway(): Promise<Writing | null | false> {
    if (!(await keep(false))) return false
    const { writing } = get()
    store.setState({ writing: null })
    return writing
  }

  async function show(writing: Writing): Promise<void> {
    const before = get().writing
    if (before?.id === writing.id) return
    if ((await putAway()) !== false) return store.setState({ writing })
    if (before?.error !== undefined && before.error !== null) tellError(before.error, before.environmentId)
  }

  async function ask<T>(id: string, work: () => Promise<Result<T>>): Promise<T | null> {
    if (get().asked.has(id)) return null
    const mark = (isAsked: boolean) =>
      store.setState(({ asked }) => {
        const next = new Set(asked)
        if (isAsked) next.add(id)
        else next.delete(id)
        return { asked: next }
      })
    mark(true)
    const result = await work()
    mark(false)
    if (result.ok) return result.value
    tellError(result.error, get().mails.find((mail) => mail.id === id)?.environmentId ?? '')
    return null
  }

  /** Asks main for something about the message on screen, which main has to know first. */
  async function withKept<T>(busy: Writing['busy'], work: (id: string) => Promise<Result<T>>): Promise<T | null> {
    const { writing } = get()
    if (writing === null || writing.busy !== null) return null
    const { id } = writing
    patch(id, { busy, error: null })
    const result = (await keep(true)) ? await work(id) : null
    patch(id, { busy: null, ...(result !== null && !result.ok ? { error: result.error } : {}) })
    return result?.ok === true ? result.value : null
  }

  async function restore(writing: Writing): Promise<void> {
    const isKept = get().mails.some(({ id }) => id === writing.id)
    if (!isKept) return show(writing)
    if ((await ask(writing.id, () => call('outbox.restore', { id: writing.id }))) === null) return
    await compose.open(writing.id)
  }

  async function throwAway(writing: Writing): Promise<void> {
    const { id } = writing
    const isKept = get().mails.some((mail) => mail.id === id)
    if (isKept && (await ask(id, async () => await call('outbox.discard', { id }).then(asTrue))) === null) return
    tell({ text: 'Draft discarded', action: { label: 'Undo', run: () => void restore(writing) } })
  }

  const compose: Compose = {
    store,

    begin: (environmentId, { content, origin }) =>
      show({ id: newId(), environmentId, content, origin, kept: 'untouched', error: null, busy: null }),

    async open(id) {
      const summary = get().mails.find((mail) => mail.id === id)
      // What waits for a person is a draft again while it is written.
      if (summary?.state.name === 'queued') {
        if ((await ask(id, () => call('outbox.unsend', { id }))) === null) return
      }
      const mail = await ask(id, () => call('outbox.get', { id }))
      if (mail === null) return
      const { environmentId, content, origin, state } = mail
      const error = state.name === 'failed' ? state.error : null
      await show({ id, environmentId, content, origin, kept: 'kept', error, busy: null })
    },

    async openDraft(place) {
      const mail = await ask(`${place.account} ${place.uid}`, () => call('outbox.openDraft', place))
      if (mail === null) return
      const { id, environmentId, content, origin } = mail
      await show({ id, environmentId, content, origin, kept: 'kept', error: null, busy: null })
    },

    edit(change) {
      const { writing } = get()
      if (writing === null) return
      patch(writing.id, { content: { ...writing.content, ...change }, kept: 'changed', error: null })
      cancelLater?.()
      cancelLater = later(() => void keep(false), keepAfterMs)
    },

    flush: () => keep(false),

    async close() {
      const writing = await putAway()
      if (writing === false || writing === null || writing.kept === 'untouched') return
      tell({
        text: 'Kept as a draft',
        detail: 'It is under Unsent in the inbox.',
        action: {
          label: 'Discard',
          // It may be on screen again by then.
          run: () => void (get().writing?.id === writing.id ? compose.discard() : throwAway(writing)),
        },
      })
    },

    async leave() {
      const before = get().writing
      const writing = await putAway()
      if (writing === false) {
        if (before !== null) {
          const error = get().writing?.error ?? before.error
          if (error !== null) tellError(error, before.environmentId)
        }
        return
      }
      if (writing === null || writing.kept === 'untouched') return
      tell({
        text: `Your message stays as a draft of ${environmentName(writing.environmentId)}`,
        detail: 'Nothing of it was carried over.',
      })
    },

    async discard() {
      const { writing } = get()
      if (writing === null) return
      // So that taking it back brings all of it back; what main refuses goes.
      await keep(false)
      store.setState({ writing: null })
      if (writing.kept !== 'untouched') await throwAway(writing)
    },

    async send() {
      const { writing } = get()
      if (writing === null || writing.busy !== null) return false
      const fault = findSendFault(writing)
      if (fault !== null) {
        patch(writing.id, { error: { kind: 'OUTBOX', fault } })
        return false
      }
      const sent = await withKept('sending', (id) => guarded('outbox.send', { id }))
      if (sent === null) return false
      putSummary(sent)
      if (get().writing?.id === sent.id) store.setState({ writing: null })
      return true
    },

    async attach() {
      const summary = await withKept('attaching', (id) => call('outbox.attach', { id }))
      if (summary !== null) putSummary(summary)
    },

    async attachOriginal() {
      const summary = await withKept('attaching', (id) => call('outbox.attachOriginal', { id }))
      if (summary !== null) putSummary(summary)
    },

    async detach(fileId) {
      const summary = await withKept(null, (id) => call('outbox.detach', { id, fileId }))
      if (summary !== null) putSummary(summary)
    },

    async setKeepOnServer(on) {
      const summary = await withKept(null, (id) => guarded('outbox.setKeepOnServer', { id, on }))
      if (summary !== null) putSummary(summary)
    },

    async sendAgain(id) {
      const summary = await ask(id, () => guarded('outbox.send', { id }))
      if (summary !== null) putSummary(summary)
    },

    async unsend(id) {
      const summary = await ask(id, () => call('outbox.unsend', { id }))
      if (summary === null) return
      putSummary(summary)
      await compose.open(id)
    },

    async checkSent(id) {
      const found = await ask(id, () => call('outbox.checkSent', { id }))
      if (found !== null) store.setState(({ checks }) => ({ checks: { ...checks, [id]: found } }))
    },

    async settleSent(id) {
      await ask(id, () => call('outbox.settleSent', { id }))
    },

    hear(mails) {
      const known = new Set(mails.map(({ id }) => id))
      store.setState(({ checks }) => ({
        mails,
        checks: Object.fromEntries(Object.entries(checks).filter(([id]) => known.has(id))),
      }))
    },

    clearError() {
      const { writing } = get()
      if (writing !== null) patch(writing.id, { error: null })
    },
  }
  return compose
}

function asTrue(result: Result<null>): Result<true> {
  return result.ok ? { ok: true, value: true } : result
}
