import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'

/** What goes wrong with a request instead of its answer. */
export type SandboxFault =
  | {
      readonly kind: 'status'
      readonly status: number
      readonly body?: string
      readonly contentType?: string
      /** More headers, such as a `Retry-After`. */
      readonly headers?: Readonly<Record<string, string>>
    }
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

/** Which requests a fault waits for: those whose path and query hold this text. */
export interface FaultPlace {
  readonly urlHas: string
}

/** Faults that wait for the next requests, first in first out. */
export interface FaultQueue {
  inject(fault: SandboxFault, times: number, where?: FaultPlace): void
  /** The fault for a request of this path and query; null when none waits for it. */
  take(url: string): SandboxFault | null
  clear(): void
}

/** Makes an empty queue. */
export function createFaultQueue(): FaultQueue {
  let faults: { readonly fault: SandboxFault; readonly where: FaultPlace | undefined }[] = []
  return {
    inject(fault, times, where) {
      for (let i = 0; i < times; i += 1) faults.push({ fault, where })
    },
    take(url) {
      const index = faults.findIndex(({ where }) => where === undefined || url.includes(where.urlHas))
      return index < 0 ? null : (faults.splice(index, 1)[0]?.fault ?? null)
    },
    clear() {
      faults = []
    },
  }
}

const hugeBytes = 50 * 1024 * 1024
const chunkBytes = 64 * 1024
const hugeHead = '{"success":true,"data":{"emails":[],"folder":"INBOX","total":0,"account":"'
const hugeTail = '"}}'
const page =
  '<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'

function* createHugeBody(bytes: number): Generator<string> {
  yield hugeHead
  const filler = 'x'.repeat(chunkBytes)
  let left = bytes - hugeHead.length - hugeTail.length
  for (; left > chunkBytes; left -= chunkBytes) yield filler
  yield 'x'.repeat(Math.max(0, left))
  yield hugeTail
}

/** Spoils one answer. `answerRightly` is what would have happened without the fault. */
export function applyFault(fault: SandboxFault, outgoing: ServerResponse, answerRightly: () => void): void {
  switch (fault.kind) {
    case 'status': {
      const body = fault.body ?? JSON.stringify({ success: false, error: 'Injected fault' })
      const headers = { 'Content-Type': fault.contentType ?? 'application/json', ...fault.headers }
      outgoing.writeHead(fault.status, headers).end(body)
      return
    }
    case 'html':
      outgoing.writeHead(fault.status ?? 200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page)
      return
    case 'delay': {
      const timer = setTimeout(answerRightly, fault.delayMs)
      outgoing.once('close', () => clearTimeout(timer))
      return
    }
    case 'hang':
      return
    case 'huge':
      outgoing.writeHead(200, { 'Content-Type': 'application/json' })
      Readable.from(createHugeBody(fault.bytes ?? hugeBytes))
        .on('error', () => outgoing.destroy())
        .pipe(outgoing)
      return
    case 'reset':
      outgoing.socket?.resetAndDestroy()
      return
    case 'cut-off':
      outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 4096 })
      outgoing.write(hugeHead, () => outgoing.socket?.destroy())
      return
    case 'redirect':
      outgoing.writeHead(fault.status ?? 302, { Location: fault.location }).end()
      return
  }
}
