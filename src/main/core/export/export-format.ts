import type { CallDetail } from '../../../shared/model/call.ts'
import type { ExportManifest } from '../../../shared/model/export.ts'

/** Writes calls as text, piece by piece: the head, a piece for each call, the tail. */
export interface ExportWriter {
  head(): string
  writeCall(call: CallDetail): string
  tail(): string
  /** What was written and what was left out, until now. */
  manifest(): ExportManifest
}

/** What an export is told beside the calls themselves. */
export interface ExportOptions {
  readonly includeBodies: boolean
  /** Version of the app. */
  readonly version: string
  /** Name and base URL of an environment; null for one that is gone. */
  readonly environment: (id: string) => { readonly name: string; readonly baseUrl: string } | null
}
