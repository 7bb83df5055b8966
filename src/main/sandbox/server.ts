import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { apiPath, createError, type ErrorStatus } from './envelope.ts'
import { applyFault, createFaultQueue, type FaultPlace, type SandboxFault } from './fault.ts'
import { formatUuid } from './identity.ts'
import { createKeyRing, type IssuedKey, type KeyOptions, type StoredKey } from './key-ring.ts'
import { tellMailEvents } from './mail-events.ts'
import { createMailbox, type Mailbox } from './mailbox.ts'
import { createRequestLimit, type LimitRules } from './request-limit.ts'
import { createRequestLog, type SandboxRequest } from './request-log.ts'
import type { RouteContext } from './routes/route.ts'
import { createStateWriter, formatState, readStateFile, type SandboxState } from './state-file.ts'
import {
  createWebhookDelivery,
  type DeliveryAttempt,
  deliveryTimeoutMs,
  type SignatureForm,
} from './webhook-delivery.ts'
import { createWebhookList } from './webhook-list.ts'

export type { SandboxFault } from './fault.ts'
export type { HeaderDialect } from './header-dialect.ts'
export type { IssuedKey, KeyOptions, SandboxScope } from './key-ring.ts'
export type { LimitRules } from './request-limit.ts'
export type { SandboxRequest } from './request-log.ts'
export type { DeliveryAttempt, SignatureForm } from './webhook-delivery.ts'

