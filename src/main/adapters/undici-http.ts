import { performance } from 'node:perf_hooks'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import type { Agent, Dispatcher } from 'undici'
import type { Header, NetworkFault } from '../../shared/model/call.ts'
import type { Http, HttpAnswer, HttpRequest } from '../core/ports.ts'
import { type ConnectionTimes, createConnectionTimes, createTimedConnector } from './timed-connector.ts'

/** An HTTP client with its own connections. */
export interface UndiciHttp extends Http {
  /** Loads the library ahead of the first request. */
  prepare(): void
  /** Ends every connection; a request under way ends as a lost connection. */
  close(): Promise<void>
}

/** How connections are made. */
export interface UndiciHttpOptions {
  /** Time for one connection, TLS included; 10 s by default. */
  readonly connectTimeoutMs?: number
  /** Certificates in PEM to trust in place of the system's. */
  readonly ca?: string
}

const acceptedEncodings = 'gzip, br'
const firstBufferBytes = 64 * 1024
const defaultConnectTimeoutMs = 10_000

const faultByCode: Readonly<Record<string, NetworkFault>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  EAI_NONAME: 'dns',
  ENODATA: 'dns',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'unreachable',
  UND_ERR_CONNECT_TIMEOUT: 'unreachable',
  EPROTO: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  UNABLE_TO_GET_ISSUER_CERT: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  HOSTNAME_MISMATCH: 'tls',
  INVALID_CA: 'tls',
}
const tlsCode = /^(?:ERR_TLS_|ERR_SSL_|CERT_|CRL_)/

function readCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** Why no answer came, from the error of the socket, the resolver or the TLS layer. */
export function classifyNetworkFault(error: unknown): NetworkFault {
  // One host can have several addresses: a refusal by one says more than silence of another.
  if (error instanceof AggregateError && error.errors.length > 0) {
    const faults = error.errors.map(classifyNetworkFault)
    return faults.find((fault) => fault === 'refused') ?? faults[0] ?? 'other'
  }
  const code = readCode(error)
  if (code !== null) {
    const fault = faultByCode[code]
    if (fault !== undefined) return fault
    if (tlsCode.test(code)) return 'tls'
  }
  return error instanceof Error && error.cause !== undefined ? classifyNetworkFault(error.cause) : 'other'
}

/** Collects bytes in one growing buffer: a body in pieces of one byte must not cost a hundred bytes each. */
function createCollector(bytesMax: number) {
  let store = Buffer.alloc(0)
  let used = 0
  return {
    /** False when the piece did not fit any more. */
    add(piece: Uint8Array): boolean {
      if (used + piece.byteLength > bytesMax) return false
      if (used + piece.byteLength > store.byteLength) {
        const size = Math.max(firstBufferBytes, store.byteLength * 2, used + piece.byteLength)
        const larger = Buffer.allocUnsafeSlow(Math.min(size, bytesMax))
        store.copy(larger, 0, 0, used)
        store = larger
      }
      store.set(piece, used)
      used += piece.byteLength
      return true
    },
    bytes: () => used,
    content: () => store.subarray(0, used),
  }
}

function readHeaders(raw: readonly (Buffer | string)[]): Header[] {
  const headers: Header[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    headers.push([String(raw[index]).toLowerCase(), raw[index + 1]?.toString('latin1') ?? ''])
  }
  return headers
}

function findHeader(headers: readonly Header[], name: string): string | null {
  return headers.find(([candidate]) => candidate === name)?.[1] ?? null
}

