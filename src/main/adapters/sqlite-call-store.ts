import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { StorageFault } from '../../shared/error.ts'
import { isEverything, matchFilter, type ReadyFilter } from '../../shared/filter/evaluation.ts'
import { limits } from '../../shared/limits.ts'
import type { Notice } from '../../shared/model/app.ts'
import type { CallDetail } from '../../shared/model/call.ts'
import { listPieces } from '../../shared/model/call-pieces.ts'
import type { KeyUsage } from '../../shared/model/key.ts'
import { assertNever } from '../../shared/result.ts'
import type { CallRecord, CallStore, Clock } from '../core/ports.ts'
import { countKeyHours, createRequestCounter, keyHoursKept, nameHour } from './call-history.ts'
import { type CallTable, callMigrations, countKeyDay, type KeyDay, nameDay, openCallTable } from './call-table.ts'
import { type OpenDatabase, openDatabase } from './sqlite-database.ts'

/** How the request log is opened. */
export interface CallStoreOptions {
  readonly file: string
  readonly clock: Clock
  /** Told once per cause when the file cannot be used; calls then stay in memory. */
  readonly onNotice: (notice: Notice) => void
  /** Calls kept; `limits.loggedCallsMax` by default. */
  readonly callsMax?: number
  /** Size of the file; beyond it the oldest calls go. 2 GiB by default. */
  readonly fileBytesMax?: number
  /** Pause between two tries to use a file that refused; 30 s by default. */
  readonly retryMs?: number
}

const flushAfterMs = 50
const flushAtCalls = 100
const memoryCallsMax = 1000
const memoryBodyCharsMax = 16 * 1024 * 1024
const busyTimeoutMs = 50
const busyTriesMax = 5
/** Longest that one search keeps the process busy. */
const searchMs = 15
const removeAtOnce = 2000
const usageDays = 30
const keyDaysKept = 400
const startOversMax = 3
const pageBytes = 4096
const defaultRetryMs = 30_000
const defaultFileBytesMax = 2 * 1024 ** 3

type NoticeName = Extract<Notice['what'], `requests-${string}`>

/** The file in use. `writes` is false for one that can only be read. */
interface Disk {
  readonly open: OpenDatabase
  readonly table: CallTable
  readonly writes: boolean
  /** Tells a file that was deleted or replaced from the one that was opened. */
  readonly inode: number
}

function buildDetail(id: number, record: CallRecord): CallDetail {
  const { origin, keyMask, requestBody, responseBody, attempts, waits, stop, ...rest } = record
  const summary = { id, ...rest, attempts: attempts.length }
  const pieces = listPieces({ summary, attempts: [...attempts], waits })
  return {
    summary: pieces === undefined ? summary : { ...summary, pieces },
    origin,
    keyMask,
    attempts: [...attempts],
    waits,
    stop,
    requestBody,
    responseBody,
  }
}

function passes(filter: ReadyFilter, call: CallDetail): boolean {
  return matchFilter(filter, { summary: call.summary, detail: call }) === true
}

function measureBodies({ requestBody, responseBody }: CallDetail): number {
  return (requestBody?.text.length ?? 0) + (responseBody?.text.length ?? 0)
}

function dropBodies(call: CallDetail): CallDetail {
  const drop = (body: CallDetail['requestBody']) => (body === null ? null : { ...body, text: '', truncated: true })
  return { ...call, requestBody: drop(call.requestBody), responseBody: drop(call.responseBody) }
}

function leaveTextsOut(call: CallDetail): CallDetail {
  const empty = (body: CallDetail['requestBody']) => (body === null ? null : { ...body, text: '' })
  return { ...call, requestBody: empty(call.requestBody), responseBody: empty(call.responseBody) }
}

function nameNotice(fault: StorageFault): NoticeName {
  switch (fault) {
    case 'full':
      return 'requests-full'
    case 'newer':
      return 'requests-newer'
    case 'damaged':
      return 'requests-damaged'
    case 'read-only':
    case 'failed':
      return 'requests-read-only'
    default:
      return assertNever(fault)
  }
}

function readInode(file: string): number | null {
  try {
    return statSync(file).ino
  } catch {
    return null
  }
}

function isNewer(disk: Disk | null): boolean {
  return disk?.open.outcome.kind === 'read-only' && disk.open.outcome.fault === 'newer'
}

