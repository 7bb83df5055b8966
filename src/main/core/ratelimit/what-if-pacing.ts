import { decideNext } from '../pipeline/attempt-policy.ts'
import type { Clock } from '../ports.ts'
import type { EventQueue } from './event-queue.ts'
import type { Limiter, LimiterDeps, Rest } from './limiter.ts'
import type { ReplayInput } from './what-if.ts'
import type { Arrival } from './what-if-arrivals.ts'
import { createSimulatedServer, createTally, type RunTally } from './what-if-server.ts'

/** What a paced run works with. */
export interface PacedParts {
  readonly draw: () => number
  readonly queue: EventQueue
  readonly createLimiter: (deps: LimiterDeps) => Limiter
}

/** A paced run; its tally is whole when the queue is empty. */
export interface PacedRun {
  readonly tally: RunTally
  /** Lets go of calls that still wait, as after a stop. */
  close(): void
}

/** A clock whose time is the queue's. */
function createQueueClock(queue: EventQueue): Clock {
  return {
    nowMs: queue.nowMs,
    monotonicMs: queue.nowMs,
    sleep: (ms, signal) =>
      new Promise((done) => {
        if (signal?.aborted === true) return done()
        const ring = () => {
          signal?.removeEventListener('abort', ring)
          done()
        }
        signal?.addEventListener('abort', ring, { once: true })
        queue.plan(queue.nowMs() + ms, ring)
      }),
  }
}

/**
 * Plans the calls of one run through the product's own limiter, in simulated time. Between two events of the queue
 * every promise must have settled.
 */
export function replayPaced(input: ReplayInput, { draw, queue, createLimiter }: PacedParts): PacedRun {
  const { arrivals, limits, windowMs, policy } = input
  const clock = createQueueClock(queue)
  const server = createSimulatedServer({ limits, windowMs })
  const tally = createTally(arrivals.length)
  const open = new Set<string>()
  const limiter = createLimiter({
    clock,
    policy: () => policy,
    windowMs,
    members: () =>
      [...limits].map(([id, { group, perWindow }]) => ({
        id,
        rateGroup: group,
        plan: { kind: 'enterprise', perMinute: perWindow },
      })),
  })

  async function makeCall(call: Arrival, index: number): Promise<void> {
    const { environmentId, method, priority } = call
    const ticket = limiter.open({ environmentId, operation: '', method, path: '', priority })
    open.add(ticket.id)
    const arrivedMs = queue.nowMs()
    let onWireMs = 0
    let rest: Rest | undefined
    for (let failures = 0; ; failures += 1) {
      const slot = await ticket.admit(failures, rest)
      if (slot === null) break
      const sentMs = queue.nowMs()
      await clock.sleep(call.servedMs / 2)
      const accepted = server.accepts(environmentId, queue.nowMs())
      tally.attempts += 1
      if (!accepted) tally.refusals += 1
      await clock.sleep((accepted ? call.servedMs : call.refusedMs) / 2)
      onWireMs += queue.nowMs() - sentMs
      if (accepted) {
        slot.end({ reached: true, status: 200, headers: [] })
        break
      }
      const next = decideNext(
        {
          method,
          status: 429,
          outcome: 'RATE_LIMITED',
          networkFault: undefined,
          cutOff: false,
          headers: [],
          attemptsMade: failures + 1,
          endedAtMs: queue.nowMs(),
        },
        { policy, draw, takeRetry: () => ticket.takeRetry() },
      )
      slot.end({ reached: true, status: 429, headers: [], pause: next.pause })
      if (next.kind === 'stop') {
        tally.failed += 1
        break
      }
      rest = next.rest
    }
    ticket.close()
    open.delete(ticket.id)
    tally.waitsMs[index] = queue.nowMs() - arrivedMs - onWireMs
    tally.finishedAfterMs = queue.nowMs()
  }

  for (const [index, call] of arrivals.entries()) queue.plan(call.atMs, () => void makeCall(call, index))
  return {
    tally,
    close() {
      for (const id of [...open]) limiter.cancel(id)
    },
  }
}
