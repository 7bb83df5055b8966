import type { KeyEvent } from '../../shared/model/key.ts'
import type { Result } from '../../shared/result.ts'
import { call } from '../api/client.ts'

/** What a probe said of a key. `unclear`: it got no answer that says anything. */
export type Proof = 'alive' | 'refused' | 'unclear'

/**
 * What the newest probe in a key's history said. The state can't tell: a probe without a clear answer
 * leaves a key active or rejected as it was.
 */
export function readProof(history: readonly KeyEvent[]): Proof {
  for (const { what } of [...history].reverse()) {
    if (what === 'proven') return 'alive'
    if (what === 'refused') return 'refused'
    if (what === 'unproven') return 'unclear'
  }
  return 'unclear'
}

/** Probes a key by one call and says what that call said of it. */
export async function probeKey(keyId: string): Promise<Result<Proof>> {
  const proven = await call('keys.prove', { id: keyId })
  if (!proven.ok) return proven
  const history = await call('keys.history', { id: keyId })
  return history.ok ? { ok: true, value: readProof(history.value) } : history
}
