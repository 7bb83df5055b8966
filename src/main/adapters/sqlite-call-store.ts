import type { Notice } from '../../shared/model/app.ts'
import type { CallStore, Clock } from '../core/ports.ts'

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
}

/** Opens the request log. Never fails: without a usable file the newest 1,000 calls are kept in memory. */
export async function openCallStore(options: CallStoreOptions): Promise<CallStore> {
  throw new Error(`not yet: ${options.file}`)
}
