import { operations as table } from './jasni-openapi.yaml?operations'
import type { Operation, OperationId } from './model/operation.ts'

/** Every operation of the API, made from the OpenAPI file when the app is built. */
export const operations: Readonly<Record<OperationId, Operation>> = table
