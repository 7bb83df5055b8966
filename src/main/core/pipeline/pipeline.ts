import type { AppError, CallError } from '../../../shared/error.ts'
import type { CallSource } from '../../../shared/model/call.ts'
import { fail, type Result } from '../../../shared/result.ts'
import type { Vault } from '../vault/vault.ts'
import { type CallDeps, performCall } from './call.ts'

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

/**
 * Builds the pipeline. What the guard or the vault refuses was never sent and is not recorded: the
 * request log holds what went over the wire.
 */
export function createPipeline(deps: PipelineDeps): Pipeline {
  const { vault, clock, log } = deps

  async function sendCall(input: CallInput, signal: AbortSignal | undefined) {
    const environment = vault.environment(input.environmentId)
    if (environment === null) return fail({ kind: 'NOT_FOUND', what: 'environment' } as const)
    // An operation that calls itself a read is believed only with the method of one.
    if (environment.protected && (input.effect !== 'read' || input.method !== 'GET')) {
      log.warn('call.guarded', { environmentId: environment.id, operation: input.operation })
      return fail({ kind: 'GUARDED', environmentName: environment.name } as const)
    }
    const key = await vault.resolveKey(environment.id)
    if (!key.ok) return key
    if (signal?.aborted === true) return fail({ kind: 'CANCELLED', callId: null } as const)
    vault.noteUse(key.value.keyId, clock.nowMs())
    return performCall(deps, { environment, key: key.value, input }, signal)
  }

  return {
    async send(input, signal) {
      try {
        return await sendCall(input, signal)
      } catch (error) {
        return fail({ kind: 'INTERNAL', reference: log.error('call.broken', error) })
      }
    },
  }
}