function sumUsage(days: readonly KeyDay[], nowMs: number): KeyUsage[] {
  const names = Array.from({ length: usageDays }, (_, index) => nameDay(nowMs, usageDays - 1 - index))
  const positions = new Map(names.map((name, index) => [name, index]))
  const usages = new Map<string, { usage: KeyUsage; sources: Map<string, number> }>()
  for (const { keyId, day, source, calls, unauthorized, forbidden, rateLimited } of days) {
    const position = positions.get(day)
    if (position === undefined) continue
    const fresh = {
      keyId,
      today: 0,
      days: names.map(() => 0),
      unauthorized: 0,
      forbidden: 0,
      rateLimited: 0,
      todayBySource: [],
    }
    const entry = usages.get(keyId) ?? { usage: fresh, sources: new Map() }
    usages.set(keyId, entry)
    const { usage, sources } = entry
    usage.days[position] = (usage.days[position] ?? 0) + calls
    usage.unauthorized += unauthorized
    usage.forbidden += forbidden
    usage.rateLimited += rateLimited
    if (position !== usageDays - 1) continue
    usage.today += calls
    sources.set(source, (sources.get(source) ?? 0) + calls)
  }
  return [...usages.values()].map(({ usage, sources }) => ({
    ...usage,
    todayBySource: [...sources].map(([source, count]) => ({ source, count })).sort((a, b) => b.count - a.count),
  }))
}

/**
 * Opens the request log. Never fails: without a usable file the newest 1,000 calls are kept in
 * memory, and written once the file can be used. A damaged or deleted file is replaced, with what could still be read of it.
 */
