import type { AppError } from '../../../shared/error.ts'
import type { CallPriority } from '../../../shared/model/rate.ts'
import { fail, type Result, succeed } from '../../../shared/result.ts'
import type { CallAnswer, Pipeline } from '../pipeline/pipeline.ts'
import { readData } from './mail-reader.ts'
import { fillPath, type Operation } from './operations.ts'

/** Where messages lie: one folder of one account of one environment. */
export interface FolderPlace {
  readonly environmentId: string
  readonly account: string
  readonly folder: string
}

/** Parameters of a query in their order. */
export type Query = readonly (readonly [string, string])[]

/** What of a call differs from its operation. */
export interface Parts {
  readonly uid?: number
  readonly query?: Query
  readonly body?: unknown
  readonly priority?: CallPriority
}

function rejectAnswer({ callId, status }: CallAnswer): Result<never, AppError> {
  return fail({ kind: 'BAD_ANSWER', reason: 'unexpected', status, apiMessage: '', callId })
}

/** The query that names a folder. */
export function queryOf({ account, folder }: FolderPlace): Query {
  return [
    ['account', account],
    ['folder', folder],
  ]
}

/** Calls of the mail part of the API, each one call through the pipeline; none throws. */
export function createMailCalls(pipeline: Pipeline) {
  function call(environmentId: string, operation: Operation, parts: Parts, signal: AbortSignal | undefined) {
    const { uid, query = [], body = null, priority } = parts
    const path = fillPath(operation, uid === undefined ? {} : { id: uid })
    const { id, effect, method } = operation
    return pipeline.send(
      {
        environmentId,
        operation: id,
        effect,
        method,
        path,
        query,
        body,
        source: 'Inbox',
        ...(priority === undefined ? {} : { priority }),
      },
      signal,
    )
  }

  /** Calls, and reads the `data` of the answer; what cannot be read at all is a bad answer. */
  async function ask<T>(
    environmentId: string,
    operation: Operation,
    parts: Parts,
    signal: AbortSignal | undefined,
    readValue: (data: Readonly<Record<string, unknown>>, answer: CallAnswer) => T | null,
  ): Promise<Result<T>> {
    const result = await call(environmentId, operation, parts, signal)
    if (!result.ok) return result
    const data = readData(result.value.body)
    const value = data === null ? null : readValue(data, result.value)
    return value === null ? rejectAnswer(result.value) : succeed(value)
  }

  /** Calls where the answer says no more than that it was done. */
  async function order(
    environmentId: string,
    operation: Operation,
    parts: Parts,
    signal?: AbortSignal,
  ): Promise<Result<null>> {
    const result = await call(environmentId, operation, parts, signal)
    return result.ok ? succeed(null) : result
  }

  return { call, ask, order }
}
