import { Hono } from 'hono'
import { limits } from '../../../shared/limits.ts'
import { parseBody, readBodyText } from '../body.ts'
import { headerDialects } from '../header-dialect.ts'
import { type LimitRules, type RequestLimit, windowMsMax } from '../request-limit.ts'
import { requireToken } from './operator-token.ts'
import { addPath, answerData, answerError, type RouteEnv } from './route.ts'

function isWhole(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max
}

/** Reads changes of the limit strictly: what is unknown, malformed or out of range is null. */
function readChanges(body: Readonly<Record<string, unknown>>): Partial<LimitRules> | null {
  const { plan, windowMs, headers, refuseAll, ...unknown } = body
  if (Object.keys(unknown).length > 0) return null
  if (plan !== undefined && !isWhole(plan, limits.planPerMinuteMax)) return null
  if (windowMs !== undefined && !isWhole(windowMs, windowMsMax)) return null
  const dialect = headerDialects.find((known) => known === headers)
  if (headers !== undefined && dialect === undefined) return null
  if (refuseAll !== undefined && typeof refuseAll !== 'boolean') return null
  return {
    ...(plan === undefined ? {} : { plan }),
    ...(windowMs === undefined ? {} : { windowMs }),
    ...(dialect === undefined ? {} : { headers: dialect }),
    ...(refuseAll === undefined ? {} : { refuseAll }),
  }
}

/** Shows and changes the limit of a running server. It is this server's own, as the issuer is. */
export function createLimitApp(token: string, limit: RequestLimit): Hono<RouteEnv> {
  const app = new Hono<RouteEnv>()
  app.use(requireToken(token))
  addPath(app, '/', {
    get: (c) => answerData(c, limit.rules()),
    patch: async (c) => {
      const body = await readBodyText(c.env.incoming)
      if (body.read === 'too-large') return answerError(c, 413)
      const parsed = body.read === 'text' ? parseBody(body.text) : null
      const changes = parsed === null ? null : readChanges(parsed)
      if (changes === null) return answerError(c, 400)
      limit.change(changes)
      return answerData(c, limit.rules())
    },
  })
  return app
}
