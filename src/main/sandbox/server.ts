import type { HeaderDialect } from './header-dialect.ts'

/** Resources that a key can be narrowed to. */
export type SandboxScope = 'accounts' | 'emails' | 'labels' | 'webhooks'

/** Problems that the server survives: a state file it could not read or not write. */
export interface SandboxNotice {
  readonly what: 'state-damaged' | 'state-not-saved'
  /** A file name or the code of the failure, such as `ENOSPC`. */
  readonly detail: string
}

/** One request as the server saw it. Holds no key, only the id of the key that it came with. */
export interface SandboxRequest {
  readonly atMs: number
  readonly method: string
  /** Path without the query. */
  readonly path: string
  /** Query with its question mark, or an empty text. */
  readonly query: string
  /** Null when the connection ended without an answer. */
  readonly status: number | null
  readonly tookMs: number
  /** True when an Authorization header came along, right or wrong. */
  readonly authorized: boolean
  readonly keyId: string | null
}

/** How the server behaves. */
export interface SandboxOptions {
  /** TCP port on 127.0.0.1; 0 takes any free one. */
  readonly port: number
  /** Takes any free port when `port` is in use. */
  readonly portFallback?: boolean
  /** Requests per window. */
  readonly plan: number
  readonly windowMs: number
  /** `key`: each key has its window. `account`: all keys share one, as keys of one user may. */
  readonly limitBy: 'key' | 'account'
  /** Which rate-limit headers answers carry. */
  readonly headers: HeaderDialect
  /** File for hashes of keys and read marks; null keeps them in memory only. */
  readonly statePath: string | null
  /** Bearer token of the issuer endpoints below `/_issuer`. */
  readonly issuerToken: string
  /** The same seed gives the same mailbox. */
  readonly seed: string
  /** Epoch ms; the system's clock by default. */
  readonly nowMs?: () => number
  /** Cryptographic random bytes; the system's by default. */
  readonly random?: (bytes: number) => Uint8Array
  /** Ms until a revocation takes effect; 0 by default. */
  readonly revokeDelayMs?: number
  /** Called once per request, when it has ended. */
  readonly onRequest?: (request: SandboxRequest) => void
  readonly onNotice?: (notice: SandboxNotice) => void
}

/** A new key. This is the only time that it is shown. */
export interface IssuedKey {
  readonly id: string
  readonly key: string
}

/** What is kept about a key besides its hash. Times are epoch ms. */
export interface KeyRecord {
  readonly id: string
  readonly label: string
  readonly mask: string
  readonly createdAtMs: number
  readonly revokedAtMs: number | null
}

/** What a key may be narrowed to; everything by default. */
export interface KeyOptions {
  readonly label?: string
  readonly scopes?: readonly SandboxScope[]
  /** Addresses of the accounts that the key reaches. */
  readonly accounts?: readonly string[]
}

/** What goes wrong with a request instead of its answer. */
export type SandboxFault =
  | { readonly kind: 'status'; readonly status: number; readonly body?: string; readonly contentType?: string }
  /** An HTML page, as a proxy in between would answer; status 200 by default. */
  | { readonly kind: 'html'; readonly status?: number }
  /** The right answer, late. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** No answer until the client or the server closes. */
  | { readonly kind: 'hang' }
  /** A well-formed answer that goes on for so many bytes (50 MB by default), streamed. */
  | { readonly kind: 'huge'; readonly bytes?: number }
  /** The connection is reset before any answer. */
  | { readonly kind: 'reset' }
  /** The connection ends in the middle of the body. */
  | { readonly kind: 'cut-off' }
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: number }

/** A running server. */
export interface SandboxServer {
  readonly port: number
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  /** `http://127.0.0.1:PORT/api/v1` */
  readonly baseUrl: string
  readonly issuerToken: string
  /** Makes a key; its hash is on disk when this returns, unless a notice said otherwise. */
  issueKey(options?: string | KeyOptions): IssuedKey
  /** Revokes a key; false when there is none with this id or it was revoked before. */
  revokeKey(id: string): boolean
  /** All keys, oldest first. */
  listKeys(): readonly KeyRecord[]
  /** The last requests, oldest first, at most 1,000. */
  requests(): readonly SandboxRequest[]
  /** How many of the last requests went to this path (and had this method). */
  countRequests(path: string, method?: string): number
  /** Spoils the next `times` (1 by default) requests below `/api/v1`. Faults queue. */
  inject(fault: SandboxFault, times?: number): void
  /** Drops faults that were not used. */
  clearFaults(): void
  /** Stops, ends every open connection, and saves the state. */
  close(): Promise<void>
}

/**
 * Starts a local Jasni server on 127.0.0.1. Rejects with the error of `listen` when the port is
 * taken and `portFallback` is off.
 */
export async function startSandbox(options: SandboxOptions): Promise<SandboxServer> {
  throw new Error(`not yet: ${options.port}`)
}
