import type { CallSummary } from '../../../shared/model/call.ts'
import type { CallStore, Clock, Http, Log, Random } from '../ports.ts'

/** What every call works with, whoever makes it. */
export interface CallDeps {
  readonly http: Http
  readonly calls: Pick<CallStore, 'append'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Value of the `User-Agent` header. */
  readonly userAgent: string
  /** Told of each attempt as it goes out, so that the window is counted. */
  readonly onAttempt: (environmentId: string) => void
  /** Told of each call that was recorded. */
  readonly onRecorded: (call: CallSummary) => void
}
