import type { Operation, RequestSchema } from './model/operation.ts'

/** Where in a request: `parameters` or `body`, then names of members and positions in lists. */
export type RequestPath = readonly ['parameters' | 'body', ...(string | number)[]]

/** What is wrong at one place of a request. */
export type RequestFault = { readonly path: RequestPath } & (
  | { readonly kind: 'missing' | 'no-body' | 'uri' | 'date' | 'base64' | 'pattern' | 'unknown' }
  | { readonly kind: 'type'; readonly expected: NonNullable<RequestSchema['type']> | 'address' }
  | { readonly kind: 'enum'; readonly choices: readonly string[] }
  | { readonly kind: 'minimum' | 'maximum' | 'min-length' | 'max-length' | 'min-items'; readonly bound: number }
  | { readonly kind: 'one-of-these'; readonly names: readonly string[] }
)

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isUrl(text: string): boolean {
  try {
    return new URL(text).protocol !== ''
  } catch {
    return false
  }
}

function isOfType(value: unknown, type: NonNullable<RequestSchema['type']>): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string'
    case 'integer':
      return Number.isSafeInteger(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isRecord(value)
  }
}

function checkText(schema: RequestSchema, value: string, path: RequestPath): RequestFault[] {
  const faults: RequestFault[] = []
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema
  if (value.length < minLength) faults.push({ path, kind: 'min-length', bound: minLength })
  if (value.length > maxLength) faults.push({ path, kind: 'max-length', bound: maxLength })
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    faults.push({ path, kind: 'enum', choices: schema.enum })
  }
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) faults.push({ path, kind: 'pattern' })
  if (schema.format === 'uri' && !isUrl(value)) faults.push({ path, kind: 'uri' })
  if (schema.format === 'date-time' && Number.isNaN(Date.parse(value))) faults.push({ path, kind: 'date' })
  if (schema.contentEncoding === 'base64' && (value.length % 4 !== 0 || /[^A-Za-z0-9+/=]/.test(value))) {
    faults.push({ path, kind: 'base64' })
  }
  return faults
}

function checkObject(
  schema: RequestSchema,
  value: Readonly<Record<string, unknown>>,
  path: RequestPath,
): RequestFault[] {
  const { properties = {}, required = [], anyOf = [] } = schema
  const has = (name: string): boolean => Object.hasOwn(value, name)
  const missing = required.filter((name) => !has(name))
  const inside = Object.entries(properties).flatMap(([name, inner]) =>
    has(name) ? checkValue(inner, value[name], [...path, name]) : [],
  )
  const satisfied = anyOf.length === 0 || anyOf.some((form) => form.required.every(has))
  return [
    ...missing.map((name): RequestFault => ({ path: [...path, name], kind: 'missing' })),
    ...inside,
    ...(satisfied ? [] : [{ path, kind: 'one-of-these', names: anyOf.flatMap((form) => form.required) } as const]),
  ]
}

/** What is wrong with a value; empty when the schema allows it. Members that the schema does not name are allowed. */
function checkValue(schema: RequestSchema, value: unknown, path: RequestPath): readonly RequestFault[] {
  if (schema.oneOf !== undefined) {
    const form = schema.oneOf.find(({ type }) => type !== undefined && isOfType(value, type))
    return form === undefined ? [{ path, kind: 'type', expected: 'address' }] : checkValue(form, value, path)
  }
  if (schema.type !== undefined && !isOfType(value, schema.type)) {
    return [{ path, kind: 'type', expected: schema.type }]
  }
  if (typeof value === 'string') return checkText(schema, value, path)
  if (typeof value === 'number') {
    const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema
    if (value < minimum) return [{ path, kind: 'minimum', bound: minimum }]
    return value > maximum ? [{ path, kind: 'maximum', bound: maximum }] : []
  }
  if (Array.isArray(value)) {
    const { minItems = 0, items } = schema
    const few: RequestFault[] = value.length < minItems ? [{ path, kind: 'min-items', bound: minItems }] : []
    return [
      ...few,
      ...(items === undefined ? [] : value.flatMap((item, index) => checkValue(items, item, [...path, index]))),
    ]
  }
  return isRecord(value) ? checkObject(schema, value, path) : []
}

/**
 * What is wrong with a request, in the order of its form; empty when the operation's schemas allow it. `body` is the
 * parsed JSON, or null for none.
 */
export function checkRequest(
  operation: Operation,
  parameters: Readonly<Record<string, unknown>>,
  body: unknown,
): readonly RequestFault[] {
  const names = new Set(operation.parameters.map(({ name }) => name))
  const inParameters = operation.parameters.flatMap(({ name, required, schema }): readonly RequestFault[] => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (value !== undefined && value !== '') return checkValue(schema, value, ['parameters', name])
    return required ? [{ path: ['parameters', name], kind: 'missing' }] : []
  })
  const unknown = Object.keys(parameters)
    .filter((name) => !names.has(name))
    .map((name): RequestFault => ({ path: ['parameters', name], kind: 'unknown' }))
  return [...inParameters, ...unknown, ...checkBody(operation, body)]
}

function checkBody(operation: Operation, body: unknown): readonly RequestFault[] {
  if (operation.body === null) return body === null ? [] : [{ path: ['body'], kind: 'no-body' }]
  if (body === null) return operation.body.required ? [{ path: ['body'], kind: 'missing' }] : []
  return checkValue(operation.body.schema, body, ['body'])
}
