import type { IssuerFault } from '../../../shared/error.ts'
import { limits } from '../../../shared/limits.ts'
import type { Header } from '../../../shared/model/call.ts'
import type { AutomaticIssuer } from '../../../shared/model/rotation.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { holdsSecret, registerSecret } from '../log/redaction.ts'
import type { Http, HttpAnswer } from '../ports.ts'
import type { Secret } from '../vault/secret.ts'

/** Why an issuer did not do its work. `settled`: it certainly did nothing, so that it may be asked again. */
export interface IssuerFailure {
  readonly fault: IssuerFault
  readonly status: number | null
  readonly settled: boolean
}

/** What an issuer made. `text` is the key itself and goes to the vault at once. */
export interface CreatedKey {
  readonly text: string
  readonly issuerKeyId: string | null
}

/** Makes and ends keys over HTTP. */
export interface KeyIssuer {
  /**
   * Makes a key. The label names the rotation, so that a key whose answer was lost can be found again;
   * asked with the same idempotency key, an issuer that knows the header gives the same key again.
   */
  create(
    names: { readonly label: string; readonly idempotencyKey: string },
    signal?: AbortSignal,
  ): Promise<Result<CreatedKey, IssuerFailure>>
  /** Ends a key. `unknown`: the issuer has none of this name, or has none any more. */
  revoke(issuerKeyId: string): Promise<Result<'ended' | 'unknown', IssuerFailure>>
  /** Names of the keys that live at the issuer and have this label or mask; null when it cannot tell. */
  find(
    by: { readonly label: string } | { readonly mask: string },
  ): Promise<Result<readonly string[] | null, IssuerFailure>>
}

/** Where the issuer is and how it is asked. */
export interface IssuerAddress extends Omit<AutomaticIssuer, 'kind'> {
  /** Answers the list of keys as the local server does; null for an issuer without one. */
  readonly listUrl: string | null
}

function failed(fault: IssuerFault, status: number | null, settled: boolean) {
  return fail<IssuerFailure>({ fault, status, settled })
}

/** What an answer without success means. Only a refusal with its own status says that nothing was done. */
function judgeFailure({ end, status }: HttpAnswer) {
  switch (end.kind) {
    case 'timeout':
    case 'cancelled':
      return failed('timeout', null, false)
    case 'network':
      return failed('unreachable', null, end.reason !== 'reset' && end.reason !== 'other')
    case 'cut-off':
    case 'too-large':
      return failed('bad-answer', status, false)
    case 'answered':
      break
  }
  if (status === 401 || status === 403) return failed('unauthorized', status, true)
  if (status === 409) return failed('conflict', status, true)
  if (status !== null && status >= 400 && status < 500) return failed('refused', status, status !== 408)
  if (status !== null && status >= 300 && status < 400) return failed('bad-answer', status, true)
  return failed('failed', status, false)
}

function isSuccess({ end, status }: HttpAnswer): boolean {
  return end.kind === 'answered' && status !== null && status >= 200 && status < 300
}

function parseJson({ end }: HttpAnswer): unknown {
  if (end.kind !== 'answered') return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(end.body))
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object'
}

/** The value at a path such as `data.keys.0.id`; undefined where there is none. */
export function readPath(value: unknown, path: string): unknown {
  let at = value
  for (const name of path.split('.')) {
    if (!isObject(at) || !Object.hasOwn(at, name)) return undefined
    at = at[name]
  }
  return at
}

function readName(value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && value !== '' && value.length <= limits.issuerKeyIdCharsMax ? value : null
}

/** Builds an issuer. Its calls carry its own credential, go to its own address, and are not in the request log. */
export function createKeyIssuer(parts: {
  readonly http: Http
  readonly address: IssuerAddress
  /** Value of the bearer token; null sends none. */
  readonly credential: Secret | null
}): KeyIssuer {
  const { http, address, credential } = parts

  function send(method: string, url: string, body: unknown, headers: readonly Header[], signal?: AbortSignal) {
    const token = credential?.reveal() ?? null
    if (token !== null) registerSecret(token)
    const request = {
      method,
      url,
      headers: [
        ['accept', 'application/json'],
        ...(body === null ? [] : [['content-type', 'application/json'] satisfies Header]),
        ...headers,
        ...(token === null ? [] : [['authorization', `Bearer ${token}`] satisfies Header]),
      ] satisfies Header[],
      body: body === null ? null : JSON.stringify(body),
      timeoutMs: limits.issuerTimeoutMs,
      responseBytesMax: limits.issuerBytesMax,
    }
    return http.send(request, signal)
  }

  return {
    async create({ label, idempotencyKey }, signal) {
      const answer = await send(
        address.createMethod,
        address.createUrl,
        { label },
        [['idempotency-key', idempotencyKey]],
        signal,
      )
      if (!isSuccess(answer)) return judgeFailure(answer)
      const body = parseJson(answer)
      if (body === undefined) return failed('bad-answer', answer.status, false)
      const text = readPath(body, address.keyPath)
      if (typeof text !== 'string' || text === '') return failed('no-key', answer.status, false)
      const issuerKeyId = readName(readPath(body, address.idPath))
      // A name is shown and written down, so that one that gives the key away is refused with the whole answer.
      if (issuerKeyId !== null && (issuerKeyId.includes(text) || holdsSecret(issuerKeyId))) {
        return failed('bad-answer', answer.status, false)
      }
      return succeed({ text, issuerKeyId })
    },

    async revoke(issuerKeyId) {
      const url = address.revokeUrl.replaceAll('{id}', encodeURIComponent(issuerKeyId))
      const answer = await send(address.revokeMethod, url, null, [])
      const isGone = answer.end.kind === 'answered' && (answer.status === 404 || answer.status === 410)
      if (isGone) return succeed('unknown')
      return isSuccess(answer) ? succeed('ended') : judgeFailure(answer)
    },

    async find(by) {
      if (address.listUrl === null) return succeed(null)
      const answer = await send('GET', address.listUrl, null, [])
      if (!isSuccess(answer)) return judgeFailure(answer)
      const keys = readPath(parseJson(answer), 'data.keys')
      if (!Array.isArray(keys)) return failed('bad-answer', answer.status, true)
      const names = keys.flatMap((key: unknown) => {
        if (!isObject(key) || (key.revokedAt !== null && key.revokedAt !== undefined)) return []
        const matches = 'label' in by ? key.label === by.label : key.mask === by.mask
        const name = readName(key.id)
        return matches && name !== null ? [name] : []
      })
      return succeed(names)
    },
  }
}
