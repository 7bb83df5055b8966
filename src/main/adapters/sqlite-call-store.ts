import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { StorageFault } from '../../shared/error.ts'
import { isEverything, matchFilter, type ReadyFilter } from '../../shared/filter/evaluation.ts'
import type { Notice } from '../../shared/model/app.ts'
import type { CallDetail, CallPage } from '../../shared/model/call.ts'
import { listPieces } from '../../shared/model/call-pieces.ts'
import { defaultLogPolicy } from '../../shared/model/defaults.ts'
import type { LogPolicy } from '../../shared/model/log.ts'
import { assertNever, fail, succeed } from '../../shared/result.ts'
import type { CallQuery, CallRecord, CallStore, Clock } from '../core/ports.ts'
import { countKeyHours, createRequestCounter, keyHoursKept, nameHour } from './call-history.ts'
import type { ReadToldWait } from './call-pauses.ts'
import { callMigrations } from './call-schema.ts'
import { type CallTable, openCallTable } from './call-table.ts'
import { countKeyDay, nameDay, nameFirstUsageDay, sumUsage } from './call-usage.ts'
import { type OpenDatabase, openDatabase } from './sqlite-database.ts'

/** How the request log is opened. */
export interface CallStoreOptions {
  readonly file: string
  readonly clock: Clock
  /** Told once per cause when the file cannot be used; calls then stay in memory. */
  readonly onNotice: (notice: Notice) => void
  /** What is kept, from the first step of the background on; the defaults for what is not named. `setPolicy` changes it. */
  readonly policy: Partial<LogPolicy>
  /** How a refusal tells its wait; without it `pausesAt` knows of none. */
  readonly readToldWait?: ReadToldWait
  /** Pause between two tries to use a file that refused; 30 s by default. */
  readonly retryMs?: number
}

const flushAfterMs = 50
const flushAtCalls = 100
const memoryCallsMax = 1000
const memoryBodyCharsMax = 16 * 1024 * 1024
const busyTimeoutMs = 50
const busyTriesMax = 5
/** Longest that one search keeps the process busy, but for its last step. */
const searchMs = 10
const removeAtOnce = 2000
const keyDaysKept = 400
const startOversMax = 3
const pageBytes = 4096
/** Length of the log of changes at which it is carried over into the file: 16 MB. */
const checkpointPages = 4096
const defaultRetryMs = 30_000
const dayMs = 86_400_000
const pruneEveryMs = 3_600_000
/** Pause between two steps of work in the background: as long as a step took, and at least this. */
const restMs = 5
/** Share of its maximum at which a file is made smaller, so that it is never met while a call is written. */
const fullShare = 0.97
/** Calls that are read for a deletion before everything else has its turn. */
const clearAtOnce = 2000

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

function capBody(body: CallDetail['requestBody'], bytesMax: number): CallDetail['requestBody'] {
  // No character has more than three bytes per unit of its text.
  if (body === null || body.text.length * 3 <= bytesMax) return body
  const { read } = new TextEncoder().encodeInto(body.text, new Uint8Array(bytesMax))
  return read === body.text.length ? body : { ...body, text: body.text.slice(0, read), truncated: true }
}

