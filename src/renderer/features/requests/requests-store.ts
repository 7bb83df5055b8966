import { createStore } from 'zustand/vanilla'
import type { Bridge } from '../../../shared/contract.ts'
import type { AppError } from '../../../shared/error.ts'
import type { FilterProblem } from '../../../shared/filter/filter.ts'
import { parseFilter } from '../../../shared/filter/parser.ts'
import { limits } from '../../../shared/limits.ts'
import type { CallDetail, CallPage, CallSummary } from '../../../shared/model/call.ts'
import type { Result } from '../../../shared/result.ts'
import {
  appendPage,
  type CallPages,
  countRows,
  findRow,
  listMissing,
  newestId,
  noPages,
  pageSize,
  prependCalls,
  refillPage,
  releasePages,
  startPages,
} from './call-pages.ts'

/** Pause after the last letter before the log is asked, in ms. */
export const typingPauseMs = 150

/** The same pause while the word at the caret may become the name of a term, in ms. */
export const unfinishedPauseMs = 900

/** Pause after the last letter before a fault is shown: what is half written is no fault, in ms. */
export const faultPauseMs = 600

/** Shortest time between two looks for new calls, in ms. */
export const arrivalPauseMs = 200

const arrivalLimit = 200

/** Filters that are offered again. */
export const historyMax = 10

/** The call whose detail is open. */
export interface OpenCall {
  readonly id: number
  readonly detail: CallDetail | null
  readonly error: AppError | null
}

/** Calls that were picked by hand: from one to another, both among them; or all that the filter finds. */
export type Picked = 'all' | { readonly fromId: number; readonly toId: number }

/** How far a search through the log has come. `stopped`: by the person. */
export interface Search {
  readonly running: boolean
  readonly stopped: boolean
  readonly scanned: number
}

/** State of the Requests screen. */
export interface RequestsState {
  /** The filter as it stands in its field. */
  readonly text: string
  /** The filter that the list shows: the last one without a fault. */
  readonly filter: string
  /** Faults of the field's text, once they are to be shown. */
  readonly problems: readonly FilterProblem[]
  /** Filters that were used, newest first. */
  readonly history: readonly string[]
  readonly log: CallPages
  /** True until the first page for this filter is here. */
  readonly loading: boolean
  readonly search: Search
  readonly error: AppError | null
  /** New calls appear by themselves while the top of the list is on screen. */
  readonly live: boolean
  readonly atTop: boolean
  /** Newer calls that are not shown yet; `more` when there are more than were counted. */
  readonly held: { readonly count: number; readonly more: boolean }
  /** The row that the keyboard is on. */
  readonly cursor: number | null
  readonly picked: Picked | null
  readonly open: OpenCall | null
}

const nothingHeld = { count: 0, more: false }
const noSearch: Search = { running: false, stopped: false, scanned: 0 }

/** What the screen needs from outside. `later` runs a function after a pause and returns what cancels it. */
export interface RequestsPorts {
  readonly call: Bridge['call']
  readonly later: (run: () => void, ms: number) => () => void
}

interface Range {
  readonly before: number | null
  readonly after: number | null
  readonly limit: number
}

