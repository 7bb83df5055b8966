import { limits } from '../../../shared/limits.ts'
import type { Headroom } from '../../../shared/model/headroom.ts'
import type { RatePolicy } from '../../../shared/model/rate.ts'
import type { WaitingCalls } from '../../../shared/model/waiting.ts'
import type { Clock } from '../ports.ts'
import { createFairQueue } from './fair-queue.ts'
import { type Blockage, createRateGroup, type RateMember } from './rate-group.ts'
import { readRateHeaders } from './rate-headers.ts'
import { believedMsMax } from './retry-after.ts'
import type { Errand, Rest, Slot, Ticket } from './ticket.ts'
import { createWaitTrail, type Stay, tellWaits } from './wait-trail.ts'
import { type Call, isParked, type Line, listWaiting, type Stage } from './waiting-list.ts'
import { createWindow, type Window } from './window.ts'

export type { RateMember } from './rate-group.ts'
export type { Errand, Rest, Slot, SlotEnd, Ticket } from './ticket.ts'

/** Limits of all rate groups: one for the product. Never throws. */
export interface Limiter {
  open(errand: Errand, signal?: AbortSignal): Ticket
  waiting(): WaitingCalls
  /** Cancels a call at any stage; false when there is none of this ticket. */
  cancel(ticket: string): boolean
  /** A person stops the traffic of one environment, or of all (null), or lets it go on; null and off ends every hold. */
  hold(environmentId: string | null, on: boolean): void
  headroom(environmentId: string): Headroom
  /** Environments, plans, groups or the policy changed. */
  refresh(): void
  /** Cancels all: the product ends. */
  stop(): void
}

/** What the limiter works with. */
export interface LimiterDeps {
  readonly clock: Clock
  /** Read anew for each decision. */
  readonly policy: () => RatePolicy
  readonly members: () => readonly RateMember[]
  /** Length of every window; `limits.windowMs` by default. A bench scales it. */
  readonly windowMs?: number
  /** Attempts of the last window from before this start (epoch ms), as `CallStore.attemptsSince` answers them. */
  readonly earlier?: ReadonlyMap<string, readonly number[]>
  /** Until when (epoch ms) the last run was told to wait, by environment, as `CallStore.pausesAt` answers it. */
  readonly pauses?: ReadonlyMap<string, number>
  /** The headroom of an environment, or what waits, changed. May come often: coalesce. */
  readonly onChange?: () => void
}

/** Longest single sleep: timers of the platform end at 24 days, and at once beyond. */
const sleepMsMax = 3_600_000
/** Earlier attempts are known by their start: the server may have counted them this much later. */
const earlierSlackMs = 1000

/** A call that only stands behind others. */
const waitsBehind: Blockage = { cause: 'concurrency', untilMs: null }

const keyOf = ({ id, rateGroup }: RateMember): string => (rateGroup === null ? `of ${id}` : `group ${rateGroup}`)

/**
 * Builds the limiter. It counts by the monotonic clock, so that a changed wall clock frees nothing.
 *
 * A call goes out at once while something is left of the window: bursts are fine as long as the
 * headroom is ample. Below a fifth the rest is kept for a person's clicks, and polls and replays are
 * spread over it by min(r/t, q/w). With nothing left all wait for the next slot. Refused requests
 * count as spent. Rates and probes, rules 3, 4 and 7.
 */
