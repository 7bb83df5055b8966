import { limits } from '../../../shared/limits.ts'
import type { Operation } from '../../../shared/model/operation.ts'
import type { RequestFault } from '../../../shared/request-check.ts'
import { assertNever } from '../../../shared/result.ts'
import { formatCount } from '../../ui/format.ts'
import { buildRequest, type Draft } from './draft.ts'

const typeWords = {
  string: 'a text',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  address: 'one address or a list of addresses',
} as const

function listNames(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`
}

/** What is wrong with a field and what to put there instead. */
export function describeFault(fault: RequestFault): string {
  switch (fault.kind) {
    case 'missing':
      return 'This is required.'
    case 'no-body':
      return 'This operation takes no body.'
    case 'unknown':
      return 'This operation has no parameter of this name.'
    case 'type':
      return `This must be ${typeWords[fault.expected]}.`
    case 'enum':
      return `This must be ${listNames(fault.choices)}.`
    case 'minimum':
      return `This must be ${formatCount(fault.bound)} or more.`
    case 'maximum':
      return `This must be ${formatCount(fault.bound)} or less.`
    case 'min-length':
      return fault.bound === 1 ? 'This must not be empty.' : `This needs ${formatCount(fault.bound)} characters.`
    case 'max-length':
      return `This may have ${formatCount(fault.bound)} characters.`
    case 'min-items':
      return fault.bound === 1 ? 'This needs at least one.' : `This needs at least ${formatCount(fault.bound)}.`
    case 'one-of-these':
      return `Fill in ${listNames(fault.names)}: at least one is required.`
    case 'uri':
      return 'This must be a whole address, as https://example.com/path.'
    case 'date':
      return 'This must be a moment, as 2026-03-17T14:30:00Z.'
    case 'base64':
      return 'This must be Base64.'
    case 'pattern':
      return 'This has another form than the API takes, such as #ef4444 for a colour.'
    default:
      return assertNever(fault)
  }
}

/** Place of a fault within its field: `[2].filename`; empty for the field itself. */
export function describePlace({ path }: RequestFault): string {
  return path
    .slice(2)
    .map((step) => (typeof step === 'number' ? `[${step + 1}]` : `.${step}`))
    .join('')
}

/** What keeps a request back and has no field of the form to stand at; null when there is no such thing. */
export function tellUnplaced(operation: Operation, draft: Draft, faults: readonly RequestFault[]): string | null {
  if (draft.parameters.fault !== null) return `Parameters: ${draft.parameters.fault}`
  const bodyFault = draft.body?.fault ?? null
  if (bodyFault !== null) return `Body: ${bodyFault}`
  if (buildRequest(operation, draft) === null) {
    return `The body has more than ${formatCount(limits.consoleBodyCharsMax)} characters: shorten it.`
  }
  const unknown = faults.find(({ kind }) => kind === 'unknown')
  return unknown === undefined ? null : `Parameter ${unknown.path[1] ?? ''}: ${describeFault(unknown)}`
}
