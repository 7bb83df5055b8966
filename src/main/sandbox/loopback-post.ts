import { lookup as resolveName } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** What became of one POST. `network` has the code of the failure, such as `ECONNREFUSED`. */
export type PostOutcome =
  | { readonly kind: 'answered'; readonly status: number }
  /** The name or the address leads away from this machine: nothing was sent. */
  | { readonly kind: 'not-loopback' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'network'; readonly code: string }
  | { readonly kind: 'cancelled' }

/** One POST of a body that is already text. */
export interface LoopbackPost {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Until the head of the answer is there. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Answers the addresses of a name; the system's resolver by default, another one in tests. */
export type ResolveName = (hostname: string) => Promise<readonly string[]>

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

const notLoopback = 'NOT_LOOPBACK'

/** True for an IP address of this machine's loopback, also an IPv4 one written as IPv6. */
export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return false
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  return mapped === undefined ? loopback.check(address, family === 6 ? 'ipv6' : 'ipv4') : loopback.check(mapped, 'ipv4')
}

const resolveBySystem: ResolveName = (hostname) =>
  new Promise((resolve, reject) => {
    resolveName(hostname, { all: true, verbatim: true }, (error, found) =>
      error === null ? resolve(found.map(({ address }) => address)) : reject(error),
    )
  })

/**
 * The look-up of a connection: what it answers is connected to, so that a name which means this
 * machine when it is asked once cannot mean another one a moment later.
 */
function createLoopbackLookup(resolve: ResolveName): LookupFunction {
  return (hostname, options, callback) => {
    const refuse = (code: string): void => {
      const error: NodeJS.ErrnoException = Object.assign(new Error(code), { code })
      callback(error, '', 0)
    }
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses
        if (first === undefined) return refuse('ENOTFOUND')
        if (!addresses.every(isLoopbackAddress)) return refuse(notLoopback)
        const found = addresses.map((address) => ({ address, family: isIP(address) }))
        if (options.all === true) callback(null, found)
        else callback(null, first, isIP(first))
      },
      (error: unknown) => refuse(codeOf(error)),
    )
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'FAILED'
}

/**
 * Sends a POST to this machine and to no other: an address in the URL and every address that its
 * name resolves to must be of the loopback, and what was checked is what is connected to. Redirects
 * are answers. Never rejects.
 */
export function postToLoopback(post: LoopbackPost, resolve: ResolveName = resolveBySystem): Promise<PostOutcome> {
  let url: URL
  try {
    url = new URL(post.url)
  } catch {
    return Promise.resolve({ kind: 'network', code: 'ERR_INVALID_URL' })
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isLoopbackAddress(host)) return Promise.resolve({ kind: 'not-loopback' })
  return new Promise((done) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const request = send(url, {
      method: 'POST',
      headers: { ...post.headers, 'Content-Length': String(Buffer.byteLength(post.body)) },
      lookup: createLoopbackLookup(resolve),
      agent: false,
    })
    const end = (outcome: PostOutcome): void => {
      clearTimeout(timer)
      post.signal.removeEventListener('abort', cancel)
      done(outcome)
      request.destroy()
    }
    const cancel = (): void => end({ kind: 'cancelled' })
    const timer = setTimeout(() => end({ kind: 'timeout' }), post.timeoutMs)
    post.signal.addEventListener('abort', cancel, { once: true })
    request.on('response', (response) => end({ kind: 'answered', status: response.statusCode ?? 0 }))
    request.on('error', (error) => {
      const code = codeOf(error)
      end(code === notLoopback ? { kind: 'not-loopback' } : { kind: 'network', code })
    })
    if (post.signal.aborted) cancel()
    else request.end(post.body)
  })
}
