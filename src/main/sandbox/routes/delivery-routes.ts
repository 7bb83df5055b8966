import { Hono } from 'hono'
import { requireToken } from './operator-token.ts'
import { addPath, answerData, type RouteContext, type RouteEnv } from './route.ts'

/** Shows what was sent to webhooks. It is this server's own, as the issuer is. */
export function createDeliveryApp(token: string, context: RouteContext): Hono<RouteEnv> {
  const app = new Hono<RouteEnv>()
  app.use(requireToken(token))
  addPath(app, '/', {
    get: (c) => answerData(c, { attempts: context.deliveries().attempts() }),
  })
  return app
}
