import { fail, succeed } from '../../shared/result.ts'
import type { SecretStore } from '../core/ports.ts'
import { findSecretFault, isSecretId } from './secret-rules.ts'

/** Keeps secrets in memory until the process ends, by a person's explicit choice. */
export function createMemorySecretStore(): SecretStore {
  const secrets = new Map<string, string>()
  return {
    backend: 'Memory',
    status: async () => ({ status: 'memory', familiar: true }),
    watch: () => () => {},
    async read(id) {
      if (!isSecretId(id)) return fail({ kind: 'KEYCHAIN', fault: 'failed' })
      return succeed(secrets.get(id) ?? null)
    },
    async write(id, value) {
      const fault = findSecretFault(id, value)
      if (fault !== null) return fail({ kind: 'KEYCHAIN', fault })
      secrets.set(id, value)
      return succeed(null)
    },
    async remove(id) {
      if (!isSecretId(id)) return fail({ kind: 'KEYCHAIN', fault: 'failed' })
      secrets.delete(id)
      return succeed(null)
    },
  }
}