/** State and actions of the Requests screen. Answers to a former filter or selection are dropped. */
export function createRequests({ call, later }: RequestsPorts) {
  const store = createStore<RequestsState>(() => ({
    text: '',
    filter: '',
    problems: [],
    history: [],
    log: noPages,
    loading: true,
    search: noSearch,
    error: null,
    live: true,
    atTop: true,
    held: nothingHeld,
    cursor: null,
    picked: null,
    open: null,
  }))
  const get = store.getState
  const set = store.setState

  // Grows with each restart: an answer that began before belongs to a former list.
  let walk = 0
  let openTurn = 0
  const fetching = new Set<number>()
  let cancelRestart: (() => void) | null = null
  let cancelFaults: (() => void) | null = null
  let arrival: 'idle' | 'planned' | 'running' | 'again' = 'idle'
  /** Rows that are wanted from the top on, so that a search knows when it has found enough. */
  let wantedRows = 0
  /** The newest call heard of, and the newest that the list has looked at: a look for newer ones begins behind it. */
  let heardId = 0
  let lookedId = 0

  const ask = (range: Range) => call('requests.list', { ...range, filter: get().filter })

  function noteScanned(scanned: number): void {
    set(({ search }) => ({ search: { ...search, scanned: search.scanned + scanned } }))
  }

  /** One page even where the log answers a search in slices; null when the list was restarted meanwhile. */
  async function collect(range: Range): Promise<Result<CallPage> | null> {
    const turn = walk
    const calls: CallSummary[] = []
    let { before } = range
    for (;;) {
      const answer = await ask({ ...range, before, limit: range.limit - calls.length })
      if (turn !== walk) return null
      if (!answer.ok) return answer
      calls.push(...answer.value.calls)
      const { next } = answer.value
      if (next === null || calls.length >= range.limit) return { ok: true, value: { ...answer.value, calls } }
      before = next
    }
  }

  async function restart(): Promise<void> {
    cancelRestart?.()
    cancelRestart = null
    walk += 1
    const turn = walk
    fetching.clear()
    wantedRows = 0
    const looked = heardId
    set({ loading: true, held: nothingHeld, picked: null, search: { ...noSearch, running: true } })
    const result = await ask({ before: null, after: null, limit: pageSize })
    if (turn !== walk) return
    lookedId = looked
    if (!result.ok) {
      set({ log: noPages, loading: false, error: result.error, search: noSearch })
      return
    }
    const { scanned, next } = result.value
    const log = startPages(result.value)
    set({ log, loading: false, error: null, atTop: true, search: { ...noSearch, scanned, running: next !== null } })
    goOn()
  }

  /** Asks for the next page while the list wants more rows than were found. */
  function goOn(): void {
    const { log, search, loading } = get()
    const { next } = log
    const wanted = Math.max(wantedRows, pageSize / 4)
    const more = next !== null && !loading && countRows(log) < wanted + pageSize / 4
    if (!more || search.stopped) {
      if (search.running) set({ search: { ...search, running: false } })
      return
    }
    if (!search.running) set({ search: { ...search, running: true } })
    void fetchNext(next)
  }

  async function fetchNext(cursor: number): Promise<void> {
    if (fetching.has(cursor)) return
    fetching.add(cursor)
    const turn = walk
    const result = await ask({ before: cursor, after: null, limit: pageSize })
    if (turn !== walk) return
    fetching.delete(cursor)
    if (!result.ok) {
      set(({ search }) => ({ error: result.error, search: { ...search, running: false } }))
      return
    }
    set(({ log }) => ({ log: appendPage(log, cursor, result.value), error: null }))
    noteScanned(result.value.scanned)
    goOn()
  }

  async function refetch(before: number, count: number): Promise<void> {
    if (fetching.has(before)) return
    fetching.add(before)
    const result = await collect({ before, after: null, limit: count })
    if (result === null) return
    fetching.delete(before)
    if (result.ok) set(({ log }) => ({ log: refillPage(log, before, result.value.calls), error: null }))
    else set({ error: result.error })
  }

  async function lookForNewer(): Promise<void> {
    const looked = heardId
    const after = Math.max(newestId(get().log) ?? 0, lookedId)
    const result = await collect({ before: null, after: after === 0 ? null : after, limit: arrivalLimit })
    const { log, live, atTop, loading } = get()
    if (result === null || loading || !result.ok) return
    const { calls: newer, total, next } = result.value
    const reached = next === null
    if (!live || !atTop) {
      set({ held: { count: newer.length, more: !reached } })
      return
    }
    lookedId = looked
    set({
      log: reached ? prependCalls(log, newer, total) : startPages(result.value),
      held: nothingHeld,
      error: null,
    })
  }

  async function runArrival(): Promise<void> {
    arrival = 'running'
    await lookForNewer()
    const again = (arrival as string) === 'again'
    arrival = 'idle'
    if (again) arrive()
  }

  function arrive(id = 0): void {
    heardId = Math.max(heardId, id)
    if (arrival === 'planned' || arrival === 'again') return
    if (arrival === 'running') {
      arrival = 'again'
      return
    }
    arrival = 'planned'
    later(() => void runArrival(), arrivalPauseMs)
  }

  /** Lists what the field asks for; a text with a fault leaves the list as it is. */
  function apply(): void {
    cancelRestart?.()
    cancelRestart = null
    const filter = get().text.trim()
    if (!parseFilter(filter).ok || filter === get().filter) return
    set({ filter })
    void restart()
  }

  function showFaults(): void {
    const parsed = parseFilter(get().text)
    set({ problems: parsed.ok ? [] : parsed.error })
  }

  function remember(): void {
    const { filter, history } = get()
    if (filter === '' || history[0] === filter) return
    set({ history: [filter, ...history.filter((each) => each !== filter)].slice(0, historyMax) })
  }

  async function open(id: number | null): Promise<void> {
    openTurn += 1
    const turn = openTurn
    if (id === null) {
      set({ open: null })
      return
    }
    const { open: before } = get()
    set({ cursor: id })
    if (before?.id === id && before.detail !== null) return
    set({ open: { id, detail: null, error: null } })
    const result = await call('requests.get', { id })
    if (turn !== openTurn) return
    set({
      open: result.ok ? { id, detail: result.value, error: null } : { id, detail: null, error: result.error },
    })
  }

  return {
    store,
    restart,

    /**
     * Changes the text in the field. The list follows after a pause in typing, a longer one while the word at the caret
     * is `unfinished`; faults after a longer one still.
     */
    type(text: string, unfinished = false): void {
      if (text === get().text) return
      cancelFaults?.()
      cancelRestart?.()
      const parsed = parseFilter(text)
      // A fault that is shown goes when it is mended, and moves with the text until then.
      set(({ problems }) => ({ text, problems: parsed.ok || problems.length === 0 ? [] : parsed.error }))
      if (!parsed.ok) cancelFaults = later(showFaults, faultPauseMs)
      cancelRestart = later(apply, unfinished ? unfinishedPauseMs : typingPauseMs)
    },

    /** Puts a whole filter into the field and lists it at once. */
    setFilter(text: string): void {
      cancelFaults?.()
      set({ text })
      showFaults()
      apply()
      remember()
    },

    /** Lists what is in the field at once, shows its faults, and keeps it among the last filters. False with a fault. */
    submit(): boolean {
      cancelFaults?.()
      showFaults()
      apply()
      remember()
      return get().problems.length === 0
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

    /** Ends a search through the log, or lets it go on. */
    setSearching(running: boolean): void {
      set(({ search }) => ({ search: { ...search, stopped: !running } }))
      goOn()
    },

    /** Tells which rows are on screen: fetches what is missing and lets far pages go. */
    look(firstRow: number, lastRow: number, atTop: boolean): void {
      const before = get()
      const log = releasePages(before.log, firstRow, lastRow)
      if (log !== before.log || atTop !== before.atTop) set({ log, atTop })
      for (const page of listMissing(log, firstRow, lastRow)) void refetch(page.before, page.count)
      wantedRows = lastRow
      goOn()
      if (atTop && !before.atTop && before.held.count > 0) arrive()
    },

    /** Moves the cursor to a call; an open detail follows. With `extend` the calls between belong to what is picked. */
    moveTo(id: number, extend: boolean): void {
      const { cursor, picked } = get()
      const anchor = typeof picked === 'object' && picked !== null ? picked.fromId : (cursor ?? id)
      set({ cursor: id, picked: extend ? { fromId: anchor, toId: id } : null })
      if (!extend && get().open !== null) void open(id)
    },

    /** Picks everything that the filter finds, or nothing. */
    pickAll(all: boolean): void {
      set({ picked: all ? 'all' : null })
    },

    /** Ids of the calls picked from one to another, the newest `max`, `cut` when there are more; null when they cannot be read. */
    async listPicked(max: number): Promise<{ readonly ids: readonly number[]; readonly cut: boolean } | null> {
      const { picked } = get()
      if (picked === null || picked === 'all') return { ids: [], cut: false }
      const top = Math.max(picked.fromId, picked.toId)
      const after = Math.min(picked.fromId, picked.toId) - 1
      const ids: number[] = []
      let before = top + 1
      while (ids.length <= max) {
        const result = await collect({ before, after, limit: Math.min(limits.requestPageMax, max + 1 - ids.length) })
        if (result === null || !result.ok) return null
        ids.push(...result.value.calls.map(({ id }) => id))
        if (result.value.next === null) break
        before = result.value.next
      }
      return { ids: ids.slice(0, max), cut: ids.length > max }
    },

    /** Opens a call's detail, or closes it with null. */
    open,

    /** The call in a row, or null while it is not in memory. */
    callAt: (row: number) => findRow(get().log, row),
  }
}

/** True for a call that was picked by hand. */
export function isPicked(picked: Picked | null, id: number): boolean {
  if (picked === null) return false
  if (picked === 'all') return true
  return id >= Math.min(picked.fromId, picked.toId) && id <= Math.max(picked.fromId, picked.toId)
}

/** State and actions of the Requests screen. */
export type Requests = ReturnType<typeof createRequests>
