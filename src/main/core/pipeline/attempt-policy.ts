import type { Attempt } from '../../../shared/model/call.ts'
import type { CallFailure } from './classification.ts'

/** What follows an attempt that failed. */
export type NextStep = { readonly kind: 'stop' } | { readonly kind: 'again'; readonly afterMs: number }

/** Decides after each failed attempt, from all attempts of the call so far, oldest first. */
export type AttemptPolicy = (attempts: readonly Attempt[], failure: CallFailure) => NextStep

/** One attempt for each call. */
export const attemptOnce: AttemptPolicy = () => ({ kind: 'stop' })
