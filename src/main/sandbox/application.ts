import type { IncomingMessage } from 'node:http'
import { Hono } from 'hono'
import { limits } from '../../shared/limits.ts'
import { apiPath } from './envelope.ts'
import { formatRateHeaders, type HeaderDialect } from './header-dialect.ts'
import type { StoredKey } from './key-ring.ts'
import { addAccountRoutes } from './routes/account-routes.ts'
import { addEmailRoutes } from './routes/email-routes.ts'
import { createIssuerApp } from './routes/issuer-routes.ts'
import { addLabelRoutes } from './routes/label-routes.ts'
import { answerError, type RouteContext, type RouteEnv } from './routes/route.ts'
import { createSlidingWindow, type SlidingWindow } from './sliding-window.ts'

/** What the application needs besides its routes. */
export interface ApplicationOptions {
  readonly context: RouteContext
  readonly issuerToken: string
  readonly plan: number
  readonly windowMs: number
  readonly limitBy: 'key' | 'account'
  readonly headers: HeaderDialect
  readonly nowMs: () => number
  /** The living key that a request came with. */
  readonly identify: (incoming: IncomingMessage) => StoredKey | null
}

// Keys come and go over a long run; their windows must not pile up.
const windowsMax = limits.keysMax * 2

/** All routes: key first, then the limit, then the resource. */
export function createApplication(options: ApplicationOptions): Hono<RouteEnv> {
  const { context, plan, windowMs, limitBy, headers, nowMs } = options
  const windows = new Map<string, SlidingWindow>()
  const windowOf = (key: StoredKey): SlidingWindow => {
    // All keys belong to the one user of this server, so by account there is one window.
    const owner = limitBy === 'key' ? key.id : ''
    const existing = windows.get(owner)
    if (existing !== undefined) return existing
    const window = createSlidingWindow(plan, windowMs)
    const oldest = windows.size < windowsMax ? undefined : windows.keys().next().value
    if (oldest !== undefined) windows.delete(oldest)
    windows.set(owner, window)
    return window
  }

  const app = new Hono<RouteEnv>()
  app.notFound((c) => answerError(c, 404))
  app.onError((_error, c) => answerError(c, 500))

  const api = new Hono<RouteEnv>()
  api.use(async (c, next) => {
    const key = options.identify(c.env.incoming)
    if (key === null) return answerError(c, 401)
    c.set('key', key)
    const now = nowMs()
    const decision = windowOf(key).spend(now)
    for (const [name, value] of formatRateHeaders(headers, decision, windowMs, now)) c.header(name, value)
    if (!decision.accepted) return answerError(c, 429)
    return next()
  })
  addAccountRoutes(api, context)
  addEmailRoutes(api, context)
  addLabelRoutes(api, context)

  app.route(apiPath, api)
  app.route('/_issuer', createIssuerApp(options.issuerToken, context))
  return app
}
