import type { AppError, CallError } from '../../../shared/error.ts'
import type { CallSource } from '../../../shared/model/call.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { Effect } from '../../../shared/model/operation.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import type { ResolvedKey, Vault } from '../vault/vault.ts'
import { type CallDeps, performCall } from './call.ts'
import { createKeyTraffic, type KeyTraffic } from './key-traffic.ts'

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

/** What one attempt goes out with. `end` says that the call is no longer in flight. */
interface TakenKey {
  readonly environment: Environment
  readonly key: ResolvedKey
  readonly end: () => void
}

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

  /**
   * Environment and key as they are now, the key counted as in flight from that moment on: a
   * rotation that begins to drain after it waits for this call.
   */
  async function takeKey(input: CallInput): Promise<Result<TakenKey>> {
    for (;;) {
      const asked = readEnvironment(input)
      if (!asked.ok) return asked
      const key = await vault.resolveKey(asked.value.id)
      // The keychain may take its time over a prompt: what holds is the environment of now.
      const now = readEnvironment(input)
      if (!now.ok) return now
      const environment = now.value
      if (environment.baseUrl !== asked.value.baseUrl || environment.activeKeyId !== asked.value.activeKeyId) continue
      return key.ok ? succeed({ environment, key: key.value, end: traffic.begin(key.value.keyId) }) : key
    }
  }

  async function sendCall(input: CallInput, signal: AbortSignal | undefined): Promise<Result<CallAnswer>> {
    const taken = await takeKey(input)
    if (!taken.ok) return taken
    const { environment, key } = taken.value
    const ends = [taken.value.end]

    /** The key that a rotation put in the place of the one that was refused. */
    async function replaceKey(): Promise<ResolvedKey | null> {
      const current = vault.environment(environment.id)?.activeKeyId ?? null
      if (current === null || current === key.keyId) return null
      const other = await takeKey(input)
      if (!other.ok) return null
      ends.push(other.value.end)
      // This call goes on to the address that it began with, and a key only to the one that it is for.
      if (other.value.key.keyId === key.keyId || other.value.environment.baseUrl !== environment.baseUrl) return null
      traffic.noteRetried(environment.id)
      vault.noteUse(other.value.key.keyId, clock.nowMs())
      return other.value.key
    }

    try {
      if (signal?.aborted === true) return fail<AppError>({ kind: 'CANCELLED', callId: null })
      vault.noteUse(key.keyId, clock.nowMs())
      return await performCall(deps, { environment, key, replaceKey, input }, signal)
    } finally {
      for (const end of ends) end()
    }
  }

  async function sendCounted(input: CallInput, signal: AbortSignal | undefined): Promise<Result<CallAnswer>> {
    const result = await sendCall(input, signal)
    if (!result.ok && keyFailures.has(result.error.kind)) traffic.noteFailed(input.environmentId)
    return result
  }

  return {
    async send(input, signal) {
      try {
        return await sendCounted(input, signal)
      } catch (error) {
        return fail({ kind: 'INTERNAL', reference: log.error('call.broken', error) })
      }
    },
  }
}
