import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { limits } from '../../shared/limits.ts'
import type { Header } from '../../shared/model/call.ts'
import type { Log, OpenReceiver, ReceivedRequest, ReceiverPort } from '../core/ports.ts'

/** A body beyond this is cut off: nobody delivers so much by accident. */
const drainBytesMax = 256 * 1024 * 1024
const connectionsMax = 50
const requestTimeoutMs = 120_000
const headersTimeoutMs = 10_000

function pairHeaders(raw: readonly string[]): Header[] {
  return raw.flatMap((name, index): Header[] => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []))
}

/** Reads a body to its end and keeps it unless it is too long; null when the connection broke or it never ends. */
function readBody(incoming: IncomingMessage): Promise<Omit<ReceivedRequest, 'headers'> | null> {
  return new Promise((done) => {
    let chunks: Buffer[] = []
    let bytes = 0
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= limits.receivedBodyBytesMax) chunks.push(chunk)
      else chunks = []
      if (bytes > drainBytesMax) incoming.destroy()
    })
    incoming.on('end', () => {
      const whole = bytes <= limits.receivedBodyBytesMax
      done({ body: whole ? Buffer.concat(chunks) : new Uint8Array(), bytes, whole })
    })
    incoming.on('close', () => done(null))
    incoming.on('error', () => done(null))
  })
}

/** Web pages must not reach it: their requests say where they come from. */
function refusalOf({ method, url, headers }: IncomingMessage, path: string): number | null {
  const site = headers['sec-fetch-site']
  if (headers.origin !== undefined || (site !== undefined && site !== 'none')) return 403
  if ((url ?? '').split('?', 1)[0] !== path) return 404
  return method === 'POST' ? null : 405
}

function answerPlainly(outgoing: ServerResponse, status: number): void {
  const body = status < 300 ? '{"received":true}' : `{"received":false,"status":${status}}`
  outgoing.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' }).end(body)
}

/** Listeners over Node's HTTP server, bound to 127.0.0.1. Garbage ends its own connection and nothing else. */
export function createWebhookReceiver(log: Log): ReceiverPort {
  return {
    async open(path, answer) {
      const delays = new Set<NodeJS.Timeout>()
      const server = createServer(async (incoming, outgoing) => {
        outgoing.on('error', () => undefined)
        const refusal = refusalOf(incoming, path)
        if (refusal !== null) {
          incoming.resume()
          return answerPlainly(outgoing, refusal)
        }
        const read = await readBody(incoming)
        if (read === null) return
        const { status, delayMs } = answer({ headers: pairHeaders(incoming.rawHeaders), ...read })
        if (delayMs === 0) return answerPlainly(outgoing, status)
        const timer = setTimeout(() => {
          delays.delete(timer)
          if (!outgoing.destroyed) answerPlainly(outgoing, status)
        }, delayMs)
        delays.add(timer)
      })
      server.maxConnections = connectionsMax
      server.requestTimeout = requestTimeoutMs
      server.headersTimeout = headersTimeoutMs
      server.on('clientError', (_error, socket) => void socket.destroy())
      try {
        await new Promise<void>((done, failed) => {
          server.once('error', failed)
          server.listen(0, '127.0.0.1', done)
        })
      } catch (cause) {
        log.error('receiver-not-started', cause)
        return null
      }
      server.on('error', (cause) => void log.error('receiver-failed', cause))
      let closing: Promise<void> | null = null
      const close = (): Promise<void> =>
        new Promise((done) => {
          for (const timer of delays) clearTimeout(timer)
          server.close(() => done())
          server.closeAllConnections()
        })
      const open: OpenReceiver = {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
        close() {
          closing ??= close()
          return closing
        },
      }
      return open
    },
  }
}
