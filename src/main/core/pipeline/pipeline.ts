import type { AppError } from '../../../shared/error.ts'
import type { CallSource } from '../../../shared/model/call.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type { Effect } from '../../../shared/model/operation.ts'
import type { CallPriority } from '../../../shared/model/rate.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { closedGate, type Gate, type Permit } from '../guard/gate.ts'
import type { Vault } from '../vault/vault.ts'
import { type CallDeps, performCall, type TakenKey } from './call.ts'
import type { CallWatch } from './call-watch.ts'
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
  /** Whose turn it takes when calls wait; a person's by default, and a replay's for one. */
  readonly priority?: CallPriority
  /**
   * Called in the moment before each attempt goes out, after every wait. When it fails, nothing goes out and the call
   * ends with its error: what must be known after a crash is written here.
   */
  readonly onWire?: () => Result<null>
}

/** What the server answered with success. `body` is the parsed JSON. */
export interface CallAnswer {
  readonly callId: number
  readonly status: number
  readonly body: unknown
}

/** Every call of the product: guard, limit, key, HTTP, classify, record. Never throws. */
export interface Pipeline {
  send(input: CallInput, signal?: AbortSignal): Promise<Result<CallAnswer>>
}

/** What the pipeline works with. */
export interface PipelineDeps extends CallDeps {
  readonly vault: Pick<Vault, 'environment' | 'resolveKey' | 'noteUse'>
  /** Count of the calls in flight by key, which rotations wait for. */
  readonly traffic?: KeyTraffic
  /** Asked before anything else, and once more each time before a key is read. Without one a protected environment is only read. */
  readonly gate?: Gate
  /** Takes out of an answer what is told only once. */
  readonly watch?: CallWatch
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
  const { vault, clock, log, traffic = createKeyTraffic(() => clock.nowMs()), gate = closedGate } = deps

  function readEnvironment(input: CallInput): Result<Environment> {
    const environment = vault.environment(input.environmentId)
    return environment === null ? fail<AppError>({ kind: 'NOT_FOUND', what: 'environment' }) : succeed(environment)
  }

  /** The environment of now, if the call may still leave for it. */
  function readPermitted(input: CallInput, permit: Permit): Result<Environment> {
    const environment = readEnvironment(input)
    if (!environment.ok) return environment
    const permitted = permit.check(environment.value)
    return permitted.ok ? environment : permitted
  }

  /**
   * Environment and key as they are now, the key counted as in flight from that moment on: a
   * rotation that begins to drain after it waits for this call.
   */
  async function takeKey(input: CallInput, permit: Permit): Promise<Result<TakenKey>> {
    for (;;) {
      const asked = readPermitted(input, permit)
      if (!asked.ok) return asked
      const key = await vault.resolveKey(asked.value.id)
      // The keychain may take its time over a prompt: what holds is the environment of now.
      const now = readPermitted(input, permit)
      if (!now.ok) return now
      const environment = now.value
      if (environment.baseUrl !== asked.value.baseUrl || environment.activeKeyId !== asked.value.activeKeyId) continue
      if (!key.ok) return key
      vault.noteUse(key.value.keyId, clock.nowMs())
      return succeed({ environment, key: key.value, end: traffic.begin(key.value.keyId) })
    }
  }

  async function sendCall(input: CallInput, signal: AbortSignal | undefined): Promise<Result<CallAnswer>> {
    const asked = readEnvironment(input)
    if (!asked.ok) return asked
    const environment = asked.value
    // Nothing to wait for without a key.
    if (environment.activeKeyId === null) {
      return fail<AppError>({ kind: 'NO_KEY', environmentName: environment.name })
    }
    const permit = gate.admit(environment, input)
    if (!permit.ok) return permit
    const watched = deps.watch?.begin(input) ?? succeed(null)
    if (!watched.ok) return watched
    const readAnswer = watched.value?.read
    const result = await performCall(
      deps,
      {
        environment,
        ...(readAnswer === undefined ? {} : { readAnswer }),
        takeKey: () => takeKey(input, permit.value),
        isReplaced(keyId) {
          const current = vault.environment(environment.id)?.activeKeyId ?? null
          return current !== null && current !== keyId
        },
        onReplaced: () => traffic.noteRetried(environment.id),
        input,
      },
      signal,
    )
    await watched.value?.end(result)
    return result
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
