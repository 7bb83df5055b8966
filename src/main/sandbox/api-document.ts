import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { parse } from 'yaml'

/** Where the description of the API lies. */
export const apiDocumentPath = resolve(import.meta.dirname, '../../shared/jasni-openapi.yaml')

/** What is wrong with an answer; empty when the description allows it. */
export type AnswerCheck = (method: string, path: string, status: number, body: unknown) => readonly string[]

/** What is wrong with a request; empty when the description allows it. `target` is path and query below the base URL. */
export type RequestCheck = (method: string, target: string, body: unknown) => readonly string[]

/** What is wrong with the body of a delivery to a webhook; empty when the description allows it. */
export type EventCheck = (event: string, body: unknown) => readonly string[]

/** All checks, and the operation that a request belongs to. */
export interface ApiDocument {
  readonly checkAnswer: AnswerCheck
  readonly checkRequest: RequestCheck
  readonly checkEvent: EventCheck
  nameOperation(method: string, path: string): string | null
  readonly operationIds: readonly string[]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function memberOf(value: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value)
}

// Escapes of a JSON pointer within a URI fragment.
function escapePointer(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
}

function findTemplate(paths: Record<string, unknown>, path: string): string | null {
  const matches = Object.keys(paths).filter((template) => {
    const pattern = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')
    return new RegExp(`^${pattern}$`).test(path)
  })
  // A path without parameters is meant before one with them.
  return matches.sort((a, b) => a.split('{').length - b.split('{').length)[0] ?? null
}

function describeErrors(validate: ValidateFunction): string[] {
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

// A path and a query are text: a number is what reads as one.
function readText(text: string, schema: unknown): unknown {
  const type = memberOf(schema, 'type')
  if (type === 'integer' && /^-?\d+$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

/**
 * Reads the API's description, and checks requests and answers against it: the operation must
 * exist, take the parameters and the body, declare the status, and its schema must accept the
 * answer. Paths are below the base URL.
 */
export function openApiDocument(): ApiDocument {
  const document: unknown = parse(readFileSync(apiDocumentPath, 'utf8'))
  const paths = memberOf(document, 'paths')
  if (!isRecord(document) || !isRecord(paths)) throw new Error('the description of the API has no paths')
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addSchema(document, 'api')
  const validators = new Map<string, ValidateFunction>()

  const validatorOf = (pointer: string): ValidateFunction => {
    const existing = validators.get(pointer)
    if (existing !== undefined) return existing
    const validator = ajv.compile({ $ref: `api#${pointer}` })
    validators.set(pointer, validator)
    return validator
  }

  function find(method: string, path: string) {
    const template = findTemplate(paths as Record<string, unknown>, path)
    const operation = template === null ? undefined : memberOf(paths, template, method.toLowerCase())
    if (template === null || operation === undefined) return null
    const pointer = ['', 'paths', template, method.toLowerCase()].map(escapePointer).join('/')
    return { template, operation, pointer }
  }

  /** A node behind its reference, with the pointer to it. */
  function follow(node: unknown, pointer: string): { readonly node: unknown; readonly pointer: string } {
    const reference = memberOf(node, '$ref')
    if (typeof reference !== 'string') return { node, pointer }
    return { node: memberOf(document, ...reference.slice(2).split('/')), pointer: reference.slice(1) }
  }

  function checkParameters(
    found: NonNullable<ReturnType<typeof find>>,
    path: string,
    query: URLSearchParams,
  ): string[] {
    const list = memberOf(found.operation, 'parameters')
    const names = [...found.template.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    const pattern = new RegExp(`^${found.template.replace(/\{\w+\}/g, '([^/]+)')}$`)
    const inPath = pattern.exec(path)?.slice(1) ?? []
    const known = new Set<string>()
    const faults = (Array.isArray(list) ? list : []).flatMap((item, index) => {
      const { node, pointer } = follow(item, `${found.pointer}/parameters/${index}`)
      const name = String(memberOf(node, 'name'))
      const isInPath = memberOf(node, 'in') === 'path'
      if (!isInPath) known.add(name)
      const encoded = inPath[names.indexOf(name)]
      const text = isInPath ? (encoded === undefined ? null : decodeURIComponent(encoded)) : query.get(name)
      if (text === null) return memberOf(node, 'required') === true ? [`${name} is missing`] : []
      const validate = validatorOf(`${pointer}/schema`)
      return validate(readText(text, memberOf(node, 'schema'))) ? [] : describeErrors(validate).map((e) => name + e)
    })
    const unknown = [...query.keys()].filter((name) => !known.has(name))
    return [...faults, ...unknown.map((name) => `${name} is not known`)]
  }

  return {
    operationIds: Object.values(paths).flatMap((item) =>
      Object.values(item as Record<string, unknown>).map((operation) => String(memberOf(operation, 'operationId'))),
    ),
    nameOperation(method, path) {
      const id = memberOf(find(method, path)?.operation, 'operationId')
      return typeof id === 'string' ? id : null
    },
    checkRequest(method, target, body) {
      const url = new URL(target, 'http://api.invalid')
      const path = target.split('?')[0] ?? ''
      const found = find(method, path)
      if (found === null) return [`no operation ${method} ${path}`]
      const faults = checkParameters(found, path, url.searchParams)
      const described = memberOf(found.operation, 'requestBody')
      if (described === undefined) return body === null ? faults : [...faults, 'no body is described']
      if (body === null) return memberOf(described, 'required') === true ? [...faults, 'the body is missing'] : faults
      const validate = validatorOf(`${found.pointer}/requestBody/content/${escapePointer('application/json')}/schema`)
      return validate(body) ? faults : [...faults, ...describeErrors(validate)]
    },
    checkEvent(event, body) {
      if (memberOf(document, 'webhooks', event) === undefined) return [`no webhook of ${event}`]
      const place = ['', 'webhooks', event, 'post', 'requestBody', 'content', 'application/json', 'schema']
      const validate = validatorOf(place.map(escapePointer).join('/'))
      return validate(body) ? [] : describeErrors(validate)
    },
    checkAnswer(method, path, status, body) {
      const found = find(method, path)
      if (found === null) return [`no operation ${method} ${path}`]
      const declared = memberOf(found.operation, 'responses', String(status))
      if (declared === undefined) return [`${method} ${found.template} does not declare ${status}`]
      const { pointer } = follow(declared, `${found.pointer}/responses/${status}`)
      const validate = validatorOf(`${pointer}/content/${escapePointer('application/json')}/schema`)
      return validate(body) ? [] : describeErrors(validate)
    },
  }
}

/** The check of answers alone. */
export function createAnswerCheck(): AnswerCheck {
  return openApiDocument().checkAnswer
}
