import { succeed } from '../../../shared/result.ts'
import { type CallDeps, performCall } from '../pipeline/call.ts'
import type { Probe } from '../vault/vault.ts'
import { operations } from './operations.ts'

/** A refusal's text without what differs from one answer to the next: numbers and ids. */
function describeRefusal(apiMessage: string): string {
  return `401 ${apiMessage.replace(/[0-9a-f]*\d[0-9a-f-]{3,}/gi, '#')}`
}

/**
 * Builds the probe: `GET /labels` with one key, recorded like every call. Only an answer in the
 * service's own envelope says something of a key; a 401 or 403 page of some proxy in between does
 * not. Rates and probes, rule 8.
 */
export function createProbe(deps: CallDeps): Probe {
  return async (environment, { id, mask, secret }, options) => {
    const { id: operation, method, path } = operations.listLabels
    try {
      const priority = options?.priority
      const call = { operation, method, path, query: [], body: null, source: 'Probe' } as const
      const plan = {
        environment,
        takeKey: async () => succeed({ environment, key: { keyId: id, mask, secret }, end: () => undefined }),
        // What a refusal means for a key is for its asker to repeat: counted and paced, never repeated here.
        attemptsMax: 1,
        input: { ...call, ...(priority === undefined ? {} : { priority }) },
      }
      const result = await performCall(deps, plan, options?.signal)
      if (result.ok) return { kind: 'alive', narrow: false }
      const { error } = result
      if (error.kind === 'UNAUTHORIZED' && error.apiMessage !== '') {
        return { kind: 'refused', signature: describeRefusal(error.apiMessage) }
      }
      if (error.kind === 'FORBIDDEN' && error.apiMessage !== '') return { kind: 'alive', narrow: true }
      return { kind: 'unknown', reason: error.kind }
    } catch (error) {
      deps.log.error('probe.broken', error)
      return { kind: 'unknown', reason: 'INTERNAL' }
    }
  }
}
