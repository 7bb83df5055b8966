import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../../shared/contract.ts'
import type { AppError } from '../../../shared/error.ts'
import { formatTerm, formatText } from '../../../shared/filter/format.ts'
import type { CallDetail, CallPage } from '../../../shared/model/call.ts'
import type { Result } from '../../../shared/result.ts'
import {
  appendPage,
  type CallPages,
  countRows,
  findRow,
  listMissing,
  noPages,
  pageSize,
  pickNewer,
  prependCalls,
  refillPage,
  releasePages,
  startPages,
} from './call-pages.ts'

/** Pause after the last letter before the log is asked, in ms. */
export const typingPauseMs = 150

/** Shortest time between two looks for new calls, in ms. */
export const arrivalPauseMs = 200

const arrivalLimit = 200

/** Outcomes that a person can narrow the log to. */
export type OutcomeFilter = 'all' | 'backed-off' | 'refused' | 'failed'

/** What the list is narrowed to. `environmentId` null: all environments. */
export interface CallFilter {
  readonly text: string
  readonly environmentId: string | null
  readonly outcome: OutcomeFilter
}

/** Everything shown. */
export const emptyFilter: CallFilter = { text: '', environmentId: null, outcome: 'all' }

const outcomeTerms = {
  all: '',
  'backed-off': '(has:wait or has:retry)',
  refused: 'status:401,403,429',
  failed: 'has:error',
}

/** The choices of the screen in the language of filters. */
export function writeFilter({ text, environmentId, outcome }: CallFilter): string {
  const environment = environmentId === null ? '' : formatTerm('env', environmentId)
  const typed = text.trim()
  return [environment, outcomeTerms[outcome], typed === '' ? '' : formatText(typed)].filter(Boolean).join(' ')
}

/** The call whose detail is open. */
export interface OpenCall {
  readonly id: number
  readonly detail: CallDetail | null
  readonly error: AppError | null
}

/** State of the Requests screen. */
export interface RequestsState {
  readonly filter: CallFilter
  readonly log: CallPages
  /** True until the first page for this filter is here. */
  readonly loading: boolean
  readonly error: AppError | null
  /** New calls appear by themselves while the top of the list is on screen. */
  readonly live: boolean
  readonly atTop: boolean
  /** Newer calls that are not shown yet; `more` when there are more than were counted. */
  readonly held: { readonly count: number; readonly more: boolean }
  readonly open: OpenCall | null
}

const nothingHeld = { count: 0, more: false }

/** What the screen needs from outside. `later` runs a function after a pause and returns what cancels it. */
export interface RequestsPorts {
  readonly call: Bridge['call']
  readonly later: (run: () => void, ms: number) => () => void
}

