import type { AppError } from '../../../shared/error.ts'
import type { Result } from '../../../shared/result.ts'

/** What is done to several messages, each by a call of its own. */
export type BulkKind = 'read' | 'unread' | 'label' | 'delete'

/** One message of several; `name` is for people. */
export interface BulkItem {
  readonly uid: number
  readonly name: string
}

/** What an act on several messages came to, or has come to so far. */
export interface BulkProgress {
  readonly id: number
  readonly environmentId: string
  readonly kind: BulkKind
  readonly total: number
  readonly done: number
  readonly failed: readonly { readonly item: BulkItem; readonly error: AppError }[]
  /** The message whose turn it is, as long as it goes on. */
  readonly current: BulkItem | null
  /** Epoch ms of the next try while the rate limit stops it, else null. */
  readonly pausedUntilMs: number | null
  /** Why the rest was left alone; null while nothing was. */
  readonly stopped: 'cancelled' | 'refused' | null
}

/** What a bulk act needs. */
export interface BulkPorts {
  readonly nowMs: () => number
  /** Resolves after `ms`, or at once when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** How long it stands still after a 429 that says nothing of a time. */
export const pauseMs = 10_000

// What the next message would meet as well.
const hopeless: ReadonlySet<AppError['kind']> = new Set<AppError['kind']>([
  'GUARDED',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NO_KEY',
  'KEY_MISSING',
  'KEY_CHANGED',
  'KEYCHAIN',
  'SANDBOX_DOWN',
  'NETWORK',
  'CANCELLED',
])

/**
 * Acts on messages one after the other, so that a click elsewhere waits for one of them at most. A 429 makes it stand
 * still and try the same message again; another failure is kept and the next message follows, unless that would fail
 * too. Nothing is repeated that may have been carried out.
 */
export async function runBulk(
  start: Pick<BulkProgress, 'id' | 'environmentId' | 'kind'>,
  items: readonly BulkItem[],
  act: (item: BulkItem) => Promise<Result<unknown>>,
  { nowMs, sleep }: BulkPorts,
  signal: AbortSignal,
  tell: (progress: BulkProgress) => void,
): Promise<BulkProgress> {
  let progress: BulkProgress = {
    ...start,
    total: items.length,
    done: 0,
    failed: [],
    current: null,
    pausedUntilMs: null,
    stopped: null,
  }
  const update = (change: Partial<BulkProgress>) => {
    progress = { ...progress, ...change }
    tell(progress)
  }
  const end = (stopped: BulkProgress['stopped']) => {
    update({ current: null, pausedUntilMs: null, stopped })
    return progress
  }

  for (const item of items) {
    for (let again = true; again; ) {
      if (signal.aborted) return end('cancelled')
      update({ current: item, pausedUntilMs: null })
      const result = await act(item)
      again = false
      if (result.ok) {
        update({ done: progress.done + 1 })
      } else if (result.error.kind === 'RATE_LIMITED') {
        const ms = Math.max(1000, result.error.retryAfterMs ?? pauseMs)
        update({ pausedUntilMs: nowMs() + ms })
        await sleep(ms, signal)
        again = true
      } else if (result.error.kind === 'CANCELLED' && signal.aborted) {
        return end('cancelled')
      } else {
        update({ failed: [...progress.failed, { item, error: result.error }] })
        if (hopeless.has(result.error.kind))
          return end(progress.done + progress.failed.length < items.length ? 'refused' : null)
      }
    }
  }
  return end(null)
}
