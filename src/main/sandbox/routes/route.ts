import type { IncomingMessage } from 'node:http'
import type { Context, Handler, Hono } from 'hono'
import { parseBody, readBodyText } from '../body.ts'
import { createError, createMessage, createSuccess, type ErrorStatus } from '../envelope.ts'
import type { IssuedKey, KeyOptions, SandboxScope, StoredKey } from '../key-ring.ts'
import { type MailAccount, type Mailbox, normalizeFolder } from '../mailbox.ts'
import type { WebhookDelivery } from '../webhook-delivery.ts'
import type { WebhookList } from '../webhook-list.ts'

/** What a handler finds in its context. */
export interface RouteEnv {
  Bindings: { incoming: IncomingMessage }
  Variables: { key: StoredKey }
}

/** What routes need from the server. */
export interface RouteContext {
  /** The mailbox; made at its first use. */
  mailbox(): Mailbox
  webhooks(): WebhookList
  /** What is sent to the webhooks. */
  deliveries(): Pick<WebhookDelivery, 'cancel' | 'attempts'>
  /** Epoch ms. */
  nowMs(): number
  /** A new identity in the form of a UUID. */
  newId(): string
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

/** Answers with data; 201 for what was created. API reference, section 14. */
export function answerData(context: Context, data: object, status: 200 | 201 = 200): Response {
  return context.json(createSuccess(data), status)
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

/** The account and folder that a call is about. */
export interface FolderPlace {
  readonly mailbox: Mailbox
  readonly account: string
  readonly folder: string
}

type Json = Readonly<Record<string, unknown>>

/** The account of this address, as its owner writes it; null when the key does not reach it. */
export function findAccount(key: StoredKey, mailbox: Mailbox, email: string): MailAccount | null {
  return accountsOf(key, mailbox).find((account) => account.email.toLowerCase() === email.toLowerCase()) ?? null
}

/** The account and folder that the query of a call names, or the answer that refuses it. API reference, section 6. */
export function readPlace(c: Context<RouteEnv>, context: RouteContext, folder?: string): FolderPlace | Response {
  const key = c.get('key')
  if (!mayUse(key, 'emails')) return answerError(c, 403)
  const wanted = c.req.query('account')
  if (wanted === undefined || wanted === '') return answerError(c, 400, 'account is required')
  const mailbox = context.mailbox()
  const account = findAccount(key, mailbox, wanted)
  if (account === null) return answerError(c, 403)
  return { mailbox, account: account.email, folder: folder ?? normalizeFolder(c.req.query('folder') || 'INBOX') }
}

/** A uid as it stands in a path or a query; null when it is none. */
export function readUid(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null
}

/** A number of items from 1 to `max`; null when it is none. */
export function readLimit(text: string | undefined, fallback: number, max: number): number | null {
  if (text === undefined) return fallback
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0
  return limit >= 1 && limit <= max ? limit : null
}

/** What stands between commas. */
export function readList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** The JSON object that came as a body, or the answer that refuses it. */
export async function readJson(c: Context<RouteEnv>, { optional = false } = {}): Promise<Json | Response> {
  const body = await readBodyText(c.env.incoming)
  if (body.read === 'too-large') return answerError(c, 413)
  if (optional && body.read === 'text' && body.text.trim() === '') return {}
  const json = body.read === 'text' ? parseBody(body.text) : null
  return json ?? answerError(c, 400, 'the body must be a JSON object')
}