function capBodies(call: CallDetail, bytesMax: number): CallDetail {
  const requestBody = capBody(call.requestBody, bytesMax)
  const responseBody = capBody(call.responseBody, bytesMax)
  const same = requestBody === call.requestBody && responseBody === call.responseBody
  return same ? call : { ...call, requestBody, responseBody }
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

/**
 * Opens the request log. Never fails: without a usable file the newest 1,000 calls are kept in
 * memory, and written once the file can be used. A damaged or deleted file is replaced, with what could still be read of it.
 */
export async function openCallStore(options: CallStoreOptions): Promise<CallStore> {
  const { file, clock, onNotice, retryMs = defaultRetryMs } = options
  let policy: LogPolicy = { ...defaultLogPolicy, ...options.policy }
  /** Calls that are on no disk, oldest first. */
  let pending: CallDetail[] = []
  let disk: Disk | null = null
  let generation = 0
  let wasOpen = false
  let nextId = 1
  let oldestId = 1
  let timer: ReturnType<typeof setTimeout> | null = null
  let reopening = false
  let startOvers = 0
  let busyTries = 0
  let restingUntilMs = Number.NEGATIVE_INFINITY
  let closed = false
  let working = false
  const noticed = new Set<NoticeName>()

  function raise(what: NoticeName, detail: string): void {
    if (noticed.has(what)) return
    noticed.add(what)
    onNotice({ what, detail })
  }

  function rest(fault: StorageFault, detail = ''): void {
    restingUntilMs = clock.monotonicMs() + retryMs
    raise(nameNotice(fault), detail)
  }

  function limitFile(db: OpenDatabase['db']): void {
    db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(policy.fileBytesMax / pageBytes))}`)
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
    const table = openCallTable(db, options.readToldWait)
    const writes = mode === 'read-write'
    if (outcome.kind === 'damaged') raise('requests-damaged', outcome.movedTo)
    if (outcome.kind === 'read-only') rest(outcome.fault)
    const found: Disk = { open: opened.value, table, writes, inode: readInode(file) ?? 0 }
    const prepared = db.attempt(() => {
      // A call must not wait for another program that holds the file: the next batch tries again.
      db.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
      // What was deleted must not be found in the free parts of the file.
      if (writes) db.exec('PRAGMA secure_delete = ON')
      if (writes) limitFile(db)
      // A busy log is carried over into the file less often, and each time waits for the disk.
      if (writes) db.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
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
    oldestId = range.value.first
    nextId = Math.max(nextId, range.value.last + 1)
    if (writes) {
      table.removeKeyDaysBefore(nameDay(clock.nowMs(), keyDaysKept))
      table.removeKeyHoursBefore(nameHour(clock.nowMs()) - keyHoursKept)
    }
    disk = found
    wasOpen = true
    if (writes) workLater(found)
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
    generation += 1
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
    if (oldestId === 0) oldestId = calls[0]?.summary.id ?? 0
  }

  /** Deletes some of the oldest calls; false when there is nothing to delete or it is refused. */
  function removeOldest({ table }: Disk, wanted: number): boolean {
    const last = nextId - 1 - pending.length
    const upTo = Math.min(last, oldestId + Math.min(wanted, removeAtOnce) - 1)
    if (oldestId === 0 || upTo < oldestId || !table.removeUpTo(upTo).ok) return false
    const range = table.range()
    oldestId = range.ok ? range.value.first : upTo + 1
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
      workLater(current)
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

  /** Deletes some of what the policy does not keep; false when there is nothing of it. */
  function pruneSome(current: Disk): boolean {
    if (oldestId === 0) return false
    const last = nextId - 1 - pending.length
    const counted = countDisk()
    if (counted > policy.callsMax) return removeOldest(current, counted - policy.callsMax)
    const used = current.table.measure()
    if (used.ok && used.value > policy.fileBytesMax * fullShare) return removeOldest(current, removeAtOnce)
    const upTo = Math.min(last, oldestId + removeAtOnce)
    const old = current.table.lastBefore(clock.nowMs() - policy.daysMax * dayMs, upTo)
    return old.ok && old.value >= oldestId && removeOldest(current, old.value - oldestId + 1)
  }

  /** Indexes and prunes, a piece per turn, while nothing else waits. */
  function workLater(current: Disk): void {
    if (working || closed) return
    working = true
    let tookMs = 0
    const step = (): void => {
      working = false
      if (disk !== current || closed || !current.writes) return
      const startMs = clock.monotonicMs()
      const indexed = current.table.indexNext()
      const pruned = pruneSome(current)
      tookMs = clock.monotonicMs() - startMs
      if ((indexed.ok && indexed.value) || pruned) plan()
    }
    const plan = (): void => {
      working = true
      setTimeout(step, Math.max(restMs, tookMs)).unref()
    }
    plan()
  }

  function scheduleFlush(): void {
    if (timer !== null || closed) return
    timer = setTimeout(flush, pending.length >= flushAtCalls ? 0 : flushAfterMs)
    timer.unref()
  }

  function countDisk(): number {
    const read = disk?.table.count()
    return read?.ok === true ? read.value : 0
  }

  /** The file, while it can be changed. */
  function writableDisk(): Disk | null {
    return disk?.writes === true && clock.monotonicMs() >= restingUntilMs ? disk : null
  }

  /** Ids of matching calls up to an id, newest first; null when they cannot be read. */
  async function findIds(filter: ReadyFilter, upTo: number): Promise<number[] | null> {
    const ids: number[] = []
    for (let before: number | null = upTo + 1; before !== null; ) {
      const read: ReturnType<CallTable['list']> | undefined = disk?.table.list(
        { before, after: null, limit: clearAtOnce, filter },
        startLimit(),
      )
      if (read?.ok !== true) return null
      ids.push(...read.value.calls.map(({ id }) => id))
      before = read.value.next
      await clock.sleep(0)
    }
    return ids
  }

  function startLimit(): () => boolean {
    const endMs = clock.monotonicMs() + searchMs
    return () => clock.monotonicMs() >= endMs
  }

  function listCalls(query: CallQuery, isLate: () => boolean): CallPage {
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
    const read = disk?.table.list({ ...query, limit: missing }, isLate)
    const page = read?.ok === true ? read.value : { calls: [], next: null, scanned: 0 }
    const calls = [...inMemory, ...page.calls]
    const isAll = before === null && after === null && page.next === null
    return { calls, next: page.next, total: isAll ? calls.length : total, scanned: inRange.length + page.scanned }
  }

  function shut(): void {
    disk?.open.db.close()
    disk = null
  }

  await openDisk()
  const pruning = setInterval(() => disk !== null && workLater(disk), pruneEveryMs)
  pruning.unref()

  return {
    append(record) {
      const call = capBodies(buildDetail(nextId, record), policy.bodyBytesMax)
      nextId += 1
      pending.push(call)
      scheduleFlush()
      return call.summary
    },

    list: (query) => listCalls(query, startLimit()),

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

    generation: () => (disk === null && wasOpen ? null : generation),

    count({ filter, before, after }) {
      const ready = startLimit()
      let count = 0
      for (let from = before; ; ) {
        const page = listCalls({ filter, before: from, after, limit: clearAtOnce }, ready)
        count += page.calls.length
        if (page.next === null || ready()) return { count, next: page.next }
        from = page.next
      }
    },

    storage() {
      const [used, oldest] = [disk?.table.measure(), disk?.table.oldestAt()]
      return {
        calls: countDisk() + pending.length,
        bytes: used?.ok === true ? used.value : 0,
        oldestAtMs: (oldest?.ok === true ? oldest.value : null) ?? pending[0]?.summary.startedAtMs ?? null,
        newestId: nextId - 1,
        writable: writableDisk() !== null,
      }
    },

    setPolicy(next) {
      policy = next
      const current = disk
      if (current === null || !current.writes) return
      current.open.db.attempt(() => limitFile(current.open.db))
      workLater(current)
    },

    async clear({ filter, upTo, expected }) {
      flush()
      if (writableDisk() === null) return fail({ kind: 'STORAGE', fault: 'read-only' })
      // What another program kept from being written would come back with the next flush.
      const isLeft = pending.some((call) => call.summary.id <= upTo && passes(filter, call))
      if (isLeft) return fail({ kind: 'STORAGE', fault: 'failed' })
      const ids = await findIds(filter, upTo)
      if (ids === null) return fail({ kind: 'STORAGE', fault: 'failed' })
      if (ids.length > expected) return fail({ kind: 'MORE_CALLS', count: ids.length })
      for (let from = 0; from < ids.length; from += removeAtOnce) {
        const removed = writableDisk()?.table.remove(ids.slice(from, from + removeAtOnce))
        if (removed?.ok !== true) return removed ?? fail({ kind: 'STORAGE', fault: 'read-only' })
        await clock.sleep(0)
      }
      const current = disk
      // What was deleted still stands in the log of changes.
      current?.open.db.attempt(() => current.open.db.exec('PRAGMA wal_checkpoint(TRUNCATE)'))
      const range = current?.table.range()
      if (current !== null && range?.ok === true) {
        oldestId = range.value.first
        workLater(current)
      }
      return succeed(ids.length)
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

    pausesAt(nowMs) {
      const read = disk?.table.pausesAt(nowMs)
      return new Map(read?.ok === true ? read.value : [])
    },

    usage(nowMs) {
      const read = disk?.table.keyDaysSince(nameFirstUsageDay(nowMs))
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
      clearInterval(pruning)
      if (!reopening) shut()
    },
  }
}
