import type { IncomingMessage } from 'node:http'
import { Hono } from 'hono'
import { apiPath } from './envelope.ts'
import type { StoredKey } from './key-ring.ts'
import type { RequestLimit } from './request-limit.ts'
import { addAccountRoutes } from './routes/account-routes.ts'
import { addAttachmentRoutes } from './routes/attachment-routes.ts'
import { createDeliveryApp } from './routes/delivery-routes.ts'
import { addDraftRoutes } from './routes/draft-routes.ts'
import { addEmailLabelRoutes } from './routes/email-label-routes.ts'
import { addEmailRoutes } from './routes/email-routes.ts'
import { createIssuerApp } from './routes/issuer-routes.ts'
import { addLabelRoutes } from './routes/label-routes.ts'
import { createLimitApp } from './routes/limit-routes.ts'
import { addOutgoingRoutes } from './routes/outgoing-routes.ts'
import { answerError, type RouteContext, type RouteEnv } from './routes/route.ts'
import { addThreadRoutes } from './routes/thread-routes.ts'
import { addWebhookRoutes } from './routes/webhook-routes.ts'

/** What the application needs besides its routes. */
export interface ApplicationOptions {
  readonly context: RouteContext
  readonly issuerToken: string
  readonly limit: RequestLimit
  readonly nowMs: () => number
  /** The living key that a request came with. */
  readonly identify: (incoming: IncomingMessage) => StoredKey | null
}

/** All routes: key first, then the limit, then the resource. */
export function createApplication(options: ApplicationOptions): Hono<RouteEnv> {
  const { context, limit, nowMs } = options

  const app = new Hono<RouteEnv>()
  app.notFound((c) => answerError(c, 404))
  app.onError((_error, c) => answerError(c, 500))

  const api = new Hono<RouteEnv>()
  api.use(async (c, next) => {
    const key = options.identify(c.env.incoming)
    if (key === null) return answerError(c, 401)
    c.set('key', key)
    const { accepted, headers } = limit.spend(key.id, nowMs())
    for (const [name, value] of headers) c.header(name, value)
    if (!accepted) return answerError(c, 429)
    return next()
  })
  addAccountRoutes(api, context)
  // Fixed names before `/emails/:id`, which would take them for ids.
  addOutgoingRoutes(api, context)
  addThreadRoutes(api, context)
  addDraftRoutes(api, context)
  addEmailRoutes(api, context)
  addEmailLabelRoutes(api, context)
  addAttachmentRoutes(api, context)
  addLabelRoutes(api, context)
  addWebhookRoutes(api, context)

  app.route(apiPath, api)
  app.route('/_issuer', createIssuerApp(options.issuerToken, context))
  app.route('/_limit', createLimitApp(options.issuerToken, limit))
  app.route('/_deliveries', createDeliveryApp(options.issuerToken, context))
  return app
}