export function createLimiter(deps: LimiterDeps): Limiter {
  const { clock, policy, windowMs = limits.windowMs } = deps
  const calls = new Map<string, Call>()
  const lines = new Map<string, Line>()
  const lineOf = new Map<string, Line>()
  const histories = new Map<string, { readonly lengthMs: number; readonly window: Window }>()
  const waitingCounts = new Map<string, number>()
  const heldIds = new Set<string>()
  let heldAll = false
  let opened = 0

  const tellChange = (): void => deps.onChange?.()
  /** What an environment sent, as far back as the longest window it was ever counted in. */
  function historyOf(environmentId: string, lengthMs = windowMs): Window {
    const known = histories.get(environmentId)
    if (known !== undefined && known.lengthMs >= lengthMs) return known.window
    const window = createWindow(lengthMs)
    for (const [atMs, count] of known?.window.entriesAt(clock.monotonicMs()) ?? []) window.add(atMs, count)
    histories.set(environmentId, { lengthMs, window })
    return window
  }

  const wallMs = clock.nowMs()
  // Of a longer window that was learned only these are known: a day of the log is too much to read at
  // a start, and the first answer tells how much more the server counted.
  for (const [environmentId, times] of deps.earlier ?? []) {
    const history = historyOf(environmentId)
    const nowMs = clock.monotonicMs()
    // A time in the future comes from a clock that was set back since: it counts as now.
    for (const atMs of times) history.add(nowMs - Math.max(0, wallMs - atMs - earlierSlackMs))
  }

  function makeLine(key: string): Line {
    return {
      key,
      group: createRateGroup(policy, windowMs),
      queue: createFairQueue(),
      trail: createWaitTrail(),
      timer: null,
    }
  }

  function mergeHistories(members: readonly RateMember[]): readonly (readonly [number, number])[] {
    const nowMs = clock.monotonicMs()
    return members
      .flatMap(({ id }) => histories.get(id)?.window.entriesAt(nowMs) ?? [])
      .sort(([one], [other]) => one - other)
  }

  /**
   * Sorts the environments into their groups. A group whose members stay the same keeps its numbers;
   * what the server said goes along with whoever moves. Rates and probes, rule 1.
   */
  function sortMembers(): void {
    const grouped = new Map<string, RateMember[]>()
    for (const member of deps.members()) {
      const key = keyOf(member)
      const others = grouped.get(key)
      if (others === undefined) grouped.set(key, [member])
      else others.push(member)
    }
    // What was said is read before any group changes.
    const before = new Map([...lineOf].map(([id, line]) => [id, { line, said: line.group.said() }]))
    lineOf.clear()
    for (const [key, members] of grouped) {
      const line = lines.get(key) ?? makeLine(key)
      lines.set(key, line)
      const known = line.group.members()
      const isSame = known.length === members.length && known.every(({ id }, index) => id === members[index]?.id)
      const cameFrom = members.flatMap(({ id }) => before.get(id) ?? []).filter((from) => from.line !== line)
      const said = cameFrom.map((from) => from.said)
      line.group.reform(members, isSame ? null : { history: mergeHistories(members), said })
      for (const { id } of members) lineOf.set(id, line)
    }
  }

  /** The line of an environment; one that is unknown gets a line of its own, without a limit. */
  function findLine(environmentId: string): Line {
    const known = lineOf.get(environmentId)
    if (known !== undefined) return known
    const line = makeLine(`of ${environmentId}`)
    lines.set(line.key, line)
    lineOf.set(environmentId, line)
    return line
  }

  sortMembers()
  for (const [environmentId, untilMs] of deps.pauses ?? []) {
    // A clock that was set back since stretches no pause beyond what is believed of a header.
    const forMs = Math.min(believedMsMax, untilMs - wallMs)
    if (forMs <= 0) continue
    findLine(environmentId).group.overhear({ reached: false, pause: { forMs, toldMs: forMs } }, clock.monotonicMs())
  }

  const isHeld = (environmentId: string): boolean => heldAll || heldIds.has(environmentId)

  function setStage(call: Call, stage: Stage): void {
    const before = call.stage.at === 'idle' ? 0 : 1
    const after = stage.at === 'idle' ? 0 : 1
    call.stage = stage
    if (before === after) return
    const { environmentId } = call.errand
    const count = (waitingCounts.get(environmentId) ?? 0) + after - before
    if (count > 0) waitingCounts.set(environmentId, count)
    else waitingCounts.delete(environmentId)
  }

  /** Takes a call out of the place where it waits, with its waits told. */
  function leave(call: Call): void {
    const { stage } = call
    const nowMs = clock.monotonicMs()
    if (stage.at === 'queued') {
      stage.line.queue.remove(call)
      call.waits.push(...tellWaits(stage.stay, nowMs, policy().interactiveCapMs))
      if (stage.line.queue.size === 0) endTrail(stage.line, nowMs)
    }
    if (stage.at === 'held') {
      const tookMs = nowMs - stage.sinceMs
      call.waits.push({
        cause: 'hold',
        beforeAttempt: call.attempt,
        startedAtMs: stage.atEpochMs,
        tookMs,
        plannedMs: null,
      })
    }
    setStage(call, { at: 'idle' })
  }

  function endTrail(line: Line, nowMs: number): void {
    line.trail.rest(nowMs)
    line.timer?.off.abort()
    line.timer = null
  }

  function grant(call: Call, line: Line): Slot {
    const nowMs = clock.monotonicMs()
    const given = line.group.grant(nowMs)
    if (call.repeat !== null) call.repeat.spend(nowMs)
    else if (call.attempt === 0) line.group.budget.noteCall(nowMs)
    call.repeat = null
    let ended = false
    return {
      end({ reached, status, headers, pause = null }) {
        if (ended) return
        ended = true
        const endMs = clock.monotonicMs()
        const { environmentId } = call.errand
        if (reached) historyOf(environmentId).add(endMs)
        const now = findLine(environmentId)
        // The environment moved to another group meanwhile, which it concerns too.
        if (now !== line) now.group.overhear({ reached, pause }, endMs)
        const reading = status === null ? null : readRateHeaders(headers, clock.nowMs())
        line.group.end(given, { reached, status, reading, pause }, endMs)
        historyOf(environmentId, line.group.said().windowMs)
        pump(line)
        tellChange()
      },
    }
  }

  /** Lets go what may go, and looks again when more may. */
  function pump(line: Line): void {
    const nowMs = clock.monotonicMs()
    for (let call = line.queue.first(); call !== null; call = line.queue.first()) {
      const blockage = line.group.findBlockage(nowMs, call.priority)
      if (blockage !== null) {
        line.trail.note(blockage, nowMs)
        if (blockage.untilMs !== null) wakeAt(line, blockage.untilMs, nowMs)
        return
      }
      const { stage } = call
      leave(call)
      if (stage.at === 'queued') stage.resume(grant(call, line))
    }
  }

  function wakeAt(line: Line, atMs: number, nowMs: number): void {
    if (line.timer !== null) {
      if (line.timer.atMs <= atMs) return
      line.timer.off.abort()
    }
    const off = new AbortController()
    line.timer = { atMs, off }
    const forMs = Math.min(sleepMsMax, Math.max(1, Math.ceil(atMs - nowMs)))
    void clock.sleep(forMs, off.signal).then(() => {
      if (off.signal.aborted) return
      line.timer = null
      pump(line)
      tellChange()
    })
  }

  /** Is granted a slot at once, or stands until it is; null when it is cancelled. */
  function enqueue(call: Call, resume: (slot: Slot | null) => void): void {
    const line = isHeld(call.errand.environmentId) ? null : findLine(call.errand.environmentId)
    const isFree =
      line !== null &&
      line.queue.countAhead(call.priority) === 0 &&
      line.group.findBlockage(clock.monotonicMs(), call.priority) === null
    if (isFree) {
      resume(grant(call, line))
      return
    }
    const stood = stand(call, resume)
    if (stood !== null) pump(stood)
  }

  /** Puts a call under its hold (null), or at its place in the queue of its group. */
  function stand(call: Call, resume: (slot: Slot | null) => void): Line | null {
    const nowMs = clock.monotonicMs()
    const atEpochMs = clock.nowMs()
    if (isHeld(call.errand.environmentId)) {
      setStage(call, { at: 'held', sinceMs: nowMs, atEpochMs, resume })
      return null
    }
    const line = findLine(call.errand.environmentId)
    const blockage = line.group.findBlockage(nowMs, call.priority)
    const ahead = line.queue.countAhead(call.priority)
    line.queue.add(call)
    // Whatever holds the first holds all behind it.
    const from = line.trail.note(blockage ?? line.trail.current()?.blockage ?? waitsBehind, nowMs)
    const inMs = from.blockage.cause === 'pacing' ? line.group.expectSlotInMs(nowMs, ahead + 1) : null
    const stay: Stay = {
      from,
      startedMs: nowMs,
      atEpochMs,
      expectedMs: inMs === null ? null : Math.max(nowMs + inMs, from.blockage.untilMs ?? 0),
      beforeAttempt: call.attempt,
    }
    setStage(call, { at: 'queued', line, stay, resume })
    return line
  }

  async function sitThrough(call: Call, rest: Rest): Promise<void> {
    const sinceMs = clock.monotonicMs()
    const startedAtMs = clock.nowMs()
    const untilMs = sinceMs + rest.forMs
    const { forMs, cause: ownCause, ...numbers } = rest
    const cause = (rest.toldMs ?? 0) > policy().interactiveCapMs ? 'parked' : ownCause
    setStage(call, { at: 'resting', cause, sinceMs, untilMs })
    tellChange()
    for (;;) {
      const leftMs = untilMs - clock.monotonicMs()
      if (leftMs <= 0 || call.controller.signal.aborted) break
      await clock.sleep(Math.min(sleepMsMax, Math.max(1, Math.ceil(leftMs))), call.controller.signal)
    }
    setStage(call, { at: 'idle' })
    const tookMs = clock.monotonicMs() - sinceMs
    call.waits.push({ cause, beforeAttempt: call.attempt, startedAtMs, tookMs, plannedMs: forMs, ...numbers })
  }

  function cancelCall(call: Call): void {
    if (call.cancelled !== null) return
    call.cancelled = isParked(call, policy().interactiveCapMs) ? 'gave-up' : 'cancelled'
    const { stage } = call
    // A rest hears of it by the signal.
    if (stage.at === 'queued' || stage.at === 'held') leave(call)
    call.controller.abort()
    if (stage.at === 'queued' || stage.at === 'held') stage.resume(null)
    // The one behind it may go: of another priority, it may be held by nothing.
    if (stage.at === 'queued') pump(stage.line)
    tellChange()
  }

  return {
    open(errand, signal) {
      opened += 1
      const call: Call = {
        id: `call-${opened}`,
        errand,
        priority: errand.priority,
        order: opened,
        controller: new AbortController(),
        waits: [],
        stage: { at: 'idle' },
        attempt: 0,
        repeat: null,
        cancelled: null,
      }
      calls.set(call.id, call)
      const cancel = (): void => cancelCall(call)
      if (signal?.aborted === true) cancel()
      else signal?.addEventListener('abort', cancel, { once: true })
      return {
        id: call.id,
        signal: call.controller.signal,
        async admit(attempt, rest) {
          call.attempt = attempt
          if (call.cancelled === null && rest !== undefined && rest !== null) await sitThrough(call, rest)
          if (call.cancelled !== null) return null
          const slot = await new Promise<Slot | null>((resume) => {
            enqueue(call, resume)
            tellChange()
          })
          if (slot === null || call.cancelled === null) return slot
          // Cancelled between the grant and this line.
          slot.end({ reached: false, status: null, headers: [] })
          return null
        },
        takeRetry() {
          const { budget } = findLine(errand.environmentId).group
          call.repeat?.giveBack()
          call.repeat = budget.take(clock.monotonicMs(), policy())
          return call.repeat !== null
        },
        waits: () => call.waits,
        cancelled: () => call.cancelled,
        close() {
          if (!calls.delete(call.id)) return
          signal?.removeEventListener('abort', cancel)
          call.repeat?.giveBack()
        },
      }
    },

    waiting() {
      let total = 0
      for (const count of waitingCounts.values()) total += count
      const first = total === 0 ? [] : listWaiting(lines.values(), calls.values(), clock, policy().interactiveCapMs)
      return { calls: first, total, held: [...heldIds], heldAll }
    },

    cancel(ticket) {
      const call = calls.get(ticket)
      if (call === undefined || call.cancelled !== null) return false
      cancelCall(call)
      return true
    },

    hold(environmentId, on) {
      if (environmentId === null) {
        heldAll = on
        if (!on) heldIds.clear()
      } else if (on) heldIds.add(environmentId)
      else heldIds.delete(environmentId)
      moveCalls((call) => {
        const mustBeHeld = isHeld(call.errand.environmentId)
        return (call.stage.at === 'queued' && mustBeHeld) || (call.stage.at === 'held' && !mustBeHeld)
      })
      tellChange()
    },

    headroom(environmentId) {
      const nowMs = clock.monotonicMs()
      const atMs = clock.nowMs()
      const { pausedForMs, ...numbers } = findLine(environmentId).group.describe(nowMs)
      return {
        environmentId,
        ...numbers,
        pausedUntilMs: pausedForMs === null ? null : atMs + pausedForMs,
        waiting: waitingCounts.get(environmentId) ?? 0,
        atMs,
      }
    },

    refresh() {
      const ids = new Set(deps.members().map(({ id }) => id))
      for (const id of histories.keys()) if (!ids.has(id)) histories.delete(id)
      for (const id of heldIds) if (!ids.has(id)) heldIds.delete(id)
      sortMembers()
      moveCalls(({ stage, errand: { environmentId } }) => {
        // The hold of an environment ends with it.
        if (stage.at === 'held') return !isHeld(environmentId)
        return stage.at === 'queued' && stage.line !== findLine(environmentId)
      })
      const used = new Set(lineOf.values())
      for (const [key, line] of lines) if (!used.has(line)) lines.delete(key)
      for (const line of lines.values()) pump(line)
      tellChange()
    },

    stop() {
      for (const call of [...calls.values()]) cancelCall(call)
    },
  }

  /** Takes calls from where they wait and lets them wait where they belong. All stand there before the first goes. */
  function moveCalls(mustMove: (call: Call) => boolean): void {
    const touched = new Set<Line>()
    for (const call of [...calls.values()].filter(mustMove)) {
      const { stage } = call
      if (stage.at !== 'queued' && stage.at !== 'held') continue
      if (stage.at === 'queued') touched.add(stage.line)
      leave(call)
      const line = stand(call, stage.resume)
      if (line !== null) touched.add(line)
    }
    for (const line of touched) pump(line)
  }
}
