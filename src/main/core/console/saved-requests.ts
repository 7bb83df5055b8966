import { limits } from '../../../shared/limits.ts'
import type { ConsoleRequest, SavedRequest } from '../../../shared/model/console.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { holdsSecret } from '../log/redaction.ts'
import type { Clock, VaultStore } from '../ports.ts'

/** Requests that were kept under a name. */
export interface SavedRequests {
  /** By name. */
  all(): readonly SavedRequest[]
  /** Keeps a request, in place of the one with the same name. Nothing with a key in it is kept. */
  save(name: string, request: ConsoleRequest): Result<readonly SavedRequest[]>
  forget(name: string): Result<readonly SavedRequest[]>
}

/** Names in the order that people look for them, whatever their case. */
function sortByName(saved: readonly SavedRequest[]): SavedRequest[] {
  return [...saved].sort((a, b) => a.name.localeCompare(b.name, 'en'))
}

/** Builds the shelf on the vault's store. */
export function createSavedRequests(parts: {
  readonly store: Pick<VaultStore, 'savedRequests' | 'commit'>
  readonly clock: Pick<Clock, 'nowMs'>
}): SavedRequests {
  const { store, clock } = parts
  const all = (): readonly SavedRequest[] => sortByName(store.savedRequests())

  function keep(savedRequests: readonly SavedRequest[]): Result<readonly SavedRequest[]> {
    const kept = store.commit([{ what: 'put-saved-requests', savedRequests }])
    return kept.ok ? succeed(all()) : kept
  }

  return {
    all,
    save(name, request) {
      if (holdsSecret(name)) return fail({ kind: 'KEY_IN_TEXT', field: 'name' })
      if (holdsSecret(JSON.stringify(request.parameters))) return fail({ kind: 'KEY_IN_TEXT', field: 'parameters' })
      if (request.body !== null && request.body.length > limits.savedBodyCharsMax) {
        return fail({ kind: 'BAD_REQUEST', field: 'body' })
      }
      const body = request.body === null ? null : formatJson(request.body)
      if (body === undefined) return fail({ kind: 'BAD_REQUEST', field: 'body' })
      if (body !== null && holdsSecret(body)) return fail({ kind: 'KEY_IN_TEXT', field: 'body' })
      const others = store.savedRequests().filter((saved) => saved.name !== name)
      if (others.length >= limits.savedRequestsMax) {
        return fail({ kind: 'TOO_MANY', what: 'saved requests', max: limits.savedRequestsMax })
      }
      return keep([...others, { name, savedAtMs: clock.nowMs(), request: { ...request, body } }])
    },
    forget: (name) => keep(store.savedRequests().filter((saved) => saved.name !== name)),
  }
}

/** The JSON written anew, so that no escape hides a key from its shape; undefined for what is no JSON. */
function formatJson(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return undefined
  }
}
