import type { AppError, CallError } from '../../../shared/error.ts'
import type { CallSource } from '../../../shared/model/call.ts'
import { fail, type Result } from '../../../shared/result.ts'
import type { Vault } from '../vault/vault.ts'
import type { CallDeps } from './call.ts'

/** What an operation does to the world; `x-jasni-effect` of the OpenAPI file. */
export type Effect = 'read' | 'write' | 'outbound' | 'destructive'

/** One logical request, as the person meant it. */
export interface CallInput {
  readonly environmentId: string
  readonly operation: string
  readonly effect: Effect
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below the base URL, already percent-encoded, beginning with a slash. */
  readonly path: string
  readonly query: readonly (readonly [string, string])[]
  readonly body: unknown
  readonly source: CallSource
}

/** What the server answered with success. `body` is the parsed JSON. */
export interface CallAnswer {
  readonly callId: number
  readonly status: number
  readonly body: unknown
}

/** Every call of the product: guard, key, HTTP, classify, record. Never throws. */
export interface Pipeline {
  send(input: CallInput, signal?: AbortSignal): Promise<Result<CallAnswer, AppError | CallError>>
}

/** What the pipeline works with. */
export interface PipelineDeps extends CallDeps {
  readonly vault: Pick<Vault, 'environment' | 'resolveKey' | 'noteUse'>
}

/** Builds the pipeline. */
export function createPipeline(_deps: PipelineDeps): Pipeline {
  return { send: async () => fail({ kind: 'SANDBOX_DOWN' }) }
}
