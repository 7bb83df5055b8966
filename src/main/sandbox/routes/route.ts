import type { IncomingMessage } from 'node:http'
import type { Context, Handler, Hono } from 'hono'
import { createError, createMessage, createSuccess, type ErrorStatus } from '../envelope.ts'
import type { IssuedKey, KeyOptions, SandboxScope, StoredKey } from '../key-ring.ts'
import type { MailAccount, Mailbox } from '../mailbox.ts'

/** What a handler finds in its context. */
export interface RouteEnv {
  Bindings: { incoming: IncomingMessage }
  Variables: { key: StoredKey }
}

/** What routes need from the server. */
export interface RouteContext {
  /** The mailbox; made at its first use. */
  mailbox(): Mailbox
  /** Says that marks changed and have to outlive the process. */
  saveMarks(): void
  issueKey(options: KeyOptions): IssuedKey
  revokeKey(id: string): boolean
  listKeys(): readonly StoredKey[]
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const
type Method = (typeof methods)[number]

/** Answers with the error envelope of a status. */
export function answerError(context: Context, status: ErrorStatus, detail?: string): Response {
  return context.json(createError(status, detail), status)
}

/** Answers 200 with data. */
export function answerData(context: Context, data: object): Response {
  return context.json(createSuccess(data), 200)
}

/** Answers 200 with a sentence and no data. */
export function answerMessage(context: Context, message: string): Response {
  return context.json(createMessage(message), 200)
}

/** Registers the methods of one path; every other method answers 405. */
export function addPath<Env extends object>(
  app: Hono<Env>,
  path: string,
  handlers: Partial<Record<Method, Handler<Env>>>,
): void {
  for (const method of methods) {
    const handler = handlers[method]
    if (handler !== undefined) app.on(method.toUpperCase(), path, handler)
  }
  const allow = Object.keys(handlers).join(', ').toUpperCase()
  app.all(path, (context) => {
    context.header('Allow', allow)
    return answerError(context, 405)
  })
}

/** True when the key may use a resource. */
export function mayUse(key: StoredKey, scope: SandboxScope): boolean {
  return key.scopes === null || key.scopes.includes(scope)
}

/** The accounts that a key reaches. */
export function accountsOf(key: StoredKey, mailbox: Mailbox): readonly MailAccount[] {
  const { accounts } = key
  if (accounts === null) return mailbox.accounts()
  return mailbox.accounts().filter(({ email }) => accounts.includes(email.toLowerCase()))
}

/** ISO 8601 UTC, as every date of the API. */
export function formatDate(ms: number): string {
  return new Date(ms).toISOString()
}