export async function openCallStore(options: CallStoreOptions): Promise<CallStore> {
  const { file, clock, onNotice, callsMax = limits.loggedCallsMax } = options
  const { fileBytesMax = defaultFileBytesMax, retryMs = defaultRetryMs } = options
  /** Calls that are on no disk, oldest first. */
  let pending: CallDetail[] = []
  let disk: Disk | null = null
  let nextId = 1
  let oldestId = 1
  let timer: ReturnType<typeof setTimeout> | null = null
  let reopening = false
  let startOvers = 0
  let busyTries = 0
  let restingUntilMs = Number.NEGATIVE_INFINITY
  let closed = false
  const noticed = new Set<NoticeName>()
  /** Calls in the file; null until they were counted. */
  let counted: number | null = null

  function raise(what: NoticeName, detail: string): void {
    if (noticed.has(what)) return
    noticed.add(what)
    onNotice({ what, detail })
  }

  function rest(fault: StorageFault, detail = ''): void {
    restingUntilMs = clock.monotonicMs() + retryMs
    raise(nameNotice(fault), detail)
  }

  async function openDisk(): Promise<void> {
    const opened = await openDatabase({
      file,
      migrations: callMigrations,
      nowMs: clock.nowMs(),
      durability: 'normal',
      check: 'cheap',
    })
    if (!opened.ok) {
      rest(opened.error.fault)
      return
    }
    const { db, mode, outcome } = opened.value
    const table = openCallTable(db)
    const writes = mode === 'read-write'
    if (outcome.kind === 'damaged') raise('requests-damaged', outcome.movedTo)
    if (outcome.kind === 'read-only') rest(outcome.fault)
    const found: Disk = { open: opened.value, table, writes, inode: readInode(file) ?? 0 }
    const prepared = db.attempt(() => {
      // A call must not wait for another program that holds the file: the next batch tries again.
      db.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
      if (writes) db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(fileBytesMax / pageBytes))}`)
    })
    const range = table.range()
    if (!prepared.ok || !range.ok) {
      const fault = range.ok ? 'failed' : range.error.fault
      if (fault === 'damaged' && writes && startOvers < startOversMax) {
        moveAside(found)
        return openDisk()
      }
      db.close()
      rest(fault)
      return
    }
    counted = null
    oldestId = range.value.first
    nextId = Math.max(nextId, range.value.last + 1)
    if (writes) {
      table.removeKeyDaysBefore(nameDay(clock.nowMs(), keyDaysKept))
      table.removeKeyHoursBefore(nameHour(clock.nowMs()) - keyHoursKept)
    }
    disk = found
  }

  function trimMemory(): void {
    if (pending.length > memoryCallsMax) pending = pending.slice(-memoryCallsMax)
    let chars = 0
    for (let index = pending.length - 1; index >= 0; index -= 1) {
      const call = pending[index]
      if (call === undefined) continue
      chars += measureBodies(call)
      if (chars > memoryBodyCharsMax) pending[index] = dropBodies(call)
    }
  }

  /** Makes room for a new file, and keeps the newest calls of the old one as far as they can be read. */
  function moveAside(old: Disk): void {
    const saved = old.table.newest(memoryCallsMax)
    const waiting = new Set(pending.map(({ summary }) => summary.id))
    if (saved.ok) pending = [...saved.value.filter(({ summary }) => !waiting.has(summary.id)), ...pending]
    disk = null
    old.open.db.close()
    startOvers += 1
    let movedTo = ''
    try {
      if (readInode(file) === old.inode) {
        movedTo = `${file}.damaged-${clock.nowMs()}`
        renameSync(file, movedTo)
      }
      // Left alone, the log of the old file would be read into the new one.
      for (const tail of ['-wal', '-shm']) if (existsSync(file + tail)) rmSync(file + tail)
    } catch {
      // What cannot be moved is met again, and told, when the file is opened.
    }
    raise('requests-damaged', basename(movedTo))
  }

  function startOver(old: Disk): void {
    moveAside(old)
    if (startOvers <= startOversMax) reopen()
    else rest('damaged')
  }

  function reopen(): void {
    if (reopening || closed) return
    reopening = true
    shut()
    void openDisk().then(() => {
      reopening = false
      flush()
      if (closed) shut()
    })
  }

  function noteWritten(calls: readonly CallDetail[]): void {
    if (counted !== null) counted += calls.length
    if (oldestId === 0) oldestId = calls[0]?.summary.id ?? 0
  }

  /** Deletes some of the oldest calls; false when there is nothing to delete or it is refused. */
  function removeOldest({ table }: Disk, wanted: number): boolean {
    const last = nextId - 1 - pending.length
    const upTo = Math.min(last, oldestId + Math.min(wanted, removeAtOnce) - 1)
    if (oldestId === 0 || upTo < oldestId || !table.removeUpTo(upTo).ok) return false
    oldestId = upTo + 1
    counted = null
    return true
  }

  function writePending(current: Disk): StorageFault | null {
    const calls = pending
    for (let tries = 0; ; tries += 1) {
      const written = current.table.insert(calls)
      if (written.ok) {
        pending = []
        noteWritten(calls)
        return null
      }
      const { fault } = written.error
      // The file has reached its own maximum, or the disk has: space within the file helps in the first case.
      if (fault !== 'full' || tries >= 2 || !removeOldest(current, Math.max(100, calls.length * 4))) return fault
    }
  }

  function flush(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const current = disk
    if (pending.length === 0) return
    if (current === null || !current.writes) {
      trimMemory()
      if (clock.monotonicMs() >= restingUntilMs && !isNewer(current)) reopen()
      return
    }
    if (readInode(file) !== current.inode) {
      startOver(current)
      return
    }
    if (clock.monotonicMs() < restingUntilMs) {
      trimMemory()
      return
    }
    const fault = writePending(current)
    if (fault === null) {
      busyTries = 0
      pruneLater(current)
      return
    }
    trimMemory()
    if (fault === 'damaged') {
      startOver(current)
    } else if (fault === 'failed' && busyTries < busyTriesMax) {
      busyTries += 1
      scheduleFlush()
    } else {
      rest(fault)
    }
  }

  /** Deletes what is beyond the maximum, a piece per turn, while nothing else waits. */
  function pruneLater(current: Disk): void {
    const excess = nextId - 1 - pending.length - oldestId + 1 - callsMax
    if (oldestId === 0 || excess <= 0) return
    const prune = setTimeout(() => {
      if (disk === current && !closed && removeOldest(current, excess)) pruneLater(current)
    }, flushAfterMs)
    prune.unref()
  }

  function scheduleFlush(): void {
    if (timer !== null || closed) return
    timer = setTimeout(flush, pending.length >= flushAtCalls ? 0 : flushAfterMs)
    timer.unref()
  }

  function countDisk(): number {
    if (counted === null) {
      const read = disk?.table.count()
      if (read?.ok !== true) return 0
      counted = read.value
    }
    return counted
  }

  function startLimit(): () => boolean {
    const endMs = clock.monotonicMs() + searchMs
    return () => clock.monotonicMs() >= endMs
  }

  function shut(): void {
    disk?.open.db.close()
    disk = null
  }

  await openDisk()

  return {
    append(record) {
      const call = buildDetail(nextId, record)
      nextId += 1
      pending.push(call)
      scheduleFlush()
      return call.summary
    },

    list(query) {
      const { before, after, limit, filter } = query
      const inRange = pending.filter(({ summary: { id } }) => id > (after ?? 0) && id < (before ?? nextId))
      const matching = inRange.filter((call) => passes(filter, call)).map(({ summary }) => summary)
      const inMemory = matching.reverse().slice(0, limit + 1)
      const missing = limit - inMemory.length
      const total = isEverything(filter) ? countDisk() + pending.length : null
      if (missing < 0) {
        const calls = inMemory.slice(0, limit)
        return { calls, next: calls.at(-1)?.id ?? null, total, scanned: inRange.length }
      }
      const read = disk?.table.list({ ...query, limit: missing }, startLimit())
      const page = read?.ok === true ? read.value : { calls: [], next: null, scanned: 0 }
      const calls = [...inMemory, ...page.calls]
      const isAll = before === null && after === null && page.next === null
      return { calls, next: page.next, total: isAll ? calls.length : total, scanned: inRange.length + page.scanned }
    },

    get(id) {
      const inMemory = pending.find(({ summary }) => summary.id === id)
      if (inMemory !== undefined) return inMemory
      const read = disk?.table.get(id)
      return read?.ok === true ? read.value : null
    },

    scan(scan) {
      const { after, upTo, limit, bodies, filter } = scan
      const read = disk?.table.scan(scan, startLimit())
      if (read?.ok === false) return null
      const onDisk = read?.value ?? { calls: [], next: null }
      if (onDisk.next !== null) return onDisk
      const waiting = pending
        .filter(({ summary }) => summary.id > after && summary.id <= upTo)
        .filter((call) => passes(filter, call))
      const taken = waiting.slice(0, limit - onDisk.calls.length)
      return {
        calls: [...onDisk.calls, ...(bodies ? taken : taken.map(leaveTextsOut))],
        next:
          taken.length < waiting.length ? (taken.at(-1)?.summary.id ?? onDisk.calls.at(-1)?.summary.id ?? after) : null,
      }
    },

    attemptsSince(sinceMs) {
      const read = disk?.table.attemptsSince(sinceMs)
      const starts = read?.ok === true ? [...read.value] : []
      for (const { summary, attempts } of pending)
        for (const { startedAtMs } of attempts)
          if (startedAtMs >= sinceMs) starts.push([summary.environmentId, startedAtMs])
      const byEnvironment = new Map<string, number[]>()
      for (const [environmentId, atMs] of starts.sort(([, a], [, b]) => a - b)) {
        const times = byEnvironment.get(environmentId)
        if (times === undefined) byEnvironment.set(environmentId, [atMs])
        else times.push(atMs)
      }
      return byEnvironment
    },

    usage(nowMs) {
      const read = disk?.table.keyDaysSince(nameDay(nowMs, usageDays - 1))
      const onDisk = read?.ok === true ? read.value : []
      return sumUsage([...onDisk, ...pending.flatMap(({ summary }) => countKeyDay(summary) ?? [])], nowMs)
    },

    countRequests(query) {
      const counter = createRequestCounter(query)
      disk?.table.countRequests(query, counter)
      for (const { summary, attempts } of pending)
        if (query.environmentIds.includes(summary.environmentId)) counter.addAttempts(summary, attempts)
      return counter.all()
    },

    countDays(nowMs, days) {
      const counter = createRequestCounter({ environmentIds: [], sinceMs: 0, sliceMs: 1, slices: days })
      const slices = new Map(Array.from({ length: days }, (_, slice) => [nameDay(nowMs, days - 1 - slice), slice]))
      const read = disk?.table.keyDaysSince(nameDay(nowMs, days - 1))
      const inMemory = pending.flatMap(({ summary }) => countKeyDay(summary) ?? [])
      for (const row of [...(read?.ok === true ? read.value : []), ...inMemory]) {
        const { keyId, source, calls, unauthorized, forbidden, rateLimited } = row
        const refused = unauthorized + forbidden + rateLimited
        counter.add({ slice: slices.get(row.day) ?? -1, source, keyId, requests: calls, refused })
      }
      return counter.all()
    },

    keyHours(nowMs) {
      const read = disk?.table.keyHoursSince(nameHour(nowMs) - keyHoursKept)
      return [...(read?.ok === true ? read.value : []), ...countKeyHours(pending)]
    },

    flush,

    close() {
      if (closed) return
      flush()
      closed = true
      if (!reopening) shut()
    },
  }
}
