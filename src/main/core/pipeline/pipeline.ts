import type { AppError, CallError } from '../../../shared/error.ts'
import type { CallSource } from '../../../shared/model/call.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import type { ResolvedKey, Vault } from '../vault/vault.ts'
import { type CallDeps, performCall } from './call.ts'
import { createKeyTraffic, type KeyTraffic } from './key-traffic.ts'

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
  /** Count of the calls in flight by key, which rotations wait for. */
  readonly traffic?: KeyTraffic
}

const resolvesMax = 3
/** Failures that only another key would have prevented. */
const keyFailures: ReadonlySet<AppError['kind']> = new Set([
  'UNAUTHORIZED',
  'NO_KEY',
  'KEY_MISSING',
  'KEY_CHANGED',
  'KEYCHAIN',
])

/**
 * Builds the pipeline. What the guard or the vault refuses was never sent and is not recorded: the
 * request log holds what went over the wire.
 */
export function createPipeline(deps: PipelineDeps): Pipeline {
  const { vault, clock, log, traffic = createKeyTraffic(() => clock.nowMs()) } = deps

  async function sendCall(input: CallInput, signal: AbortSignal | undefined) {
    const environment = vault.environment(input.environmentId)
    if (environment === null) return fail({ kind: 'NOT_FOUND', what: 'environment' } as const)
    // An operation that calls itself a read is believed only with the method of one.
    if (environment.protected && (input.effect !== 'read' || input.method !== 'GET')) {
      log.warn('call.guarded', { environmentId: environment.id, operation: input.operation })
      return fail({ kind: 'GUARDED', environmentName: environment.name } as const)
    }
    const result = await sendWithCurrentKey(environment, input, signal)
    if (!result.ok && keyFailures.has(result.error.kind)) traffic.noteFailed(environment.id)
    return result
  }

  /**
   * The environment's key, counted as in flight from the moment on at which it is known to be the
   * current one: a rotation that begins to drain after that waits for it.
   */
  async function takeKey(environmentId: string) {
    for (let left = resolvesMax; ; left -= 1) {
      const before = vault.environment(environmentId)?.activeKeyId
      const resolved = await vault.resolveKey(environmentId)
      const moved = vault.environment(environmentId)?.activeKeyId !== before
      if (moved && left > 1) continue
      return resolved.ok ? succeed({ key: resolved.value, end: traffic.begin(resolved.value.keyId) }) : resolved
    }
  }

  async function sendWithCurrentKey(environment: Environment, input: CallInput, signal: AbortSignal | undefined) {
    const taken = await takeKey(environment.id)
    if (!taken.ok) return taken
    const ends = [taken.value.end]
    const first = taken.value.key

    /** The key that a rotation put in the place of the one that was refused. */
    async function replaceKey(): Promise<ResolvedKey | null> {
      const current = vault.environment(environment.id)?.activeKeyId ?? null
      if (current === null || current === first.keyId) return null
      const other = await takeKey(environment.id)
      if (!other.ok) return null
      ends.push(other.value.end)
      if (other.value.key.keyId === first.keyId) return null
      traffic.noteRetried(environment.id)
      vault.noteUse(other.value.key.keyId, clock.nowMs())
      return other.value.key
    }

    try {
      if (signal?.aborted === true) return fail({ kind: 'CANCELLED', callId: null } as const)
      vault.noteUse(first.keyId, clock.nowMs())
      return await performCall(deps, { environment, key: first, replaceKey, input }, signal)
    } finally {
      for (const end of ends) end()
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
