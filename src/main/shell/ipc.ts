import type * as z from 'zod/mini'
import type { contract } from '../../shared/contract.ts'
import type { AppError } from '../../shared/error.ts'
import { limits } from '../../shared/limits.ts'
import { fail, type Result } from '../../shared/result.ts'
import type { Log } from '../core/ports.ts'

/** A method as the dispatcher sees it: the contract with its types forgotten. */
interface Method {
  readonly input: z.ZodMiniType
  readonly output: z.ZodMiniType
}

/** What a dispatcher is made of. `Sender` is whatever `isTrusted` understands. */
export interface DispatcherParts<Sender> {
  readonly contract: Readonly<Record<string, Method>>
  /** Resolves once the product is ready; calls that come earlier wait for it. */
  readonly handlers: Promise<Readonly<Record<string, (input: never) => unknown>>>
  readonly isTrusted: (sender: Sender) => boolean
  readonly log: Log
  /** Development and tests: also parse what handlers answer. */
  readonly checkOutput: boolean
}

/** Answers one call of the bridge. Never throws and never rejects. */
export type Dispatch<Sender> = (sender: Sender, name: unknown, input: unknown) => Promise<Result<unknown>>

/**
 * True when a value is plain data (as JSON has it) of at most `bytesMax`, estimated cheaply. Cycles, class
 * instances, buffers and keys of prototypes are no plain data.
 */
export function isPlainData(value: unknown, bytesMax: number): boolean {
  const seen = new Set<object>()
  const open: unknown[] = [value]
  let bytes = 0
  while (open.length > 0) {
    const item = open.pop()
    bytes += typeof item === 'string' ? item.length * 2 + 8 : 8
    if (bytes > bytesMax) return false
    if (item === null || typeof item !== 'object') {
      if (typeof item === 'function' || typeof item === 'symbol' || typeof item === 'bigint') return false
      continue
    }
    if (seen.has(item)) return false
    seen.add(item)
    if (Array.isArray(item)) {
      if (bytes + item.length * 8 > bytesMax) return false
      for (const inner of item) open.push(inner)
      continue
    }
    const prototype: unknown = Object.getPrototypeOf(item)
    if (prototype !== Object.prototype && prototype !== null) return false
    for (const [key, inner] of Object.entries(item)) {
      if (key === '__proto__' || key === 'constructor' || key === 'prototype') return false
      bytes += key.length * 2
      open.push(inner)
    }
  }
  return true
}

/** Methods that stop or show what is in flight: they must work when all places are taken, and end at once. */
const controllingMethods: ReadonlySet<string> = new Set([
  'calls.waiting',
  'calls.cancel',
  'calls.hold',
  'console.cancel',
  'guard.letGo',
  'guard.disarm',
  'guard.lock',
  'requests.cancelExport',
  'whatIf.cancel',
  'rotation.cancel',
  'rotation.stopAsking',
] satisfies (keyof typeof contract)[])

function badRequest(field: string): Result<never> {
  return fail<AppError>({ kind: 'BAD_REQUEST', field })
}

/**
 * The bridge's one entrance (checklist 17): sender, name, size, number in flight, schema, handler. What a handler
 * throws stays here: the caller gets `INTERNAL` and the reference of the log's line.
 */
export function createDispatcher<Sender>(parts: DispatcherParts<Sender>): Dispatch<Sender> {
  let inFlight = 0

  async function run(name: string, method: Method, input: unknown): Promise<Result<unknown>> {
    const parsed = method.input.safeParse(input)
    if (!parsed.success) return badRequest(parsed.error.issues[0]?.path.map(String).join('.') || 'input')
    const handler = (await parts.handlers)[name]
    if (handler === undefined) throw new Error(`No handler for ${name}`)
    const result = (await handler(parsed.data as never)) as Result<unknown>
    if (result.ok && parts.checkOutput) {
      const output = method.output.safeParse(result.value)
      if (!output.success)
        throw new Error(`${name} answers against its schema: ${JSON.stringify(output.error.issues.slice(0, 3))}`)
    }
    return result
  }

  return async (sender, name, input) => {
    if (!parts.isTrusted(sender)) {
      parts.log.warn('bridge-wrong-sender', { method: typeof name === 'string' ? name.slice(0, 40) : '' })
      return fail<AppError>({ kind: 'WRONG_SENDER' })
    }
    const method = typeof name === 'string' && Object.hasOwn(parts.contract, name) ? parts.contract[name] : undefined
    if (typeof name !== 'string' || method === undefined) return badRequest('method')
    if (!isPlainData(input, limits.bridgeMessageBytesMax)) return badRequest('input')
    const placesMax = limits.bridgeCallsInFlightMax + (controllingMethods.has(name) ? limits.bridgeReserve : 0)
    if (inFlight >= placesMax) return fail<AppError>({ kind: 'OVERLOADED' })
    inFlight += 1
    try {
      return await run(name, method, input)
    } catch (cause) {
      return fail<AppError>({ kind: 'INTERNAL', reference: parts.log.error('bridge-handler-threw', cause) })
    } finally {
      inFlight -= 1
    }
  }
}
