import { parsePageUrl } from '../../../shared/base-url.ts'
import type { AppError } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import { defaultRotationPolicy } from '../../../shared/model/defaults.ts'
import type { Environment } from '../../../shared/model/environment.ts'
import type {
  IssuerInput,
  RotationPolicy,
  RotationPolicyInput,
  RotationPolicyRecord,
} from '../../../shared/model/rotation.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { holdsSecret } from '../log/redaction.ts'
import type { Clock, Http, Random } from '../ports.ts'
import type { Custody } from '../vault/custody.ts'
import { Secret } from '../vault/secret.ts'
import { startOfTomorrow } from './age-policy.ts'
import { createKeyIssuer, type IssuerAddress } from './issuer.ts'
import type { Issuer } from './run.ts'

/** The local server's issuer in this run; null while it does not run. */
export interface LocalIssuer {
  readonly origin: string
  readonly token: string
}

/** What was chosen about the rotations of each environment. */
export interface Policies {
  list(): readonly RotationPolicy[]
  of(environmentId: string): RotationPolicyRecord
  set(environmentId: string, input: RotationPolicyInput): Result<RotationPolicy>
  /** Says nothing of the environment's due keys before the next local day. */
  quietUntilTomorrow(environmentId: string): Result<RotationPolicy>
  /** Keeps the credential of an automatic issuer in the keychain, in an item of its own. */
  setCredential(environmentId: string, text: string): Promise<Result<RotationPolicy>>
  /** The issuer of an environment, with its credential read from the keychain. */
  issuerOf(environmentId: string): Promise<Result<Issuer>>
}

function refuse(error: AppError) {
  return fail(error)
}

/** An address of an issuer, by the same rules as that of a page. */
function checkAddress(text: string, field: string): AppError | null {
  if (holdsSecret(text)) return { kind: 'KEY_IN_TEXT', field }
  const parsed = parsePageUrl(text.replaceAll('{id}', 'id'))
  return parsed.ok ? null : { kind: 'BASE_URL', fault: parsed.error }
}

function checkIssuer(issuer: IssuerInput): AppError | null {
  if (issuer.kind === 'dashboard') return checkAddress(issuer.pageUrl, 'pageUrl')
  if (issuer.idPath === issuer.keyPath) return { kind: 'BAD_REQUEST', field: 'idPath' }
  const address = checkAddress(issuer.createUrl, 'createUrl') ?? checkAddress(issuer.revokeUrl, 'revokeUrl')
  if (address !== null) return address
  if (new URL(issuer.createUrl).origin !== new URL(issuer.revokeUrl).origin) {
    return { kind: 'BAD_REQUEST', field: 'revokeUrl' }
  }
  return issuer.revokeUrl.includes('{id}') ? null : { kind: 'BAD_REQUEST', field: 'revokeUrl' }
}

/** Where the local server makes and ends keys. */
function localAddress(origin: string): IssuerAddress {
  return {
    createMethod: 'POST',
    createUrl: `${origin}/_issuer/keys`,
    keyPath: 'data.key',
    idPath: 'data.id',
    revokeMethod: 'DELETE',
    revokeUrl: `${origin}/_issuer/keys/{id}`,
    listUrl: `${origin}/_issuer/keys`,
  }
}

