import { limits } from '../../../shared/limits.ts'
import type { ConsoleRequest, ParameterValue } from '../../../shared/model/console.ts'
import type { Operation } from '../../../shared/model/operation.ts'
import { checkRequest, type RequestFault } from '../../../shared/request-check.ts'

/** Side of a request that the form and the JSON editor show. */
export type Part = 'parameters' | 'body'

/** Members by name, as they stand in JSON. */
export type Members = Readonly<Record<string, unknown>>

/** One side of a request: what it holds, and the JSON text of it. */
export interface Side {
  readonly members: Members
  readonly text: string
  /** Why the text is no JSON object, while it is none: the form shows the last one that was. */
  readonly fault: string | null
}

/** A request that is being put together. */
export interface Draft {
  readonly parameters: Side
  /** Null for an operation without a body. */
  readonly body: Side | null
}

function formatMembers(members: Members): string {
  return JSON.stringify(members, null, 2)
}

function createSide(members: Members): Side {
  return { members, text: formatMembers(members), fault: null }
}

/** Names whose value is an account of the environment. */
export const accountNames: ReadonlySet<string> = new Set(['account', 'from', 'email'])

/** An operation's request as it begins: empty but for the account in force. */
export function createDraft(operation: Operation, account: string | null): Draft {
  // The account to delete or to rename is never filled in: it is named by hand.
  const own = account === null ? [] : (['account', 'from'] as const).map((name) => [name, account] as const)
  const known = (names: readonly string[]): Members => Object.fromEntries(own.filter(([name]) => names.includes(name)))
  return {
    parameters: createSide(known(operation.parameters.map(({ name }) => name))),
    body: operation.body === null ? null : createSide(known(Object.keys(operation.body.schema.properties ?? {}))),
  }
}

/** Names in the order of the form; others follow as they came. */
function namesOf(operation: Operation, part: Part): readonly string[] {
  return part === 'parameters'
    ? operation.parameters.map(({ name }) => name)
    : Object.keys(operation.body?.schema.properties ?? {})
}

/** Sets one member, or leaves it out for undefined, and writes the JSON anew. */
export function setMember(operation: Operation, draft: Draft, part: Part, name: string, value: unknown): Draft {
  const before = (part === 'parameters' ? draft.parameters : draft.body)?.members ?? {}
  const merged = { ...before, [name]: value }
  const order = [...namesOf(operation, part), ...Object.keys(merged)]
  const entries = [...new Set(order)].flatMap((key) => (merged[key] === undefined ? [] : [[key, merged[key]] as const]))
  return { ...draft, [part]: createSide(Object.fromEntries(entries)) }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function explainSyntax(error: unknown): string {
  return error instanceof SyntaxError ? error.message.replace(/^JSON\.parse: /, '') : 'this is no JSON'
}

/** Takes the JSON as it was typed; the form follows when it is an object. */
export function setText(draft: Draft, part: Part, text: string): Draft {
  const before = part === 'parameters' ? draft.parameters : draft.body
  if (before === null || before.text === text) return draft
  try {
    const value: unknown = text.trim() === '' ? {} : JSON.parse(text)
    const side = isMembers(value)
      ? { members: value, text, fault: null }
      : { ...before, text, fault: 'The JSON must be an object, as { "name": "value" }.' }
    return { ...draft, [part]: side }
  } catch (error) {
    return { ...draft, [part]: { ...before, text, fault: `The JSON has a mistake: ${explainSyntax(error)}.` } }
  }
}

/** Writes the JSON with its usual indents; a text that is no JSON stays as it is. */
export function formatText(draft: Draft, part: Part): Draft {
  const side = part === 'parameters' ? draft.parameters : draft.body
  if (side === null || side.fault !== null) return draft
  return { ...draft, [part]: createSide(side.members) }
}

/** The example of the API's description in place of the body, with the account in force. */
export function takeExample(operation: Operation, draft: Draft, account: string | null): Draft {
  const example = operation.body?.example
  if (!isMembers(example)) return draft
  const own = account === null ? {} : Object.fromEntries(['account', 'from'].map((name) => [name, account]))
  const entries = Object.entries(example).map(([name, value]) => [name, own[name] ?? value] as const)
  return { ...draft, body: createSide(Object.fromEntries(entries)) }
}

/** An optional body without a member is not sent. */
function bodyOf(operation: Operation, draft: Draft): Members | null {
  if (operation.body === null || draft.body === null) return null
  const isEmpty = Object.keys(draft.body.members).length === 0
  return isEmpty && !operation.body.required ? null : draft.body.members
}

/** What is wrong with the request, in the order of the form. */
export function checkDraft(operation: Operation, draft: Draft): readonly RequestFault[] {
  return checkRequest(operation, draft.parameters.members, bodyOf(operation, draft))
}

function isParameter(value: unknown): value is ParameterValue {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

/** The request as main takes it; null while the JSON is none, or is too large. */
export function buildRequest(operation: Operation, draft: Draft): ConsoleRequest | null {
  if (draft.parameters.fault !== null || (draft.body !== null && draft.body.fault !== null)) return null
  const entries = Object.entries(draft.parameters.members).filter((entry): entry is [string, ParameterValue] =>
    isParameter(entry[1]),
  )
  const body = bodyOf(operation, draft)
  const text = body === null ? null : JSON.stringify(body)
  if (text !== null && text.length > limits.consoleBodyCharsMax) return null
  return { operation: operation.id, parameters: Object.fromEntries(entries), body: text }
}

/** A kept request as a draft again. */
export function readRequest(operation: Operation, request: ConsoleRequest): Draft {
  const body: unknown = request.body === null ? null : JSON.parse(request.body)
  return {
    parameters: createSide(request.parameters),
    body: operation.body === null ? null : createSide(isMembers(body) ? body : {}),
  }
}
