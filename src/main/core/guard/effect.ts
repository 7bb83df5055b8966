import type { Effect, Operation } from '../../../shared/model/operation.ts'
import { operations } from '../jasni/operations.ts'

const severity: Readonly<Record<Effect, number>> = { read: 0, write: 1, outbound: 2, destructive: 3 }

function stricter(one: Effect, other: Effect): Effect {
  return severity[other] > severity[one] ? other : one
}

interface Form {
  readonly operation: Operation
  readonly pattern: RegExp
  readonly parameters: number
}

// A path of the table as the wire has it: each parameter is one part without a slash. Fewest parameters first, so that
// `/emails/drafts` is not taken for a message.
const forms: readonly Form[] = Object.values(operations)
  .map((operation: Operation): Form => {
    const parts = operation.path.split(/\{\w+\}/)
    const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    return { operation, pattern: new RegExp(`^${parts.map(literal).join('[^/]*')}/?$`), parameters: parts.length - 1 }
  })
  .sort((one, other) => one.parameters - other.parameters)

/** The operation that a request is, whatever it calls itself; null for none that is known. */
export function findOperation(method: string, path: string): Operation | null {
  return forms.find(({ operation, pattern }) => operation.method === method && pattern.test(path))?.operation ?? null
}

/**
 * What a request does: the strictest of what its caller says, what the operation of its name does, and what the
 * operation at its address does. Only a GET is believed to be a read, and a DELETE that nobody knows to lose something.
 */
export function readEffect(errand: {
  readonly operation: string
  readonly effect: Effect
  readonly method: string
  readonly path: string
}): Effect {
  const { effect, method, path } = errand
  const byName = Object.values(operations).find(({ id }: Operation) => id === errand.operation)
  const byAddress = findOperation(method, path)
  const byMethod: Effect =
    method === 'GET' ? 'read' : method === 'DELETE' && byAddress === null ? 'destructive' : 'write'
  return [byName?.effect, byAddress?.effect, byMethod].reduce<Effect>(
    (worst, next) => (next === undefined ? worst : stricter(worst, next)),
    effect,
  )
}
