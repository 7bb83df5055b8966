import type { IncomingMessage } from 'node:http'

const bodyBytesMax = 16 * 1024 * 1024

/** What became of a request's body. */
export type BodyReading = { readonly read: 'text'; readonly text: string } | { readonly read: 'too-large' | 'broken' }

/** Reads a body as UTF-8, up to 16 MB. */
export async function readBodyText(incoming: IncomingMessage): Promise<BodyReading> {
  if (Number(incoming.headers['content-length'] ?? 0) > bodyBytesMax) return { read: 'too-large' }
  const chunks: Buffer[] = []
  let size = 0
  try {
    // Giving up early must leave the connection open: the refusal still has to go out on it.
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      const bytes = Buffer.from(chunk)
      size += bytes.length
      if (size > bodyBytesMax) return { read: 'too-large' }
      chunks.push(bytes)
    }
    return { read: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) }
  } catch {
    return { read: 'broken' }
  }
}

/** Reads a JSON object out of a body's text; null when it holds none. */
export function parseBody(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : null
  } catch {
    return null
  }
}
