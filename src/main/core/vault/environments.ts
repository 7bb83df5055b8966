import { originOf, parseBaseUrl } from '../../../shared/base-url.ts'
import type { AppError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import { type Environment, type EnvironmentInput, planPerMinute } from '../../../shared/model/environment.ts'
import type { KeySummary } from '../../../shared/model/key.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { holdsSecret } from '../log/redaction.ts'
import type { Clock, Random, VaultChange } from '../ports.ts'
import { isSameText, readPlainText } from './plain-text.ts'
import { commitWith, isRotating, movedDetail, noteEvent, type Records } from './records.ts'

/** What can be done with environments alone. */
export interface Environments {
  switchTo(id: string): Result<null>
  create(input: EnvironmentInput): Result<Environment>
  update(id: string, input: EnvironmentInput): Result<Environment>
  reorder(ids: readonly string[]): Result<null>
}

function refuse(error: AppError) {
  return fail(error)
}

/** Also finds a key that is written with percent signs. */
function urlHoldsSecret(text: string): boolean {
  if (holdsSecret(text)) return true
  try {
    return holdsSecret(decodeURIComponent(text))
  } catch {
    return false
  }
}

/**
 * What becomes of the keys when an environment moves to another origin. A key goes to no origin
 * that a person has not proven it for: so none is in use any more, and each waits to be proven
 * there. Their secrets stay where they are.
 */
function detachKeys(keys: readonly KeySummary[], atMs: number): VaultChange[] {
  return keys
    .filter(({ state }) => state === 'active' || state === 'rejected' || state === 'missing')
    .flatMap((key): VaultChange[] => [
      { what: 'put-key', key: { ...key, state: key.state === 'missing' ? 'missing' : 'candidate' } },
      noteEvent(key.id, atMs, 'unproven', movedDetail),
    ])
}

/** Builds the environments over the records. `onChange` is told which records changed. */
export function createEnvironments(parts: {
  readonly records: Records
  readonly clock: Clock
  readonly random: Random
  readonly onChange: (changed: 'environments' | 'environments and keys') => void
}): Environments {
  const { records, clock, random, onChange } = parts

  /** The parts of an environment that a person chooses, checked and in their one form. */
  function readInput(input: EnvironmentInput, own: Environment | null): Result<EnvironmentInput> {
    const name = readPlainText(input.name, 'name', limits.environmentNameCharsMax)
    if (!name.ok) return name
    const others = records.environments().filter(({ id }) => id !== own?.id)
    if (others.some((other) => isSameText(other.name, name.value))) {
      return refuse({ kind: 'NAME_TAKEN', name: name.value })
    }
    const group =
      input.rateGroup === null
        ? succeed(null)
        : readPlainText(input.rateGroup, 'rateGroup', limits.environmentNameCharsMax)
    if (!group.ok) return group
    const { kind } = input.plan
    const perMinute = kind === 'free' || kind === 'pro' ? planPerMinute[kind] : input.plan.perMinute
    const checked = {
      name: name.value,
      mark: input.mark,
      plan: { kind, perMinute },
      rateGroup: group.value,
      protected: input.protected,
    }
    if (own?.kind === 'sandbox') return succeed({ ...checked, baseUrl: own.baseUrl })
    if (urlHoldsSecret(input.baseUrl)) return refuse({ kind: 'KEY_IN_TEXT', field: 'baseUrl' })
    const baseUrl = parseBaseUrl(input.baseUrl)
    if (!baseUrl.ok) return refuse({ kind: 'BASE_URL', fault: baseUrl.error })
    return succeed({ ...checked, baseUrl: baseUrl.value })
  }

  return {
    switchTo(id) {
      if (records.environment(id) === null) return refuse({ kind: 'NOT_FOUND', what: 'environment' })
      if (records.currentEnvironmentId() === id) return succeed(null)
      records.setCurrentEnvironment(id)
      onChange('environments')
      return succeed(null)
    },

    create(input) {
      const all = records.environments()
      if (all.length >= limits.environmentsMax) {
        return refuse({ kind: 'TOO_MANY', what: 'environments', max: limits.environmentsMax })
      }
      const checked = readInput(input, null)
      if (!checked.ok) return checked
      const position = Math.max(-1, ...all.map((environment) => environment.position)) + 1
      const environment: Environment = {
        ...checked.value,
        id: random.id(),
        kind: 'remote',
        position,
        activeKeyId: null,
      }
      const kept = commitWith(records, [{ what: 'put-environment', environment }], environment)
      if (kept.ok) onChange('environments')
      return kept
    },

    update(id, input) {
      const before = records.environment(id)
      if (before === null) return refuse({ kind: 'NOT_FOUND', what: 'environment' })
      const checked = readInput(input, before)
      if (!checked.ok) return checked
      const moved = originOf(before.baseUrl) !== originOf(checked.value.baseUrl)
      if (moved && isRotating(records, id)) return refuse({ kind: 'BUSY', environmentName: before.name })
      const environment: Environment = {
        ...before,
        ...checked.value,
        activeKeyId: moved ? null : before.activeKeyId,
      }
      const detached = moved ? detachKeys(records.keysOf(id), clock.nowMs()) : []
      const kept = commitWith(records, [{ what: 'put-environment', environment }, ...detached], environment)
      if (kept.ok) onChange(moved ? 'environments and keys' : 'environments')
      return kept
    },

    reorder(ids) {
      const all = records.environments()
      const known = new Set(all.map(({ id }) => id))
      if (ids.length !== all.length || new Set(ids).size !== ids.length || !ids.every((id) => known.has(id))) {
        return refuse({ kind: 'BAD_REQUEST', field: 'ids' })
      }
      const changes = all.map(
        (environment): VaultChange => ({
          what: 'put-environment',
          environment: { ...environment, position: ids.indexOf(environment.id) },
        }),
      )
      const kept = commitWith(records, changes, null)
      if (kept.ok) onChange('environments')
      return kept
    },
  }
}
