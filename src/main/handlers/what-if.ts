import type { Emit, Handlers } from '../../shared/contract.ts'
import type { Settings } from '../../shared/model/app.ts'
import { succeed } from '../../shared/result.ts'
import type { CallStore } from '../core/ports.ts'
import { createLimiter } from '../core/ratelimit/limiter.ts'
import { createWhatIfDesk } from '../core/ratelimit/what-if-desk.ts'
import type { Vault } from '../core/vault/vault.ts'
import type { HandlerGroup } from './group.ts'

/** Recorded calls against other policies. `listCalls` is what the Requests screen asks, so that both see the same calls. */
export function createWhatIfHandlers(parts: {
  readonly calls: Pick<CallStore, 'get'>
  readonly vault: Pick<Vault, 'environment'>
  readonly settings: () => Settings
  readonly emit: Emit
  readonly breathe: () => Promise<void>
  readonly listCalls: Handlers['requests.list']
}): HandlerGroup<'whatIf'> {
  const { calls, vault, emit } = parts
  const desk = createWhatIfDesk({
    list: (filter, before, limit) => parts.listCalls({ filter, before, after: null, limit }),
    get: calls.get,
    environment: vault.environment,
    policy: () => parts.settings().rate,
    breathe: parts.breathe,
    onProgress: (share) => emit('whatIf.progress', { share }),
    createLimiter,
  })
  return {
    'whatIf.run': (input) => desk.run(input),
    'whatIf.cancel'() {
      desk.cancel()
      return succeed(null)
    },
  }
}