/** How webhooks are delivered, where it differs from the documentation. */
export interface WebhookOptions {
  /** Headers of a signature; those of the documentation by default. */
  readonly signatures?: SignatureForm
  /** By how much the pauses between attempts are shorter than documented; 1 by default. */
  readonly speed?: number
  /** How long an endpoint has for its answer; 30 s by default. */
  readonly timeoutMs?: number
  /** Waits between attempts; by the system's clock, divided by `speed`, by default. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Problems that the server survives: a state file it could not read or not write. */
export interface SandboxNotice {
  readonly what: 'state-damaged' | 'state-not-saved'
  /** Path of the damaged file's new place, or the code of the failure, such as `ENOSPC`. */
  readonly detail: string
}

/** How the server behaves. The rules of its limit are those at the start. */
export interface SandboxOptions extends Omit<LimitRules, 'refuseAll'> {
  /** TCP port on 127.0.0.1; 0 takes any free one. */
  readonly port: number
  /** Takes any free port when `port` is in use. */
  readonly portFallback?: boolean
  readonly refuseAll?: boolean
  /** `key`: each key has its window. `account`: all keys share one, as keys of one user may. */
  readonly limitBy: 'key' | 'account'
  /** File for hashes of keys and read marks; null keeps them in memory only. */
  readonly statePath: string | null
  /** Bearer token of the issuer endpoints below `/_issuer`, and of `/_limit`. */
  readonly issuerToken: string
  /** The same seed gives the same mailbox. */
  readonly seed: string
  /** Epoch ms; the system's clock by default. */
  readonly nowMs?: () => number
  /** Cryptographic random bytes; the system's by default. */
  readonly random?: (bytes: number) => Uint8Array
  /** Ms until a revocation takes effect, for all keys or by the id of each; 0 by default. */
  readonly revokeDelayMs?: number | ((id: string) => number)
  readonly webhooks?: WebhookOptions
  /** Called once per attempt to deliver an event, when it has ended. */
  readonly onDelivery?: (attempt: DeliveryAttempt) => void
  /** Called once per request, when it has ended. */
  readonly onRequest?: (request: SandboxRequest) => void
  readonly onNotice?: (notice: SandboxNotice) => void
}

/** What may be shown of a key. Times are epoch ms. */
export interface KeyRecord {
  readonly id: string
  readonly label: string
  /** Prefix and last four. */
  readonly mask: string
  readonly createdAtMs: number
  readonly revokedAtMs: number | null
}

/** A running server. */
export interface SandboxServer {
  readonly port: number
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  /** `http://127.0.0.1:PORT/api/v1` */
  readonly baseUrl: string
  readonly issuerToken: string
  /** Makes a key, with a label or narrowed. Its hash is on disk when this returns, unless a notice came. */
  issueKey(options?: string | KeyOptions): IssuedKey
  /** Revokes a key; false when there is none with this id or it was revoked before. */
  revokeKey(id: string): boolean
  /** All keys, oldest first. */
  listKeys(): readonly KeyRecord[]
  /** The last requests that have ended, oldest first, at most 1,000. */
  requests(): readonly SandboxRequest[]
  /** How many of the last requests went to this path, such as `/api/v1/labels` (and had this method). */
  countRequests(path: string, method?: string): number
  /** Spoils the next `times` (1 by default) requests below `/api/v1`, or those of a place. Faults queue. */
  inject(fault: SandboxFault, times?: number, where?: FaultPlace): void
  /** Drops faults that were not used. */
  clearFaults(): void
  /** The last attempts to deliver an event to a webhook, oldest first, at most 500. */
  deliveries(): readonly DeliveryAttempt[]
  /** The limit as it is now. */
  limitRules(): LimitRules
  /** Changes the limit from the next request on; another plan or window length starts all windows anew. */
  changeLimit(changes: Partial<LimitRules>): void
  /** Stops, ends every open connection, and saves the state. Calling it again is fine. */
  close(): Promise<void>
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Waits that are over at once when their signal aborts. */
function createSleep(speed: number) {
  return (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((done) => {
      if (signal.aborted) return done()
      const timer = setTimeout(end, ms / speed)
      function end(): void {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        done()
      }
      signal.addEventListener('abort', end, { once: true })
    })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function answer(outgoing: ServerResponse, status: ErrorStatus, detail?: string): void {
  outgoing.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(createError(status, detail)))
}

/** Web pages must not reach the server: neither by a rebound name nor across origins. */
function refusalOf({ headers }: IncomingMessage, port: number): { status: ErrorStatus; detail?: string } | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  if (headers.host === undefined || !hosts.includes(headers.host)) return { status: 421 }
  const site = headers['sec-fetch-site']
  const fromPage = headers.origin !== undefined || (site !== undefined && site !== 'none')
  return fromPage ? { status: 403, detail: 'web pages may not use this server' } : null
}

/**
 * Starts a local Jasni server on 127.0.0.1. Rejects with the error of `listen` when the port can't
 * be had and `portFallback` is off.
 */
export async function startSandbox(options: SandboxOptions): Promise<SandboxServer> {
  // Loaded here, since the HTTP library pulls in Node's own fetch: tens of ms that importing this file must not cost.
  const [{ getRequestListener }, { createApplication }] = await Promise.all([
    import('@hono/node-server'),
    import('./application.ts'),
  ])
  const { statePath, seed, issuerToken, revokeDelayMs = 0 } = options
  const nowMs = options.nowMs ?? Date.now
  const notify = options.onNotice ?? (() => undefined)

  const reading = statePath === null ? { found: 'nothing' as const } : readStateFile(statePath, nowMs())
  if (reading.found === 'damaged') notify({ what: 'state-damaged', detail: reading.movedTo ?? '' })
  const stored: SandboxState = reading.found === 'state' ? reading.state : { seed, keys: [], marks: {} }
  const writer =
    statePath === null ? null : createStateWriter(statePath, (detail) => notify({ what: 'state-not-saved', detail }))

  const random = options.random ?? randomBytes
  const keyRing = createKeyRing(stored.keys, random)
  const storedMarks = stored.seed === seed ? stored.marks : {}
  let mailbox: Mailbox | null = null
  const createState = (): string =>
    formatState({ seed, keys: keyRing.list(), marks: mailbox?.readMarks() ?? storedMarks })

  const newId = (): string => formatUuid(random(16))
  const webhooks = createWebhookList({
    nowMs,
    newId,
    newSecret: () => `whsec_${Buffer.from(random(24)).toString('hex')}`,
  })

  const hooks = options.webhooks ?? {}
  const delivery = createWebhookDelivery({
    webhooks,
    nowMs,
    newId,
    sleep: hooks.sleep ?? createSleep(hooks.speed ?? 1),
    signatures: hooks.signatures ?? 'documented',
    timeoutMs: hooks.timeoutMs ?? deliveryTimeoutMs,
    onAttempt: (attempt) => options.onDelivery?.(attempt),
  })

  const context: RouteContext = {
    nowMs,
    newId,
    webhooks: () => webhooks,
    deliveries: () => delivery,
    mailbox() {
      mailbox ??= tellMailEvents(createMailbox(seed, nowMs(), storedMarks), delivery.raise)
      return mailbox
    },
    saveMarks: () => writer?.writeSoon(createState),
    issueKey(keyOptions) {
      const issued = keyRing.issue(keyOptions, nowMs())
      writer?.writeNow(createState())
      return issued
    },
    revokeKey(id) {
      const delayMs = typeof revokeDelayMs === 'number' ? revokeDelayMs : revokeDelayMs(id)
      const revoked = keyRing.revoke(id, nowMs(), delayMs)
      if (revoked) writer?.writeNow(createState())
      return revoked
    },
    listKeys: () => keyRing.list(),
  }

  const { plan, windowMs, headers, refuseAll = false } = options
  const limit = createRequestLimit({ plan, windowMs, headers, refuseAll }, options.limitBy)
  const callers = new WeakMap<IncomingMessage, StoredKey>()
  const identify = ({ headers }: IncomingMessage): StoredKey | null => {
    const key = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
    return key === undefined ? null : keyRing.find(key, nowMs())
  }
  const application = createApplication({
    context,
    issuerToken,
    limit,
    nowMs,
    identify: (incoming) => callers.get(incoming) ?? null,
  })
  // The process may be an app with its own use of Request and Response: leave the globals alone.
  const route = getRequestListener(
    (request, env) => application.fetch(request, { incoming: env.incoming as IncomingMessage }),
    {
      overrideGlobalObjects: false,
    },
  )

  const log = createRequestLog()
  const faults = createFaultQueue()
  let port = 0

  const server = createServer((incoming, outgoing) => {
    const atMs = nowMs()
    const startedAt = performance.now()
    const target = incoming.url ?? '/'
    const queryAt = target.indexOf('?')
    const path = queryAt < 0 ? target : target.slice(0, queryAt)
    const caller = identify(incoming)
    if (caller !== null) callers.set(incoming, caller)

    outgoing.once('close', () => {
      const request: SandboxRequest = {
        atMs,
        method: incoming.method ?? '',
        path,
        query: queryAt < 0 ? '' : target.slice(queryAt),
        status: outgoing.writableFinished ? outgoing.statusCode : null,
        tookMs: performance.now() - startedAt,
        authorized: incoming.headers.authorization !== undefined,
        keyId: caller?.id ?? null,
      }
      log.add(request)
      options.onRequest?.(request)
    })

    const refusal = refusalOf(incoming, port)
    if (refusal !== null) return answer(outgoing, refusal.status, refusal.detail)
    // Absolute and asterisk forms are for proxies.
    if (!target.startsWith('/')) return answer(outgoing, 400)
    const answerRightly = (): void => void route(incoming, outgoing)
    const fault = path.startsWith(`${apiPath}/`) ? faults.take(target) : null
    if (fault === null) answerRightly()
    else applyFault(fault, outgoing, answerRightly)
  })

  try {
    await listen(server, options.port)
  } catch (error) {
    if (options.portFallback !== true || !['EADDRINUSE', 'EACCES'].includes(codeOf(error))) throw error
    await listen(server, 0)
  }
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : options.port
  const origin = `http://127.0.0.1:${port}`

  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await Promise.all([closed, delivery.close()])
    await writer?.settle()
  }

  return {
    port,
    origin,
    baseUrl: `${origin}${apiPath}`,
    issuerToken,
    issueKey: (keyOptions = {}) =>
      context.issueKey(typeof keyOptions === 'string' ? { label: keyOptions } : keyOptions),
    revokeKey: context.revokeKey,
    listKeys: () =>
      keyRing
        .list()
        .map(({ id, label, mask, createdAtMs, revokedAtMs }) => ({ id, label, mask, createdAtMs, revokedAtMs })),
    requests: log.list,
    countRequests: (path, method) =>
      log.list().filter((request) => request.path === path && (method === undefined || request.method === method))
        .length,
    inject: (fault, times = 1, where) => faults.inject(fault, times, where),
    clearFaults: faults.clear,
    deliveries: delivery.attempts,
    limitRules: limit.rules,
    changeLimit: limit.change,
    close() {
      closing ??= close()
      return closing
    },
  }
}
