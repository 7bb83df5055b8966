import type { AppError } from '../../../shared/error.ts'
import type { CallDetail } from '../../../shared/model/call.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import { type Operation, operations } from '../jasni/operations.ts'
import { redacted } from '../log/redaction.ts'
import type { CallInput } from '../pipeline/pipeline.ts'

/** What a recorded operation does; one that the API no longer names is taken for the worst unless it was a GET. */
function readEffect(operation: string, method: string): Operation['effect'] {
  const known: Operation | undefined = Object.values(operations).find(({ id }) => id === operation)
  return known?.effect ?? (method === 'GET' ? 'read' : 'outbound')
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies readonly CallInput['method'][]

function parseBody(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}

function decodeQuery(text: string): readonly (readonly [string, string])[] | null {
  try {
    return text.split('&').map((pair) => {
      const at = pair.indexOf('=')
      const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
      return [decodeURIComponent(name), decodeURIComponent(value)]
    })
  } catch {
    return null
  }
}

/**
 * The input that sends a recorded call again, to the environment as it is now. Refused when the log
 * does not hold the call as it was sent, and, until it is confirmed, when it does something.
 */
export function readReplay(call: CallDetail, confirmed: boolean): Result<CallInput> {
  const { summary, requestBody } = call
  const method = methods.find((candidate) => candidate === summary.method)
  const refuse = (fault: Extract<AppError, { kind: 'REPLAY' }>['fault']) => fail<AppError>({ kind: 'REPLAY', fault })
  if (requestBody?.truncated === true) return refuse('cut')
  if (summary.path.includes(redacted) || requestBody?.text.includes(redacted) === true) return refuse('redacted')
  const body = requestBody === null ? { value: null } : parseBody(requestBody.text)
  const at = summary.path.indexOf('?')
  const query = at < 0 ? [] : decodeQuery(summary.path.slice(at + 1))
  if (method === undefined || body === null || query === null) return refuse('redacted')

  const effect = readEffect(summary.operation, method)
  if (!confirmed && effect === 'outbound') return refuse('sends-again')
  if (!confirmed && effect !== 'read') return refuse('changes-again')
  return succeed({
    environmentId: summary.environmentId,
    operation: summary.operation,
    effect,
    method,
    path: at < 0 ? summary.path : summary.path.slice(0, at),
    query,
    body: body.value,
    source: 'Replay',
    priority: 'replay',
  })
}
