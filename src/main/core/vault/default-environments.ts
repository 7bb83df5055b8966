import { defaultBaseUrl, type Environment, type Mark, planPerMinute } from '../../../shared/model/environment.ts'
import type { Random } from '../ports.ts'

/** Address of the local server as it is kept; the port of a run takes its place in memory. */
export const sandboxBaseUrl = 'http://127.0.0.1:4810/api/v1'

const defaults: readonly { name: string; kind: Environment['kind']; mark: Mark; protected: boolean }[] = [
  { name: 'Sandbox', kind: 'sandbox', mark: 'neutral', protected: false },
  { name: 'Dev', kind: 'remote', mark: 'blue', protected: false },
  { name: 'Staging', kind: 'remote', mark: 'yellow', protected: false },
  { name: 'Prod', kind: 'remote', mark: 'crimson', protected: true },
]

/** The environments of a new profile. The plan is the smallest until a person says otherwise. */
export function createDefaultEnvironments(random: Random): readonly Environment[] {
  return defaults.map(({ name, kind, mark, protected: isProtected }, position) => ({
    id: random.id(),
    kind,
    name,
    mark,
    baseUrl: kind === 'sandbox' ? sandboxBaseUrl : defaultBaseUrl,
    plan: { kind: 'free', perMinute: planPerMinute.free },
    protected: isProtected,
    position,
    rateGroup: null,
    activeKeyId: null,
  }))
}
