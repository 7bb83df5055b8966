import { limits } from '../../../shared/limits.ts'
import type { ConsoleRequest } from '../../../shared/model/console.ts'
import type { Operation } from '../../../shared/model/operation.ts'
import { checkRequest } from '../../../shared/request-check.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { fillPath, operations } from '../jasni/operations.ts'
import { holdsSecret } from '../log/redaction.ts'

/** A request of the console that its operation allows. */
export interface CheckedRequest {
  readonly operation: Operation
  /** Percent-encoded. */
  readonly path: string
  readonly query: readonly (readonly [string, string])[]
  /** Parsed JSON, or null for none. */
  readonly body: unknown
}

/** Levels of nesting, counted without a stack of its own. */
function isTooDeep(text: string): boolean {
  let depth = 0
  let inText = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (inText) {
      if (character === '\\') at += 1
      else if (character === '"') inText = false
    } else if (character === '"') inText = true
    else if (character === '{' || character === '[') {
      depth += 1
      if (depth > limits.consoleBodyDepthMax) return true
    } else if (character === '}' || character === ']') depth -= 1
  }
  return false
}

/** A body's JSON; BAD_REQUEST for what is none, or is nested too deep. */
export function parseBody(text: string): Result<unknown> {
  if (isTooDeep(text)) return fail({ kind: 'BAD_REQUEST', field: 'body' })
  try {
    return succeed(JSON.parse(text))
  } catch {
    return fail({ kind: 'BAD_REQUEST', field: 'body' })
  }
}

/**
 * Holds a request against its operation once more, whatever the window said, and puts its path and
 * query together. BAD_REQUEST names the first field that is wrong; a key anywhere in it is KEY_IN_TEXT.
 */
export function checkConsoleRequest(request: ConsoleRequest): Result<CheckedRequest> {
  const operation = operations[request.operation]
  const parsed: Result<unknown> = request.body === null ? succeed(null) : parseBody(request.body)
  if (!parsed.ok) return parsed
  const [fault] = checkRequest(operation, request.parameters, parsed.value)
  if (fault !== undefined) return fail({ kind: 'BAD_REQUEST', field: fault.path.join('.') })

  // Written anew, so that no escape in the text hides a key from its shape.
  if (parsed.value !== null && holdsSecret(JSON.stringify(parsed.value))) {
    return fail({ kind: 'KEY_IN_TEXT', field: 'body' })
  }
  for (const [name, value] of Object.entries(request.parameters)) {
    if (holdsSecret(String(value))) return fail({ kind: 'KEY_IN_TEXT', field: `parameters.${name}` })
  }
  const query = operation.parameters.flatMap(({ name, in: place }): [string, string][] => {
    const value = request.parameters[name]
    return place === 'path' || value === undefined || value === '' ? [] : [[name, String(value)]]
  })
  return succeed({ operation, path: fillPath(operation, request.parameters), query, body: parsed.value })
}