/** State and actions of the Requests screen. Answers to a former filter or selection are dropped. */
export function createRequests({ call, later }: RequestsPorts) {
  const store = createStore<RequestsState>(() => ({
    filter: emptyFilter,
    log: noPages,
    loading: true,
    error: null,
    live: true,
    atTop: true,
    held: nothingHeld,
    open: null,
  }))
  const get = store.getState
  const set = store.setState

  // Grows with each restart: an answer that began before belongs to a former list.
  let walk = 0
  let openTurn = 0
  const fetching = new Set<number>()
  let cancelRestart: (() => void) | null = null
  let arrival: 'idle' | 'planned' | 'running' | 'again' = 'idle'

  async function ask(before: number | null, limit: number): Promise<Result<CallPage>> {
    const turn = walk
    const filter = writeFilter(get().filter)
    for (let from = before; ; ) {
      const result = await call('requests.list', { before: from, after: null, limit, filter })
      // A search that has found nothing yet goes on from where it ended.
      if (!result.ok || turn !== walk || result.value.calls.length > 0 || result.value.next === null) return result
      from = result.value.next
    }
  }

  async function restart(): Promise<void> {
    cancelRestart?.()
    cancelRestart = null
    walk += 1
    const turn = walk
    fetching.clear()
    set({ loading: true, held: nothingHeld })
    const result = await ask(null, pageSize)
    if (turn !== walk) return
    if (result.ok) set({ log: startPages(result.value), loading: false, error: null, atTop: true })
    else set({ log: noPages, loading: false, error: result.error })
  }

  async function lookForNewer(): Promise<void> {
    const turn = walk
    const result = await ask(null, arrivalLimit)
    const { log, live, atTop, loading } = get()
    if (turn !== walk || loading || !result.ok) return
    const newer = pickNewer(log, result.value)
    if (live && atTop) {
      const total = result.value.total
      set({
        log: newer === null ? startPages(result.value) : prependCalls(log, newer, total),
        held: nothingHeld,
        error: null,
      })
    } else {
      set({ held: { count: newer?.length ?? result.value.calls.length, more: newer === null } })
    }
  }

  async function runArrival(): Promise<void> {
    arrival = 'running'
    await lookForNewer()
    const again = (arrival as string) === 'again'
    arrival = 'idle'
    if (again) arrive()
  }

  function arrive(): void {
    if (arrival === 'planned' || arrival === 'again') return
    if (arrival === 'running') {
      arrival = 'again'
      return
    }
    arrival = 'planned'
    later(() => void runArrival(), arrivalPauseMs)
  }

  async function fetchOnce(cursor: number, limit: number, apply: (log: CallPages, page: CallPage) => CallPages) {
    if (fetching.has(cursor)) return
    fetching.add(cursor)
    const turn = walk
    const result = await ask(cursor, limit)
    if (turn !== walk) return
    fetching.delete(cursor)
    if (result.ok) set(({ log }) => ({ log: apply(log, result.value), error: null }))
    else set({ error: result.error })
  }

  return {
    store,
    restart,

    /** Narrows the list. Text waits for a pause in typing, all else applies at once. */
    setFilter(change: Partial<CallFilter>): void {
      const { filter } = get()
      const next = { ...filter, ...change }
      if (next.text === filter.text && next.environmentId === filter.environmentId && next.outcome === filter.outcome) {
        return
      }
      set({ filter: next })
      cancelRestart?.()
      if (next.text !== filter.text) cancelRestart = later(() => void restart(), typingPauseMs)
      else void restart()
    },

    /** Hears that a call was recorded; the list looks for it soon, once for many. */
    arrive,

    /** Starts or stops to show new calls by themselves. */
    setLive(live: boolean): void {
      set({ live })
      if (live) arrive()
    },

    /** Shows what was held back. */
    async showHeld(): Promise<void> {
      set({ atTop: true })
      if (get().live) return lookForNewer()
      // A stopped list takes what came until now and stands still again.
      set({ live: true })
      await lookForNewer()
      set({ live: false })
    },

    /** Tells which rows are on screen: fetches what is missing and lets far pages go. */
    look(firstRow: number, lastRow: number, atTop: boolean): void {
      const before = get()
      const log = releasePages(before.log, firstRow, lastRow)
      if (log !== before.log || atTop !== before.atTop) set({ log, atTop })
      for (const page of listMissing(log, firstRow, lastRow)) {
        void fetchOnce(page.before, page.count, (state, answer) => refillPage(state, page.before, answer.calls))
      }
      const { next } = log
      if (next !== null && lastRow >= countRows(log) - pageSize / 4 && !before.loading) {
        void fetchOnce(next, pageSize, (state, answer) => appendPage(state, next, answer))
      }
      if (atTop && !before.atTop && before.held.count > 0) arrive()
    },

    /** Opens a call's detail, or closes it with null. */
    async open(id: number | null): Promise<void> {
      openTurn += 1
      const turn = openTurn
      if (id === null) {
        set({ open: null })
        return
      }
      const { open } = get()
      if (open?.id === id && open.detail !== null) return
      set({ open: { id, detail: null, error: null } })
      const result = await call('requests.get', { id })
      if (turn !== openTurn) return
      set({
        open: result.ok ? { id, detail: result.value, error: null } : { id, detail: null, error: result.error },
      })
    },

    /** The call in a row, or null while it is not in memory. */
    callAt: (row: number) => findRow(get().log, row),
  }
}

/** State and actions of the Requests screen. */
export type Requests = ReturnType<typeof createRequests>
