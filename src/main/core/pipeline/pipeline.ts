import type { AppError, CallError } from '../../../shared/error.ts'
import type { CallSource } from '../../../shared/model/call.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
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

  function readEnvironment(input: CallInput): Result<Environment> {
    const environment = vault.environment(input.environmentId)
    if (environment === null) return fail<AppError>({ kind: 'NOT_FOUND', what: 'environment' })
    // An operation that calls itself a read is believed only with the method of one.
    if (environment.protected && (input.effect !== 'read' || input.method !== 'GET')) {
      log.warn('call.guarded', { environmentId: environment.id, operation: input.operation })
      return fail<AppError>({ kind: 'GUARDED', environmentName: environment.name })
    }
    return succeed(environment)
  }

  async function sendCall(input: CallInput, signal: AbortSignal | undefined): Promise<Result<CallAnswer>> {
    for (;;) {
      const asked = readEnvironment(input)
      if (!asked.ok) return asked
      const key = await vault.resolveKey(asked.value.id)
      if (!key.ok) return key
      if (signal?.aborted === true) return fail<AppError>({ kind: 'CANCELLED', callId: null })
      // The keychain may take its time over a prompt: what holds is the environment of now.
      const now = readEnvironment(input)
      if (!now.ok) return now
      const environment = now.value
      if (environment.baseUrl !== asked.value.baseUrl || environment.activeKeyId !== asked.value.activeKeyId) continue
      vault.noteUse(key.value.keyId, clock.nowMs())
      return performCall(deps, { environment, key: key.value, input }, signal)
    }
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