/** Builds the policies over the vault's records. */
export function createPolicies(parts: {
  readonly custody: Custody
  readonly http: Http
  readonly random: Random
  readonly clock: Clock
  readonly localIssuer: () => LocalIssuer | null
  readonly onChange: (policies: readonly RotationPolicy[]) => void
}): Policies {
  const { custody, http, random, clock, localIssuer, onChange } = parts

  function of(environmentId: string): RotationPolicyRecord {
    const kept = custody.policies().find((policy) => policy.environmentId === environmentId)
    return kept ?? { ...defaultRotationPolicy, environmentId, credentialId: null, remindedAtMs: null }
  }

  function show(environment: Environment): RotationPolicy {
    const { issuer, age, overlapMs, stillAliveAfterMs, credentialId, quietUntilMs = null } = of(environment.id)
    const fixed = environment.kind === 'sandbox'
    return {
      environmentId: environment.id,
      issuer,
      age,
      overlapMs,
      stillAliveAfterMs,
      fixed,
      hasCredential: credentialId !== null,
      quietUntilMs,
    }
  }

  const list = () => custody.environments().map(show)

  function isBusy(environmentId: string): boolean {
    return custody.rotations().some((rotation) => rotation.end === null && rotation.environmentId === environmentId)
  }

  function keep(environment: Environment, policy: RotationPolicyRecord): Result<RotationPolicy> {
    const kept = custody.commit([{ what: 'put-policy', policy }])
    if (!kept.ok) return kept
    onChange(list())
    return succeed(show(environment))
  }

  return {
    list,
    of,
    set(environmentId, input) {
      const environment = custody.environment(environmentId)
      if (environment === null) return refuse({ kind: 'NOT_FOUND', what: 'environment' })
      const before = of(environmentId)
      const isFixed = environment.kind === 'sandbox'
      if (input.age.warnDays > input.age.overdueDays) return refuse({ kind: 'BAD_REQUEST', field: 'warnDays' })
      const issuer = isFixed ? before.issuer : input.issuer
      const moved = JSON.stringify(issuer) !== JSON.stringify(before.issuer)
      const fault = moved ? checkIssuer(issuer) : null
      if (fault !== null) return refuse(fault)
      if (moved && isBusy(environmentId)) return refuse({ kind: 'BUSY', environmentName: environment.name })
      // A credential goes to no origin that it was not given for.
      const sameOrigin =
        issuer.kind === 'automatic' &&
        before.issuer.kind === 'automatic' &&
        new URL(issuer.createUrl).origin === new URL(before.issuer.createUrl).origin
      const credentialId = issuer.kind === 'automatic' && !sameOrigin ? null : before.credentialId
      const kept = keep(environment, { ...before, ...input, issuer, credentialId })
      if (kept.ok && credentialId === null && before.credentialId !== null) void custody.remove(before.credentialId)
      return kept
    },

    quietUntilTomorrow(environmentId) {
      const environment = custody.environment(environmentId)
      if (environment === null) return refuse({ kind: 'NOT_FOUND', what: 'environment' })
      return keep(environment, { ...of(environmentId), quietUntilMs: startOfTomorrow(clock.nowMs()) })
    },

    async setCredential(environmentId, text) {
      const environment = custody.environment(environmentId)
      if (environment === null) return refuse({ kind: 'NOT_FOUND', what: 'environment' })
      const credential = text.trim()
      if (!/^[\x21-\x7e]+$/.test(credential) || credential.length > limits.keyCharsMax) {
        return refuse({ kind: 'BAD_REQUEST', field: 'credential' })
      }
      const before = of(environmentId)
      const credentialId = `issuer-${random.id()}`
      const written = await custody.write(credentialId, new Secret(credential))
      if (!written.ok) {
        await custody.remove(credentialId)
        return written
      }
      const kept = keep(environment, { ...of(environmentId), credentialId })
      const spent = kept.ok ? before.credentialId : credentialId
      if (spent !== null) await custody.remove(spent)
      return kept
    },

    async issuerOf(environmentId) {
      const environment = custody.environment(environmentId)
      if (environment === null) return refuse({ kind: 'NOT_FOUND', what: 'environment' })
      if (environment.kind === 'sandbox') {
        const local = localIssuer()
        if (local === null) return refuse({ kind: 'SANDBOX_DOWN' })
        const credential = new Secret(local.token)
        return succeed({
          kind: 'automatic',
          issuer: createKeyIssuer({ http, address: localAddress(local.origin), credential }),
        })
      }
      const { issuer, credentialId } = of(environmentId)
      if (issuer.kind === 'dashboard') return succeed({ kind: 'dashboard', pageUrl: issuer.pageUrl })
      if (credentialId === null) return refuse({ kind: 'ISSUER', fault: 'no-credential', status: null })
      const read = await custody.look(credentialId)
      if (!read.ok) return read
      if (read.value === null) return refuse({ kind: 'ISSUER', fault: 'no-credential', status: null })
      const { kind: _, ...address } = issuer
      return succeed({
        kind: 'automatic',
        issuer: createKeyIssuer({ http, address: { ...address, listUrl: null }, credential: read.value }),
      })
    },
  }
}
