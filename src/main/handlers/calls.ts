import { fail, succeed } from '../../shared/result.ts'
import type { Limiter } from '../core/ratelimit/limiter.ts'
import type { HandlerGroup } from './group.ts'

/** Calls on their way: which ones wait, and what a person does about it. */
export function createCallHandlers({
  limiter,
}: {
  readonly limiter: Pick<Limiter, 'waiting' | 'cancel' | 'hold'>
}): HandlerGroup<'calls'> {
  return {
    'calls.waiting': () => succeed(limiter.waiting()),
    // One that has ended meanwhile needs no cancelling, but the person is told.
    'calls.cancel': ({ ticket }) =>
      limiter.cancel(ticket) ? succeed(null) : fail({ kind: 'NOT_FOUND', what: 'call' }),
    'calls.hold'({ environmentId, on }) {
      limiter.hold(environmentId, on)
      return succeed(null)
    },
  }
}
