import type { Operation } from '../../../shared/model/operation.ts'
import { operations as all } from '../../../shared/operations.ts'
import { encodeUrlText } from '../pipeline/target.ts'

export type { Operation } from '../../../shared/model/operation.ts'

/** The operations of the API, as the OpenAPI file has them. */
export const operations = all

/** A value of a parameter as it stands in a path or a query. */
export type ParameterValue = string | number | boolean

/** Puts values, percent-encoded, into the path of an operation. A value that is missing leaves its part empty. */
export function fillPath(operation: Operation, values: Readonly<Record<string, ParameterValue>>): string {
  return operation.path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeUrlText(String(values[name] ?? '')))
}
