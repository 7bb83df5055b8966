import * as z from 'zod/mini'
import type { Http, Log } from '../core/ports.ts'
import type { Vault } from '../core/vault/vault.ts'

/** What is needed of the local server to get a key from it. */
export interface Issuer {
  readonly origin: string
  readonly issuerToken: string
  /** Keys that the server knows; those with a revocation time are dead. */
  listKeys(): readonly { readonly mask: string; readonly revokedAtMs: number | null }[]
}

/** Label of the key that the app gets for itself. */
export const builtInLabel = 'built-in'

const Issued = z.object({ data: z.object({ key: z.string() }) })
const issuerTimeoutMs = 5000
const issuerBytesMax = 64 * 1024

/** Asks the issuer for a key over HTTP, as any client would; null when it does not give one. */
async function requestKey(http: Http, issuer: Issuer): Promise<string | null> {
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
    return parsed.success ? parsed.data.data.key : null
  } catch {
    return null
  }
}

/**
 * Sees to it that the sandbox has a key that its server knows: nothing to do on most starts, a new key after
 * the first start or when server and keychain no longer match. Without a usable keychain it does nothing;
 * call it again when that changes.
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
  const known = new Set(issuer.listKeys().flatMap(({ mask, revokedAtMs }) => (revokedAtMs === null ? [mask] : [])))
  const ownKeys = () => vault.keys().filter(({ environmentId }) => environmentId === sandbox.id)
  const usable = ownKeys().filter(({ state, mask }) => (state === 'active' || state === 'candidate') && known.has(mask))
  const inUse = usable.find(({ id }) => id === sandbox.activeKeyId)
  if (inUse?.state === 'active') return
  const spare = usable[0]
  if (spare !== undefined) {
    const proven = await vault.proveKey(spare.id)
    if (proven.ok && proven.value.state === 'active' && vault.useKey(spare.id).ok) return
  }
  const key = await requestKey(http, issuer)
  if (key === null) {
    log.warn('sandbox-key-not-issued')
    return
  }
  const added = await vault.addKey({
    environmentId: sandbox.id,
    text: key,
    label: builtInLabel,
    source: 'sandbox',
    allowTestKey: false,
  })
  if (!added.ok || added.value.state !== 'active') {
    log.warn('sandbox-key-not-added', { error: added.ok ? added.value.state : added.error.kind })
    return
  }
  if (!vault.useKey(added.value.id).ok) log.warn('sandbox-key-not-used')
  // Earlier keys of this kind are good for nothing: they open only this server, which refuses them.
  const spent = ownKeys().filter(
    ({ id, source, state, mask }) =>
      id !== added.value.id && source === 'sandbox' && (state !== 'active' || !known.has(mask)),
  )
  for (const { id } of spent) await vault.removeKey(id)
  log.info('sandbox-key-added', { removed: spent.length })
}
