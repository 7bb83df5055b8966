import type { Hono } from 'hono'
import { type MailAccount, mailboxMax } from '../mailbox.ts'
import { readFields } from './fields.ts'
import {
  accountsOf,
  addPath,
  answerData,
  answerError,
  findAccount,
  formatDate,
  mayUse,
  type RouteContext,
  type RouteEnv,
  readJson,
} from './route.ts'

/** Domain of the accounts of this server. */
const domain = 'sandbox.test'
const nameCharsMax = 200

function formatAccount({ id, email, name, createdAtMs }: MailAccount) {
  return { id, email, name, created_at: formatDate(createdAtMs) }
}

/** Accounts. API reference, section 11. */
export function addAccountRoutes(app: Hono<RouteEnv>, context: RouteContext): void {
  addPath(app, '/accounts', {
    get: (c) => {
      if (!mayUse(c.get('key'), 'accounts')) return answerError(c, 403)
      const accounts = accountsOf(c.get('key'), context.mailbox()).map(formatAccount)
      return answerData(c, { accounts, total: accounts.length })
    },
    post: async (c) => {
      const key = c.get('key')
      // A key that is narrowed to some accounts would not reach the new one.
      if (!mayUse(key, 'accounts') || key.accounts !== null) return answerError(c, 403)
      const body = await readJson(c, { optional: true })
      if (body instanceof Response) return body
      const mailbox = context.mailbox()
      const fields = readFields(body)
      const username = fields.text('username')?.toLowerCase() ?? `agent-${context.newId().slice(0, 8)}`
      const name = fields.text('name') ?? username
      if (!/^[a-z0-9](?:[a-z0-9._+-]{0,62}[a-z0-9])?$/.test(username))
        fields.refuse('username may hold letters, digits, dots and dashes')
      if (name.length > nameCharsMax) fields.refuse(`name may have ${nameCharsMax} characters`)
      if (mailbox.accounts().length >= mailboxMax.accounts) fields.refuse('there are too many accounts')
      if (fields.fault !== null) return answerError(c, 400, fields.fault)
      const email = `${username}@${domain}`
      if (mailbox.accounts().some((account) => account.email.toLowerCase() === email)) return answerError(c, 409)
      const account = { id: context.newId(), email, name, createdAtMs: context.nowMs() }
      mailbox.addAccount(account)
      return answerData(c, { account: formatAccount(account), message: 'Account created successfully' }, 201)
    },
    patch: async (c) => {
      if (!mayUse(c.get('key'), 'accounts')) return answerError(c, 403)
      const body = await readJson(c)
      if (body instanceof Response) return body
      const fields = readFields(body)
      const email = fields.required('email')
      const name = fields.required('name')
      if (name.length > nameCharsMax) fields.refuse(`name may have ${nameCharsMax} characters`)
      if (fields.fault !== null) return answerError(c, 400, fields.fault)
      const found = findAccount(c.get('key'), context.mailbox(), email)
      const account = found === null ? null : context.mailbox().renameAccount(found.email, name)
      if (account === null) return answerError(c, 404)
      return answerData(c, { account: formatAccount(account), message: 'Account updated successfully' })
    },
    delete: (c) => {
      if (!mayUse(c.get('key'), 'accounts')) return answerError(c, 403)
      const email = c.req.query('email') ?? ''
      if (email === '') return answerError(c, 400, 'email is required')
      const found = findAccount(c.get('key'), context.mailbox(), email)
      if (found === null || !context.mailbox().removeAccount(found.email)) return answerError(c, 404)
      return answerData(c, { deleted_email: found.email, message: 'Account deleted successfully' })
    },
  })
}
