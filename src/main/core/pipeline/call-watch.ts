import type { AppError } from '../../../shared/error.ts'
import type { Result } from '../../../shared/result.ts'
import type { CallAnswer, CallInput } from './pipeline.ts'

/**
 * Looks after one call whose answer tells something only once: reads it before redaction takes it
 * out of everything that leaves the pipeline.
 */
export interface WatchedCall {
  /** The body of an answer as it came. */
  read(status: number, body: Uint8Array): void
  /** The call has ended; whoever made it waits for this. */
  end(result: Result<CallAnswer>): Promise<void>
}

/** Asked before a call is sent. */
export interface CallWatch {
  /** Null for a call that needs none; a failure when it must not be sent. */
  begin(input: CallInput): Result<WatchedCall | null>
}

/** Failures after which a call was certainly not carried out. */
const refusals: ReadonlySet<AppError['kind']> = new Set([
  'UNAUTHORIZED',
  'FORBIDDEN',
  'API_NOT_FOUND',
  'RATE_LIMITED',
  'API_REFUSED',
  'REDIRECTED',
  'CANCELLED',
  'NETWORK',
  'SANDBOX_DOWN',
  'NOT_FOUND',
  'NO_KEY',
  'KEY_MISSING',
  'KEY_CHANGED',
  'KEYCHAIN',
  'GUARDED',
  'BAD_REQUEST',
])

/** False when a failed call may have been carried out all the same. What may have been is UNKNOWN_OUTCOME already. */
export function isCertainlyRefused(error: AppError): boolean {
  return refusals.has(error.kind) || (error.kind === 'BAD_ANSWER' && error.reason === 'success-false')
}
