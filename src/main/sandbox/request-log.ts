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

/** The last requests, oldest first. */
export interface RequestLog {
  add(request: SandboxRequest): void
  list(): readonly SandboxRequest[]
}

const kept = 1000

/** Makes a log of the last 1,000 requests. */
export function createRequestLog(): RequestLog {
  let requests: SandboxRequest[] = []
  return {
    add(request) {
      requests.push(request)
      if (requests.length >= kept * 2) requests = requests.slice(-kept)
    },
    list: () => requests.slice(-kept),
  }
}