/** The decoder of an answer's body; null when its bytes are taken as they are. */
function createDecoder(encoding: string | null, firstByte: number): Transform | null {
  switch (encoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'br':
      return createBrotliDecompress()
    case 'deflate':
      // Servers disagree whether `deflate` has the zlib header; its first byte tells.
      return (firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw()
    default:
      return null
  }
}

/** Receives one answer; `settle` is called exactly once, whatever the server does. */
function createReceiver(request: HttpRequest, settle: (answer: HttpAnswer) => void) {
  const collector = createCollector(request.responseBytesMax)
  let settled = false
  const connection = createConnectionTimes()
  let sentAtMs: number | null = null
  let headersAtMs: number | null = null
  let status: number | null = null
  let headers: Header[] = []
  let decoder: Transform | null = null
  let encodedBytes = 0
  let abort: ((error?: Error) => void) | null = null
  let resume: () => void = () => {}

  function finish(end: HttpAnswer['end']): void {
    if (settled) return
    settled = true
    const nowMs = performance.now()
    decoder?.destroy()
    if (end.kind !== 'answered') abort?.(new Error('abandoned'))
    settle({
      end,
      status,
      headers,
      bytes: collector.bytes(),
      timings: {
        ...connection.read(),
        firstByteMs: headersAtMs === null || sentAtMs === null ? null : headersAtMs - sentAtMs,
        bodyMs: headersAtMs === null ? null : nowMs - headersAtMs,
      },
    })
  }

  function take(piece: Uint8Array): void {
    if (!settled && !collector.add(piece)) finish({ kind: 'too-large' })
  }

  function startDecoder(firstByte: number): void {
    decoder = createDecoder(findHeader(headers, 'content-encoding'), firstByte)
    decoder
      ?.on('data', take)
      .on('drain', () => resume())
      .on('end', () => finish({ kind: 'answered', body: collector.content() }))
      .on('error', () => finish({ kind: 'cut-off' }))
  }

  const handlers: Dispatcher.DispatchHandlers = {
    onConnect(giveUp) {
      abort = giveUp
      sentAtMs = performance.now()
      // Given up while the connection was being made: nothing may be sent any more.
      if (settled) giveUp(new Error('abandoned'))
    },
    onHeaders(code, raw, goOn) {
      if (settled) return false
      if (code < 200) return true
      resume = goOn
      headersAtMs = performance.now()
      status = code
      headers = readHeaders(raw)
      const announced = Number(findHeader(headers, 'content-length') ?? Number.NaN)
      if (announced > request.responseBytesMax) finish({ kind: 'too-large' })
      return true
    },
    onData(piece) {
      const firstByte = piece[0]
      if (settled || firstByte === undefined) return true
      if (encodedBytes === 0) startDecoder(firstByte)
      encodedBytes += piece.byteLength
      if (decoder === null) {
        take(piece)
        return true
      }
      return decoder.write(piece)
    },
    onComplete() {
      if (settled) return
      if (decoder !== null) return void decoder.end()
      // The library frees the connection in an immediate that it sets after this function. Ending
      // behind that lets a call that follows at once use the same connection.
      process.nextTick(() => setImmediate(() => finish({ kind: 'answered', body: collector.content() })))
    },
    onError(error) {
      if (readCode(error) === 'UND_ERR_HEADERS_OVERFLOW') finish({ kind: 'too-large' })
      else if (status === null) finish({ kind: 'network', reason: classifyNetworkFault(error) })
      else finish({ kind: 'cut-off' })
    },
  }
  return {
    handlers,
    finish,
    isSettled: () => settled,
    connection,
  }
}

function readTarget(request: HttpRequest): { readonly origin: string; readonly path: string } | null {
  try {
    const { protocol, origin, pathname, search } = new URL(request.url)
    return protocol === 'http:' || protocol === 'https:' ? { origin, path: pathname + search } : null
  } catch {
    return null
  }
}

function writeHeaders(request: HttpRequest): string[] {
  const names = new Set(request.headers.map(([name]) => name.toLowerCase()))
  const headers = request.headers.flat()
  return names.has('accept-encoding') ? headers : [...headers, 'accept-encoding', acceptedEncodings]
}

/**
 * Builds the HTTP client: HTTP/1.1 with connections kept open, without cookies, proxies, redirects
 * or repeats. The library is loaded with the first request, or by
 * `prepare`.
 */
export function createUndiciHttp(options: UndiciHttpOptions = {}): UndiciHttp {
  let loading: Promise<Agent> | null = null
  // The library makes a connection inside `dispatch`, for the request that needs it, or not at all.
  let connection: ConnectionTimes | null = null

  async function loadAgent(): Promise<Agent> {
    const undici = await import('undici')
    const { connectTimeoutMs: timeoutMs = defaultConnectTimeoutMs, ca } = options
    const connect = createTimedConnector(
      { timeoutMs, ...(ca === undefined ? {} : { ca }) },
      () => connection ?? createConnectionTimes(),
    )
    // One timer per request covers all phases, so the library's own are off.
    return new undici.Agent({ connect, headersTimeout: 0, bodyTimeout: 0 })
  }

  function send(request: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer> {
    return new Promise((resolve) => {
      const cancel = () => receiver.finish({ kind: 'cancelled' })
      const timer = setTimeout(() => receiver.finish({ kind: 'timeout' }), request.timeoutMs)
      const receiver = createReceiver(request, (answer) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', cancel)
        resolve(answer)
      })
      if (signal?.aborted === true) return cancel()
      signal?.addEventListener('abort', cancel)
      const target = readTarget(request)
      if (target === null) return receiver.finish({ kind: 'network', reason: 'other' })
      loading ??= loadAgent()
      loading.then(
        (agent) => {
          if (receiver.isSettled()) return
          connection = receiver.connection
          try {
            const { method, body } = request
            const { origin, path } = target
            agent.dispatch(
              { origin, path, method: method as Dispatcher.HttpMethod, headers: writeHeaders(request), body },
              receiver.handlers,
            )
          } catch (error) {
            receiver.handlers.onError?.(error instanceof Error ? error : new Error('dispatch failed'))
          } finally {
            connection = null
          }
        },
        () => receiver.finish({ kind: 'network', reason: 'other' }),
      )
    })
  }

  return {
    send,
    prepare() {
      loading ??= loadAgent()
      // The first request says that it failed.
      loading.catch(() => undefined)
    },
    async close() {
      if (loading === null) return
      const agent = await loading.catch(() => null)
      await agent?.destroy()
    },
  }
}
