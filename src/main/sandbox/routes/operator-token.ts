import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { answerError, type RouteEnv } from './route.ts'

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Lets only requests with this bearer token through; the others get 401. */
export function requireToken(token: string): MiddlewareHandler<RouteEnv> {
  const expected = digest(`Bearer ${token}`)
  return async (c, next) => {
    const given = digest(c.req.header('Authorization') ?? '')
    if (!timingSafeEqual(given, expected)) return answerError(c, 401)
    return next()
  }
}
