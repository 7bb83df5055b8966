import type { KeychainError } from '../../../shared/error.ts'
import type { KeychainState, KeychainStatus } from '../../../shared/model/key.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import type { SecretId, SecretStore } from '../ports.ts'
import { Secret } from './secret.ts'

/** Name of a key's item. A key that is replaced gets the next version: no item is overwritten. */
function secretIdOf(keyId: string, version = 1): SecretId {
  return `${keyId}.${version}`
}

/** The secrets of the keys: where they lie, and what of them is in memory. */
export interface KeySecrets {
  state(): KeychainState
  /** False while another keyring answers than the one that was used before. */
  isFamiliar(): boolean
  isMemory(): boolean
  /** Asks the keychain how it is. May show its prompt. */
  check(inUse: boolean): Promise<KeychainState>
  useMemory(): KeychainState
  /** From memory, else from the keychain; null when provably absent. Asked for once by many at a time. */
  read(keyId: string): Promise<Result<Secret | null, KeychainError>>
  /** From the keychain itself, and kept nowhere. */
  look(keyId: string): Promise<Result<Secret | null, KeychainError>>
  write(keyId: string, secret: Secret): Promise<Result<null, KeychainError>>
  /** Succeeds when it is provably gone; a secret that is out of reach is not. */
  remove(keyId: string): Promise<Result<null, KeychainError>>
  /** Drops what is in memory, and what is still on its way there. */
  forget(): void
}

/** Builds the secrets over the keychain and its stand-in for one run. */
export function createKeySecrets(parts: {
  readonly secrets: SecretStore
  readonly memorySecrets: SecretStore
  readonly onChange: (state: KeychainState) => void
}): KeySecrets {
  const { secrets, memorySecrets, onChange } = parts
  const remembered = new Map<string, Secret>()
  const reading = new Map<string, Promise<Result<Secret | null, KeychainError>>>()
  let current = secrets
  // Nothing is known before the first answer; the first call finds out.
  let status: KeychainStatus = 'ready'
  let familiar = true

  const state = (): KeychainState => ({ status, backend: current.backend })

  function setState(next: { readonly status: KeychainStatus; readonly familiar: boolean }): void {
    if (next.status === status && next.familiar === familiar) return
    status = next.status
    familiar = next.familiar
    onChange(state())
  }

  secrets.watch((next) => {
    if (current === secrets) setState(next)
  })

  async function look(keyId: string): Promise<Result<Secret | null, KeychainError>> {
    const read = await current.read(secretIdOf(keyId))
    if (!read.ok) return read
    if (read.value !== null) return succeed(new Secret(read.value))
    // In memory a secret is absent because this run never had it: that says nothing of the keychain.
    return current === memorySecrets ? fail({ kind: 'KEYCHAIN', fault: 'unavailable' }) : succeed(null)
  }

  function readOnce(keyId: string): Promise<Result<Secret | null, KeychainError>> {
    const ongoing = reading.get(keyId)
    if (ongoing !== undefined) return ongoing
    const started = look(keyId).then((read) => {
      // Another one, or none, stands there when the key changed or all was forgotten meanwhile.
      if (reading.get(keyId) !== started) return read
      reading.delete(keyId)
      if (read.ok && read.value !== null) remembered.set(keyId, read.value)
      return read
    })
    reading.set(keyId, started)
    return started
  }

  function forgetKey(keyId: string): void {
    remembered.delete(keyId)
    reading.delete(keyId)
  }

  function forget(): void {
    remembered.clear()
    reading.clear()
  }

  return {
    state,
    isFamiliar: () => familiar,
    isMemory: () => current === memorySecrets,
    async check(inUse) {
      const asked = current
      const found = await asked.status(inUse)
      if (asked === current) setState(found)
      return state()
    },
    useMemory() {
      forget()
      current = memorySecrets
      setState({ status: 'memory', familiar: true })
      return state()
    },
    read(keyId) {
      const known = remembered.get(keyId)
      return known === undefined ? readOnce(keyId) : Promise.resolve(succeed(known))
    },
    look,
    write(keyId, secret) {
      forgetKey(keyId)
      return current.write(secretIdOf(keyId), secret.reveal())
    },
    async remove(keyId) {
      forgetKey(keyId)
      if (current === memorySecrets) {
        const held = await look(keyId)
        if (!held.ok) return held
      }
      return current.remove(secretIdOf(keyId))
    },
    forget,
  }
}
