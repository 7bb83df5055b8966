import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { MailFrames } from './mail-frames.ts'
import { mailPolicy, pagePolicy, stoppedUrl } from './security.ts'

/** Rights of our scheme; it must be named before Electron is ready. */
export const appScheme = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true },
} as const

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
}

const stoppedPage =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Jasni Vault</title>' +
  '<h1>The window stopped working</h1>' +
  '<p>It stopped three times within a minute. Your keys are safe in the keychain. ' +
  'Quit Jasni Vault and start it again.</p></html>'

/** A file of the built page: where it lies and what it is. */
export interface BundleFile {
  readonly path: string
  readonly contentType: string
}

/** Walks the built page once; afterwards only these exact pathnames exist. */
export function mapBundle(folder: string, prefix = ''): Map<string, BundleFile> {
  const files = new Map<string, BundleFile>()
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    const name = `${prefix}/${entry.name}`
    if (entry.isDirectory()) for (const [inner, file] of mapBundle(path, name)) files.set(inner, file)
    const contentType = contentTypes[extname(entry.name)]
    if (entry.isFile() && contentType !== undefined) files.set(name, { path, contentType })
  }
  return files
}

function answer(status: number, body: Uint8Array | string | null, contentType: string, policy: string): Response {
  return new Response(body, {
    status,
    headers: {
      'Content-Type': contentType,
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
    },
  })
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

const notFound = () => answer(404, 'Not found', 'text/plain; charset=utf-8', pagePolicy)

/** Refuses a scheme whole: what `file:` is answered with. */
export function refuseRequest(): Response {
  return answer(403, 'Refused', 'text/plain; charset=utf-8', pagePolicy)
}

/**
 * Serves `app:`. Host `bundle` is a lookup by exact, undecoded pathname in a fixed map; host `mail` a lookup by id.
 * No path of a request is ever joined to a folder (checklist 18).
 */
export function createAppProtocol(bundle: ReadonlyMap<string, BundleFile>, mail: MailFrames) {
  return async (request: { readonly url: string; readonly method: string }): Promise<Response> => {
    const url = request.method === 'GET' ? parseUrl(request.url) : null
    if (url === null) return notFound()
    if (url.protocol !== 'app:' || url.port !== '' || url.username !== '' || url.password !== '' || url.search !== '')
      return notFound()
    if (url.host === 'mail') {
      const document = mail.find(url.pathname.slice(1))
      return document === null ? notFound() : answer(200, document, 'text/html; charset=utf-8', mailPolicy)
    }
    if (url.host !== 'bundle') return notFound()
    if (`app://bundle${url.pathname}` === stoppedUrl)
      return answer(200, stoppedPage, 'text/html; charset=utf-8', pagePolicy)
    const file = bundle.get(url.pathname)
    if (file === undefined) return notFound()
    return answer(200, await readFile(file.path), file.contentType, pagePolicy)
  }
}
