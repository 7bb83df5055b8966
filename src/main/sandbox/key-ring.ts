import { createHash } from 'node:crypto'
import { limits } from '../../shared/limits.ts'

/** Resources that a key can be narrowed to. */
export const sandboxScopes = ['accounts', 'emails', 'labels', 'webhooks'] as const
export type SandboxScope = (typeof sandboxScopes)[number]

/** What is kept of a key. `hash` is the SHA-256 of the key in hex; the key itself is kept nowhere. */
export interface StoredKey {
  readonly id: string
  readonly label: string
  readonly hash: string
  readonly mask: string
  readonly createdAtMs: number
  readonly revokedAtMs: number | null
  /** When a revocation takes effect; null while the key is not revoked. */
  readonly endsAtMs: number | null
  /** Null means all. */
  readonly scopes: readonly SandboxScope[] | null
  /** Addresses, lower case; null means all. */
  readonly accounts: readonly string[] | null
}

/** A new key. This is the only time that it is shown. */
export interface IssuedKey {
  readonly id: string
  readonly key: string
}

/** What a key may be narrowed to; everything by default. */
export interface KeyOptions {
  readonly label?: string
  readonly scopes?: readonly SandboxScope[]
  /** Addresses of the accounts that the key reaches. */
  readonly accounts?: readonly string[]
}

/** The keys of one server. */
export interface KeyRing {
  /** Makes a key. The oldest makes room when there are too many, revoked ones first. */
  issue(options: KeyOptions, nowMs: number): IssuedKey
  /** False when there is no such key or it was revoked before. */
  revoke(id: string, nowMs: number, delayMs: number): boolean
  /** The key that this text is, if it is alive at `nowMs`. */
  find(key: string, nowMs: number): StoredKey | null
  /** Oldest first. */
  list(): readonly StoredKey[]
}

const prefix = 'jsk_live_'
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const randomChars = 32

/** Random text in base 62, without the bias that a plain modulo would bring. */
function createRandomText(random: (bytes: number) => Uint8Array, length: number): string {
  const unbiased = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    for (const byte of random(length)) {
      if (byte < unbiased && text.length < length) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function createId(random: (bytes: number) => Uint8Array): string {
  return `key-${Buffer.from(random(8)).toString('hex')}`
}

/** Makes a key ring over what a state file held. `random` must be cryptographic. */
export function createKeyRing(stored: readonly StoredKey[], random: (bytes: number) => Uint8Array): KeyRing {
  const byHash = new Map(stored.map((key) => [key.hash, key]))

  const makeRoom = (): void => {
    while (byHash.size >= limits.keysMax) {
      const keys = [...byHash.values()]
      const leaving = keys.find(({ revokedAtMs }) => revokedAtMs !== null) ?? keys[0]
      if (leaving === undefined) return
      byHash.delete(leaving.hash)
    }
  }

  return {
    issue({ label = '', scopes, accounts }, nowMs) {
      makeRoom()
      const key = `${prefix}${createRandomText(random, randomChars)}`
      const hash = hashText(key)
      const id = createId(random)
      byHash.set(hash, {
        id,
        label,
        hash,
        mask: `${prefix}…${key.slice(-4)}`,
        createdAtMs: nowMs,
        revokedAtMs: null,
        endsAtMs: null,
        scopes: scopes ?? null,
        accounts: accounts?.map((address) => address.toLowerCase()) ?? null,
      })
      return { id, key }
    },
    revoke(id, nowMs, delayMs) {
      const key = [...byHash.values()].find((candidate) => candidate.id === id)
      if (key === undefined || key.revokedAtMs !== null) return false
      byHash.set(key.hash, { ...key, revokedAtMs: nowMs, endsAtMs: nowMs + delayMs })
      return true
    },
    find(text, nowMs) {
      const key = byHash.get(hashText(text))
      if (key === undefined || (key.endsAtMs !== null && key.endsAtMs <= nowMs)) return null
      return key
    },
    list: () => [...byHash.values()],
  }
}
