import * as z from 'zod/mini'
import type { KeySummary } from '../../shared/model/key.ts'
import type { Rotation } from '../../shared/model/rotation.ts'
import type { Http, Log } from '../core/ports.ts'
import type { Vault } from '../core/vault/vault.ts'

/** What is needed of the local server to get a key from it. */
export interface Issuer {
  readonly origin: string
  readonly issuerToken: string
  /** Keys that the server knows; those with a revocation time are dead. */
  listKeys(): readonly {
    readonly id: string
    readonly label: string
    readonly mask: string
    readonly revokedAtMs: number | null
  }[]
  revokeKey(id: string): boolean
}

/** Label of the key that the app gets for itself. */
export const builtInLabel = 'built-in'

const Issued = z.object({ data: z.object({ key: z.string(), id: z.string() }) })
const issuerTimeoutMs = 5000
const issuerBytesMax = 64 * 1024

/** Asks the issuer for a key over HTTP, as every client would; null when it does not give one. */
async function requestKey(http: Http, issuer: Issuer): Promise<{ readonly key: string; readonly id: string } | null> {
  const answer = await http.send({
    method: 'POST',
    url: `${issuer.origin}/_issuer/keys`,
    headers: [
      ['authorization', `Bearer ${issuer.issuerToken}`],
      ['content-type', 'application/json'],
    ],
    body: JSON.stringify({ label: builtInLabel }),
    timeoutMs: issuerTimeoutMs,
    responseBytesMax: issuerBytesMax,
  })
  if (answer.end.kind !== 'answered' || answer.status !== 201) return null
  try {
    const parsed = Issued.safeParse(JSON.parse(new TextDecoder().decode(answer.end.body)))
    return parsed.success ? parsed.data.data : null
  } catch {
    return null
  }
}

/** Two keys of an environment never share a label. */
function findFreeLabel(taken: readonly string[]): string {
  for (let count = 1; ; count += 1) {
    const label = count === 1 ? builtInLabel : `${builtInLabel} ${count}`
    if (!taken.some((other) => other.toLowerCase() === label)) return label
  }
}

/** True once a revocation has taken the sandbox its key, so that it needs another one. */
export function leavesSandboxWithoutKey(vault: Vault, { kind, environmentId, wish }: Rotation): boolean {
  const sandbox = vault.environment(environmentId)
  return kind === 'revoke' && wish === null && sandbox?.kind === 'sandbox' && sandbox.activeKeyId === null
}

/** Ends the keys that were made for the app and never got a passport, or lost it: a crash came in between. */
function endStrays(vault: Vault, issuer: Issuer): number {
  const known = new Set(vault.keys().map(({ issuerKeyId }) => issuerKeyId))
  const strays = issuer
    .listKeys()
    .filter(({ id, label, revokedAtMs }) => label === builtInLabel && revokedAtMs === null && !known.has(id))
  return strays.filter(({ id }) => issuer.revokeKey(id)).length
}

/** What a sandbox key is good for: in use as it is, to be replaced, or not to be judged now. */
async function judgeKey(vault: Vault, id: string): Promise<'usable' | 'useless' | 'unknown'> {
  const revealed = await vault.revealKey(id)
  if (revealed.ok) return 'usable'
  return revealed.error.kind === 'KEYCHAIN' ? 'unknown' : 'useless'
}

/**
 * Sees to it that the sandbox has a key that its server knows and the keychain holds: nothing to do on most
 * starts, a new key after the first one or when the two no longer match. Without a usable keychain it does
 * nothing; call it again when that changes.
 */
export async function ensureSandboxKey(parts: {
  readonly vault: Vault
  readonly http: Http
  readonly issuer: Issuer
  readonly log: Log
}): Promise<void> {
  const { vault, http, issuer, log } = parts
  const { status } = vault.keychain()
  const sandbox = vault.environments().find(({ kind }) => kind === 'sandbox')
  // In a keyring that is not ours nothing is made: the key is where it was, in the other one.
  if (sandbox === undefined || vault.hasOtherKeyring() || (status !== 'ready' && status !== 'memory')) return
  const strays = endStrays(vault, issuer)
  if (strays > 0) log.info('sandbox-strays-ended', { strays })
  const known = new Set(issuer.listKeys().flatMap(({ mask, revokedAtMs }) => (revokedAtMs === null ? [mask] : [])))
  const ownKeys = () => vault.keys().filter(({ environmentId }) => environmentId === sandbox.id)

  const candidates = ownKeys()
    .filter(({ state, mask }) => (state === 'active' || state === 'candidate') && known.has(mask))
    .sort((a, b) => Number(b.id === sandbox.activeKeyId) - Number(a.id === sandbox.activeKeyId))
  const useless = new Set<string>()
  for (const { id, state } of candidates) {
    const judged = await judgeKey(vault, id)
    if (judged === 'unknown') return
    if (judged === 'useless') {
      useless.add(id)
      continue
    }
    if (state === 'candidate') {
      const proven = await vault.proveKey(id)
      if (!proven.ok || proven.value.state !== 'active') continue
    }
    if (id === sandbox.activeKeyId || vault.useKey(id).ok) return
  }

  // A rotation is on its way to another key, and nothing may move the pointer before its end.
  const rotates = vault.custody
    .rotations()
    .some(({ environmentId, kind, end }) => environmentId === sandbox.id && kind === 'rotate' && end === null)
  if (rotates) return

  const issued = await requestKey(http, issuer)
  if (issued === null) {
    log.warn('sandbox-key-not-issued')
    return
  }
  // Earlier keys of this kind open only this server, which refuses them or whose secret is gone. In memory
  // mode nothing is known of the keychain, so nothing is tidied. Passports of dead keys are kept, and a key
  // that is being ended belongs to its rotation.
  const isEnding = (state: KeySummary['state']) => state === 'dead' || state === 'revoking' || state === 'retiring'
  const spent = ownKeys().filter(
    ({ id, source, state, mask }) =>
      source === 'sandbox' && !isEnding(state) && (state !== 'active' || !known.has(mask) || useless.has(id)),
  )
  if (status === 'ready') for (const { id } of spent) await vault.removeKey(id)
  const added = await vault.addKey({
    environmentId: sandbox.id,
    text: issued.key,
    issuerKeyId: issued.id,
    label: findFreeLabel(ownKeys().map(({ label }) => label)),
    source: 'sandbox',
    allowTestKey: false,
  })
  if (!added.ok || added.value.state !== 'active' || !vault.useKey(added.value.id).ok) {
    log.warn('sandbox-key-not-added', { outcome: added.ok ? added.value.state : added.error.kind })
    return
  }
  log.info('sandbox-key-added', { spent: spent.length + endStrays(vault, issuer) })
}
