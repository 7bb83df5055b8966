import type { Hono } from 'hono'
import {
  accountsOf,
  addPath,
  answerData,
  answerError,
  formatDate,
  mayUse,
  type RouteContext,
  type RouteEnv,
} from './route.ts'

/** Accounts. API reference, section 11. */
export function addAccountRoutes(app: Hono<RouteEnv>, context: RouteContext): void {
  addPath(app, '/accounts', {
    get: (c) => {
      if (!mayUse(c.get('key'), 'accounts')) return answerError(c, 403)
      const accounts = accountsOf(c.get('key'), context.mailbox()).map(({ id, email, name, createdAtMs }) => ({
        id,
        email,
        name,
        created_at: formatDate(createdAtMs),
      }))
      return answerData(c, { accounts, total: accounts.length })
    },
  })
}
