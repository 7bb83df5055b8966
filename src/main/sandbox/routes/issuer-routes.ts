import { Hono } from 'hono'
import { parseBody, readBodyText } from '../body.ts'
import { createSuccess } from '../envelope.ts'
import { type KeyOptions, type SandboxScope, sandboxScopes } from '../key-ring.ts'
import { requireToken } from './operator-token.ts'
import {
  addPath,
  answerData,
  answerError,
  answerMessage,
  formatDate,
  type RouteContext,
  type RouteEnv,
} from './route.ts'

const labelCharsMax = 200

function readTexts(value: unknown): string[] | null {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null
}

function isScope(text: string): text is SandboxScope {
  return sandboxScopes.some((scope) => scope === text)
}

/** Reads the body of a creation; an empty one is fine, null means that it is malformed. */
function parseKeyOptions(text: string): KeyOptions | null {
  if (text.trim() === '') return {}
  const body = parseBody(text)
  if (body === null) return null
  const { label, scopes, accounts } = body
  if (label !== undefined && (typeof label !== 'string' || label.length > labelCharsMax)) return null
  const scopeTexts = scopes === undefined ? [] : readTexts(scopes)
  const accountTexts = accounts === undefined ? [] : readTexts(accounts)
  if (scopeTexts === null || accountTexts === null || !scopeTexts.every(isScope)) return null
  return {
    ...(label === undefined ? {} : { label }),
    ...(scopes === undefined ? {} : { scopes: scopeTexts }),
    ...(accounts === undefined ? {} : { accounts: accountTexts }),
  }
}

/**
 * The issuer: makes, lists and revokes keys. It is this server's own; the service has no endpoint
 * for keys (API reference, section 2).
 */
export function createIssuerApp(issuerToken: string, context: RouteContext): Hono<RouteEnv> {
  const app = new Hono<RouteEnv>()
  app.use(requireToken(issuerToken))

  addPath(app, '/keys', {
    get: (c) => {
      const keys = context.listKeys().map(({ id, label, mask, createdAtMs, revokedAtMs }) => ({
        id,
        label,
        mask,
        createdAt: formatDate(createdAtMs),
        revokedAt: revokedAtMs === null ? null : formatDate(revokedAtMs),
      }))
      return answerData(c, { keys, total: keys.length })
    },
    post: async (c) => {
      const body = await readBodyText(c.env.incoming)
      if (body.read === 'too-large') return answerError(c, 413)
      const options = body.read === 'text' ? parseKeyOptions(body.text) : null
      if (options === null) return answerError(c, 400)
      return c.json(createSuccess(context.issueKey(options)), 201)
    },
  })

  addPath(app, '/keys/:id', {
    delete: (c) => {
      const id = c.req.param('id') ?? ''
      if (!context.listKeys().some((key) => key.id === id)) return answerError(c, 404)
      // Revoking twice is no error: whoever asks again wants to know that the key is gone.
      context.revokeKey(id)
      return answerMessage(c, 'Key revoked')
    },
  })

  return app
}
